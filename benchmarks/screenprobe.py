"""A process that shows one board on a terminal nobody sees, and says how long that took and its keys.

Standard input holds what to open, as JSON; standard output gets the answer, as JSON. A key's time is taken inside
the app, from the event to the end of the last update of the screen that it led to.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.probe import memory

SIZE = (160, 48)


def main() -> None:
    """Do what standard input asks."""
    asked = json.load(sys.stdin)
    answer = asyncio.run(_shown(asked["url"], Path(asked["folder"]), asked["rounds"]))
    json.dump(answer, sys.stdout)


async def _shown(url: str, folder: Path, rounds: int) -> dict[str, Any]:
    from crmcore.bootstrap import open_crm
    from crmcore.config import Config

    start = perf_counter()
    crm = open_crm(config=Config(store=url, directory=folder, language="en"), actor="bench")
    opened = perf_counter() - start
    from benchmarks.seat import Seat  # Textual is no part of the store

    before = memory()
    start = perf_counter()
    async with Seat(crm, SIZE) as seat:
        painted = seat.first_update - start
        settled = seat.last_update - start
        after = memory()
        keys = {
            "cursor": await _times(seat, ["j", "j", "j", "j", "k"] * rounds),
            "page": await _times(seat, ["pagedown", "pagedown", "pageup"] * rounds),
            "column": await _times(seat, ["l", "h", "3", "1"] * rounds),
            **await _moves(seat, rounds),
            **await _table(seat, rounds),
        }
        typed = await _typed(seat, "shanghai machinery", rounds)
    crm.close()
    grown = {} if before is None or after is None else {"memory": after[0] - before[0]}
    return {"open": opened, "paint": painted, "settle": settled, **grown,
            "keys": {**keys, **typed}}  # fmt: skip


async def _times(seat: Any, keys: Iterable[str]) -> list[float]:
    return [(await seat.press(key))[1] for key in keys]


async def _table(seat: Any, rounds: int) -> dict[str, list[float]]:
    """The table opened, gone through and left again."""
    opened, cursor, sorted_ = [], [], []
    for _ in range(max(1, rounds // 4)):
        opened.append((await seat.press("t"))[1])
        cursor += await _times(seat, ["j", "j", "j", "k", "pagedown", "pageup"])
        sorted_ += await _times(seat, ["s", "s", "s"])
        await seat.press("t")
    return {"table, open": opened, "table, cursor": cursor, "table, sort": sorted_}


async def _moves(seat: Any, rounds: int) -> dict[str, list[float]]:
    """Cards moved on: until they stand in their new column, stored, and until all figures are read anew."""
    shown, figures = [], []
    for _ in range(rounds):
        if not seat.go_to_movable():
            break
        first, last = await seat.press("L")
        shown.append(first)
        figures.append(last)
        await seat.close_forms()
    return {"move": shown, "move, figures": figures}


async def _typed(seat: Any, text: str, rounds: int) -> dict[str, list[float]]:
    """A filter typed and deleted again, key by key; the filter is left in between, and begun anew."""
    echoes, founds, deleted = [], [], []
    for _ in range(max(1, rounds // 4)):
        await seat.press("slash")
        for character in text:
            first, last = await seat.press("space" if character == " " else character)
            echoes.append(first)
            founds.append(last)
        deleted += await _times(seat, ["backspace"] * len(text))
        await seat.press("escape")
    return {"filter, echo": echoes, "filter, found": founds, "filter, deleted": deleted}


if __name__ == "__main__":
    main()
