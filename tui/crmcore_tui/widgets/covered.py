"""Widgets of which little or nothing is seen, and so little or nothing drawn."""

from __future__ import annotations

from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from crmcore_tui.widgets.ink import Ink


class CoveredRow(Horizontal):
    """Widgets side by side, of which nothing else is seen; the screen is behind them."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Nothing: Textual would draw it line by line whenever something in it changes."""
        return []


class Stage(Vertical):
    """A heading and the cards below it; around the heading, the screen is seen."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """Nothing, but the frame of a stage that a card would be dropped in."""
        return super().render_lines(crop) if self.has_class("-drop") else []


class UnseenBar(ScrollBar):
    """A scroll bar that looks like what is behind it, until the mouse is over it."""

    def __init__(self, behind: Ink) -> None:
        super().__init__(name="vertical")
        self._behind = behind

    def render_lines(self, crop: Region) -> list[Strip]:
        """Blank lines, which cost nothing; one line alone is asked for by the mouse, to learn what it does."""
        if self.mouse_over or self.grabbed or crop.height < self.outer_size.height:
            return super().render_lines(crop)
        return [self._behind.filtered(self._behind.blank(crop.width))] * crop.height
