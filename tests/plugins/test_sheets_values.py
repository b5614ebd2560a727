"""What cells mean: dates by their column, telephone numbers, masks, grades, codes, amounts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.dialect import Dialect
from crmcore.fields import FieldCatalogue
from crmcore.hooktypes import Draft, Reading, ReadRequest
from crmcore.moments import MomentError, parse_moment
from crmcore.pipeline import STANDARD
from crmcore_sheets.dates import ORDERS, DateColumn, habits_of
from crmcore_sheets.reading import profile_of, read_sheet

NOW = datetime(2026, 6, 8, tzinfo=UTC)
FIELDS = FieldCatalogue()


@pytest.fixture
def sheet(tmp_path: Path):
    """Makes a sheet of rows and reads it."""

    def make(text: str, profile: str = "", country: str = "CN") -> Reading:
        path = tmp_path / "leads.csv"
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        (tmp_path / "profile.toml").write_text(profile, "utf-8")
        dialect = Dialect(zone=UTC, country=country)
        named = tmp_path / "profile.toml" if profile else None
        return read_sheet(path, ReadRequest(FIELDS, dialect, NOW, STANDARD, named))

    return make


def only(reading: Reading) -> Draft:
    (draft,) = reading.drafts
    return draft


def days(reading: Reading, key: str = "first_contact_at") -> list[str | None]:
    """The dates of a column, None where there is none."""
    found = (draft.values.get(key) for draft in reading.drafts)
    return [at and at.date().isoformat() for at in found]


@pytest.mark.parametrize(
    ("cells", "wanted", "said"),
    [
        (["03/04/2024", "03/25/2024"], ["2024-03-04", "2024-03-25"], "read as month/day/year"),
        (["03/04/2024", "25/03/2024"], ["2024-04-03", "2024-03-25"], "read as day/month/year"),
        (["03-04-24", "25-03-24"], ["2024-04-03", "2024-03-25"], "read as day/month/year"),
        (["03/04/2024", "05/06/2024"], ["2024-03-04", "2024-05-06"], "ambiguous in every row"),
        (["03-04-2024", "05-06-2024"], ["2024-04-03", "2024-06-05"], "ambiguous in every row"),
        (["24-05-06", "24-05-07"], ["2024-05-06", "2024-05-07"], "look like years"),
        (["03/25/2024", "25/03/2024", "03/04/2024"], ["2024-03-25", "2024-03-25", None], "more than one order"),
        (["2024/3/4", "2024.3.5 9:30"], ["2024-03-04", "2024-03-05"], ""),
        (["45413", "45414.5"], ["2024-05-01", "2024-05-02"], "days counted since 1900"),
        (['"15 Apr, 2021 00:02:00"', "Apr 16 2021 3:04 PM"], ["2021-04-15", "2021-04-16"], ""),
        (["2024年5月1日", "2024年5月2日 下午3点"], ["2024-05-01", "2024-05-02"], ""),
        (["31/02/2024", "2024-01-02 24:61"], [None, None], ""),
        (["1714521600", "12345"], [None, None], ""),
    ],
)  # fmt: skip
def test_dates_are_decided_by_their_column(sheet, cells, wanted, said: str) -> None:
    reading = sheet("公司,首次接触时间\n" + "".join(f"甲,{cell}\n" for cell in cells))
    assert days(reading) == wanted
    about = [note for note in reading.notes if note.startswith("首次接触时间")]
    assert [said in note for note in about] == [True] * bool(said)
    for draft, day in zip(reading.drafts, wanted, strict=True):
        assert (day is None) == ("sheet.首次接触时间" in draft.values)


def test_other_columns_decide_what_one_leaves_open_and_a_profile_all(sheet) -> None:
    text = "公司,首次接触时间,下次跟进时间\n甲,03/04/2024,25/12/2024\n乙,05/06/2024,01/12/2024\n"
    assert days(sheet(text)) == ["2024-04-03", "2024-06-05"]
    assert days(sheet(text, '[dates]\n"首次接触时间" = "mdy"\n')) == ["2024-03-04", "2024-05-06"]
    alone = "公司,首次接触时间\n甲,03/04/2024\n乙,43951\n"
    assert days(sheet(alone, 'epoch = 1904\n[dates]\n"*" = "dmy"\n')) == [
        "2024-04-03",
        "2024-05-01",
    ]


@settings(max_examples=60)
@given(
    st.lists(st.dates(date(2001, 1, 1), date(2030, 12, 31)), min_size=1, max_size=30),
    st.sampled_from(ORDERS[1:]),
    st.sampled_from(["%Y", "%y"]),
)
def test_no_date_of_a_decided_column_is_read_as_another(dates, order: str, year: str) -> None:
    form = {"mdy": f"%m/%d/{year}", "dmy": f"%d/%m/{year}"}[order]
    texts = [day.strftime(form) for day in dates]
    column = DateColumn()
    for text in texts:
        column.see(text)
    habits, notes = habits_of({"x": column}, {}, 1900)
    if column.decided:
        assert [habits["x"].iso(text) for text in texts] == [day.isoformat() for day in dates]
    else:
        assert any("ambiguous" in note or "more than one" in note for note in notes)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("15 Apr, 2021 00:02:00", "2021-04-15 00:02:00"),
        ("Thu, 15 Apr 2021 10:00", "2021-04-15 10:00:00"),
        ("15-Apr-21", "2021-04-15 00:00:00"),
        ("April 5th, 1999", "1999-04-05 00:00:00"),
        ("2021/4/15 12:05 am", "2021-04-15 00:05:00"),
        ("2021年4月15日 星期四 晚上8点30分", "2021-04-15 20:30:00"),
        ("2021-04-15 10:00 UTC", "2021-04-15 10:00:00"),
        ("2021-04-15 10:00:00 +0800", "2021-04-15 02:00:00"),
    ],
)
def test_moments_with_names_and_halves_of_the_day(text: str, wanted: str) -> None:
    assert parse_moment(text, NOW, UTC).isoformat(" ") == f"{wanted}+00:00"


@pytest.mark.parametrize(
    "text", ["31 Apr 2021", "15 Foo 2021", "13:00 x", "sat", "2021-04-15 25:00"]
)
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(MomentError):
        parse_moment(text, NOW, UTC)


@pytest.mark.parametrize(
    ("cell", "phone", "note"),
    [
        ("13800138000.0", "13800138000", ""),
        ("+1 415 555 0138", "+1 415 555 0138", ""),
        ("010-12345678/13800138000", "010-12345678/13800138000", ""),
        ("021-55556666 转 802", "021-55556666 转 802", ""),
        ("1390013900", "1390013900", "10 digits"),
        ("+86 139", "+86 139", "too short"),
        ("问小王", "问小王", "does not look like a number"),
        ("1.38E+10", None, "not understood"),
    ],
)
def test_telephone_numbers(sheet, cell: str, phone: str | None, note: str) -> None:
    draft = only(sheet(f"公司,手机号\n甲,{cell}\n"))
    assert draft.values.get("phone") == phone
    assert [note in said for said in draft.notes] == [True] * bool(note)
    assert (phone is None) == (draft.values.get("sheet.手机号") == cell)


def test_the_country_of_numbers_without_a_prefix(sheet) -> None:
    text = "公司,电话\n甲,4155550138999\n"
    assert "too long" in only(sheet(text, country="US")).notes[0]
    assert only(sheet("公司,电话\n甲,415 555 0138\n", country="US")).notes == ()


def test_what_is_masked_is_for_new_customers_alone(sheet) -> None:
    draft = only(sheet("外部编号,联系人,电话,微信,邮箱\nX1,*经理,138****8000,li***ia,l***@x.cn\n"))
    assert dict(draft.values) == {"external_id": "X1"}
    assert dict(draft.only_new) == {
        "contact": "*经理", "phone": "138****8000", "wechat": "li***ia", "email": "l***@x.cn"
    }  # fmt: skip
    assert all("masked" in note for note in draft.notes)
    assert only(sheet("联系人,电话\n*经理,138****8000\n")).problems == ()


@pytest.mark.parametrize(
    ("header", "cell", "key", "value"),
    [
        ("客户级别", "A类", "grade", "A"),
        ("客户级别", "A（重点客户）", "grade", "A"),
        ("客户级别", "重点客户", "grade", "A"),
        ("客户级别", "B（普通客户）", "grade", "B"),
        ("客户级别", "非优先客户", "grade", "C"),
        ("Rating", "Hot", "grade", "A"),
        ("跟进状态", "已约见", "stage", "solution"),
        ("跟进状态", "方案/报价", "stage", "solution"),
        ("Deal Stage", "Contract Sent", "stage", "negotiation"),
        ("跟进状态", "成交", "status", "won"),
        ("成交状态", "未成交", "status", "open"),
        ("Lead Status", "Open - Not Contacted", "stage", "lead"),
    ],
)
def test_grades_and_stages_by_their_many_names(sheet, header, cell, key, value) -> None:
    assert only(sheet(f"公司,{header}\n甲,{cell}\n")).values[key] == value


def test_a_grade_of_two_minds_is_kept_as_it_is(sheet) -> None:
    draft = only(sheet("公司,等级\n甲,A（普通客户）\n"))
    assert "grade" not in draft.values
    assert draft.values["sheet.等级"] == "A（普通客户）"


@pytest.mark.parametrize(
    ("code", "kept", "note"),
    [
        ("91310000132238005F", "91310000132238005F", ""),
        ("９１３１００００１３２２３８００５f", "91310000132238005F", ""),
        ("91310000132238005A", "91310000132238005A", "check character"),
        ("12345", "12345", "not an 18-character"),
    ],
)
def test_credit_codes(sheet, code: str, kept: str, note: str) -> None:
    draft = only(sheet(f"公司,税号\n甲,{code}\n"))
    assert draft.values["credit_code"] == kept
    assert [note in said for said in draft.notes] == [True] * bool(note)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("$342.09K", "$342,090"),
        ('"$22,700.00"', "$22,700"),
        ("10万-20万", "10万-20万"),
        ("10w", "10万"),
    ],
)
def test_amounts(sheet, cell: str, amount: str) -> None:
    assert str(only(sheet(f"公司,预算\n甲,{cell}\n")).values["budget"]) == amount


def test_amounts_that_are_none(sheet) -> None:
    open_ = only(sheet("公司,预算\n甲,面议\n"))
    assert dict(open_.values) == {"company": "甲"}
    assert open_.notes == ("budget: '面议' states no amount: unknown",)
    odd = only(sheet('公司,预算\n甲,"1,5 млн"\n'))
    assert dict(odd.values) == {"company": "甲", "sheet.预算": "1,5 млн"}
    assert "is not a unit of money" in odd.notes[0]
    assert only(sheet("公司,预算\n甲,#REF!\n")).values == {"company": "甲"}


def test_a_day_to_close_is_expected_as_long_as_the_deal_is_open(sheet) -> None:
    text = "Account Name,Stage,Close Date\nA,Qualification,2026-07-01\nB,Closed Won,2026-05-01\n"
    open_, won = (draft.values for draft in sheet(text).drafts)
    assert open_["expected_close_at"].date() == date(2026, 7, 1)
    assert "closed_at" not in open_
    assert won["closed_at"].date() == date(2026, 5, 1)


def test_a_name_in_two_columns(sheet) -> None:
    reading = sheet("First Name,Last Name,Company\nAda,Byron,Lumen\n")
    assert only(reading).values["contact"] == "Ada Byron"
    assert "contact is read from First Name and Last Name" in reading.notes
    assert only(sheet("姓,名,公司\n张,三,甲\n")).values["contact"] == "张三"


def test_a_row_that_adds_up_others_is_no_customer(sheet) -> None:
    one, total = sheet("公司,预算\n甲,5万\n合计,5万\n").drafts
    assert one.problems == ()
    assert "adds up" in total.problems[0]


def test_bytes_that_are_no_text_are_told_with_their_row(sheet) -> None:
    rows = "".join(
        f"公司{n},{'备注' * 100}\n" for n in range(2_000)
    )  # more than is looked at first
    reading = sheet(f"公司,备注\n{rows}坏\udcff行,备注\n好,备注\n")
    assert reading.total == 2_002
    assert any("row 2002" in note and "utf-8" in note for note in reading.notes)
    *_, bad, good = reading.drafts
    assert (bad.number, bad.cells) == (2_002, ("坏\ufffd行", "备注"))
    assert "not text in the file's encoding" in bad.problems[0]
    assert good.problems == ()


@pytest.mark.parametrize("mark", ["^", "~", "\x1f", "，", ":"])
def test_rare_delimiters(sheet, mark: str) -> None:
    text = f"公司{mark}电话{mark}备注\n甲{mark}13900139000{mark}好\n"
    assert only(sheet(text)).values == {"company": "甲", "phone": "13900139000", "remarks": "好"}


def test_quotation_marks_with_a_backslash(sheet) -> None:
    text = '公司,备注\n"甲 \\"一\\", 二","x"\n"乙","y"\n'
    assert [d.values["company"] for d in sheet(text).drafts] == ['甲 "一", 二', "乙"]


@pytest.mark.parametrize(
    ("text", "header", "customers"),
    [
        ("基本信息,,联系方式\n企业名称,联系人,电话\n甲,张,13900139000\n", 2, 1),
        ("填写说明：请勿修改表头,,\n,,\n公司,联系人,电话\n甲,张,13900139000\n", 3, 1),
        ("公司,联系人,电话\n必填，不超过50字,选填,请输入手机号\n甲,张,13900139000\n", 1, 1),
        ("公司,联系人,电话\ncompany,contact,phone\n必填,,必填\n甲,张,13900139000\n", 1, 1),
        ("外部编号,公司,来源\n系统自动生成,不可重复,下拉框选择\n7,甲,展会\n", 1, 1),
        ("公司,电话\n自动计算科技有限公司,\n甲,13900139000\n", 1, 2),
        ("公司,来源\n电话,微信\n", 1, 1),
        ("类型,方式\n电话,微信\n", 1, 1),
    ],
)
def test_the_header_is_found(sheet, text: str, header: int, customers: int) -> None:
    reading = sheet(text)
    assert len(list(reading.drafts)) == customers
    assert (f"row {header} is the header" in reading.notes) == (header > 1)


def test_a_sheet_without_a_header_is_told(sheet) -> None:
    reading = sheet("甲,13900139000\n乙,13900139001\n")
    assert "row 1 is taken for the header, though it names no field" in reading.notes


def test_columns_say_how_sure_they_are(sheet) -> None:
    reading = sheet("企业名称,联系电话,客户的来源,评分,手机\n甲,021,展会,9,139\n")
    company, phone, source, score, mobile = reading.mapping
    assert (company.key, company.confidence) == ("company", 1)
    assert phone.key == "phone"
    assert (source.key, source.why) == ("source", "like 客户来源")
    assert company.confidence > phone.confidence > source.confidence > 0.5
    assert score.key == "sheet.评分"
    assert mobile.why == "phone is read from 联系电话"
    assert any("客户的来源" in note and "%" in note for note in reading.notes)


@pytest.mark.parametrize(
    "header",
    ["上次跟进时间", "最近跟进人", "前负责人", "客户资源", "联系时间", "Lead Score", "Owner ID", "Parent Account",
     "Account Type", "产品名称", "公司地址", "法定代表人", "合同编号", "赢率", "微信昵称", "Previous Owner"],
)  # fmt: skip
def test_what_only_looks_like_a_field_is_none(sheet, header: str) -> None:
    assert sheet(f"公司,{header}\n甲,x\n").columns[header] == f"sheet.{header}"


def test_slips_of_typing(sheet) -> None:
    reading = sheet("Compny Name,Phone Numbr,Lead Souce\nA,021-55556666,Web\n")
    assert [column.key for column in reading.mapping] == ["company", "phone", "source"]


def test_a_saved_profile_reads_the_sheet_the_same_way(sheet) -> None:
    text = (
        '名称,联系人,预算(万元),手机,电话,首次接触时间,"a ""b"".c"\n甲,张,12,139,021,03/04/2024,x\n'
    )
    given = (
        '[dates]\n"首次接触时间" = "dmy"\n[values.budget]\n"12" = "30万"\n'
        '[values.stage]\nWon = { stage = "after_sales", status = "won", copy = { closed_at = "首次接触时间" } }\n'
        '[defaults]\nsource = "展\\"会"\n'
    )
    for profile in ("", given):
        reading = sheet(text, profile)
        wanted = dict(only(reading).values)
        saved = profile_of(reading)
        again = sheet(text, saved)
        assert dict(only(again).values) == wanted
        assert profile_of(again) == saved
    assert wanted["source"] == '展"会'
    assert wanted["first_contact_at"] - datetime(2024, 4, 3, tzinfo=UTC) == timedelta(0)
