"""From lines of parts to what Textual draws: each role of the presenter has a style in the theme."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from crmcore_tui.cells import Line, width_of

ROLES = (
    "company",
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
    "number",
    "label",
    "count",
    "bar",
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
GROUNDS = ("plain", "card", "selected", "resting")
"""What stands behind the parts: nothing, a card, the card under the cursor here or elsewhere."""


class Ink(Widget):
    """A widget that draws lines of parts."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"ink--{role}" for role in ROLES),
        *(f"ground--{ground}" for ground in GROUNDS),
    }

    def strip(self, line: Line, ground: str = "plain") -> Strip:
        """*line* as Textual draws it, on *ground*."""
        base = self.get_component_rich_style(f"ground--{ground}")
        segments = [Segment(part.text, base + self._ink(part.role)) for part in line]
        return Strip(segments, width_of(line))

    def _ink(self, role: str) -> Style:
        if not role:
            return Style.null()
        # A grade a plugin invents has no colour of its own.
        name = role if role in ROLES else "grade-none"
        return self.get_component_rich_style(f"ink--{name}", partial=True)

    def blank(self, width: int, ground: str = "plain") -> Strip:
        """An empty line of *width* cells."""
        return Strip.blank(width, self.get_component_rich_style(f"ground--{ground}"))
