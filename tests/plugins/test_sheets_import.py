"""Reading sheets: every encoding, delimiter and mess gives the same drafts, or one clear line."""

from __future__ import annotations

import csv
import io
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from crmcore.dialect import Dialect
from crmcore.errors import UsageError
from crmcore.fields import FieldCatalogue
from crmcore.hooktypes import Draft, Reading, ReadRequest
from crmcore.money import MoneyRange
from crmcore.pipeline import STANDARD
from crmcore_sheets import crm_importers
from crmcore_sheets.headers import HeaderNames

NOW = datetime(2026, 6, 8, tzinfo=UTC)
FIELDS = FieldCatalogue()
ROWS = (
    ("企业名称", "联系人", "电话", "备注"),
    ("云杉医疗设备", "郑女士", "13900139000", "第一行\n第二行, 还有"),
    ("Hök & Söhne", "Åsa", "+46 8 123456", '说 "好"'),
)
WANTED = [
    {"company": "云杉医疗设备", "contact": "郑女士", "phone": "13900139000", "remarks": "第一行\n第二行, 还有"},
    {"company": "Hök & Söhne", "contact": "Åsa", "phone": "+46 8 123456", "remarks": '说 "好"'},
]  # fmt: skip


def read(path: Path) -> Reading:
    """The reading of *path* in UTC, with the standard fields and stages."""
    importer, *_ = crm_importers()
    return importer.read(path, ReadRequest(FIELDS, Dialect(zone=UTC), NOW, STANDARD))


@pytest.fixture
def sheet(tmp_path: Path):
    """Makes a sheet of a text and reads it."""

    def make(text: str | bytes, name: str = "leads.csv") -> Reading:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read(path)

    return make


def drafts(reading: Reading) -> list[Draft]:
    return list(reading.drafts)


def values(reading: Reading) -> list[dict]:
    return [dict(draft.values) for draft in reading.drafts]


def written(rows, delimiter: str = ",", ends: str = "\r\n") -> str:
    file = io.StringIO()
    # The writer takes a line feed for text where lines end otherwise.
    quoting = csv.QUOTE_ALL if ends == "\r" else csv.QUOTE_MINIMAL
    csv.writer(file, delimiter=delimiter, lineterminator=ends, quoting=quoting).writerows(rows)
    return file.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
def test_any_delimiter_and_line_end(sheet, delimiter: str, ends: str) -> None:
    assert values(sheet(written(ROWS, delimiter, ends))) == WANTED


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030"]
)
def test_any_encoding(sheet, encoding: str) -> None:
    reading = sheet(written(ROWS).encode(encoding))
    assert values(reading) == WANTED
    assert any("read as" in note for note in reading.notes) == (not encoding.startswith("utf-8"))


def test_gbk_that_begins_far_below_an_ascii_head(sheet) -> None:
    rows = [("company", "remarks"), *[("Plain", "x" * 100)] * 12_000, ("上海远东仪表", "继续跟进")]
    assert values(sheet(written(rows).encode("gbk")))[-1]["company"] == "上海远东仪表"


@pytest.mark.parametrize(
    ("encoding", "company"), [("cp1252", "Müller Möbel"), ("big5", "臺灣開發")]
)
def test_other_encodings_are_guessed_from_the_text(sheet, encoding: str, company: str) -> None:
    text = {
        "cp1252": "Größe für häufige Straßen, früher schön übergeben. Déjà vu à l'hôtel, garçon",
        "big5": "這個客戶對我們的產品很感興趣，希望下週安排會議討論細節並且了解價格與交貨時間",
    }[encoding]
    rows = [("company", "remarks"), (company, text)]
    assert values(sheet(written(rows).encode(encoding))) == [{"company": company, "remarks": text}]


def test_wide_text_in_quotes_does_not_mislead_the_delimiter(sheet) -> None:
    text = 'name;remarks\n"Bo";"a,b,c"\n"Al";"d,e,f"\n'
    assert values(sheet(text)) == [
        {"contact": "Bo", "remarks": "a,b,c"},
        {"contact": "Al", "remarks": "d,e,f"},
    ]
    assert values(sheet("公司名称\n甲;乙|丙\n")) == [{"company": "甲;乙|丙"}]
    assert values(sheet("sep=|\ncompany|phone\nA|12345\n")) == [{"company": "A", "phone": "12345"}]
    assert values(sheet("'company','phone'\n'A, B','12345'\n")) == [
        {"company": "A, B", "phone": "12345"}
    ]


def test_rows_keep_the_numbers_a_person_counts(sheet) -> None:
    text = '\n公司,备注\n\n甲,"一\n二"\n,\n  ,\t\n乙,\n'
    assert [(d.number, d.values["company"]) for d in sheet(text).drafts] == [(4, "甲"), (7, "乙")]


def test_titles_and_instructions_are_no_customers(sheet) -> None:
    reading = sheet(
        "2026 客户表,,\n公司,联系人,电话\n必填,选填,必填\ncompany,contact,phone\n甲,张,13900139000\n"
    )
    assert [draft.number for draft in reading.drafts] == [5]
    assert "row 2 is the header" in reading.notes
    assert len([note for note in reading.notes if "explains" in note]) == 2


def test_ragged_rows_lose_nothing(sheet) -> None:
    short, long = drafts(sheet("公司,电话,备注\n甲\n乙,13900139000,好,还有,,更多\n"))
    assert dict(short.values) == {"company": "甲"}
    assert long.values["sheet.column_4"] == "还有"
    assert long.values["sheet.column_6"] == "更多"
    assert "beyond the header" in long.notes[0]


def test_nul_and_very_long_cells(sheet) -> None:
    long = "长" * 300_000
    (row,) = values(sheet(f"公司,备注\n甲\0乙,{long}\n"))
    assert row == {"company": "甲乙", "remarks": long}


def test_what_says_nothing_is_unknown(sheet) -> None:
    header = "公司,联系人,电话,预算,等级,首次接触时间,渠道代码"
    for word in ("", " ", "-", "Select", "无", "N/A", "null", "None", "未知", "待定"):
        (row,) = values(sheet(f"{header}\n甲,{','.join([word] * 5)},\n"))
        assert row == {"company": "甲"}, word
    assert values(sheet("公司,预算\n甲,面议\n")) == [{"company": "甲"}]
    # In a column nobody described, 无 may be an answer.
    assert values(sheet("公司,是否开票\n甲,无\n")) == [{"company": "甲", "sheet.是否开票": "无"}]


def test_values_are_understood_by_the_field(sheet) -> None:
    (row,) = values(
        sheet(
            "公司,预算,意向等级,企业规模,首次接触时间,标签,年营收（万元）\n"
            "甲,10万-20万,高,500人,2026/6/7 10:30,a；b,1200\n"
        )
    )
    assert row["budget"] == MoneyRange(Decimal(100_000), Decimal(200_000))
    assert (row["grade"], row["employees"], row["tags"]) == ("A", 500, ("a", "b"))
    assert row["first_contact_at"] == datetime(2026, 6, 7, 10, 30, tzinfo=UTC)
    assert str(row["annual_revenue"]) == "1200万"


def test_what_is_not_understood_is_kept_beside_and_said(sheet) -> None:
    reading = sheet("公司,预算,等级,阶段,满意度,电话\n甲,100左右,大客户,第二轮,17,1.39E+10\n")
    (draft,) = reading.drafts
    assert dict(draft.values) == {
        "company": "甲",
        "sheet.预算": "100左右",
        "sheet.等级": "大客户",
        "sheet.阶段": "第二轮",
        "sheet.满意度": "17",
        "sheet.电话": "1.39E+10",
    }
    assert draft.problems == ()
    assert (
        "budget: '100左右' not understood ('左右' is not a unit of money), kept as sheet.预算"
        in draft.notes
    )
    assert len(draft.notes) == 5


def test_a_row_that_names_nobody_is_refused_with_the_reason(sheet) -> None:
    bad, good = drafts(sheet("公司,备注,外部编号\n,只有备注,\n,,X-1\n"))
    assert "nothing in it identifies a customer" in bad.problems[0]
    assert good.problems == ()


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("有意向", {"stage": "screening"}),
        ("Negotiation", {"stage": "negotiation"}),
        ("已成交", {"stage": "after_sales", "status": "won"}),
        ("Closed Won", {"stage": "after_sales", "status": "won"}),
        ("赢单", {"stage": "after_sales", "status": "won"}),
        ("流失", {"status": "lost"}),
        ("战败", {"status": "lost"}),
        ("无效", {"status": "invalid"}),
        ("3", {"sheet.当前阶段": "3"}),
    ],
)
def test_words_for_where_a_customer_stands(sheet, word: str, said: dict) -> None:
    assert values(sheet(f"公司,当前阶段\n甲,{word}\n")) == [{"company": "甲", **said}]


def test_stage_and_status_side_by_side(sheet) -> None:
    text = "公司,状态,阶段\n甲,流失,谈判与合同\n乙,成交,\n丙,有意向,\n丁,进行中,成交\n"
    standings = [(v.get("stage"), v.get("status")) for v in values(sheet(text))]
    assert standings == [
        ("negotiation", "lost"),
        ("after_sales", "won"),
        ("screening", None),
        ("after_sales", "open"),
    ]


def test_a_follow_up_text_becomes_a_note_at_its_time(sheet) -> None:
    text = "公司,最近跟进记录,最近联系时间,创建时间\n甲,已报价,2026-06-01,2026-05-01\n乙,已报价,,2026-05-01\n丙,已报价,,\n"
    notes = [row["activities"][0] for row in values(sheet(text))]
    assert {(note.kind, note.content) for note in notes} == {("note", "已报价")}
    assert [note.at.date().isoformat() for note in notes] == [
        "2026-06-01",
        "2026-05-01",
        "2026-06-08",
    ]


def test_the_second_telephone_column_fills_in_for_the_first(sheet) -> None:
    reading = sheet("公司,手机,电话\n甲,13900139000,021-5555\n乙,13900139000,\n")
    assert values(reading) == [
        {"company": "甲", "phone": "021-5555", "sheet.手机": "13900139000"},
        {"company": "乙", "phone": "13900139000"},
    ]
    assert reading.columns["手机"] == "sheet.手机"


def test_phones_that_spreadsheets_and_programs_bent(sheet) -> None:
    text = '公司,电话\n甲,13900139000.0\n乙,"=""013900139000"""\n丙,\'+86 139\n丁,问小王\n'
    *good, odd = drafts(sheet(text))
    assert [d.values["phone"] for d in good] == ["13900139000", "013900139000", "+86 139"]
    assert odd.values["phone"] == "问小王"
    assert "does not look like a number" in odd.notes[0]


MEANT = {
    "公司名称": "company", "客户名称": "company", "Company_Name": "company", "企业名称*": "company",
    "公司名称（必填）": "company", "姓名": "contact", "客户姓名": "contact", "联 系 人": "contact",
    "手机号": "phone", "联系人电话": "phone", "手机/电话": "phone", "公司邮箱": "email", "E-Mail": "email",
    "联系人职位": "position", "客户行业": "industry", "来源平台": "source", "预算(万元)": "budget",
    "意向度": "grade", "等级(A/B/C)": "grade", "销售负责人": "owner", "跟进状态": "stage",
    "下次跟进时间": "next_step_due", "预计成交日期": "expected_close_at", "客户编号": "external_id",
    "ID": "external_id", "线索编号": "external_id", "id": "id", "客户编号 (id)": "id",
    "最新跟进记录": "activities", "备注说明": "remarks", "公司规模（人）": "employees",
    "首次接触时间(YYYY-MM-DD)": "first_contact_at",
}  # fmt: skip
CUSTOM = (
    "线索名称", "标题", "评分", "年级", "学校", "专业", "产品", "企业微信", "最近互动时间", "最近跟进时间", "客户类型",
    "详细地址", "公司简称", "公司地址", "联系人ID", "来源关键词", "前负责人", "创建人", "公司负责人", "概率", "性别",
    "QQ", "币种", "value", "revision", "Links", "金额(吨)", "电话(备用)", "手机2", "更新时间",
)  # fmt: skip


@pytest.mark.parametrize(("header", "key"), MEANT.items())
def test_headers_are_understood_however_they_are_spelled(header: str, key: str) -> None:
    (column,) = HeaderNames(FIELDS).columns([header])
    assert column.key == key


@pytest.mark.parametrize("header", CUSTOM)
def test_rather_a_custom_field_than_a_wrong_one(header: str) -> None:
    first, second = HeaderNames(FIELDS).columns([header, "公司"])
    assert first.key == f"sheet.{header}"
    assert second.key == "company"


def test_of_two_columns_for_one_field_the_surer_is_it(sheet) -> None:
    reading = sheet("客户名称,企业名称,备注,备注,名称,...,.\n甲,乙,一,二,三,四,五\n")
    assert dict(reading.columns) == {
        "客户名称": "sheet.客户名称",
        "企业名称": "company",
        "备注": "remarks",
        "备注 2": "sheet.备注 2",
        "名称": "sheet.名称",
        "...": "sheet.column",
        ".": "sheet.column 2",
    }
    (row,) = values(reading)
    assert len(row) == 7
    # A bare 名称 is the company where another column holds the person, and only there.
    assert sheet("名称,联系人\n").columns["名称"] == "company"
    assert sheet("名称,电话\n").columns["名称"] == "sheet.名称"


def test_a_blank_header_is_named_by_its_column(sheet) -> None:
    reading = sheet("公司,,\n甲,x,\n")
    assert values(reading) == [{"company": "甲", "sheet.column_2": "x"}]


def test_custom_columns_are_listed(sheet) -> None:
    reading = sheet("公司,评分\n甲,9\n")
    assert dict(reading.columns) == {"公司": "company", "评分": "sheet.评分"}


def test_a_sheet_is_read_again_each_time_and_only_as_far_as_asked(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("company\n" + "A\n" * 50_000 + '"never closed\n', "utf-8")
    reading = read(path)
    assert next(iter(reading.drafts)).number == 2
    assert next(iter(reading.drafts)).number == 2
    with pytest.raises(UsageError, match=r"row 50002 \(line 50002\) is never closed"):
        list(reading.drafts)


def test_no_text_of_a_sheet_is_taken_for_its_end(sheet) -> None:
    rows = drafts(sheet('company\n\U0010ffff\nA\n"B\n\U0010ffff"\n\U0010ffff\n'))
    assert [row.number for row in rows] == [2, 3, 4, 5]
    assert rows[-1].values == {"company": "\U0010ffff"}
    with pytest.raises(UsageError, match=r"row 3 \(line 3\) is never closed"):
        drafts(sheet('company\nA\n"\U0010ffff\n'))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf\r\n , \r\n", "is empty"),
        (b"PK\x03\x04rest of a workbook", "a workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Excel workbook"),
        (b"\0" * 4096, "is not text"),
        (bytes(range(256)) * 40, "not"),
        ("公司\n云杉".encode()[:-1], "cut off"),
        (b'company,phone\nA,"12345\nB,2\n', "never closed"),
        (b"company\n" + b"x" * (16 * 2**20 + 2), "more than"),
    ],
)
def test_what_is_no_sheet_is_refused_in_one_line(sheet, content: bytes, message: str) -> None:
    with pytest.raises(UsageError, match=message) as caught:
        drafts(sheet(content))
    assert "leads.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no file"):
        read(tmp_path / "nothing.csv")
    with pytest.raises(UsageError, match="is a folder"):
        read(tmp_path)
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with pytest.raises(UsageError, match="not a regular file"):
        read(pipe)


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="needs a user whom files can refuse"
)
def test_no_permission_is_said(tmp_path: Path) -> None:
    path = tmp_path / "closed.csv"
    path.write_text("company\nA\n")
    path.chmod(0)
    with pytest.raises(UsageError, match="permission denied"):
        read(path)


def test_hostile_text_is_kept_as_text(sheet) -> None:
    text = "公司,备注\n[bold]Acme\x1b[31m,\"=cmd|'/C calc'!A0\"\n"
    assert values(sheet(text)) == [{"company": "[bold]Acme[31m", "remarks": "=cmd|'/C calc'!A0"}]
