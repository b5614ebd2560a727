"""The board hears of others' commits by itself, and quits without waiting for the next one."""

from __future__ import annotations

from pathlib import Path
from threading import enumerate as threads

from crmcore.bootstrap import open_crm
from crmcore.config import Config
from crmcore.crm import Crm
from crmcore.errors import StoreError
from crmcore_tui.app import CrmApp
from crmcore_tui.screens.board import BoardScreen


def opened(folder: Path, actor: str) -> Crm:
    """The same file, as another program opens it."""
    return open_crm(config=Config(store="json:crm.json", directory=folder), actor=actor)


async def test_what_another_program_commits_appears_by_itself(tmp_path) -> None:
    with opened(tmp_path, "Li") as mine, opened(tmp_path, "Chen") as theirs:
        app = CrmApp(mine, live=0.01)
        async with app.run_test() as pilot:
            for number in (1, 2):
                theirs.add(company=f"c{number}", phone="138", source="fair")
                screen = pilot.app.screen
                assert isinstance(screen, BoardScreen)
                while screen.state.revision < number:  # the test's own timeout is the limit
                    await pilot.pause(0.01)
                assert screen.state.columns[0].standing.count == number


async def test_a_store_that_fails_is_told_once_and_looked_at_again(tmp_path, monkeypatch) -> None:
    with opened(tmp_path, "Li") as mine, opened(tmp_path, "Chen") as theirs:
        calls: list[int] = []
        refresh = mine.store.refresh

        def failing() -> int:
            calls.append(1)
            if len(calls) < 4:
                raise StoreError("The disk is gone.")
            return refresh()

        monkeypatch.setattr(mine.store, "refresh", failing)
        app = CrmApp(mine, live=0.01)
        async with app.run_test() as pilot:
            screen = pilot.app.screen
            assert isinstance(screen, BoardScreen)
            told: list[Exception] = []
            monkeypatch.setattr(screen, "report", told.append)
            theirs.add(company="c", phone="138", source="fair")
            while screen.state.revision < 1:
                await pilot.pause(0.01)
            assert [str(error) for error in told] == ["The disk is gone."]


async def test_no_thread_outlives_the_board_and_the_store(tmp_path) -> None:
    with opened(tmp_path, "Li") as mine:
        app = CrmApp(mine, live=0.01)
        async with app.run_test() as pilot:
            await pilot.pause()
            (watch,) = [thread for thread in threads() if thread.name == "crmcore-watch"]
    watch.join(30)
    assert not watch.is_alive()
