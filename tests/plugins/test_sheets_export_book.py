"""Workbooks: cells as what they are, nothing run, nothing cut, records on sheets of their own."""

from __future__ import annotations

import re
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.due import due_items
from crmcore.errors import UsageError
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.hooktypes import WriteRequest
from crmcore.money import Money, MoneyRange
from crmcore.pipeline import STANDARD, Pipeline, Stage
from crmcore.records import Activity, ContractChange, Objection, Proposal
from crmcore.text import may_run
from crmcore.wording import Text
from crmcore_sheets import booksheets
from crmcore_sheets.bookwriting import write_book
from crmcore_sheets.guard import unguard

NOW = datetime(2026, 6, 8, 1, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
OWN = FieldSpec("medical.licence_no", Kind.TEXT, "basic", Text("许可证号", "Licence"), Text("", ""))
FIELDS = FieldCatalogue([OWN])
SHORT = Pipeline("short", Text("简易", "Short"), (Stage("call", Text("电话", "Call")),))
FORMULAS = ("=1+1", "+86 139", "-5", "@SUM(A1)", "\tx", "\rx", "=cmd|' /C calc'!A0", "'=1", '="01"')


@pytest.fixture
def told() -> list[Text]:
    """What the exporter said."""
    return []


@pytest.fixture
def write(tmp_path: Path, told: list[Text]):
    """Writes customers to a workbook and opens it."""

    def make(customers, columns=(), language="zh", pipelines=(STANDARD,), zone=SHANGHAI):
        path = tmp_path / "out.xlsx"
        request = WriteRequest(
            FIELDS, tuple(columns), Dialect(language, zone), NOW, pipelines, due_items, told.append
        )
        assert write_book(path, customers, request) == len(customers)
        return openpyxl.load_workbook(path)

    return make


def wall(*parts: int) -> datetime:
    """A cell's date: it has no zone."""
    return datetime(*parts)  # noqa: DTZ001


def column(sheet, header: str):
    """The cells of a table's column, below its header."""
    place = next(c.column for c in sheet[2] if c.value == header)
    return [row[place - 1] for row in sheet.iter_rows(min_row=3)]


def test_amounts_dates_and_counts_are_numbers_that_a_spreadsheet_sums(write) -> None:
    customer = Customer(
        id="1",
        company="甲",
        employees=500,
        price=Money(Decimal("150000.5")),
        annual_revenue=Money(Decimal(1000), "USD"),
        budget=MoneyRange(Decimal(100_000), Decimal(200_000)),
        contract_sent_at=datetime(2024, 5, 31, 16, tzinfo=UTC),
        contract_signed_at=datetime(2024, 6, 5, 2, 30, tzinfo=UTC),
        priority="high",
        tags=("展会", "VIP"),
        stage="solution",
    )
    sheet = write([customer])["客户"]
    told = {
        "企业规模(人数)": 500,
        "成交价": 150000.5,
        "年营收": "$1,000",
        "预计预算范围": "10万-20万",
        "合同发送日期": wall(2024, 6, 1),
        "客户签署时间": wall(2024, 6, 5, 10, 30),
        "线索优先级": "高",
        "标签": "展会; VIP",
        "阶段": "需求与方案",
    }
    assert {header: column(sheet, header)[0].value for header in told} == told
    assert column(sheet, "合同发送日期")[0].number_format == "yyyy-mm-dd"
    assert column(sheet, "客户签署时间")[0].number_format == "yyyy-mm-dd hh:mm"


def test_what_a_number_or_date_cell_would_change_is_text(write) -> None:
    zone = ZoneInfo("Europe/Berlin")
    many = Money(Decimal("12345678901234567.89"))
    again = datetime(2024, 10, 27, 1, 30, tzinfo=UTC)  # 02:30 for the second time that night
    old = datetime(1900, 1, 5, tzinfo=UTC)
    customer = Customer(
        id="1", price=many, contract_sent_at=again, contract_signed_at=old, employees=10**15 + 1
    )
    sheet = write([customer], zone=zone)["客户"]
    for header in ("成交价", "合同发送日期", "客户签署时间", "企业规模(人数)"):
        assert column(sheet, header)[0].data_type != "n", header
    assert column(sheet, "合同发送日期")[0].value == "2024-10-27 02:30:00+01:00"
    assert column(sheet, "企业规模(人数)")[0].value == "1000000000000001"


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(max_size=12) | st.sampled_from(FORMULAS), min_size=1, max_size=12))
def test_every_text_comes_back_and_none_is_a_formula(write, tmp_path, texts) -> None:
    texts = [re.sub("[\ufffe\uffff]", "", text) or "x" for text in texts]
    book = write([Customer(id=str(n), company=t) for n, t in enumerate(texts)], ["id", "company"])
    assert all(cell.data_type != "f" for row in book["客户"].iter_rows() for cell in row)
    rows = CalamineWorkbook.from_path(tmp_path / "out.xlsx").get_sheet_by_name("客户").to_python()
    assert [unguard(row[1]) for row in rows[2:]] == texts
    for cell, text in zip(column(book["客户"], "企业名称"), texts, strict=True):
        assert cell.quotePrefix or not may_run(text)


def test_what_no_workbook_can_hold_is_mended_and_told(write, told) -> None:
    sheet = write([Customer(id="1", company="a\ud800b\uffff", remarks="c\x00d")])["客户"]
    assert column(sheet, "企业名称")[0].value == "a�b�"
    assert column(sheet, "备注")[0].value == "c_x0000_d"  # how workbooks write a control character
    assert [note.en.partition(" ")[0] for note in told] == ["2"]


def test_a_text_longer_than_a_cell_is_whole_on_a_sheet_of_its_own(write, told) -> None:
    text = "=长" + "😀" * 40_000
    talk = Activity(NOW, "call", "y" * 32_768)
    book = write([Customer(id="1", company="甲", remarks=text, activities=(talk,))])
    assert column(book["客户"], "备注")[0].value is None
    rows = list(book["长文本"].iter_rows(min_row=2, values_only=True))
    parts = [row for row in rows if row[:2] == ("1", "remarks")]
    assert [row[2] for row in parts] == list(range(1, len(parts) + 1))
    assert "".join(row[3][1:] for row in parts) == text
    assert [row[0] for row in rows if row[1] == "activities.content"] == ["1 #1"] * 3
    assert "32,767" in told[0].en
    exact = "x" * 32_767
    book = write([Customer(id="1", company="甲", remarks=exact)])
    assert column(book["客户"], "备注")[0].value == exact
    assert "长文本" not in book.sheetnames


def test_records_stand_on_sheets_of_their_own_by_customer(write) -> None:
    offers = (
        Proposal("标准版", NOW, Money(Decimal(90_000)), "太贵"),
        Proposal("=专业版", None, Money(Decimal(5), "USD")),
    )
    doubts = (Objection("贵", "分期", "案例", True, NOW),)
    clauses = (ContractChange("付款", "3-7", "5-5", "客户要求"),)
    customer = Customer(
        id="7", company="甲", proposals=offers, objections=doubts, contract_changes=clauses
    )
    book = write([Customer(id="6", company="空"), customer])
    assert list(book["方案"].iter_rows(values_only=True)) == [
        ("客户编号 (customer)", "企业名称 (company)", "序号 (number)", "方案内容 (summary)",
         "发送时间 (sent_at)", "报价 (price)", "客户反馈 (feedback)"),
        ("7", "甲", 1, "标准版", wall(2026, 6, 8, 9), 90_000, "太贵"),
        ("7", "甲", 2, "=专业版", None, "$5", None),
    ]  # fmt: skip
    assert [c.value for c in book["异议"][2]][3:] == [
        "贵", "分期", "案例", "是", wall(2026, 6, 8, 9),
    ]  # fmt: skip
    assert [c.value for c in book["修改条款及原因"][2]][3:7] == ["付款", "3-7", "5-5", "客户要求"]
    assert "异议 (objections)" not in [c.value for c in book["客户"][2]]


def test_the_funnel_has_its_figures_its_definition_and_a_chart(write, tmp_path) -> None:
    priced = {"price": Money(Decimal(10))}
    book = write(
        [
            Customer(id="1", **priced),
            Customer(id="2", stage="solution", price=Money(Decimal(2), "USD")),
            Customer(id="3", stage="solution"),
            Customer(id="4", stage="solution", status="lost", **priced),
            Customer(id="5", pipeline="short", stage="call"),
        ],
        pipelines=(STANDARD, SHORT),
    )
    rows = [row[:5] for row in book["漏斗"].iter_rows(values_only=True)]
    assert rows[0][0] == "标准销售漏斗" and rows[1][0].endswith("4")
    assert ("线索获取", 1, 10, 0, None) in rows
    assert ("需求与方案", 2, 0, 1, "$2") in rows
    assert ("流失", 1, 10, 0, None) in rows
    assert ("电话", 1, 0, 1, None) in rows
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        charts = [name for name in archive.namelist() if re.match(r"xl/charts/chart\d", name)]
        chart = archive.read(charts[0]).decode()
    assert len(charts) == 2
    found = re.search(r"<c:cat>.*?<c:f>'?漏斗'?!\$A\$(\d+):\$A\$(\d+)</c:f>", chart)
    first, last = int(found.group(1)), int(found.group(2))
    assert [row[0] for row in rows[first - 1 : last]] == [s.label.zh for s in STANDARD.stages]


def test_headers_have_groups_above_them_plugins_fields_among_the_cores(write) -> None:
    customer = Customer(id="1", extra={"medical.licence_no": "L1", "sheet.色": "红"})
    sheet = write([customer])["客户"]
    headers = [cell.value for cell in sheet[2]]
    groups = {r.min_col: (r.max_col, sheet.cell(1, r.min_col).value) for r in sheet.merged_cells}
    assert groups[1] == (headers.index("电话"), "客户基本信息")
    assert headers.index("许可证号") < headers.index("电话")
    assert headers[-1] == "sheet.色"
    odd = Customer(id="2", extra={"gone.list": [1, "a"], "gone.dict": {"k": 1}, "gone.number": 7})
    assert [cell.value for cell in write([odd])["客户"][3]][-3:] == ['[1, "a"]', '{"k": 1}', "7"]
    assert sheet.freeze_panes == "D3"
    assert sheet.auto_filter.ref.startswith("A2:")
    english = write([customer], language="en")["Customers"]
    assert english["A1"].value == "Customer" and english["C2"].value == "Company"
    chosen = write([customer], ["company", "value"])["客户"]
    assert [cell.value for cell in chosen[2]] == ["企业名称", "客户价值 (value)"]


def test_more_rows_than_a_sheet_has_are_refused_and_the_old_file_stays(
    write, tmp_path, monkeypatch
) -> None:
    write([Customer(id="1", company="旧")])
    before = (tmp_path / "out.xlsx").read_bytes()
    monkeypatch.setattr(booksheets, "LAST_ROW", 4)
    with pytest.raises(UsageError, match="Export fewer"):
        write([Customer(id=str(n)) for n in range(4)])
    talks = tuple(Activity(NOW + timedelta(days=n), "note", "x") for n in range(5))
    with pytest.raises(UsageError, match="jsonl"):
        write([Customer(id="1", activities=talks)])
    assert (tmp_path / "out.xlsx").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out.xlsx"]


def test_an_empty_store_is_a_workbook_too(write) -> None:
    book = write([])
    assert book["客户"].max_row == 2
    assert book["漏斗"]["B6"].value == 0
