"""The scrolling middle of a dialog: as tall as its content, but never taller than the terminal."""

from __future__ import annotations

from textual.containers import VerticalScroll

_SHARE = 0.94
_AROUND = 7
"""The border, the title, the keys, and the lines between them."""


class DialogBody(VerticalScroll, can_focus=False):
    """Leaves room for the title above and the keys below, and for *more* lines when asked."""

    def __init__(self) -> None:
        super().__init__(id="dialog-body")
        self._more = 0

    def on_mount(self) -> None:
        """Fit the terminal as it is."""
        self.fit()

    def fit(self, more: int | None = None) -> None:
        """Fit the terminal's height, *more* lines left free below."""
        self._more = self._more if more is None else more
        lines = int(self.app.size.height * _SHARE) - _AROUND - self._more
        self.styles.max_height = max(lines, 3)
