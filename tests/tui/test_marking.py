"""Several customers at once: marked, changed as one commit, told apart where some are refused."""

from __future__ import annotations

import pytest

from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.boardmarking import MOST_MARKED
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.screens.leaving import LeaveScreen
from crmcore_tui.screens.quickadd import QuickAddScreen
from crmcore_tui.screens.reader import ReadScreen

READY = {"phone": "13800138000", "source": "trade fair"}


def leads(crm, count: int, **more) -> list[str]:
    """Leads worth less and less, so that the first one stands at the top."""
    return [crm.add(company=f"C-{n:03}", budget=f"{900 - n}万", **more).id for n in range(count)]


async def test_those_marked_move_as_one_and_one_undo_takes_all_back(crm, open_board) -> None:
    ids = leads(crm, 5, **READY)
    async with open_board(crm) as d:
        await d.press("space", "space", "space")
        assert "3 selected" in d.text()
        revision = crm.revision
        await d.press("L")
        assert crm.revision == revision + 1
        assert [crm.get(each).stage for each in ids] == ["screening"] * 3 + ["lead"] * 2
        assert "3 changed" in d.told()
        assert d.state.marked == {}
        await d.press("u")
        assert {crm.get(each).stage for each in ids} == {"lead"}


async def test_those_a_gate_refuses_are_listed_and_stay_marked(crm, open_board) -> None:
    good, bad = leads(crm, 1, **READY), leads(crm, 1)
    async with open_board(crm) as d:
        await d.press("space", "space", "L")
        assert isinstance(d.screen, ReadScreen)
        assert "1 were not changed" in d.text() and "source" in d.text()
        await d.press("escape")
        assert list(d.state.marked) == bad
        assert crm.get(good[0]).stage == "screening"


@pytest.mark.parametrize(
    ("key", "typed", "field", "value"),
    [
        ("A", "Chen", "owner", "Chen"),
        ("n", "Call them", "next_step", "Call them"),
        ("number_sign", "hot", "tags", ("hot",)),
        ("d", "too dear", "status", "lost"),
        ("D", "no such firm", "status", "invalid"),
    ],
)
async def test_one_form_is_filled_in_for_all(key, typed, field, value, crm, open_board) -> None:
    ids = leads(crm, 3)
    async with open_board(crm) as d:
        await d.press("space", "space", key)
        assert isinstance(d.screen, FormScreen)
        assert "2 customers" in d.text()
        await d.type(typed)
        await d.save()
        assert [getattr(crm.get(each), field) == value for each in ids] == [True, True, False]
        assert len(next(crm.history(newest_first=True)).edits) == 2


async def test_grading_and_moving_back_are_done_to_all(crm, open_board) -> None:
    ids = leads(crm, 2, **READY)
    for each in ids:
        crm.move(each)
    async with open_board(crm) as d:
        await d.press("2", "space", "space", "ctrl+g")
        assert all(crm.get(each).grade for each in ids)
        await d.press("g", "g", "space", "space", "H")
        await d.type("wrong column")
        await d.save()
        assert {crm.get(each).stage for each in ids} == {"lead"}


async def test_what_is_done_one_by_one_says_so(crm, open_board) -> None:
    leads(crm, 2)
    async with open_board(crm) as d:
        await d.press("space", "p")
        assert "one by one" in d.told()
        assert isinstance(d.screen, BoardScreen)


async def test_a_range_goes_beyond_what_is_read(crm, open_board) -> None:
    ids = leads(crm, 130)
    async with open_board(crm) as d:
        assert len(d.state.columns[0].rows) < 130
        await d.press("v", "G")
        assert set(d.state.marked) == set(ids)
        await d.press("escape")
        assert d.state.anchor is None and len(d.state.marked) == 130
        await d.press("escape")
        assert d.state.marked == {}
    assert MOST_MARKED >= 1000


async def test_escape_ends_the_selection_before_the_filter(crm, open_board) -> None:
    leads(crm, 3)
    async with open_board(crm) as d:
        await d.press("slash")
        await d.type("C-00")
        await d.press("enter", "space", "escape")
        assert (d.state.marked, d.board_screen.filter_text) == ({}, "C-00")
        await d.press("escape")
        assert d.board_screen.filter_text == ""


async def test_marks_survive_what_others_do(crm, open_board) -> None:
    ids = leads(crm, 3)
    async with open_board(crm) as d:
        await d.press("space", "space")
        crm.edit(ids[0], employees=7)
        crm.edit(ids[2], budget="9999万")
        d.board_screen.look()
        await d.settle()
        assert list(d.state.marked) == ids[:2]
        assert d.state.marked[ids[0]].employees == 7
        assert sum("✓" in line for line in d.text().splitlines()) >= 2


async def test_again_does_to_those_marked_what_was_done_to_one(crm, open_board) -> None:
    ids = leads(crm, 4, **READY)
    async with open_board(crm) as d:
        await d.press("A")
        await d.type("Chen")
        await d.press("enter", "j", "space", "space", "full_stop")
        assert [crm.get(each).owner for each in ids] == ["Chen", "Chen", "Chen", None]
        await d.press("g", "g", "L")
        d.state.col = 0
        await d.press("full_stop")
        assert sum(crm.get(each).stage == "screening" for each in ids) == 2


# a lead on one line


async def test_what_is_understood_is_said_and_tab_goes_on_in_the_form(crm, open_board) -> None:
    async with open_board(crm) as d:
        await d.press("a")
        assert "Company / person / phone" in d.text()
        await d.type("Acme / Bob / 13800138000 #hot !high 10k-20k >call")
        for said in ("Company: Acme", "Contact: Bob", "Tags: hot", "Budget: 10k-20k"):
            assert said in d.text(), said
        await d.press("tab")
        assert isinstance(d.screen, FormScreen)
        await d.fill(source="fair")
        await d.save()
        added = d.selected()
        assert (added.company, added.contact, added.source) == ("Acme", "Bob", "fair")
        assert (added.priority, added.tags, added.next_step) == ("high", ("hot",), "call")


async def test_somebody_like_it_is_told_first(crm, open_board) -> None:
    crm.add(company="Acme", phone="13800138000")
    async with open_board(crm) as d:
        await d.press("a")
        await d.type("Acme Ltd / Bob / 13800138000")
        await d.press("enter")
        assert isinstance(d.screen, QuickAddScreen)
        assert "The same Phone as Acme" in d.text()
        assert len(crm.find().customers) == 1
        await d.press("enter")
        assert len(crm.find().customers) == 2


async def test_an_empty_line_adds_nobody_and_a_full_one_is_not_thrown_away(crm, open_board) -> None:
    async with open_board(crm) as d:
        await d.press("a", "enter")
        assert isinstance(d.screen, QuickAddScreen)
        await d.type("Acme")
        await d.press("escape")
        assert isinstance(d.screen, LeaveScreen)
        await d.press("n")
        assert "Company: Acme" in d.text()
        await d.press("escape", "d")
        assert isinstance(d.screen, BoardScreen)
        assert crm.find().customers == ()


HOSTILE = (
    "[/red]",
    "\x1b[31mred",
    "\u202eabc",
    "x" * 10_000,
    "👩‍👩‍👧‍👦 / 👍",
    "e\u0301" * 30,
    "{keys}",
)


@pytest.mark.parametrize("size", [(80, 24), (200, 60)])
async def test_hostile_lines_are_only_text(size, crm, open_board) -> None:
    width = size[0]
    async with open_board(crm, size) as d:
        for count, name in enumerate(HOSTILE, start=1):
            await d.press("a")
            await d.type(name)
            assert all(strip.cell_length == width for strip in d.screen._compositor.render_strips())
            assert "\x1b" not in d.text()
            await d.press("enter", "space", "A")
            await d.type(name)
            await d.save()
            assert "\x1b" not in d.text()
            assert len(crm.find().customers) == count
            await d.press("escape")


async def test_the_footer_offers_what_fits_the_moment_and_the_palette_everything(
    crm, open_board
) -> None:
    lost = crm.add(company="Gone", phone="1", source="x")
    crm.lose(lost.id, "too dear")
    crm.add(company="Acme", phone="2", source="x")
    async with open_board(crm, (120, 30)) as d:
        before_quit = lambda: d.footer().partition(" quit ")[0]  # noqa: E731
        assert "assign an owner" not in before_quit()
        await d.press("v")
        assert "assign an owner" in before_quit()
        await d.press("escape", "escape")  # the range, the selection
        assert "assign an owner" not in before_quit()
        await d.press("z")
        assert "reopen" in before_quit()
        await d.press("z", "ctrl+p")
        for word in ("repeat the last action", "select a range"):
            await d.pilot.press(*["backspace"] * 30)
            await d.type(word)
            assert word in "\n".join(d.text().splitlines()[4:])
