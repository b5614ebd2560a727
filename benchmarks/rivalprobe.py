"""Shows kanban-tui's board to nobody and presses keys; run by the Python of an environment that has it.

Arguments: a folder for its files, how many cards, how many presses. The answer is JSON on standard output. Measured as
`benchmarks.seat` measures ours; nothing of crmcore is imported, which is not installed there.
"""

import asyncio
import json
import os
import sqlite3
import sys
from pathlib import Path
from time import perf_counter

SIZE = (160, 48)


def _fill(database: str, count: int) -> None:
    from kanban_tui.backends.sqlite.database import init_first_board, init_new_db

    init_new_db(database)
    init_first_board(database)
    with sqlite3.connect(database) as connection:
        columns = [
            n for (n,) in connection.execute("SELECT column_id FROM columns ORDER BY position")
        ]
        rows = ((f"Company {n}", columns[n % 3]) for n in range(count))
        connection.executemany(
            'INSERT INTO tasks (title, description, "column", creation_date)'
            " VALUES (?, '', ?, datetime())",
            rows,
        )


async def _shown(folder: Path, presses: int) -> dict[str, object]:
    from kanban_tui.app import KanbanTui
    from textual.drivers.headless_driver import HeadlessDriver
    from textual.events import Key

    HeadlessDriver.is_headless = property(lambda _: False)
    updates: list[float] = []
    start = perf_counter()
    app = KanbanTui(str(folder / "config.toml"), str(folder / "kanban.db"))
    write = app._display

    def display(screen, renderable):
        write(screen, renderable)
        if renderable is not None:
            updates.append(perf_counter())

    app._display = display
    async with app.run_test(size=SIZE) as pilot:

        async def settle():
            before = -1
            while before != len(updates):
                before = len(updates)
                await asyncio.sleep(0.05)  # the pilot keeps every widget busy
                await app.workers.wait_for_complete()
                await pilot.pause(0.2)

        await settle()
        painted, settled = updates[0] - start, updates[-1] - start
        times = []
        for key in ("j", "j", "k", "l", "h")[: max(presses, 1)] * max(presses // 5, 1):
            updates.clear()
            pressed = perf_counter()
            app._driver.send_message(Key(key, key))
            await settle()
            if updates:
                times.append(updates[-1] - pressed)
    return {"paint": painted, "settle": settled, "keys": times}


def main() -> None:
    """Do what the arguments ask."""
    folder, count, presses = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    os.environ |= {"XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    _fill(str(folder / "kanban.db"), count)
    answer = asyncio.run(_shown(folder, presses))
    json.dump(answer, sys.__stdout__)


if __name__ == "__main__":
    main()
