"""The plugin on a board, driven by keys as a user drives it."""

from __future__ import annotations

import pytest

from crmcore.bootstrap import open_crm
from crmcore.config import Config
from crmcore_tui.app import CrmApp


@pytest.fixture
def crm(tmp_path):
    """A workspace in memory, in English, with one customer just met."""
    config = Config(store="memory:", language="en", id_scheme="hello", directory=tmp_path)
    with open_crm(config=config) as crm:
        crm.add(company="Acme", contact="Mr. Smith", first_contact_at="today")
        yield crm


async def until(pilot, condition) -> None:
    """Let the board work until *condition* holds; the test's time limit is the end of waiting."""
    while not condition():
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()


def text(app) -> str:
    """What is on the screen."""
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def on_board(crm, act) -> None:
    app = CrmApp(crm, live=None)
    async with app.run_test(size=(130, 30)) as pilot:
        await until(pilot, lambda: "Acme" in text(app))
        await act(app, pilot)
    assert crm.host.failures == ()


def run(coroutine) -> None:
    """Run it, for no longer than a minute."""
    import asyncio

    asyncio.run(asyncio.wait_for(coroutine, 60))


def test_the_badge_is_on_the_card(crm) -> None:
    async def act(app, pilot) -> None:
        await until(pilot, lambda: " new " in text(app))

    run(on_board(crm, act))


def test_the_panel_greets_whom_the_cursor_is_on(crm) -> None:
    async def act(app, pilot) -> None:
        await pilot.press("backslash")
        await until(pilot, lambda: "Say hello to: Mr. Smith" in text(app))

    run(on_board(crm, act))


def test_the_action_asks_for_the_words_and_logs_them(crm) -> None:
    async def act(app, pilot) -> None:
        await pilot.press("f12")
        await until(pilot, lambda: "Greeting" in text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Said hello to 1" in text(app))

    run(on_board(crm, act))
    assert [activity.content for activity in crm.get("H1").activities] == ["Hello"]
