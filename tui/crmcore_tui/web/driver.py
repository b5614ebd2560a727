"""How a board writes to a browser: Textual's web driver, which also ends when nobody listens any more."""

from __future__ import annotations

from textual.drivers.web_driver import WebDriver
from textual.messages import ExitApp


class BrowserDriver(WebDriver):
    """Ends the board when the server is gone, however it went: no process stays behind."""

    def run_input_thread(self) -> None:
        """Read what the browser sends, to the end."""
        super().run_input_thread()
        if not self.exit_event.is_set():
            self._app.post_message(ExitApp())
