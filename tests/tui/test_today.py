"""What is to be done: in sections by urgency, mine or everybody's, worked on where it stands."""

from __future__ import annotations

from datetime import timedelta

from crmcore.crm import Crm
from crmcore.funnel import Standing
from crmcore.query import Query
from crmcore_tui.boardquery import PAGE
from crmcore_tui.boardstate import Column
from crmcore_tui.cells import width_of
from crmcore_tui.keymap import ON_TODAY, TODAY
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.detail import DetailScreen
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.screens.table import TableScreen
from crmcore_tui.screens.today import MOST, TodayScreen
from crmcore_tui.todaytext import Place, Placed, TodayWriter
from crmcore_tui.widgets.moverlist import MoverList
from crmcore_tui.widgets.statusline import StatusLine

LEAD = {"phone": "138", "source": "fair"}
LABELS = ("Overdue", "Due today", "Due within 7 days", "No next step", "Stale")


def fill(crm: Crm) -> dict[str, str]:
    """One customer of mine in each section but the last, one far off, and one of hers."""
    now = crm.clock()
    due = {
        "Late": now - timedelta(hours=3),
        "Today": now + timedelta(hours=2),
        "Soon": now + timedelta(days=3),
        "Far": now + timedelta(days=30),
        "Never": None,
    }
    ids = {}
    for company, moment in due.items():
        step = "call" if moment else None
        lead = crm.add(company=company, owner="Li Na", next_step=step, next_step_due=moment)
        crm.log(lead.id, "first follow-up", "call")
        ids[company] = lead.id
    hers = {"owner": "Chen", "next_step": "call", "next_step_due": now - timedelta(days=2)}
    ids["Hers"] = crm.add(company="Hers", **hers).id
    return ids


def shown_in(text: str, label: str) -> list[str]:
    """The lines below the heading *label*, as far as the next blank line."""
    lines = [line.strip("▌ \n") for line in text.splitlines()]
    start = next(n for n, line in enumerate(lines) if label in line)
    end = next(n for n, line in enumerate([*lines, ""]) if n > start and not line)
    return lines[start + 1 : end]


def selected(d) -> str:
    """The company under the cursor."""
    return d.screen.state.selected().company


def told(d) -> str:
    """What the status line says."""
    return d.screen.query_one(StatusLine).message


# where lines stand


def test_every_line_is_a_heading_a_row_more_or_blank() -> None:
    columns = [Column(most=3) for _ in range(4)]
    for column, count in zip(columns, (2, 0, 9, 1), strict=True):
        column.standing = Standing(count, {}, 0)
        column.after = object() if count else None
    placed = Placed.of(columns)
    assert placed.counts == (2, 0, 3, 1)
    lines = [placed.at(line) for line in range(placed.lines)]
    assert lines == [
        Place(0), Place(0, 0), Place(0, 1), None,
        Place(1), None,
        Place(2), Place(2, 0), Place(2, 1), Place(2, 2), Place(2, more=True), None,
        Place(3), Place(3, 0),
    ]  # fmt: skip
    assert [placed.start(n) for n in range(4)] == [0, 4, 6, 12]
    assert placed.go(0, 1, +1) == (2, 0) and placed.go(2, 0, -1) == (0, 1)
    assert placed.go(0, 0, -9) == (0, 0) and placed.go(0, 0, +99) == (3, 0)
    assert Placed.of([Column()]).lines == 0


def test_lines_fit_and_show_outside_text_as_text(crm: Crm, hostile) -> None:
    for text in hostile.texts:
        made = crm.add(company=text, owner=text[:99], next_step=text, next_step_due="明天", **LEAD)
        for key in ("overdue", "today", "soon", "unplanned", "stale"):
            for width in (40, 78, 118, 198):
                writer = TodayWriter({}, crm.dialect, crm.clock())
                line = writer.row(key, crm.get(made.id), True, width)
                assert width_of(line) == width
                assert hostile.harmless("".join(part.text for part in line))


# the screen


async def test_sections_list_whom_they_concern_mine_or_everybodys(
    crm: Crm, clock, open_board
) -> None:
    fill(crm)
    async with open_board(crm, (110, 40)) as d:
        await d.press("T")
        shown = d.text()
        assert "To be done · Li Na" in shown
        for label, count in zip(LABELS, (1, 1, 1, 1, 0), strict=True):
            assert any(f"{label}  {count}" in line for line in shown.splitlines()), label
        assert "! 3h overdue" in shown_in(shown, "Overdue")[0]
        assert "Late" in shown_in(shown, "Overdue")[0]
        assert "• today 12:00" in shown_in(shown, "Due today")[0]
        assert "Never" in shown_in(shown, "No next step")[0]
        assert "Far" not in shown and "Hers" not in shown
        await d.press("j")
        assert selected(d) == "Today"
        await d.press("m")
        assert "everybody" in d.text() and "Chen" in d.text()
        assert len(shown_in(d.text(), "Overdue")) == 2
        assert selected(d) == "Today"  # the cursor stays
        await d.press("m", "ctrl+l")
        assert "今天要做什么" in d.text() and "逾期  1" in d.text() and "3 小时" in d.text()
        clock.forward(hours=3)
        d.board_screen.look()
        d.screen.reload()
        await d.settle()
        assert "逾期  2" in d.text()


async def test_every_key_of_today(crm: Crm, open_board) -> None:
    ids = fill(crm)
    async with open_board(crm, (110, 40)) as d:
        await d.press("T")
        assert selected(d) == "Late"
        await d.press("l", "tab")
        assert selected(d) == "Soon"
        await d.press("h")
        assert selected(d) == "Today"
        await d.press("4", "5", "2", "4")  # nobody is in the fifth
        assert selected(d) == "Never"
        await d.press("y")
        assert "no next step" in told(d)
        await d.press("g", "g", "y")
        assert isinstance(d.screen, FormScreen)
        await d.fill(next_step="send the offer", next_step_due="+3d")
        await d.save()
        late = crm.get(ids["Late"])
        assert isinstance(d.screen, TodayScreen)
        assert late.activities[-1].content == "call" and late.next_step == "send the offer"
        assert next(crm.history(late.id, newest_first=True)).action == "log"
        assert any("Late" in line for line in shown_in(d.text(), "Due within 7 days"))
        assert selected(d) == "Late"
        await d.press("u")  # what was done, and what comes next, is one change
        assert crm.get(ids["Late"]).next_step == "call"
        assert len(crm.get(ids["Late"]).activities) == len(late.activities) - 1
        await d.press("1", "o")
        await d.type("no answer")
        await d.press("enter", "enter")
        assert isinstance(d.screen, DetailScreen)
        await d.press("escape", "G")
        assert selected(d) == "Never"
        await d.press("slash")
        await d.type("Soon")
        await d.press("enter")
        assert selected(d) == "Soon" and "Filter: Soon" in d.text()
        await d.press("escape", "escape")
        assert isinstance(d.screen, BoardScreen)
        assert d.selected().company == "Soon"  # the board's cursor follows
        await d.press("T", "2", "b")
        assert isinstance(d.screen, BoardScreen)
        assert [c.company for c in d.state.columns[0].rows] == ["Today"]
        assert "Due today" in d.text().splitlines()[0]
        await d.press("escape", "t", "T", "q")
        assert isinstance(d.screen, TableScreen)
    assert all(hasattr(TodayScreen, f"action_{k.action.split('(')[0]}") for k in TODAY.keys)
    assert {k.action.split("(")[0] for k in TODAY.keys} == {
        "done", "whose", "on_board", "left", "right", "section", "leave",
    }  # fmt: skip
    assert {"note", "next_step", "forward", "mark"} <= {k.action for k in ON_TODAY}


async def test_nothing_to_do_is_said_and_others_commits_show(crm: Crm, open_board) -> None:
    async with open_board(crm, (80, 24)) as d:
        await d.press("T")
        assert "Nothing is to be done by you. m shows everybody's." in d.text()
        await d.press("m", "j", "k", "l", "1", "y", "enter", "L")
        assert "Nothing is to be done by anybody." in d.text()
        fill(crm)
        d.board_screen.look()
        await d.settle()
        assert "Hers" in d.text()
        await d.pilot.click(MoverList, offset=(6, 2))
        await d.settle()
        assert d.screen.state.column.at == 1


async def test_no_section_is_ever_loaded_whole(crm: Crm, open_board, monkeypatch) -> None:
    for n in range(MOST + 40):
        crm.add(company=f"C{n:03}", **LEAD)
    asked: list[Query] = []
    page = crm.page

    def counted(query: Query):
        asked.append(query)
        return page(query)

    async with open_board(crm, (120, 40)) as d:
        monkeypatch.setattr(crm, "page", counted)
        await d.press("T", "m")
        unplanned = d.screen.state.columns[3]
        assert unplanned.count == MOST and len(unplanned.rows) == PAGE
        assert all(query.limit == PAGE for query in asked)
        await d.press("G")
        assert d.screen.state.selected() is not None
        assert len(unplanned.rows) <= MOST + PAGE
        assert "and 40 more; b shows them on the board" in d.text()
