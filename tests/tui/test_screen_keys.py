"""Every key of every screen: a tour presses each, and fails when the keymap has one that it does not press.

The keys of the board, the dashboard, the settings and the plugins have tables of their own, in `test_board_keys`,
`test_funnel` and `test_settings`; the one key of owners by the rules is pressed in `test_steps`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from attrs import frozen
from textual.command import CommandPalette

from crmcore.crm import Crm
from crmcore_tui.keymap import (
    BOARD_KEYS,
    FUNNEL_KEYS,
    ON_TABLE,
    ON_TODAY,
    OTHER_SECTIONS,
    Key,
    keys_of,
)
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.columns import ColumnsScreen
from crmcore_tui.screens.confirm import ConfirmScreen
from crmcore_tui.screens.conflict import ConflictScreen
from crmcore_tui.screens.detail import STEP, DetailScreen
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.screens.funnel import FunnelScreen
from crmcore_tui.screens.intake import IntakeScreen
from crmcore_tui.screens.leaving import LeaveScreen, OfferScreen
from crmcore_tui.screens.mergetwins import MergeScreen
from crmcore_tui.screens.pick import PickScreen
from crmcore_tui.screens.plugins import PluginsScreen
from crmcore_tui.screens.preview import PreviewScreen
from crmcore_tui.screens.quickadd import QuickAddScreen
from crmcore_tui.screens.reader import ReadScreen
from crmcore_tui.screens.settings import SettingsScreen
from crmcore_tui.screens.table import TableScreen
from crmcore_tui.screens.today import TodayScreen
from crmcore_tui.screens.twins import TwinsScreen
from crmcore_tui.tabletext import USUAL
from crmcore_tui.widgets.moverlist import MoverList

LEAD = {"phone": "13800138000", "source": "fair"}
SIZE = (110, 30)
ELSEWHERE = {"board", "funnel", "settings", "plugins", "app", "assigning"}


@frozen
class Tour:
    """A walk that presses every key of `screen`."""

    screen: type[object]
    walk: Callable[..., Awaitable[None]]
    size: tuple[int, int]


TOURS: dict[str, Tour] = {}


def tour(name: str, screen: type[object], size: tuple[int, int] = SIZE):
    def keep(walk):
        TOURS[name] = Tour(screen, walk, size)
        return walk

    return keep


def test_every_screen_with_keys_has_a_tour_or_a_table() -> None:
    screens = {key.screen for section in OTHER_SECTIONS for key in section.keys}
    assert {*TOURS, *ELSEWHERE} == {*screens, *(key.screen for key in BOARD_KEYS)}
    assert not set(TOURS) & ELSEWHERE
    assert keys_of("funnel") == FUNNEL_KEYS


@pytest.mark.parametrize("name", TOURS)
async def test_every_key_of(name: str, crm: Crm, open_board, tmp_path, witness) -> None:
    async with open_board(crm, TOURS[name].size) as d:
        await TOURS[name].walk(d, crm, tmp_path)
    there = {(row.action, key) for row in keys_of(name) for key in row.keys}
    assert there <= witness.by(TOURS[name].screen), f"{name}: a key of the keymap is not tested"


def leads(crm: Crm, count: int = 3) -> list[str]:
    """Leads worth less and less, so that the first stands at the top."""
    return [
        crm.add(company=f"C-{n:02}", budget=f"{90 - n}万", owner="Li Na", **LEAD).id
        for n in range(count)
    ]


async def look(d) -> None:
    """Let the board see what the test has committed."""
    d.board_screen.look()
    await d.settle()


# lists


@tour("table", TableScreen, (60, 24))
async def _(d, crm, folder):
    leads(crm)
    await look(d)
    for leave in ("q", "t"):
        await d.press("t")
        here = d.screen
        await d.press("l", "right")
        assert here._spot.here == 2
        await d.press("h", "left")
        assert here._spot.here == 0
        await d.press("dollar_sign")
        assert here._spot.here == len(USUAL) - 1
        await d.press("0", "s")
        assert here._spot.here == 0
        assert "↑" in d.text()
        await d.press("C")
        assert isinstance(d.screen, ColumnsScreen)
        await d.press("escape", leave)
        assert isinstance(d.screen, BoardScreen)


@tour("columns", ColumnsScreen)
async def _(d, crm, folder):
    await d.press("t", "C")
    at = lambda: d.screen.choosing.at  # noqa: E731
    await d.press("j", "down")
    assert at() == 2
    await d.press("k", "up")
    assert at() == 0
    for down, up in (("pagedown", "pageup"), ("ctrl+f", "ctrl+b")):
        await d.press(down)
        assert at() > 5
        await d.press(up)
        assert at() == 0
    first, second = d.screen.choosing.chosen[:2]
    for later, earlier in (("J", "K"), ("shift+down", "shift+up")):
        await d.press(later)
        assert d.screen.choosing.chosen[:2] == (second, first)
        await d.press(earlier)
        assert d.screen.choosing.chosen[:2] == (first, second)
    for key, usual in (("space", "delete"), ("enter", "d")):
        await d.press(key)
        assert first not in d.screen.choosing.chosen
        await d.press(usual)
        assert d.screen.choosing.chosen == USUAL
    for key in ("escape", "q", "C"):
        await d.press(key)
        assert isinstance(d.screen, TableScreen)
        await d.press("C")


@tour("today", TodayScreen, (110, 40))
async def _(d, crm, folder):
    now = crm.clock()
    for company, moment in (
        ("Late", now - timedelta(hours=3)),
        ("Today", now + timedelta(hours=2)),
        ("Soon", now + timedelta(days=3)),
        ("Never", None),
    ):
        step = "call" if moment else None
        lead = crm.add(company=company, owner="Li Na", next_step=step, next_step_due=moment)
        crm.log(lead.id, "first follow-up", "call")
    at = lambda: d.screen.state.selected().company  # noqa: E731
    await d.press("T")
    for number, company in (("4", "Never"), ("3", "Soon"), ("2", "Today"), ("5", "Today")):
        await d.press(number)
        assert at() == company
    for down, up in (("l", "h"), ("right", "left"), ("tab", "h")):
        await d.press("1", down)
        assert at() == "Today"
        await d.press(up)
        assert at() == "Late"
    await d.press("m")
    assert "everybody" in d.text()
    await d.press("m", "y")
    assert isinstance(d.screen, FormScreen)
    await d.press("escape", "b")
    assert isinstance(d.screen, BoardScreen) and d.selected().company == "Late"
    for leave in ("T", "q"):
        await d.press("T", leave)
        assert isinstance(d.screen, BoardScreen)


@tour("pick", PickScreen)
async def _(d, crm, folder):
    at = lambda: d.screen._list.at  # noqa: E731
    await d.press("s", "j", "down")
    assert at() == 2
    await d.press("k", "up")
    assert at() == 0
    for key, sorting in (("enter", "value"), ("delete", "value"), ("d", "value")):
        await d.press("j", key)
        assert isinstance(d.screen, BoardScreen) and d.board_screen.sorting.key == sorting
        await d.press("s", "k", "enter", "s")
    for key in ("escape", "q"):
        await d.press("j", key)
        assert isinstance(d.screen, BoardScreen) and d.board_screen.sorting.key != "value"
        await d.press("s")


def twins(crm: Crm) -> None:
    """Twenty pairs with one telephone each."""
    for n in range(20):
        for company in ("Acme", "Acme Ltd"):
            crm.add(company=f"{company} {n}", phone=f"1380013{n:04}", source="fair", region=company)


@tour("twins", TwinsScreen, (110, 24))
async def _(d, crm, folder):
    twins(crm)
    for close in ("escape", "q", "M"):
        await d.press("M")
        assert isinstance(d.screen, TwinsScreen)
        if close == "escape":
            await moved(d, lambda: d.screen.query_one(MoverList).at, ends=False)
            await d.press("u")
            assert "Nothing was merged here" in d.text()
            await d.press("enter")
            assert isinstance(d.screen, MergeScreen)
            await d.press("escape")
        await d.press(close)
        assert isinstance(d.screen, BoardScreen)


@tour("merge", MergeScreen, (110, 24))
async def _(d, crm, folder):
    twins(crm)
    await d.press("M", "enter")
    here = d.screen
    at = lambda: here.query_one(MoverList).at  # noqa: E731
    await d.press("j", "down")
    assert at() == min(2, len(here.fields) - 1)
    await d.press("k", "up")
    assert at() == 0
    for down, up in (("pagedown", "pageup"), ("ctrl+f", "ctrl+b")):
        await d.press(down)
        assert at() == len(here.fields) - 1
        await d.press(up)
        assert at() == 0
    for other, keep in (("right", "left"), ("l", "h")):
        await d.press(other)
        assert here.take
        await d.press("k", keep)
        assert not here.take
    kept = here.keep.id
    await d.press("s")
    assert here.keep.id != kept
    for close in ("escape", "q"):
        await d.press(close)
        assert isinstance(d.screen, TwinsScreen)
        await d.press("enter")
    revision = crm.revision
    await d.press("A")
    assert crm.revision == revision + 1


# what is read


@tour("reader", ReadScreen, (80, 24))
async def _(d, crm, folder):
    for close in ("escape", "q", "enter"):
        await d.press("question_mark")
        body = d.screen.query_one("#dialog-body")
        place = lambda body=body: body.scroll_offset.y  # noqa: E731
        for down, up in (
            ("j", "k"), ("down", "up"), ("pagedown", "pageup"), ("ctrl+f", "ctrl+b"),
            ("space", "pageup"), ("G", "g"), ("end", "home"),
        ):  # fmt: skip
            assert place() == 0
            await d.press(down)
            assert place() > 0, down
            await d.press(up)
        assert place() == 0
        await d.press(close)
        assert isinstance(d.screen, BoardScreen)


@tour("detail", DetailScreen)
async def _(d, crm, folder):
    host = crm.add(company="Host", **LEAD).id
    for n in range(1, 10):
        crm.refer(host, {"company": f"Friend {n}", "phone": f"1390000000{n}"})
    for n in range(STEP):
        crm.edit(host, position=f"p{n}")
    await look(d)
    d.state.follow(host)
    d.board_screen.show()
    await d.press("enter")
    linked = [each.id for each in d.screen._linked]
    assert len(set(linked)) == 9
    for number in range(1, 10):
        await d.press(str(number))
        assert d.screen.customer.id == linked[number - 1]
        await d.press("escape")
    await d.press("f")
    assert isinstance(d.screen, PickScreen)
    await d.press("escape")
    assert d.screen.found.more
    await d.press("m")
    assert not d.screen.found.more


# files


SHEET = "company,phone\n" + "".join(f"New {n},1390000{n:04}\n" for n in range(40)) + ",\n"


@tour("intake", IntakeScreen, (80, 24))
async def _(d, crm, folder):
    (folder / "leads.csv").write_text(SHEET, "utf-8")
    at = lambda: d.screen.query_one("MoverList").at  # noqa: E731
    await d.press("ctrl+o")
    await d.type("le")
    await d.press("tab", "enter")
    assert "+ new 40" in d.text()
    await moved(d, at)
    for onward, back in (("l", "h"), ("right", "left")):
        await d.press(onward)
        assert d.screen.chosen == "create"
        await d.press(back)
        assert d.screen.chosen is None
    for key in ("enter", "i"):
        await d.press(key)
        assert isinstance(d.screen, ReadScreen)
        await d.press("escape")
    for key in ("f", "slash"):
        await d.press(key)
        assert d.screen.card.typing
        await d.press("escape")
        assert not d.screen.card.typing
    await d.press("o")
    assert isinstance(d.screen, FormScreen)
    await d.press("escape", "x")
    assert "skipped 1" in d.text()
    await d.press("c")
    assert "skipped" not in d.text()
    await d.press("u")  # nobody is like it
    assert "+ new 40" in d.text()
    (folder / "leads.csv").write_text("company,phone\nOnly,139\n", "utf-8")
    await d.press("r")
    assert "+ new 1" in d.text()
    await d.press("A")
    assert isinstance(d.screen, ConfirmScreen)
    await d.press("n", "q")
    assert isinstance(d.screen, BoardScreen)
    await d.press("ctrl+o", "escape")
    assert isinstance(d.screen, BoardScreen)


async def moved(d, at: Callable[[], int], ends: bool = True) -> None:
    """The keys that go through a long list; *ends* where some go to its ends."""
    await d.press("j", "down")
    assert at() == 2
    await d.press("k", "up")
    assert at() == 0
    keys = (("pagedown", "pageup"), ("ctrl+f", "ctrl+b"), ("G", "g"), ("end", "home"))
    for down, up in keys if ends else keys[:2]:
        await d.press(down)
        assert at() > 2
        await d.press(up)
        assert at() == 0


@tour("preview", PreviewScreen, (80, 24))
async def _(d, crm, folder):
    for n in range(40):
        crm.add(company=f"C-{n:02}", employees="800", need_match="high", **LEAD)
    (folder / "rules-of-mine.toml").write_text("= broken", "utf-8")
    at = lambda: d.screen.movers.at  # noqa: E731
    await d.press("V", "enter")
    trial = d.screen.trial
    assert len(trial.rows) == 40
    await moved(d, at)
    for key in ("enter", "i"):
        await d.press(key)
        assert isinstance(d.screen, ReadScreen)
        await d.press("escape")
    for key in ("f", "slash"):
        await d.press(key)
        assert d.screen.card.typing
        await d.press("escape")
        assert not d.screen.card.typing
    await d.press("r")
    assert d.screen.trial is not trial
    await d.press("A")
    assert isinstance(d.screen, ConfirmScreen)
    await d.press("n", "f")
    await d.type("rules-of")
    await d.press("tab")
    assert "rules-of-mine.toml" in d.text()
    await d.press("escape", "escape")
    assert isinstance(d.screen, BoardScreen)
    await d.press("V", "enter", "q")
    assert isinstance(d.screen, BoardScreen)


# what is typed, and what is asked about it


@tour("form", FormScreen)
async def _(d, crm, folder):
    gone = leads(crm, 3)[2]
    crm.lose(gone, "too dear")
    await look(d)
    await d.press("a", "tab", "tab")
    place = d.pilot.app.focused
    await d.press("shift+tab", "enter")
    assert d.pilot.app.focused is place
    await d.press("escape")
    assert isinstance(d.screen, BoardScreen)
    await d.press("1", "home", "d", "down")
    assert d.pilot.app.focused.value == "too dear"
    await d.press("up")
    assert d.pilot.app.focused.value == ""
    await d.press("down", "ctrl+s")
    assert isinstance(d.screen, BoardScreen)
    assert [c.close_reason for c in crm.find("status:lost").customers] == ["too dear"] * 2


@tour("quick", QuickAddScreen)
async def _(d, crm, folder):
    await d.press("a")
    await d.type("Acme / Wang / 13800138000")
    await d.press("enter")
    assert d.selected().company == "Acme"
    await d.press("a", "escape")
    assert isinstance(d.screen, BoardScreen)
    await d.press("a", "tab")
    assert isinstance(d.screen, FormScreen)


@tour("confirm", ConfirmScreen)
async def _(d, crm, folder):
    (folder / "leads.csv").write_text("company,phone\nOnly,139\n", "utf-8")
    await d.press("ctrl+o")
    await d.type("leads.csv")
    await d.press("enter")
    for no in ("n", "escape", "q"):
        await d.press("A", no)
        assert isinstance(d.screen, IntakeScreen)
        assert not crm.find().customers
    await d.press("A", "y")
    assert len(crm.find().customers) == 1


@tour("leave", LeaveScreen)
async def _(d, crm, folder):
    leads(crm, 1)
    await look(d)
    await d.press("e")
    await d.fill(position="half a pos")
    for key in ("n", "escape"):
        await d.press("escape", key)
        assert isinstance(d.screen, FormScreen) and "half a pos" in d.text()
    await d.press("escape", "s", "e")
    assert isinstance(d.screen, OfferScreen) and "half a pos" in d.text()
    await d.press("enter", "escape", "d", "e")
    assert isinstance(d.screen, FormScreen) and "half a pos" not in d.text()


@tour("draft", OfferScreen)
async def _(d, crm, folder):
    leads(crm, 1)
    await look(d)
    for discard in ("delete", "ctrl+d"):
        await d.press("o")
        await d.type("they call")
        await d.press("escape", "s", "o", "escape")
        assert isinstance(d.screen, BoardScreen)
        await d.press("o", "enter")
        assert isinstance(d.screen, FormScreen) and "they call" in d.text()
        await d.press("escape", "s", "o", discard)
        assert isinstance(d.screen, FormScreen) and "they call" not in d.text()
        await d.press("escape")


@tour("conflict", ConflictScreen, (110, 40))
async def _(d, crm, folder):
    (one,) = leads(crm, 1)
    await look(d)
    for save, edit in (("ctrl+s", "e"), ("enter", "f2")):
        await d.press("e")
        await d.fill(position="x", region="y")
        crm.edit(one, position=f"their {save}", region="West")
        await d.press("ctrl+s")
        here = d.screen
        chosen = lambda n, here=here: here._views[n].chosen  # noqa: E731
        for down, up in (("j", "k"), ("down", "up")):
            await d.press(down)
            assert here._at == 1
            await d.press(up)
            assert here._at == 0
        await d.press("m")
        mine = chosen(0)
        await d.press("k", "t")
        assert chosen(0) == f"their {save}"
        await d.press("k", "left")
        assert chosen(0) == mine
        await d.press("k", "right")
        assert chosen(0) == f"their {save}"
        await d.press("escape")
        assert isinstance(d.screen, FormScreen)
        await d.press("ctrl+s")
        here = d.screen
        await d.press("t", edit)
        assert isinstance(d.screen, FormScreen)
        await d.press("end", "ctrl+u")
        await d.type(f"mine {save}")
        await d.press("ctrl+s", save)
        assert isinstance(d.screen, BoardScreen)
        stored = crm.get(one)
        assert (stored.position, stored.region) == (f"their {save}", f"mine {save}")


# the board's keys on the table; today's list has the same actions

OPENS = {
    "detail": DetailScreen, "why": ReadScreen, "add": QuickAddScreen, "edit": FormScreen,
    "note": FormScreen, "next_step": FormScreen, "assign": FormScreen, "back": FormScreen,
    "grade_by_hand": FormScreen, "preview": PreviewScreen, "proposal": FormScreen,
    "objection": FormScreen, "clause": FormScreen, "won": FormScreen, "lose": FormScreen,
    "invalidate": FormScreen, "refer": FormScreen, "tag": FormScreen, "filters": PickScreen,
    "funnel": FunnelScreen, "today": TodayScreen, "import_sheet": IntakeScreen,
    "settings": SettingsScreen, "plugins": PluginsScreen, "help": ReadScreen,
    "palette": CommandPalette, "grade": ConfirmScreen,
}  # fmt: skip
"""What these keys open."""

LAST = ("clear", "forward", "grade", "repurchase", "undo", "redo", "again")
"""These change somebody, or leave the table; behind the others."""


async def test_the_boards_keys_act_on_the_table(crm: Crm, open_board, witness) -> None:
    for one in leads(crm, 3):
        crm.move(one)
        crm.edit(one, validity="valid", grade="B", grade_evidence="met", next_step="call")
    rank = {action: number for number, action in enumerate(LAST)}
    async with open_board(crm) as d:
        await d.press("t")
        for row in sorted(ON_TABLE, key=lambda row: rank.get(row.action, -1)):
            await d.press(row.keys[0])
            if row.action in OPENS:
                assert isinstance(d.screen, OPENS[row.action]), (row.action, d.screen)
            if row.action in ("mark", "range", "filter"):
                await d.press("escape")
            elif row.action == "closed":
                await d.press("z")
            while not isinstance(d.screen, (TableScreen, BoardScreen)):
                await d.press("escape")
            if isinstance(d.screen, BoardScreen):
                await d.press("t")
    assert {(row.action, row.keys[0]) for row in ON_TABLE} <= witness.by(TableScreen)


@pytest.mark.parametrize(("screen", "rows"), [(TableScreen, ON_TABLE), (TodayScreen, ON_TODAY)])
def test_every_key_they_share_with_the_board_is_bound(screen, rows: tuple[Key, ...]) -> None:
    bound = {(binding.id, binding.key) for binding in screen.BINDINGS}
    assert {(row.id, ",".join(row.keys)) for row in rows} <= bound
    assert all(hasattr(screen, f"action_{row.action}") for row in rows)
