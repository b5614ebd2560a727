"""The line above the keys: what has just happened, else who is under the cursor.

Not Textual's toasts: laid over columns, they lose the wide characters that cross a column's edge.
"""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import chop_cells
from textual.strip import Strip
from textual.timer import Timer

from crmcore.text import shown
from crmcore_tui.cells import Line, Part, fit, spread
from crmcore_tui.widgets.ink import Ink

_LONGEST = 600
_MOST_LINES = 3
_SECONDS = 6
_SECONDS_FOR_ERRORS = 15


class StatusLine(Ink):
    """One line; as many as three while an error is told."""

    def __init__(self, idle: Callable[[], str]) -> None:
        super().__init__(id="status")
        self._idle = idle
        self._timer: Timer | None = None
        self.message = ""
        self._role = "told"

    def tell(self, message: str, *, error: bool) -> None:
        """Show *message* for a while; it is text, never markup."""
        self.message = shown(message[:_LONGEST])
        self._role = "error" if error else "told"
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(_SECONDS_FOR_ERRORS if error else _SECONDS, self.clear)
        self._fit()

    def clear(self) -> None:
        """Show who is under the cursor again."""
        self.message = ""
        self._fit()

    def on_resize(self) -> None:
        """Wrap anew."""
        self._fit()

    def _fit(self) -> None:
        height = len(self._lines(self.size.width))
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height
        self.refresh()

    def _lines(self, width: int) -> tuple[Line, ...]:
        if not self.message or width < 4:
            return ((Part(" " + fit(self._idle(), max(width - 1, 0)), "dim"),),)
        texts = [t for line in self.message.split("\n") for t in chop_cells(line, width - 4)]
        mark = "!" if self._role == "error" else "✓"
        lines = []
        for number, text in enumerate(texts[:_MOST_LINES]):
            lines.append((Part(f" {mark if not number else ' '} {text}", self._role),))
        return tuple(lines)

    def render_line(self, y: int) -> Strip:
        """One line of it."""
        width = self.outer_size.width
        lines = self._lines(width)
        line = lines[y] if y < len(lines) else ()
        return self.strip(spread(line, (), width))
