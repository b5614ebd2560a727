"""The template: the funnel table, empty, that explains itself and comes back as it is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from crmcore import hookimpl
from crmcore.bootstrap import load_plugins, open_crm
from crmcore.config import Config
from crmcore.errors import UsageError
from crmcore.fieldspec import Choice, FieldSpec, Kind, Verb
from crmcore.pipeline import STANDARD
from crmcore.wording import Text
from crmcore_sheets.headers import HeaderNames

NOW = datetime(2026, 6, 8, tzinfo=UTC)
CLASSES = tuple(Choice(f"class{n}", Text(f"第{n}类器械", f"Class {n}")) for n in (1, 2, 3))


class Medical:
    """A plugin with fields of its own, in groups of the core's."""

    @hookimpl
    def crm_fields(self):
        yield FieldSpec(
            "medical.licence_no", Kind.TEXT, "basic", Text("许可证号", "Licence"),
            Text("医疗器械许可证", "Device licence"), "京械 2024-1",
        )  # fmt: skip
        yield FieldSpec(
            "medical.class", Kind.CHOICE, "screening", Text("器械类别", "Device class"),
            Text("器械的类别", "Class of the device"), choices=CLASSES,
        )  # fmt: skip


@pytest.fixture
def crm(tmp_path: Path):
    """A workspace with that plugin."""
    config = Config(store="memory:", timezone="Asia/Shanghai", directory=tmp_path, notify=())
    host = load_plugins(config)
    host.register(Medical(), "medical")
    with open_crm(config=config, host=host, clock=lambda: NOW, actor="李娜") as opened:
        yield opened


@pytest.fixture
def book(crm, tmp_path: Path):
    """Its template, opened."""

    def make(language):
        crm.template(tmp_path / "t.xlsx", language=language)
        return openpyxl.load_workbook(tmp_path / "t.xlsx")

    return make


def by_header(sheet):
    """The header cells of the second row, by their text."""
    return {cell.value: cell for cell in sheet[2] if cell.value}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_column_is_a_field_that_people_fill_in_under_its_group(crm, book, language) -> None:
    sheet = book(language).worksheets[0]
    names = HeaderNames(crm.fields)
    columns = names.columns([cell.value for cell in sheet[2]])
    wanted = {
        spec.key
        for spec in crm.fields.stored()
        if spec.key == "activities"
        or (spec.verb is not Verb.SYSTEM and spec.kind not in (Kind.RECORD, Kind.RECORDS))
    }
    assert {column.key for column in columns} == wanted
    labels = {group.label.in_(language): group.key for group in crm.fields.groups}
    spans = {r.min_col: r.max_col for r in sheet.merged_cells.ranges}
    group, end = "", 0
    for cell, column in zip(sheet[2], columns, strict=True):
        if cell.column > end:
            group = labels[sheet.cell(1, cell.column).value]
            end = spans.get(cell.column, cell.column)
        assert crm.fields.named(column.key).group == group, column.key
    assert len(spans) + 1 >= len(labels)  # the groups follow each other, each once
    assert sheet.max_row == 2 and sheet.freeze_panes == "C3"


def test_notes_choices_and_formats(book) -> None:
    sheet = book("zh").worksheets[0]
    header = by_header(sheet)
    note = header["预计预算范围"].comment.text
    assert "客户预计投入的范围" in note and "例: 10万-20万" in note
    assert "第1类器械 / 第2类器械" in header["器械类别"].comment.text
    lists = {
        rule.formula1.strip('"').split(",")[0]: str(rule.sqref)
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
    }
    stages = header["阶段"].column_letter
    assert lists[STANDARD.stages[0].label.zh] == f"{stages}3:{stages}1048576"
    assert {"高", "A", "进行中", "第1类器械", "决策者", "充足"} <= set(lists)
    columns = {
        place: dimension
        for dimension in list(sheet.column_dimensions.values())
        for place in range(dimension.min, dimension.max + 1)
    }
    form = {name: columns[cell.column].number_format for name, cell in header.items()}
    # Text, so that no telephone number loses its zero and no 10-20 becomes a date.
    assert form["电话"] == form["预计预算范围"] == form["外部编号"] == "@"
    assert form["首次接触时间"] == "yyyy-mm-dd hh:mm"
    assert form["成交价"].startswith("#,##0")
    assert all(columns[cell.column].width >= 10 for cell in header.values())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_guide_tells_stages_gates_grades_and_fields(crm, book, language) -> None:
    book = book(language)
    guide = book[{"zh": "填写说明", "en": "Guide"}[language]]
    cells = [str(cell) for row in guide.iter_rows(values_only=True) for cell in row if cell]
    for stage in STANDARD.stages:
        assert stage.label.in_(language) in cells
        assert any(
            all(asked.message.in_(language) in cell for asked in stage.exit) for cell in cells
        )
    assert {"A", "B", "C", "medical.class", "budget"} <= set(cells)
    assert book.active.title == {"zh": "客户", "en": "Customers"}[language]


def test_only_a_format_with_a_template_has_one(crm, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"ends in \.xlsx"):
        crm.template(tmp_path / "t.csv")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_template_comes_back_as_it_is_and_with_rows_typed_in(crm, tmp_path, language) -> None:
    path = tmp_path / "t.xlsx"
    crm.template(path, language=language)
    assert crm.plan_import(path).counts == {}
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    header = {
        column.key: place
        for place, column in enumerate(
            HeaderNames(crm.fields).columns([cell.value for cell in sheet[2]]), 1
        )
    }
    typed = {
        "company": "甲",
        "phone": "013800138000",
        "source": "展会",
        "budget": "10万-20万",
        "price": 150000,
        "first_contact_at": NOW.replace(tzinfo=None),
        "stage": STANDARD.stages[1].label.in_(language),
        "priority": {"zh": "高", "en": "High"}[language],
        "medical.licence_no": "京械 2024-1",
        "medical.class": CLASSES[1].label.in_(language),
        "activities": "打过电话",
    }
    for key, value in typed.items():
        sheet.cell(3, header[key]).value = value
    book.save(path)
    plan = crm.plan_import(path)
    assert plan.counts == {"create": 1}, plan.notes
    crm.apply(plan)
    (one,) = crm.find().customers
    assert (one.company, one.phone, one.stage, one.priority) == (
        "甲", "013800138000", "screening", "high",
    )  # fmt: skip
    assert str(one.price) == "15万" and str(one.budget) == "10万-20万"
    assert one.extra == {"medical.licence_no": "京械 2024-1", "medical.class": "class2"}
    assert [talk.content for talk in one.activities] == ["打过电话"]
    assert one.first_contact_at == datetime(2026, 6, 7, 16, tzinfo=UTC)
