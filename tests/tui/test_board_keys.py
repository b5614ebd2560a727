"""Every key of the keymap does what the keymap says; a key without a test fails here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

import pytest
from attrs import frozen
from textual.command import CommandPalette

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.records import Objection
from crmcore_tui.keymap import BOARD_KEYS, FROM_DETAIL, bindings, key_for
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.detail import DetailScreen
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.screens.funnel import FunnelScreen
from crmcore_tui.screens.intake import IntakeScreen
from crmcore_tui.screens.leaving import LeaveScreen
from crmcore_tui.screens.pick import PickScreen
from crmcore_tui.screens.plugins import PluginsScreen
from crmcore_tui.screens.preview import PreviewScreen
from crmcore_tui.screens.reader import ReadScreen
from crmcore_tui.screens.settings import SettingsScreen
from crmcore_tui.screens.table import TableScreen
from crmcore_tui.screens.today import TodayScreen
from crmcore_tui.screens.twins import TwinsScreen

LEADS = 30
READY = {"phone": "13800138000", "source": "trade fair", "contact": "Wang"}
SCREENED = {
    "validity": "valid", "grade": "B", "grade_evidence": "met them", "owner": "Li Na",
}  # fmt: skip


@frozen
class Case:
    """The situation a key is pressed in, and what must be true afterwards."""

    check: Callable[..., Awaitable[None]]
    prepare: Callable[[Crm, str], object] = lambda crm, customer_id: None


CASES: dict[str, Case] = {}

ALIKE = {
    "up", "down", "left", "page_up", "page_down", "top_chord", "top", "bottom",
    *(f"stage({n})" for n in range(1, 10)),
    "detail", "filter", "clear", "side", "funnel", "filters", "today", "table", "preview",
    "import_sheet", "palette", "help", "settings", "plugins", "mark", "range",
}  # fmt: skip
"""These change nobody, and begin alike: one board is enough for all of them."""


def case(action: str, prepare: Callable[[Crm, str], object] | None = None):
    def keep(check):
        CASES[action] = Case(check, prepare) if prepare else Case(check)
        return check

    return keep


def fill_board(crm: Crm) -> list[str]:
    """Thirty leads worth less and less, so that the first one added stands at the top."""
    return [
        crm.add(company=f"Company-{n:02}", budget=f"{90 - n}万", **READY).id for n in range(LEADS)
    ]


def pairs() -> Iterator[tuple[str, str]]:
    for key in BOARD_KEYS:
        for name in key.keys:
            yield key.action, name


def test_every_binding_has_a_test() -> None:
    assert set(CASES) == {key.action for key in BOARD_KEYS}


def test_no_key_is_bound_twice_and_each_binding_has_an_action_and_an_id() -> None:
    names = [name for _, name in pairs()]
    assert len(names) == len(set(names))
    assert len({binding.id for binding in bindings(BOARD_KEYS)}) == len(BOARD_KEYS)
    for key in BOARD_KEYS:
        assert hasattr(BoardScreen, f"action_{key.action.split('(')[0]}")


@pytest.mark.parametrize(("action", "key"), [pair for pair in pairs() if pair[0] not in ALIKE])
async def test_key(action: str, key: str, crm: Crm, open_board) -> None:
    ids = fill_board(crm)
    CASES[action].prepare(crm, ids[0])
    async with open_board(crm) as d:
        d.state.follow(ids[0])
        d.board_screen.show()
        await CASES[action].check(d, key, ids)


async def test_keys_that_change_nobody(crm: Crm, open_board) -> None:
    ids = fill_board(crm)
    async with open_board(crm) as d:
        for action, key in pairs():
            if action in ALIKE:
                d.state.go(rows=-99)
                d.state.follow(ids[0])
                d.board_screen.show()
                await CASES[action].check(d, key, ids)
                await d.press(*["escape"] * 2)
                assert isinstance(d.screen, BoardScreen)
    assert all(CASES[action].prepare is Case.__attrs_attrs__.prepare.default for action in ALIKE)


# moving the cursor


@case("down")
async def _(d, key, ids):
    await d.press(key, key)
    assert d.selected().id == ids[2]


@case("up")
async def _(d, key, ids):
    await d.press("j", "j", key)
    assert d.selected().id == ids[1]
    await d.press(key, key, key)
    assert d.selected().id == ids[0]


@case("right", lambda crm, i: crm.move(i))
async def _(d, key, ids):
    await d.press("1", key)
    assert d.selected().id == ids[0]
    assert d.state.col == 1


@case("left")
async def _(d, key, ids):
    await d.press("3", key)
    assert d.state.col == 1
    await d.press(key, key, key)
    assert d.state.col == 0


@case("page_down")
async def _(d, key, ids):
    await d.press(key)
    assert d.state.column.at == d.board_screen.board.list_at_cursor().rows_in_view > 1


@case("page_up")
async def _(d, key, ids):
    await d.press("G", key)
    assert d.state.column.at == LEADS - 1 - d.board_screen.board.list_at_cursor().rows_in_view


@case("top_chord")
async def _(d, key, ids):
    await d.press("G", key)
    assert d.selected().id == ids[-1]
    await d.press("k", key)  # another key in between: the chord begins anew
    assert d.selected().id == ids[-2]
    await d.press(key)
    assert d.selected().id == ids[0]


@case("top")
async def _(d, key, ids):
    await d.press("G", key)
    assert d.selected().id == ids[0]


@case("bottom")
async def _(d, key, ids):
    await d.press(key)
    assert d.selected().id == ids[-1]
    assert "Company-29" in d.text()


def _stage(number: int) -> None:
    @case(f"stage({number})")
    async def _(d, key, ids):
        await d.press("3", key)
        assert d.state.col == (number - 1 if number <= 5 else 2)


for _number in range(1, 10):
    _stage(_number)


# looking


@case("detail")
async def _(d, key, ids):
    await d.press(key)
    assert isinstance(d.screen, DetailScreen)
    text = d.text()
    assert "Company-00" in text
    assert "13800138000" in text
    await d.press("G")
    assert "added · Li Na" in d.text()
    await d.press("escape")
    assert isinstance(d.screen, BoardScreen)


@case("why", lambda crm, i: crm.grade(i, "A", "asked for the contract"))
async def _(d, key, ids):
    await d.press(key)
    assert isinstance(d.screen, ReadScreen)
    assert "asked for the contract" in d.text()
    assert "given by hand" in d.text()


@case("filter")
async def _(d, key, ids):
    await d.press(key)
    await d.type("Company-07")
    assert [c.id for c in d.state.columns[0].rows] == [ids[7]]
    await d.press("enter", "o")
    assert isinstance(d.screen, FormScreen)  # the keys act on cards again


@case("clear")
async def _(d, key, ids):
    await d.press("slash")
    await d.type("Company-07")
    await d.press(key)
    assert len(d.state.columns[0].rows) == LEADS
    assert "Filter" not in d.text()


@case("side")
async def _(d, key, ids):
    await d.press(key)
    assert "No plugin has anything for the side panel" in d.told()


@case("closed", lambda crm, i: crm.lose(i, "too dear"))
async def _(d, key, ids):
    assert d.state.known(ids[0]) is None
    await d.press(key)
    assert d.selected().id == ids[0]
    assert "✕ lost too dear" in d.text()
    await d.press(key)
    assert d.selected().id != ids[0]


@case("funnel")
async def _(d, key, ids):
    await d.press(key)
    assert isinstance(d.screen, FunnelScreen)
    assert f"{LEADS} customers" in d.text()
    await d.press("escape")
    assert isinstance(d.screen, BoardScreen)


# working


@case("forward")
async def _(d, key, ids):
    await d.press(key)
    assert d.crm.get(ids[0]).stage == "screening"
    assert d.selected().id == ids[0]
    assert d.state.col == 1


@case("back", lambda crm, i: crm.move(i))
async def _(d, key, ids):
    await d.press(key)
    await d.fill(reason="the number was wrong")
    await d.save()
    assert d.crm.get(ids[0]).stage == "lead"
    assert next(d.crm.history(ids[0], newest_first=True)).reason == "the number was wrong"


@case("add")
async def _(d, key, ids):
    await d.press(key)
    await d.type("新客户 / / 13900000000 来源:官网 10万-20万")
    assert "10万-20万" in d.text()
    await d.press("enter")
    assert d.selected().company == "新客户"
    assert d.selected().value.amount == 150_000


@case("edit")
async def _(d, key, ids):
    await d.press(key)
    await d.fill(position="Head of purchasing", priority="high")
    await d.save()
    stored = d.crm.get(ids[0])
    assert (stored.position, stored.priority) == ("Head of purchasing", "high")


@case("note")
async def _(d, key, ids):
    await d.press(key)
    await d.type("called, wants a demo")
    await d.press("enter")
    (activity,) = d.crm.get(ids[0]).activities
    assert (activity.kind, activity.content, activity.by) == (
        "call",
        "called, wants a demo",
        "Li Na",
    )


@case("next_step")
async def _(d, key, ids):
    await d.press(key)
    await d.fill(next_step="demo", next_step_due="明天 10:00")
    await d.save()
    assert d.crm.get(ids[0]).next_step == "demo"
    assert "› tomorrow 10:00 demo" in d.text()


@case("assign")
async def _(d, key, ids):
    await d.press(key)
    await d.type("Chen Chen")
    await d.press("enter")
    assert d.crm.get(ids[0]).owner == "Chen Chen"
    assert d.crm.get(ids[0]).first_follow_up_due is not None


@case("grade", lambda crm, i: crm.edit(i, employees="800", need_match="high"))
async def _(d, key, ids):
    await d.press(key)
    stored = d.crm.get(ids[0])
    assert stored.grade in ("A", "B", "C")
    assert stored.grade_evidence
    assert f"is graded {stored.grade}" in d.told()


@case("grade_by_hand")
async def _(d, key, ids):
    await d.press(key)
    await d.fill(grade="A", grade_evidence="budget approved")
    await d.save()
    stored = d.crm.get(ids[0])
    assert (stored.grade, stored.grade_evidence) == ("A", "budget approved")


@case("preview")
async def _(d, key, ids):
    await d.press(key)
    assert isinstance(d.screen, PreviewScreen)
    await d.press("enter")
    assert sum(d.screen.trial.plan.counts.values()) == LEADS
    await d.press("q")
    assert isinstance(d.screen, BoardScreen)


@case("proposal")
async def _(d, key, ids):
    await d.press(key)
    await d.fill(summary="three lines", price="12万")
    await d.save()
    (proposal,) = d.crm.get(ids[0]).proposals
    assert proposal.summary == "three lines"
    assert proposal.price.amount == 120_000
    assert proposal.sent_at == d.crm.clock()


@case(
    "objection",
    lambda crm, i: crm.append(i, "objections", Objection("too dear")),
)
async def _(d, key, ids):
    await d.press(key)
    await d.fill(**{f"answer {ids[0]} 0": "no fee in the first year", "content": "too slow"})
    await d.save()
    old, new = d.crm.get(ids[0]).objections
    assert (old.response, old.resolved) == ("no fee in the first year", True)
    assert (new.content, new.resolved) == ("too slow", False)


@case("clause")
async def _(d, key, ids):
    await d.press(key)
    await d.fill(clause="§3", before="30 days", after="45 days", reason="their bank")
    await d.save()
    (change,) = d.crm.get(ids[0]).contract_changes
    assert (change.clause, change.after, change.reason) == ("§3", "45 days", "their bank")


def _to_negotiation(crm: Crm, customer_id: str) -> Customer:
    crm.move(customer_id)
    crm.move(customer_id, values=SCREENED)
    return crm.move(customer_id, values={"need_detail": "x", "proposals": "y"})


@case("won", _to_negotiation)
async def _(d, key, ids):
    await d.press(key)
    await d.fill(
        price="15万", payment_terms="3-6-1", contract_sent_at="today", contract_signed_at="today"
    )
    await d.save()
    stored = d.crm.get(ids[0])
    assert (stored.status, stored.stage) == ("won", "after_sales")
    await d.press(key)
    assert "won already" in d.told()


@case("lose")
async def _(d, key, ids):
    await d.press(key)
    await d.press("enter")  # without a reason the form stays
    assert isinstance(d.screen, FormScreen)
    await d.type("too dear")
    await d.press("enter")
    stored = d.crm.get(ids[0])
    assert (stored.status, stored.close_reason) == ("lost", "too dear")
    assert d.state.known(ids[0]) is None
    assert d.selected().id == ids[1]


@case("invalidate")
async def _(d, key, ids):
    await d.press(key)
    await d.type("empty number")
    await d.press("enter")
    assert d.crm.get(ids[0]).status == "invalid"


@case("reopen", lambda crm, i: crm.lose(i, "too dear"))
async def _(d, key, ids):
    await d.press(key)
    assert "not closed" in d.told()
    await d.press("z", key)
    await d.type("they called back")
    await d.press("enter")
    assert d.crm.get(ids[0]).status == "open"


@case("repurchase")
async def _(d, key, ids):
    await d.press(key)
    new = d.selected()
    assert (new.company, new.stage) == ("Company-00", "lead")
    assert [(link.kind, link.id) for link in new.links] == [("repurchase_of", ids[0])]


@case("refer")
async def _(d, key, ids):
    await d.press(key)
    await d.fill(company="Their friend", phone="137")
    await d.save()
    new = d.selected()
    assert new.company == "Their friend"
    assert [(link.kind, link.id) for link in new.links] == [("referred_by", ids[0])]
    assert d.crm.get(ids[0]).referrals == (new.id,)


@case("sort")
async def _(d, key, ids):
    await d.press(key, "j", "enter")
    assert d.board_screen.sorting.key == "value"


@case("filters")
async def _(d, key, ids):
    await d.press(key)
    assert isinstance(d.screen, PickScreen)


@case("today")
async def _(d, key, ids):
    await d.press(key)
    assert isinstance(d.screen, TodayScreen)
    assert "To be done" in d.text()
    await d.press("escape")
    assert isinstance(d.screen, BoardScreen)


@case("table")
async def _(d, key, ids):
    await d.press("j", key)
    assert isinstance(d.screen, TableScreen)
    assert d.screen.state.selected().id == ids[1]
    await d.press("j", key)
    assert isinstance(d.screen, BoardScreen)
    assert d.selected().id == ids[2]


@case("import_sheet")
async def _(d, key, ids):
    await d.press(key)
    assert isinstance(d.screen, IntakeScreen)
    await d.press("escape")
    assert isinstance(d.screen, BoardScreen)


# several at once


@case("mark")
async def _(d, key, ids):
    await d.press(key, key, "k")
    assert list(d.state.marked) == ids[:2]
    await d.press(key)
    assert list(d.state.marked) == ids[:1]


@case("range")
async def _(d, key, ids):
    await d.press("j", key, "j", "j")
    assert list(d.state.marked) == ids[1:4]
    await d.press("k", key, "j")
    assert list(d.state.marked) == ids[1:3]


@case("tag")
async def _(d, key, ids):
    await d.press(key)
    await d.type("hot VIP")
    await d.press("enter", key)
    await d.type("-hot")
    await d.press("enter")
    assert d.crm.get(ids[0]).tags == ("VIP",)


@case("again")
async def _(d, key, ids):
    await d.press(key)
    assert "nothing to repeat" in d.told()
    await d.press("A")
    await d.type("Chen")
    await d.press("enter", "j", key)
    assert [d.crm.get(each).owner for each in ids[:3]] == ["Chen", "Chen", None]


# the rest


@case("undo", lambda crm, i: crm.edit(i, position="boss"))
async def _(d, key, ids):
    await d.press(key)
    assert d.crm.get(ids[0]).position is None
    assert "Undone: edited" in d.told()
    assert d.selected().id == ids[0]


@case("redo", lambda crm, i: (crm.edit(i, position="boss"), crm.undo()))
async def _(d, key, ids):
    assert d.crm.get(ids[0]).position is None
    await d.press(key)
    assert d.crm.get(ids[0]).position == "boss"


@case("palette")
async def _(d, key, ids):
    await d.press(key)
    assert isinstance(d.screen, CommandPalette)
    await d.press("escape")
    assert isinstance(d.screen, BoardScreen)


@case("help")
async def _(d, key, ids):
    await d.press(key)
    assert isinstance(d.screen, ReadScreen)
    assert "card below" in d.text()
    await d.press("q")
    assert isinstance(d.screen, BoardScreen)


@case("settings")
async def _(d, key, ids):
    await d.press(key)
    assert isinstance(d.screen, SettingsScreen)
    await d.press("q")
    assert isinstance(d.screen, BoardScreen)


@case("plugins")
async def _(d, key, ids):
    await d.press(key)
    assert isinstance(d.screen, PluginsScreen)
    assert "scorecard  loaded" in d.text()
    await d.press("q")
    assert isinstance(d.screen, BoardScreen)


@case("quit")
async def _(d, key, ids):
    await d.pilot.press(key)
    await d.pilot.pause()
    assert not d.pilot.app.is_running


# the keys of the other screens


@pytest.mark.parametrize("action", FROM_DETAIL)
async def test_keys_of_the_detail_begin_the_action(action: str, crm: Crm, open_board) -> None:
    fill_board(crm)
    async with open_board(crm) as d:
        await d.press("enter", key_for(action).keys[0])
        assert isinstance(d.screen, ReadScreen if action == "why" else FormScreen)
        assert not isinstance(d.screen, DetailScreen)


@pytest.mark.parametrize(("key", "stays"), [("n", True), ("escape", True), ("d", False)])
async def test_escape_asks_before_throwing_away(
    key: str, stays: bool, crm: Crm, open_board
) -> None:
    async with open_board(crm) as d:
        await d.press("a", "tab")
        await d.type("half a name")
        await d.press("escape")
        assert isinstance(d.screen, LeaveScreen)
        await d.press("enter")  # no slip of the finger answers it
        assert isinstance(d.screen, LeaveScreen)
        await d.press(key)
        assert isinstance(d.screen, FormScreen) is stays
        assert ("half a name" in d.text()) is stays


async def test_escape_closes_an_untouched_form(crm: Crm, open_board) -> None:
    async with open_board(crm) as d:
        await d.press("a", "tab", "escape")
        assert isinstance(d.screen, BoardScreen)


# the steps, who follows up, who is there twice, what was told


def _asks(action: str, field: str) -> None:
    @case(action)
    async def _(d, key, ids):
        await d.press(key)
        assert isinstance(d.screen, FormScreen)
        assert field in [row.field.key for row in d.screen._rows]
        assert d.screen._customer.id == ids[0]


for _action, _field in (
    ("screen_lead", "number_reachable"),
    ("terms", "payment_terms"),
    ("contract", "contract_signed_at"),
    ("delivery", "acceptance"),
    ("survey", "satisfaction"),
):
    _asks(_action, _field)


@case("hand_over", lambda crm, i: crm.assign(i, "Sun"))
async def _(d, key, ids):
    await d.press(key)
    assert isinstance(d.screen, PickScreen) and "Sun" in d.text()


@case("twins")
async def _(d, key, ids):
    await d.press(key)
    assert isinstance(d.screen, TwinsScreen)


@case("inbox")
async def _(d, key, ids):
    await d.press(key)
    assert isinstance(d.screen, ReadScreen) and "Notifications" in d.text()
