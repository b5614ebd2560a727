"""A seat at a board whose terminal is nobody's: it presses keys and sees when the screen was written."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from time import perf_counter
from typing import Any, Self

from rich.console import RenderableType
from textual.drivers.headless_driver import HeadlessDriver
from textual.events import Key
from textual.screen import Screen

from crmcore.crm import Crm
from crmcore.gates import outstanding, unmet
from crmcore_tui.app import CrmApp
from crmcore_tui.screens.board import BoardScreen

_QUIET = 0.05
"""Seconds: a few times what the screen waits until it is drawn."""


def as_a_terminal() -> None:
    """Let what Textual writes for nobody be made all the same, as for a terminal."""
    HeadlessDriver.is_headless = property(lambda _: False)  # type: ignore[assignment,method-assign]


class Seat:
    """An open board, settled; closes it at the end."""

    def __init__(self, crm: Crm, size: tuple[int, int]) -> None:
        self._crm = crm
        self._app = CrmApp(crm, live=None, alone=True)
        self._updates: list[float] = []
        self._watch()
        self._size = size
        self._open = AsyncExitStack()

    def _watch(self) -> None:
        """Note when the screen was written; a subclass would look for its style sheet elsewhere."""
        write = self._app._display

        def display(screen: Screen[Any], renderable: RenderableType | None) -> None:
            write(screen, renderable)
            if renderable is not None:
                self._updates.append(perf_counter())

        vars(self._app)["_display"] = display

    async def __aenter__(self) -> Self:
        as_a_terminal()
        self._pilot = await self._open.enter_async_context(self._app.run_test(size=self._size))
        await self._settle()
        while self._board.state.revision < 0:
            await self._settle()
        self.first_update, self.last_update = self._updates[0], self._updates[-1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    @property
    def _board(self) -> BoardScreen:
        return next(s for s in self._app.screen_stack if isinstance(s, BoardScreen))

    async def press(self, key: str) -> tuple[float, float]:
        """Press *key*: seconds to the first and to the last update of the screen it led to."""
        driver = self._app._driver
        assert driver is not None
        self._updates.clear()
        start = perf_counter()
        driver.send_message(Key(key, {"space": " "}.get(key, key if len(key) == 1 else None)))
        await self._settle()
        updates = self._updates or [start]
        return updates[0] - start, updates[-1] - start

    def go_to_movable(self) -> bool:
        """Put the cursor on somebody who can move on without anything being asked."""
        state, pipeline = self._board.state, self._board.state.pipeline
        for column in state.columns[:-1]:
            for customer in column.rows:
                stage = pipeline.stages[pipeline.index(customer.stage)]
                fields = self._crm.fields
                if not unmet([stage], customer, fields) + outstanding(customer, pipeline, fields):
                    state.follow(customer.id)
                    return True
        return False

    async def close_forms(self) -> None:
        """Back to the board."""
        while not isinstance(self._app.screen, BoardScreen):
            await self.press("escape")

    async def _settle(self) -> None:
        """Until nothing is drawn any more, no worker runs and no message waits.

        The pilot asks every widget whether it is done, which would count as the board's own time: it is let
        in when all is quiet.
        """
        while True:
            before = len(self._updates)
            await asyncio.sleep(_QUIET)
            await self._app.workers.wait_for_complete()
            if len(self._updates) == before and not self._at_work:
                await self._pilot.pause()
                if len(self._updates) == before and not self._at_work:
                    return

    @property
    def _at_work(self) -> bool:
        return any(worker.is_running for worker in self._app.workers)
