"""A sheet before it is imported: what each row would do is seen, then all of it is one change."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.hooktypes import ColumnMapping
from crmcore.importplan import ImportPlan
from crmcore.importrows import PlannedRow
from crmcore_tui.cells import width_of
from crmcore_tui.intaketext import (
    Intake,
    column_sections,
    note_lines,
    row_line,
    row_sections,
    tab_at,
    tab_line,
)
from crmcore_tui.keymap import TAKING_IN
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.confirm import ConfirmScreen
from crmcore_tui.screens.intake import IntakeScreen
from crmcore_tui.screens.reader import ReadScreen
from crmcore_tui.widgets.moverlist import MoverList
from crmcore_tui.widgets.tablehead import TableHead

SHEET = """company,contact,phone,source,external id
[/red]新公司,Wang,13900000001,fair,N-1
Acme,Amy Lee,13800000000,fair,A-1
Twin,Li,13800000000,fair,
,,,,
Last,Chen,13900000009,fair,N-2
"""


def text_of(lines) -> str:
    """Lines of parts as text."""
    return "\n".join("".join(part.text for part in line) for line in lines)


def plan_of(*rows: PlannedRow, notes: tuple[str, ...] = ()) -> ImportPlan:
    """A plan of *rows* over a sheet of two columns."""
    return ImportPlan(rows, 0, "leads.csv", {"公司": "company", "[/x]\x1b": None}, notes)


def told(d) -> str:
    """What is said below the file's name."""
    return d.screen.card.said


def test_outcomes_are_counted_chosen_and_clicked(crm: Crm) -> None:
    new = Customer(company="A")
    rows = [PlannedRow(n, "create", None, new) for n in range(3)]
    rows.append(PlannedRow(9, "refused", None, None, ("bad [/red]\x1b phone",)))
    intake = Intake.of(plan_of(*rows), "leads.csv")
    assert intake.writes == 3
    line = tab_line(intake, "refused", crm.dialect, 80)
    text = text_of([line])
    assert " all 4 " in text and " + new 3 " in text and " ✕ refused 1 " in text
    assert "changed" not in text
    assert next(part.role for part in line if "refused" in part.text) == "flag"
    assert tab_at(text.index("new"), intake, crm.dialect) == "create"
    assert tab_at(text.index("all"), intake, crm.dialect) is None
    assert tab_at(0, intake, crm.dialect) is False and tab_at(79, intake, crm.dialect) is False
    assert note_lines(ImportPlan((), 0, "", {"a": "company"}, ()), crm.dialect, 80) == ()
    said = text_of(note_lines(plan_of(notes=("a note\n",)), crm.dialect, 80))
    assert "[/x]" in said and "a note" in said and "\x1b" not in said


def test_rows_tell_what_and_why_in_every_width(crm: Crm, hostile) -> None:
    for number, text in enumerate(hostile.texts):
        before = crm.add(company="Acme", phone="1", source="x")
        after = before.with_values(company=text, tags=(text,), phone="2")
        for row in (
            PlannedRow(number, "update", before, after),
            PlannedRow(number, "create", None, after),
            PlannedRow(number, "refused", None, None, (text,)),
        ):
            for width in (40, 78, 198):
                line = row_line(row, crm.fields, crm.dialect, width)
                assert width_of(line) == width
                assert hostile.harmless(text_of([line]))
            for section in row_sections(row, crm.fields, crm.dialect):
                assert all(hostile.harmless(r.label + r.text) for r in section.rows)


def test_a_row_is_compared_field_by_field(crm: Crm) -> None:
    before = crm.add(company="Acme", phone="1", source="fair", tags=("a",))
    after = before.with_values(phone="2", position="Boss")
    (changes,) = row_sections(PlannedRow(2, "update", before, after), crm.fields, crm.dialect)
    assert {(row.label, row.text) for row in changes.rows} == {
        ("Phone", "1 → 2"),
        ("Position", "(empty) → Boss"),
    }
    (values,) = row_sections(PlannedRow(2, "create", None, after), crm.fields, crm.dialect)
    assert ("Company", "Acme") in {(row.label, row.text) for row in values.rows}
    (nothing,) = row_sections(PlannedRow(2, "unchanged", before, before), crm.fields, crm.dialect)
    assert "nothing" in nothing.rows[0].text
    notes, columns = column_sections(plan_of(notes=("x",)), crm.fields, crm.dialect)
    assert notes.rows[0].text == "x"
    assert [row.text for row in columns.rows] == ["Company (company)", "(not read)"]


async def test_a_sheet_is_previewed_and_imported_as_one_change(
    crm: Crm, open_board, tmp_path: Path
) -> None:
    known = crm.add(company="Acme", phone="13800000000", source="fair", external_id="A-1")
    (tmp_path / "leads.csv").write_text(SHEET, "utf-8")
    (tmp_path / "notes.md").write_text("x", "utf-8")
    revision = crm.revision
    async with open_board(crm, (110, 30)) as d:
        await d.press("ctrl+o")
        assert isinstance(d.screen, IntakeScreen)
        assert "leads.csv" in told(d) and "notes.md" not in told(d)
        await d.press("enter")
        assert "Name a file first" in told(d)
        await d.press("f")
        await d.type("le")
        await d.press("tab", "enter")
        shown = d.text()
        assert "leads.csv: 4 rows; nothing is written yet" in shown and crm.revision == revision
        assert "+ new 2" in shown and "~ changed 1" in shown and "≈ duplicate 1" in shown
        assert "[/red]新公司" in shown and "same phone as" in shown
        await d.press("l", "l")
        assert d.screen.chosen == "update" and len(d.screen.rows) == 1
        assert "Contact" in d.text()
        await d.press("enter")
        assert isinstance(d.screen, ReadScreen) and "(empty) → Amy Lee" in d.text()
        await d.press("q", "i")
        assert "external id" in d.text() and "External ID (external_id)" in d.text()
        await d.press("q", "h", "h", "G")
        assert d.screen.chosen is None and d.screen.selected().after.company == "Last"
        await d.press("g", "j", "k", "pagedown", "pageup", "ctrl+l")
        assert "还没有写入任何内容" in d.text() and "新增 2" in d.text()
        await d.press("ctrl+l", "A")
        assert isinstance(d.screen, ConfirmScreen)
        assert "Import leads.csv?" in d.text() and "1 rows are left out" in d.text()
        await d.press("n", "A", "y")
        assert isinstance(d.screen, BoardScreen)
        assert "3 customers imported" in d.told() and "u takes it back" in d.told()
        assert crm.revision == revision + 1
        assert {c.company for c in crm.find().customers} == {"Acme", "[/red]新公司", "Last"}
        assert crm.get(known.id).contact == "Amy Lee"
        await d.press("u")
        assert [c.id for c in crm.find().customers] == [known.id]
        assert crm.get(known.id).contact is None
    assert all(hasattr(IntakeScreen, f"action_{key.action}") for key in TAKING_IN.keys)


async def test_a_conflict_writes_nothing_and_plans_again(
    crm: Crm, open_board, tmp_path: Path
) -> None:
    (tmp_path / "leads.csv").write_text(SHEET, "utf-8")
    async with open_board(crm, (80, 24)) as d:
        await d.burst("ctrl+o", *"leads.csv", "enter")
        assert "+ new 3" in d.text()
        crm.add(company="Theirs", phone="13900000009", source="x")
        d.board_screen.look()
        await d.settle()
        assert "Others have changed the data" in told(d)
        await d.press("A", "y")
        assert isinstance(d.screen, ConfirmScreen) and "The data changed" in d.text()
        await d.press("y")
        assert isinstance(d.screen, IntakeScreen)
        assert "+ new 2" in d.text() and len(crm.find().customers) == 1
        await d.pilot.click(TableHead, offset=(d.text().splitlines()[4].index("duplicate"), 1))
        await d.settle()
        assert d.screen.chosen == "duplicate" and len(d.screen.rows) == 2
        await d.pilot.click(MoverList, offset=(5, 1))
        await d.settle()
        assert d.screen.query_one(MoverList).at == 1
        (tmp_path / "leads.csv").write_text("company\n", "utf-8")
        await d.press("r", "A")
        assert "There is nothing to be written" in d.text()
        await d.press("q")
        assert isinstance(d.screen, BoardScreen)


@pytest.mark.parametrize("name", ["gone.csv", "odd.xyz", "~nobody-here/x.csv"])
async def test_what_cannot_be_read_is_said(name: str, crm: Crm, open_board) -> None:
    async with open_board(crm, (80, 24)) as d:
        await d.press("ctrl+o")
        await d.type(name)
        await d.press("enter")
        assert d.screen.card.wrong and told(d)
        await d.press("A")
        assert "Preview it first" in d.text()
        await d.press("escape")
        assert isinstance(d.screen, BoardScreen)


def test_what_was_decided_and_how_sure_a_column_is_are_told(crm: Crm) -> None:
    new = Customer(company="A")
    row = PlannedRow(3, "update", new, new.with_values(phone="1"), decided="update:2024")
    line = text_of([row_line(row, crm.fields, crm.dialect, 90)])
    assert "✎" in line and "decided: update 2024" in line
    assert "✎" not in text_of(
        [row_line(PlannedRow(3, "create", None, new), crm.fields, crm.dialect, 90)]
    )
    assert row_sections(row, crm.fields, crm.dialect)[0].rows[0].text == "decided: update 2024"
    mapping = (ColumnMapping("公司", "company", 0.8, "similar\x1b"), ColumnMapping("x", None, 0.1))
    plan = ImportPlan((), 0, "a.csv", {"公司": "company", "x": None}, (), mapping)
    (columns,) = column_sections(plan, crm.fields, crm.dialect)
    assert columns.rows[0].text.startswith("Company (company) · 80% sure · similar")
    assert "\x1b" not in columns.rows[0].text
    assert columns.rows[1].text == "(not read)"
    assert "Columns that are not sure: 公司 80%" in text_of(note_lines(plan, crm.dialect, 90))


async def test_rows_are_decided_one_by_one(crm: Crm, open_board, tmp_path: Path) -> None:
    known = crm.add(company="Old", phone="13800000000", source="fair")
    (tmp_path / "leads.csv").write_text(SHEET, "utf-8")
    async with open_board(crm, (120, 40)) as d:
        await d.burst("ctrl+o", *"leads.csv", "enter")
        assert "+ new 2" in d.text() and "duplicate 2" in d.text()
        await d.press("l", "l")
        assert d.screen.chosen == "duplicate"
        await d.press("u")
        assert "~ changed 1" in d.text() and "duplicate 1" in d.text()
        await d.press("x")
        assert "– skipped 1" in d.text() and "duplicate" not in d.text()
        assert d.screen.chosen is None
        await d.press("g", "r")  # what was decided stays
        assert "~ changed 1" in d.text() and "– skipped 1" in d.text()
        await d.burst("x", "c", "A")
        assert isinstance(d.screen, ConfirmScreen) and "2  new" in d.text()
        await d.press("y")
        assert {c.company for c in crm.find().customers} == {"[/red]新公司", "Acme", "Last"}
        assert crm.get(known.id).company == "Acme"
        await d.press("u")
        await d.burst("ctrl+o", *"leads.csv", "enter")
        await d.press("G", "x")
        assert "– skipped 1" in d.text()
        (tmp_path / "leads.csv").write_text("company,phone\nOne,1\n", "utf-8")
        await d.press("r")
        assert "+ new 1" in d.text(), d.text()
        assert "what was decided about its rows is dropped" in d.text()


async def test_a_mapping_file_and_a_sheet_are_named(crm: Crm, open_board, tmp_path: Path) -> None:
    (tmp_path / "leads.csv").write_text("x,y\nAcme,13800000001\n", "utf-8")
    (tmp_path / "map.toml").write_text('[columns]\nx = "company"\ny = "phone"\n', "utf-8")
    async with open_board(crm) as d:
        await d.burst("ctrl+o", *"leads.csv", "enter")
        await d.press("o")
        await d.fill(profile="map.toml")
        await d.save()
        assert d.screen.intake.plan.columns == {"x": "company", "y": "phone"}
        await d.press("o")
        await d.fill(sheet="none such")
        await d.save()
        assert d.screen.card.wrong
