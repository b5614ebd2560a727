"""A board whose terminal was closed ends with it."""

from __future__ import annotations

import select
import signal
import sys
from threading import Thread


def end_with_terminal() -> None:
    """From now on this process ends when the terminal that it reads from is gone.

    The system tells so only what was started last on a terminal by its shell: a board that `make`, `script`
    or a shell script started would go on, and read from nothing as fast as it can.
    """
    if hasattr(select, "poll") and sys.stdin.isatty():
        Thread(target=_wait, args=(sys.stdin.fileno(),), name="hang-up", daemon=True).start()


def _wait(terminal: int) -> None:
    poll = select.poll()
    poll.register(terminal, select.POLLHUP)
    if any(happened & select.POLLHUP for _, happened in poll.poll()):
        signal.raise_signal(signal.SIGHUP)
