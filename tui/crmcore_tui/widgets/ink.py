"""From lines of parts to what Textual draws: each role of the presenter has a style in the theme."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import ANSIToTruecolor, LineFilter
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from crmcore.dialect import Dialect
from crmcore_tui.cells import Line, width_of
from crmcore_tui.themes import readable

ROLES = (
    "company",
    "mark",
    "value",
    "owner",
    "dim",
    "debt",
    "step",
    "overdue",
    "today",
    "later",
    "closed",
    "done",
    "grade-a",
    "grade-b",
    "grade-c",
    "grade-none",
    "grade-stale",
    "heading",
    "better",
    "worse",
    "loss",
    "stale",
    "number",
    "label",
    "label-here",
    "count",
    "bar",
    "bar-here",
    "track",
    "brand",
    "title",
    "flag",
    "figures",
    "seen",
    "key",
    "does",
    "cursor",
)
DRAWN = {"bar", "track", "cursor"}
"""Roles that draw something and write nothing: they need not be read."""

GROUNDS = ("plain", "card", "selected", "resting")
"""What stands behind the parts: nothing, a card, the card under the cursor here or elsewhere."""

INKS = {f"ink--{role}" for role in ROLES}
"""The app's component classes: each class is styled anew wherever it is declared, for each widget."""


class Ink(Widget):
    """A widget that draws lines of parts; the app declares `INKS`.

    It has no border and no padding, and is never faint: what `render_line` makes is all that is seen.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"ground--{ground}" for ground in GROUNDS}

    _inks: dict[tuple[str, str], Style] | None = None
    _made_for: Sequence[LineFilter] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._made: dict[int, Strip] = {}
        super().__init__(*args, **kwargs)

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines in *crop*; those that nothing has changed are made once.

        Textual would put each line into a strip of its own, and colour and divide that anew. A strip that
        is made once for a card brings what was worked out of it wherever the card goes.
        """
        width, filters = self.outer_size.width, self.get_line_filters()
        seen = self.seen_width
        if self._made_for != filters:
            self._made_for = filters
            self._made.clear()
        made = self._made
        for y in crop.line_range:
            if y not in made:
                line = self.render_line(y)
                made[y] = self.filtered(line.adjust_cell_length(seen, self._ink("", "plain")))
        lines = [made[y] for y in crop.line_range]
        if crop.column_span != (0, width):
            return [line.crop(*crop.column_span) for line in lines]
        return lines

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Those that are not about the terminal's own colours: inks are mixed of true ones."""
        return [f for f in super().get_line_filters() if not isinstance(f, ANSIToTruecolor)]

    @property
    def seen_width(self) -> int:
        """How many cells of a line are seen."""
        return self.outer_size.width

    def filtered(self, strip: Strip) -> Strip:
        """*strip* in the colours that the terminal has."""
        for each in self.get_line_filters():
            strip = strip.apply_filter(each, self._behind)
        return strip

    @property
    def _behind(self) -> Color:
        """What stands behind all lines."""
        return Color.from_rich_color(self._ink("", "plain").bgcolor)

    def _set_dirty(self, *regions: Region) -> None:
        super()._set_dirty(*regions)
        if not regions:
            self._made.clear()
        for y in (y for region in regions for y in region.line_range):
            self._made.pop(y, None)

    def strip(self, line: Line, ground: str = "plain", width: int | None = None) -> Strip:
        """*line* as Textual draws it, on *ground*; *width* is how wide it is, where that is known."""
        segments = [Segment(part.text, self._ink(part.role, ground)) for part in line]
        return Strip(segments, width_of(line) if width is None else width)

    def blank(self, width: int, ground: str = "plain") -> Strip:
        """An empty line of *width* cells."""
        return Strip.blank(width, self._ink("", ground))

    def notify_style_update(self) -> None:
        """Forget the colours of another theme."""
        super().notify_style_update()
        self._inks = None

    def reword(self, dialect: Dialect) -> None:
        """Draw the lines anew: they read otherwise now."""
        self.refresh()

    def _ink(self, role: str, ground: str) -> Style:
        if self._inks is None:
            self._inks = {}
        if (role, ground) not in self._inks:
            self._inks[role, ground] = self._mix(role, ground)
        return self._inks[role, ground]

    def _mix(self, role: str, ground: str) -> Style:
        under = self.get_component_styles(f"ground--{ground}")
        base = self.get_component_rich_style(f"ground--{ground}")
        if not role:
            return base
        # A grade that a plugin invents has no colour of its own.
        own = self.app.get_component_styles(f"ink--{role if role in ROLES else 'grade-none'}")
        # Terminals know no transparency: what is faint is mixed here.
        behind = Color.from_rich_color(base.bgcolor)
        if own.has_rule("background"):
            behind += own.background
        colour = own.color if own.has_rule("color") else under.color
        if own.has_rule("auto_color") and own.auto_color:
            colour = behind.get_contrast_text(own.color.a)
        ink = behind + colour
        if role not in DRAWN:
            ink = readable(ink, behind)
        mixed = Style(color=ink.rich_color, bgcolor=behind.rich_color)
        return base + mixed + own.text_style
