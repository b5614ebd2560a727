"""Workbooks: read like the text they hold, and one clear line for those that are not whole or too much."""

from __future__ import annotations

import importlib.util
import time
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from crmcore.dialect import Dialect
from crmcore.errors import UsageError
from crmcore.fields import FieldCatalogue
from crmcore.hooktypes import Reading, ReadRequest
from crmcore.pipeline import STANDARD
from crmcore_sheets import crm_importers

pytest.importorskip("python_calamine")


def _books() -> ModuleType:
    spec = importlib.util.spec_from_file_location("books", Path(__file__).with_name("books.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


books = _books()
DATA = Path(__file__).parents[3] / "shared" / "data" / "hostile" / "workbooks"
NOW = datetime(2026, 6, 8, tzinfo=UTC)
FIELDS = FieldCatalogue()
ROWS = (("公司", "电话", "首次接触时间"), ("甲", 13900139000.0, (45413.0, books.DATE)))
WANTED = {"company": "甲", "phone": "13900139000", "first_contact_at": datetime(2024, 5, 1, tzinfo=UTC)}  # fmt: skip


def read(path: Path, sheet: str | None = None) -> Reading:
    importer = next(i for i in crm_importers() if path.suffix in i.suffixes)
    request = ReadRequest(FIELDS, Dialect(zone=UTC), NOW, STANDARD, sheet=sheet)
    return importer.read(path, request)


@pytest.fixture
def book(tmp_path: Path):
    """Writes a workbook and reads it."""

    def make(content: bytes, name: str = "leads.xlsx", sheet: str | None = None) -> Reading:
        return read(books.write(tmp_path / name, content), sheet)

    return make


def values(reading: Reading) -> list[dict]:
    return [dict(draft.values) for draft in reading.drafts]


def refused(book, content: bytes, name: str = "leads.xlsx", sheet: str | None = None) -> str:
    """The one line that a workbook is refused with."""
    with pytest.raises(UsageError) as caught:
        list(book(content, name, sheet).drafts)
    assert "\n" not in str(caught.value)
    assert name in str(caught.value)
    return str(caught.value)


def test_cells_say_what_the_sheet_shows(book) -> None:
    reading = book(books.xlsx({"客户": ROWS}))
    assert values(reading) == [WANTED]
    assert (reading.total, reading.header) == (1, ROWS[0])
    assert next(iter(reading.drafts)).cells == ("甲", "13900139000", "2024-05-01")
    sums = (("公司", "备注", "金额"), ("甲", 0.1 + 0.2, 1e14), ("乙", None, 12.5))
    assert [
        (r.get("remarks"), str(r["budget"])) for r in values(book(books.xlsx({"s": sums})))
    ] == [
        ("0.3", "1000000亿"),
        (None, "¥12.5"),
    ]


def test_days_are_counted_since_1904_where_the_workbook_says_so(book) -> None:
    rows = (ROWS[0], ("甲", 13900139000.0, (45413.0 - 1462, books.DATE)))
    assert values(book(books.xlsx({"客户": rows}, since_1904=True))) == [WANTED]


def test_the_sheet_whose_header_says_most_is_read(book) -> None:
    content = books.xlsx(
        {"说明": (("填写说明",), ("请填写",)), "客户": ROWS, "产品": (("产品", "单价"), ("A", 1.0)), "旧": ROWS},
        hidden=["旧"],
    )  # fmt: skip
    reading = book(content)
    assert values(reading) == [WANTED]
    assert any("sheet '客户' is read" in note and "旧" not in note for note in reading.notes)
    assert values(book(content, sheet="产品"))[0]["sheet.单价"] == "1"
    assert values(book(content, sheet="4")) == values(book(content, sheet=" 旧 ")) == [WANTED]
    message = refused(book, content, sheet="客户2")
    assert "no sheet '客户2'" in message
    assert "'说明', '客户', '产品', '旧'" in message


def test_rows_keep_their_numbers_and_merged_cells_hold_for_each_row(book) -> None:
    rows = (
        ("2026 客户表", None, None, None),
        (),
        ("基本信息", None, "联系方式", None),
        ("企业名称", "联系人", "电话", "备注"),
        ("甲", "张", "13900139000", "一"),
        (None, "李", "13900139001", "二"),
        (),
        ("乙", "王", "13900139002", None),
    )
    reading = book(books.xlsx({"s": rows}, merged=["A1:D1", "A3:B3", "C3:D3", "A5:A6"]))
    found = [(d.number, d.values["company"], d.values["contact"]) for d in reading.drafts]
    assert found == [(5, "甲", "张"), (6, "甲", "李"), (8, "乙", "王")]
    assert "row 4 is the header" in reading.notes


def test_opendocument_sheets(book) -> None:
    rows = books.ods_row("公司", "电话") + books.ods_row("甲", "13900139000", again=3)
    assert (
        values(book(books.ods(rows), "leads.ods"))
        == [{"company": "甲", "phone": "13900139000"}] * 3
    )


def test_a_file_is_read_as_what_it_is_not_as_it_is_named(book) -> None:
    assert values(book(books.xlsx({"s": ROWS}), "leads.csv")) == [WANTED]
    text = "公司\t电话\n甲\t13900139000\n".encode("gbk")
    assert values(book(text, "leads.xls")) == [{"company": "甲", "phone": "13900139000"}]
    assert "web page" in refused(book, b"<html><table><tr><td>x</td></tr></table>", "leads.xls")


HEAD = f'<worksheet xmlns="{books.MAIN}"><sheetData>'
TAIL = "</sheetData></worksheet>"
FIRST = '<row r="1"><c r="A1"><v>1</v></c></row>'
FAR = HEAD + FIRST + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>' + TAIL
GOOD = books.xlsx({"s": ROWS})
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.xlsx", b"", "is empty"),
        ("nothing.xlsx", books.xlsx({"s": ()}), "hold nothing"),
        ("half.xlsx", GOOD[: len(GOOD) // 2], "cut off"),
        ("tail.xlsx", GOOD[:-20], "cut off"),
        ("zip.xlsx", books.zipped({"a.txt": "b"}), "cannot be read"),
        ("text.xls", b"Attachment: see below", "not a workbook"),
        ("locked.xlsx", OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("old.xls", OLE + bytes(600), "old Excel workbook"),
        ("far.xlsx", books.xlsx({"s": FAR}), "1,048,576 rows by 16,384 columns"),
        ("far2.xlsx", books.xlsx({"s": FAR.replace('"', "'")}), "memory"),
        ("bomb.xlsx", books.xlsx({"s": HEAD + " " * (40 * 2**20) + TAIL}), "unpacks from"),
        ("bomb.ods", books.ods(books.ods_row("x", again=999_999_999)), "asks for 999,999,999 rows"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_one_line(book, name: str, content: bytes, message: str) -> None:  # fmt: skip
    began = time.monotonic()
    assert message in refused(book, content, name)
    assert time.monotonic() - began < 10


def test_a_folder_a_missing_file_and_a_missing_library(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "dir.xlsx").mkdir()
    with pytest.raises(UsageError, match="is a folder"):
        read(tmp_path / "dir.xlsx")
    with pytest.raises(UsageError, match="There is no file"):
        read(tmp_path / "gone.xlsx")
    path = books.write(tmp_path / "a.xlsx", GOOD)
    monkeypatch.setattr("crmcore_sheets.workbook.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"crmcore\[xlsx\]"):
        read(path)


def test_nothing_is_left_behind(book, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    reading = book(GOOD)
    assert len(values(reading)) == len(values(reading)) == 1
    assert list(tmp_path.glob("crmcore-*"))
    del reading
    assert not list(tmp_path.glob("crmcore-*"))


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("issue_594_dos.ods", "asks for"),
        ("issue252.xlsx", "declared"),
        ("pass_protected.xlsx", "password"),
        ("too_small.xls", "not a workbook"),
        ("errors.xlsx", "hold nothing"),
    ],
)
def test_hostile_workbooks(name: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read(DATA / name)
