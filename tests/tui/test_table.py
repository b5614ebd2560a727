"""The table: the board's customers as rows, in columns of the user's choice, never all of them at once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from attrs import evolve
from textual.events import MouseScrollDown
from textual.widgets import Input

from crmcore.boardconfig import BoardConfig, board_config
from crmcore.crm import Crm
from crmcore.errors import ConfigError
from crmcore.query import EVERYBODY, Query
from crmcore_tui.app import CrmApp
from crmcore_tui.boardquery import PAGE, SORTINGS, extend, whole
from crmcore_tui.cells import width_of
from crmcore_tui.columnpicking import Choosing, choosing_line
from crmcore_tui.keymap import CHOOSING_COLUMNS, ON_TABLE, TABLE
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.columns import ColumnsScreen
from crmcore_tui.screens.detail import DetailScreen
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.screens.reader import ReadScreen
from crmcore_tui.screens.table import TableScreen
from crmcore_tui.settings import OwnFile
from crmcore_tui.tabletext import (
    USUAL,
    RowWriter,
    Sort,
    first_for,
    heading_line,
    lay_out,
    named_columns,
)
from crmcore_tui.widgets.moverlist import MoverList
from crmcore_tui.widgets.statusline import StatusLine
from crmcore_tui.widgets.tablehead import TableHead

LEAD = {"phone": "138", "source": "fair"}


def companies(d) -> list[str]:
    """The rows that are read, from the top."""
    return [customer.company for customer in d.screen.state.column.rows]


def told(d) -> str:
    """What the table's status line says."""
    return d.screen.query_one(StatusLine).message


# what is written


@pytest.mark.parametrize("width", [1, 20, 60, 78, 118, 198])
@pytest.mark.parametrize("spoken", ["zh", "en"])
def test_columns_fit_every_width_and_those_off_the_edge_are_counted(
    width: int, spoken: str, crm: Crm
) -> None:
    crm.speak(spoken)
    specs = list(crm.fields)
    for first in (0, 1, 20, len(specs) - 1):
        layout = lay_out(specs, first, width, crm.dialect)
        assert layout.columns[0].number == 0
        last = layout.columns[-1]
        assert last.at + last.width <= max(width, 2)
        assert layout.more + len(layout.columns) == 1 + len(specs) - max(first, 1)
        assert width_of(heading_line(layout, 0, Sort("id", True), crm.dialect, width)) <= width + 1
    assert lay_out(specs, 1, width, crm.dialect).at(width + 5) is None


def test_panning_brings_every_column_into_view(crm: Crm) -> None:
    specs, first = list(crm.fields), 1
    for here in [*range(len(specs)), *reversed(range(len(specs)))]:
        first = first_for(specs, first, here, 78, crm.dialect)
        assert here in [c.number for c in lay_out(specs, first, 78, crm.dialect).columns]


def test_columns_are_named_by_key_label_or_alias_each_once(crm: Crm) -> None:
    keys, unknown = named_columns("company, 等级, Owner,, company, nosuch", crm.fields)
    assert keys == ("company", "grade", "owner")
    assert unknown == ("nosuch",)


def test_cells_show_outside_text_as_text_in_their_width(crm: Crm, hostile) -> None:
    for text in hostile.texts:
        _cells_show(text, crm, hostile)


def _cells_show(text: str, crm: Crm, hostile) -> None:
    made = crm.add(company=text, owner=text, next_step=text, tags=(text,), remarks=text, **LEAD)
    crm.log(made.id, text, "note")
    customer = crm.get(made.id)
    specs = list(crm.fields)
    for first in range(1, len(specs), 4):
        layout = lay_out(specs, first, 118, crm.dialect)
        line = RowWriter(layout, crm.fields, {}, crm.dialect, crm.clock()).row(
            customer, marked=True
        )
        last = layout.columns[-1]
        assert width_of(line) == last.at + last.width
        assert hostile.harmless("".join(part.text for part in line))


def test_choosing_keeps_an_order_and_one_column_at_least(crm: Crm) -> None:
    fields = crm.fields
    choosing = Choosing.of(("company", "grade"), fields)
    assert set(choosing.keys) == {spec.key for spec in fields} - {"grading", "words"}
    choosing = choosing.go(5).toggle(fields)
    assert choosing.chosen[:2] == ("company", "grade") and len(choosing.chosen) == 3
    added = choosing.chosen[2]
    choosing = evolve(choosing, at=2).shift(-1).shift(-1).shift(-1)
    assert choosing.chosen == (added, "company", "grade") and choosing.at == 0
    for _ in range(5):
        choosing = evolve(choosing, at=0).toggle(fields)
    assert len(choosing.chosen) == 1
    for row in range(len(choosing.keys)):
        assert width_of(choosing_line(choosing, row, fields, crm.dialect, 40)) == 40


# whose columns they are


def test_the_teams_columns_stand_in_crm_toml_and_must_be_fields(
    make_crm: Callable[..., Crm], tmp_path
) -> None:
    assert board_config("crm.toml", {"columns": "company, owner"}).columns == "company, owner"
    assert CrmApp(make_crm(board=BoardConfig(columns="company, 负责人"))).columns
    with pytest.raises(ConfigError, match=r"no field 'onwer' .*\[board\] columns"):
        CrmApp(make_crm(board=BoardConfig(columns="company, onwer")))


async def test_columns_are_chosen_kept_and_read_again(crm: Crm, open_board, tmp_path) -> None:
    crm.add(company="Acme", contact="Wang", **LEAD)
    own = OwnFile(tmp_path / "board.toml")
    own.keep(lambda: {"theme": "light"})
    async with open_board(crm, (80, 24), own) as d:
        await d.press("t", "C")
        assert isinstance(d.screen, ColumnsScreen)
        fields = crm.fields
        place = d.screen.choosing.keys.index("contact")
        await d.press(*["j"] * place, "space", "home", "g")
        screen = d.screen
        assert screen.choosing.chosen == (*USUAL, "contact")
        await d.press(*["k"] * (screen.choosing.at - len(USUAL)))
        await d.press(*["K"] * (len(USUAL) - 1), "escape")
        assert isinstance(d.screen, TableScreen)
        heading = d.text().splitlines()[2]
        assert heading.index("Company") < heading.index("Contact") < heading.index("Stage")
        assert "Wang" in d.text()
        assert named_columns(own.read()["columns"], fields)[0][:2] == ("company", "contact")
        assert own.read()["theme"] == "light"
        await d.press("C", "d", "q")
        assert own.read() == {"theme": "light"}
        assert "Contact" not in d.text().splitlines()[2]


async def test_a_column_nobody_knows_any_more_is_told_and_left_out(
    crm: Crm, open_board, tmp_path
) -> None:
    own = OwnFile(tmp_path / "board.toml")
    own.keep(lambda: {"columns": "company, medicine\nx"})
    async with open_board(crm, (80, 24), own) as d:
        await d.press("t")
        assert "There is no field medicine" in told(d)
        assert "Company" in d.text()


# the screen


async def test_every_key_of_the_table(crm: Crm, open_board) -> None:
    for company, budget, owner in (("B", "9万", "x"), ("A", "1万", None), ("C", "5万", "y")):
        crm.add(company=company, budget=budget, owner=owner, **LEAD)
    async with open_board(crm, (60, 24)) as d:
        await d.press("t")
        table = d.screen
        assert companies(d) == ["B", "C", "A"] or len(companies(d)) == 3
        await d.press("s")  # the first column, upwards; downwards; as the board's cards are
        assert companies(d) == ["A", "B", "C"] and d.screen.state.column.at == 0
        assert "by" in d.text().splitlines()[0] and "Company ↑" in d.text()
        await d.press("s")
        assert companies(d) == ["C", "B", "A"] and "Company ↓" in d.text()
        await d.press("s")
        assert table._spot.sort is None and "↓" not in d.text().splitlines()[0]
        where = USUAL.index("value")
        await d.press(*["l"] * where, "s")
        assert companies(d) == ["A", "C", "B"]
        await d.press("dollar_sign")
        assert "Last activity" in d.text().splitlines()[2] and "Stage" not in d.text()
        assert "Company" in d.text().splitlines()[2]  # the first column always stays
        await d.press("0", "right", "left")
        assert table._spot.here == 0
        await d.press("question_mark")
        assert isinstance(d.screen, ReadScreen)
        assert d.text().index("sort by this column") < d.text().index("choose columns")
        await d.press("q", "q")
        assert isinstance(d.screen, BoardScreen)
        await d.press("t", "escape")
        assert isinstance(d.screen, BoardScreen)
    assert {key.action for key in TABLE.keys} == {
        "left", "right", "first", "last", "sort", "columns", "leave",
    }  # fmt: skip
    assert {"note", "edit", "forward", "mark", "filter", "again"} <= {k.action for k in ON_TABLE}
    assert all(hasattr(TableScreen, f"action_{k.action}") for k in (*TABLE.keys, *ON_TABLE))
    assert all(hasattr(ColumnsScreen, f"action_{k.action}") for k in CHOOSING_COLUMNS.keys)


async def test_customers_are_worked_on_from_the_table_as_from_the_board(
    crm: Crm, open_board
) -> None:
    ids = [crm.add(company=f"C{n}", budget=f"{9 - n}万", **LEAD).id for n in range(4)]
    async with open_board(crm) as d:
        await d.burst("t", "j", "o", *"called", "enter")  # before there is a table to be seen
        await d.settle()
        assert isinstance(d.screen, TableScreen) and "Saved" in told(d)
        assert crm.get(ids[1]).activities[0].content == "called"
        await d.press("L")
        assert crm.get(ids[1]).stage == "screening" and "Screening" in d.text()
        assert d.screen.state.selected().id == ids[1]
        await d.press("g", "g", "space", "space", "A")
        assert isinstance(d.screen, FormScreen)
        await d.type("Chen")
        await d.press("enter")
        assert [crm.get(each).owner for each in ids] == ["Chen", "Chen", None, None]
        await d.press("escape", "u", "enter")  # the selection, the last change, the detail
        assert isinstance(d.screen, DetailScreen)
        assert [crm.get(each).owner for each in ids] == [None] * 4
        await d.press("e")
        await d.fill(position="Boss")
        await d.save()
        assert crm.get(d.screen.state.selected().id).position == "Boss"
        await d.press("slash")
        assert isinstance(d.pilot.app.focused, Input)
        await d.type("C3")
        await d.press("enter")
        assert companies(d) == ["C3"]
        await d.press("t")
        assert d.board_screen.filter_text == "C3"  # the board shows what the table showed
        assert d.selected().id == ids[3]


async def test_others_commits_show_and_the_cursor_stays(crm: Crm, open_board) -> None:
    ids = [crm.add(company=f"C{n}", budget=f"{9 - n}万", **LEAD).id for n in range(4)]
    async with open_board(crm) as d:
        await d.press("t", "j", "j")
        assert d.screen.state.selected().id == ids[2]
        crm.add(company="Dearest", budget="9000万", **LEAD)
        crm.edit(ids[2], company="Renamed")
        d.board_screen.look()
        await d.settle()
        assert companies(d)[0] == "Dearest" and "Renamed" in d.text()
        assert d.screen.state.selected().id == ids[2]
        await d.press("ctrl+l")
        assert "企业名称" in d.text() and "表格" in d.text().splitlines()[0]
        assert d.screen.state.selected().id == ids[2]


async def test_the_mouse_sorts_chooses_opens_and_scrolls(crm: Crm, open_board) -> None:
    for n in range(60):
        crm.add(company=f"C{n:02}", budget=f"{90 - n}万", **LEAD)
    async with open_board(crm, (110, 24)) as d:
        await d.press("t")
        rows = d.screen.query_one(MoverList)
        await d.pilot.click(TableHead, offset=(4, 0))
        await d.settle()
        assert d.screen._spot.sort == Sort("company")
        await d.pilot.click(MoverList, offset=(4, 3))
        await d.settle()
        assert d.screen.state.column.at == 3
        for _ in range(20):
            rows.post_message(MouseScrollDown(rows, 4, 4, 0, 1, 0, False, False, False))
        await d.settle()
        assert rows.scroll_offset.y > 0 and d.screen.state.column.at == 3
        await d.press("G")
        assert d.screen.state.selected().company == "C59"
        await d.pilot.click(MoverList, offset=(4, 2), times=2)
        await d.settle()
        assert isinstance(d.screen, DetailScreen)


async def test_it_never_loads_everybody(crm: Crm, open_board, monkeypatch) -> None:
    for n in range(6 * PAGE):
        crm.add(company=f"C{n:03}", budget=f"{n + 1}万", **LEAD)
    asked: list[Query] = []
    page = crm.page

    def counted(query: Query):
        asked.append(query)
        return page(query)

    async with open_board(crm, (120, 40)) as d:
        monkeypatch.setattr(crm, "page", counted)
        await d.press("t")
        assert [query.limit for query in asked] == [PAGE] * len(crm.pipeline().stages)
        assert d.screen.query_one(MoverList).count == 6 * PAGE
        await d.press("j", "j", "pagedown", "s")
        assert all(query.limit is not None for query in asked)
        assert len(d.screen.state.column.rows) <= 2 * PAGE


def test_a_list_read_in_parts_is_the_list_in_order(crm: Crm) -> None:
    for n in range(130):
        made = crm.add(company=f"C{n % 7}", budget=f"{n % 11 + 1}万", **LEAD)
        if n % 3 == 0:
            crm.move(made.id)
    pipeline = crm.pipeline()
    for sorting in SORTINGS:
        lanes = whole(pipeline, EVERYBODY, sorting.order)
        wanted = [c.id for c in crm.page(Query(EVERYBODY, sorting.order)).customers]
        for page in (1, 7, 50, 500):
            rows, after = (), None
            for step in range(3):
                rows, after = extend(
                    crm, lanes.parts[0], rows, after, lambda r, n=20 * step: len(r) > n, page,
                    sorting.order,
                )  # fmt: skip
                assert [c.id for c in rows] == wanted[: len(rows)], (sorting.key, page)
            rows, after = extend(
                crm, lanes.parts[0], rows, after, lambda _: False, page, sorting.order
            )
            assert [c.id for c in rows] == wanted and after is None
