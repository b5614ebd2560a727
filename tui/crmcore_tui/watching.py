"""Hearing at once that others have committed, without a worker that never ends."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmcore.crm import Crm

SECONDS = 1.0
"""How long one wait lasts, and so how long the thread may outlive the screen."""


class Watch:
    """A thread that waits for others' commits; it ends with the screen, or when the store closes."""

    def __init__(
        self,
        crm: Crm,
        pause: float,
        looked: Callable[[int], object],
        failed: Callable[[Exception], object],
    ) -> None:
        """*looked* gets each new revision and *failed* what looking raised, both in the thread.

        At least *pause* seconds pass between two calls, however much is committed.
        """
        self._crm = crm
        self._pause = pause
        self._looked = looked
        self._failed = failed
        self._stopped = Event()

    def start(self) -> None:
        """Begin."""
        # No worker of the app's: those are waited for, and quitting must not wait for this one.
        Thread(target=self._run, name="crmcore-watch", daemon=True).start()

    def stop(self) -> None:
        """Call nobody any more."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                if not self._crm.wait(SECONDS) or self._stopped.is_set():
                    continue
                revision = self._crm.refresh()
            except Exception as error:
                self._failed(error)
            else:
                self._looked(revision)
            self._stopped.wait(self._pause)
