"""One visitor's board: a process of its own, started without a shell, and ended for certain."""

from __future__ import annotations

import asyncio
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from crmcore_tui.web.doors import TOKEN_VARIABLE

QUIT_SECONDS = 3.0
"""How long a board has to quit by itself, and then to end when it is told to."""

_COLUMNS = range(20, 501)
_LINES = range(5, 301)


class BoardProcess(AppService):
    """A board whose screen goes to *write*, and whose keys come from the browser."""

    def __init__(
        self,
        command: Sequence[str],
        write: Callable[[bytes], Awaitable[None]],
        write_text: Callable[[str], Awaitable[None]],
        close: Callable[[], Awaitable[object]],
    ) -> None:
        async def closing() -> None:
            await close()

        super().__init__(
            command[0],
            write_bytes=write,
            write_str=write_text,
            close=closing,
            download_manager=DownloadManager(),
        )
        self._words = tuple(command)

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        environment = super()._build_environment(width, height)
        environment["TEXTUAL_DRIVER"] = "crmcore_tui.web.driver:BrowserDriver"
        environment.pop(TOKEN_VARIABLE, None)
        return environment

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        # No shell reads the command, so nothing in a path or a name can mean anything to one; and the
        # terminal's Ctrl+C is the server's alone, which then ends the boards in order.
        self._process = process = await asyncio.create_subprocess_exec(
            *self._words,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._build_environment(width, height),
            start_new_session=True,
        )
        self._stdin = process.stdin
        return process

    async def begin(self, columns: object, lines: object) -> None:
        """Start the board on a screen of this size."""
        await self.start(_within(columns, _COLUMNS, 80), _within(lines, _LINES, 24))

    async def resize(self, columns: object, lines: object) -> None:
        """Tell the board that its screen has another size."""
        await self.set_terminal_size(_within(columns, _COLUMNS, 80), _within(lines, _LINES, 24))

    async def ended(self) -> None:
        """Wait until the board is closed or has failed."""
        if self._task is not None:
            await asyncio.shield(self._task)

    async def end(self) -> None:
        """End the board: it is asked to quit, then told to end, then killed."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            await self.send_meta({"type": "quit"})
            for insist in (process.terminate, process.kill):
                with suppress(TimeoutError):
                    await asyncio.wait_for(process.wait(), QUIT_SECONDS)
                    break
                with suppress(ProcessLookupError):
                    insist()
        await process.wait()
        if self._task is not None:
            # What it said last is still to be read, unless something it started holds on to its output.
            await asyncio.wait([self._task], timeout=1)
            self._task.cancel()


def _within(value: object, allowed: range, otherwise: int) -> int:
    """*value* as a number of cells; no browser makes a board of a million columns."""
    try:
        number = int(str(value))
    except ValueError:
        return otherwise
    return min(max(number, allowed[0]), allowed[-1])
