"""What is typed before there is anything to type into is kept: it belongs there."""

from __future__ import annotations

from typing import Any, TypeVar

from textual.events import Event, Key

from crmcore_tui.storecalls import StoreScreen

Answered = TypeVar("Answered")


class EarlyKeysScreen(StoreScreen[Answered]):
    """Keeps the keys of the time before `begun`; a subclass says when that is, and takes them in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.begun = False
        self.early: list[Key] = []

    def _forward_event(self, event: Event) -> None:
        if isinstance(event, Key) and not self.begun:
            self.early.append(event)
        else:
            super()._forward_event(event)
