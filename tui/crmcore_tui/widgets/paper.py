"""Lines that a function writes for whatever width there is, as many as it takes."""

from __future__ import annotations

from collections.abc import Callable

from textual.geometry import Size
from textual.strip import Strip

from crmcore.dialect import Dialect
from crmcore_tui.cells import Line, crop
from crmcore_tui.widgets.ink import Ink

Write = Callable[[int], tuple[Line, ...]]
"""The lines, for a width in cells."""


class Paper(Ink):
    """As tall as what is written on it; only the lines that are seen are drawn."""

    def __init__(self, write: Write, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._write = write
        self._written: tuple[int, tuple[Line, ...]] = (-1, ())

    def put(self, write: Write) -> None:
        """Write something else."""
        self._write = write
        self._written = (-1, ())
        self.refresh(layout=True)

    def reword(self, dialect: Dialect) -> None:
        """Write it anew in another language."""
        self.put(self._write)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """All there is."""
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are."""
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        """One line of it."""
        width = self.size.width
        lines = self._lines(width)
        line = self.strip(crop(lines[y], width)) if y < len(lines) else self.blank(0)
        return Strip.join([line, self.blank(max(width - line.cell_length, 0))])

    def _lines(self, width: int) -> tuple[Line, ...]:
        if self._written[0] != width:
            self._written = (width, self._write(width) if width > 0 else ())
        return self._written[1]
