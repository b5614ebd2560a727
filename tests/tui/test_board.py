"""The board shows what the store holds, keeps the cursor, loses nothing typed, and never stops."""

from __future__ import annotations

import pytest

from crmcore.crm import Crm
from crmcore.errors import StoreError
from crmcore.query import Page, Query
from crmcore.storage.base import Store
from crmcore_tui.boardquery import LONG_PAGE, PAGE
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.detail import DetailScreen
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.widgets.filterbar import FilterBar

LEAD = {"phone": "138", "source": "fair"}


def beside(crm: Crm, actor: str = "Chen") -> Crm:
    """Somebody else's façade over the same store."""
    return Crm(crm.store, crm.host, crm.config, crm.clock, actor)


async def test_a_customer_id_is_never_a_dom_id(crm: Crm, open_board) -> None:
    crm.add(company="odd", **LEAD)
    async with open_board(crm) as d:
        ids = {widget.id for widget in d.screen.walk_children() if widget.id}
        assert not any(crm.find().customers[0].id in name for name in ids)


# as large as it likes


@pytest.fixture
def crowded(crm: Crm) -> Crm:
    """5,000 leads, put there without five thousand commits."""
    from attrs import evolve

    from crmcore.changes import Write

    first = crm.add(company="Company 0000", **LEAD)
    writes = [
        Write(None, evolve(first, id=f"x{n:05}", company=f"Company {n:04}", revision=0))
        for n in range(1, 5_000)
    ]
    crm.writer.commit(writes, "import")
    return crm


async def test_five_thousand_customers_cost_no_more_widgets_and_only_limited_questions(
    crowded: Crm, make_crm, open_board, monkeypatch
) -> None:
    few = make_crm()
    few.add(company="only one", **LEAD)
    async with open_board(few) as d:
        widgets = len(list(d.screen.walk_children()))

    asked: list[Query] = []
    find = type(crowded.store).find

    def watched(store: Store, query: Query) -> Page:
        asked.append(query)
        return find(store, query)

    monkeypatch.setattr(type(crowded.store), "find", watched)
    async with open_board(crowded) as d:
        assert len(list(d.screen.walk_children())) == widgets
        assert len(asked) == 5
        assert {query.limit for query in asked} == {PAGE}
        assert d.state.columns[0].standing.count == 5_000
        assert "5,000" in d.text()

        await d.press(*["pagedown"] * 3)
        assert len(asked) == 5  # what is seen was there already
        d.state.column.at = PAGE - 5
        await d.press("j")
        assert len(d.state.column.rows) == 2 * PAGE

        await d.press("G")
        assert d.selected().company == "Company 4999"
        assert all(query.limit in (PAGE, LONG_PAGE) for query in asked)
        assert len(list(d.screen.walk_children())) == widgets


async def test_a_row_that_is_not_read_yet_is_said_to_be_loading(crowded: Crm, open_board) -> None:
    async with open_board(crowded) as d:
        d.state.column.at = 4_000
        d.board_screen.action_edit()
        assert "still loading" in d.told()


# live


async def test_others_commits_appear_and_the_cursor_stays_on_its_customer(
    crm: Crm, open_board
) -> None:
    ids = [crm.add(company=f"c{n}", budget=f"{9 - n}万", **LEAD).id for n in range(5)]
    other = beside(crm)
    async with open_board(crm) as d:
        await d.press("j", "j")
        assert d.selected().id == ids[2]
        other.add(company="worth most", budget="1亿", **LEAD)
        other.edit(ids[2], next_step="new words", next_step_due="+1d")
        d.board_screen.look()
        await d.settle()
        assert d.selected().id == ids[2]
        assert d.selected().next_step == "new words"
        assert "worth most" in d.text()
        other.lose(ids[2], "gone")
        d.board_screen.look()
        await d.settle()
        assert d.selected().id != ids[2]


async def test_looking_without_news_reads_nothing(crm: Crm, open_board, monkeypatch) -> None:
    async with open_board(crm) as d:
        monkeypatch.setattr(type(crm.store), "find", None)
        d.board_screen.look()
        await d.settle()
        assert d.told() == ""


# conflicts: nothing typed is lost


async def test_a_move_that_meets_a_conflict_says_so_and_shows_the_newest(
    crm: Crm, open_board
) -> None:
    customer = crm.add(company="Acme", **LEAD)
    other = beside(crm)
    async with open_board(crm) as d:
        other.edit(customer.id, region="West")
        await d.press("L")
        assert "changed by someone else" in d.told()
        assert crm.get(customer.id).stage == "lead"
        assert d.selected().region == "West"
        await d.press("L")
        assert crm.get(customer.id).stage == "screening"


async def test_a_gate_form_that_misses_something_still_stays_open(crm: Crm, open_board) -> None:
    customer = crm.add(company="Acme")
    async with open_board(crm) as d:
        await d.press("L")
        await d.fill(source="fair")
        await d.save()
        assert isinstance(d.screen, FormScreen)
        assert "Missing: one way to reach the customer" in d.text()
        assert "fair" in d.text()
        await d.fill(email="a@example.com")
        await d.save()
    assert crm.get(customer.id).stage == "screening"
    assert crm.get(customer.id).source == "fair"


async def test_bad_values_are_said_below_the_field_as_they_are_typed(crm: Crm, open_board) -> None:
    async with open_board(crm) as d:
        await d.press("a", "tab")
        await d.fill(company="Acme", budget="lots")
        assert "! Not understood; for example 10万-20万" in d.text()
        await d.save()
        assert isinstance(d.screen, FormScreen)
        assert d.pilot.app.focused.value == "lots"
        await d.press(*["backspace"] * 4)
        assert "Not understood" not in d.text()
        await d.type("10k-20k")
        await d.save()
        assert d.selected().budget.high == 20_000


# one change after the other


async def test_keys_pressed_while_a_change_is_stored_wait_for_it(crm: Crm, open_board) -> None:
    ready = {"validity": "valid", "grade": "B", "grade_evidence": "met", "owner": "Li"}
    first = crm.add(company="first", budget="9万", **LEAD, **ready)
    second = crm.add(company="second", budget="8万", **LEAD)
    async with open_board(crm) as d:
        d.state.follow(first.id)
        d.board_screen.action_forward()
        d.board_screen.action_forward()
        d.board_screen.action_down()
        await d.settle()
        assert crm.get(first.id).stage == "solution"
        assert crm.get(second.id).stage == "lead"


async def test_keys_typed_in_one_burst_land_where_they_belong(crm: Crm, open_board) -> None:
    async with open_board(crm) as d:
        await d.burst("a", *"Acme / Wang / 13800138 source:fair", "enter")
        (customer,) = crm.find().customers
        assert (customer.company, customer.contact) == ("Acme", "Wang")
        assert (customer.phone, customer.source) == ("13800138", "fair")
        await d.burst("L", "A", *"Chen", "enter")
        assert crm.get(customer.id).stage == "screening"
        assert crm.get(customer.id).owner == "Chen"


# the filter


async def test_the_filter_narrows_says_what_is_wrong_and_is_cleared(crm: Crm, open_board) -> None:
    wanted = crm.add(company="Acme", owner="Chen", **LEAD)
    crm.move(wanted.id)
    crm.add(company="Other", **LEAD)
    async with open_board(crm) as d:
        await d.press("slash")
        await d.type("owner:Chen")
        assert [column.standing.count for column in d.state.columns] == [0, 1, 0, 0, 0]
        assert "Filter: owner:Chen" in d.text()
        await d.type(" nonsense:1")
        assert "nonsense" in d.text().split("\n")[-3]
        assert d.state.columns[1].standing.count == 1  # the last good filter holds
        await d.press(*["backspace"] * len(" nonsense:1"), "enter")
        assert not d.board_screen.query_one(FilterBar).open
        assert d.selected().id == wanted.id  # the cursor went where somebody is
        await d.press("escape")
        assert d.state.columns[0].standing.count == 1


async def test_letters_typed_into_the_filter_do_nothing_to_customers(crm: Crm, open_board) -> None:
    crm.add(company="Acme", **LEAD)
    revision = crm.revision
    async with open_board(crm) as d:
        await d.press("slash", *"aeioLHuRd", "ctrl+g", "ctrl+r")
        assert isinstance(d.screen, BoardScreen)
    assert crm.revision == revision


# whatever fails


async def test_an_unexpected_failure_is_told_and_the_board_goes_on(
    crm: Crm, open_board, monkeypatch
) -> None:
    crm.add(company="Acme", **LEAD)
    async with open_board(crm) as d:
        with monkeypatch.context() as broken:
            broken.setattr(crm, "move", lambda *a, **k: 1 / 0)
            await d.press("L")
        assert "the board goes on: ZeroDivisionError" in d.told()
        await d.press("L")
        assert d.selected().stage == "screening"


async def test_a_store_that_fails_while_looking_is_told_once(
    crm: Crm, open_board, monkeypatch
) -> None:
    def fail(store: Store) -> int:
        raise StoreError("The disk is gone. Plug it in.")

    async with open_board(crm) as d:
        monkeypatch.setattr(type(crm.store), "refresh", fail)
        d.board_screen.look()
        await d.settle()
        assert d.told() == "The disk is gone. Plug it in."
        d.board_screen.tell("something newer")
        d.board_screen.look()
        await d.settle()
        assert d.told() == "something newer"


async def test_an_answer_to_an_older_question_is_dropped(crm: Crm, open_board) -> None:
    crm.add(company="Acme", **LEAD)
    async with open_board(crm) as d:
        from crmcore_tui.boardquery import Loaded, Rows
        from crmcore_tui.boardstate import NOTHING

        stale = Loaded(99, tuple(Rows((), None, NOTHING) for _ in d.state.columns))
        d.board_screen._loading = True
        d.board_screen._loaded(d.board_screen._generation - 1, stale)
        assert d.selected().company == "Acme"
        await d.settle()
        assert d.selected().company == "Acme"


async def test_a_customer_that_is_gone_is_said_in_its_detail(
    crm: Crm, open_board, monkeypatch
) -> None:
    crm.add(company="Acme", **LEAD)
    async with open_board(crm) as d:
        monkeypatch.setattr(type(crm.store), "get", lambda store, customer_id: None)
        await d.press("enter")
        assert isinstance(d.screen, DetailScreen)
        assert "There is no customer" in d.text()


# sizes and languages


@pytest.mark.parametrize(("width", "columns"), [(40, 1), (80, 3), (120, 4), (160, 5), (200, 5)])
async def test_as_many_columns_as_fit_and_the_cursors_among_them(
    width: int, columns: int, crm: Crm, open_board
) -> None:
    async with open_board(crm, (width, 24)) as d:
        board = d.board_screen.board
        assert len(board.shown) == columns
        for number in range(1, 6):
            await d.press(str(number))
            assert number - 1 in board.shown
            assert len(board.shown) == columns
        await d.press("1")
        assert 0 in board.shown


@pytest.mark.parametrize(("language", "words"), [("zh", "线索获取"), ("en", "Lead")])
async def test_both_languages(language: str, words: str, make_crm, open_board) -> None:
    crm = make_crm(language)
    async with open_board(crm) as d:
        assert words in d.text()
        assert ("按 a 新增第一条线索" in d.text()) is (language == "zh")
        await d.press("question_mark")
        assert ("下一张卡片" in d.text()) is (language == "zh")


async def test_resizing_keeps_the_cursor_in_view(crm: Crm, open_board) -> None:
    for n in range(30):
        crm.add(company=f"Company-{n:02}", budget=f"{90 - n}万", **LEAD)
    async with open_board(crm, (160, 48)) as d:
        await d.press(*["j"] * 10)
        await d.resize(60, 20)
        assert "Company-10" in d.text()
