"""What people type becomes a value of its field, and what is shown is read back the same."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from crmcore.dialect import Dialect
from crmcore.errors import ValueRefusedError
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.money import parse_money, parse_range
from crmcore.records import Objection
from crmcore.values import expected, parse_value, show_value
from crmcore.wording import Text

NOW = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)
ZH = Dialect("zh", ZoneInfo("Asia/Shanghai"))
DIALECTS = [
    ZH,
    ZH.speaking("en"),
    Dialect("en", ZoneInfo("America/New_York"), "USD"),
    Dialect("zh", ZoneInfo("Europe/London"), "USD"),
]
T = Text("测试", "Test")
PLUGIN_FIELDS = tuple(
    FieldSpec(f"test.{kind.name.lower()}", kind, "basic", T, T)
    for kind in (Kind.NUMBER, Kind.YES_NO, Kind.MONEY, Kind.TAGS)
)
FIELDS = FieldCatalogue(PLUGIN_FIELDS)
TYPED = [spec for spec in FIELDS.stored() if spec.kind not in (Kind.RECORD, Kind.RECORDS)]


def read(key: str, text: str, dialect: Dialect = ZH):
    return parse_value(FIELDS.named(key), text, dialect, NOW)


@pytest.mark.parametrize("spec", TYPED, ids=lambda spec: spec.key)
@given(data=st.data())
def test_a_shown_value_is_read_back(spec: FieldSpec, values_of, data) -> None:
    value = data.draw(values_of(spec))
    dialect = data.draw(st.sampled_from(DIALECTS))
    assert parse_value(spec, show_value(spec, value, dialect), dialect, NOW) == value


@pytest.mark.parametrize("spec", TYPED, ids=lambda spec: spec.key)
def test_the_example_of_a_field_is_a_value_of_it(spec: FieldSpec) -> None:
    for dialect in DIALECTS:
        value = parse_value(spec, spec.example, dialect, NOW)
        assert (value not in (None, ())) == bool(spec.example)


@pytest.mark.parametrize("spec", TYPED, ids=lambda spec: spec.key)
@given(text=st.text(max_size=40))
def test_any_text_is_a_value_or_refused(spec: FieldSpec, text: str) -> None:
    try:
        value = parse_value(spec, text, ZH, NOW)
    except ValueRefusedError as error:
        assert error.field == spec.key
        return
    assert parse_value(spec, show_value(spec, value, ZH), ZH, NOW) == value


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("company", "  某某\t科技\n公司 ", "某某 科技 公司"),
        ("need_detail", "一\r\n二\x1b[2J", "一\n二[2J"),
        ("employees", "500人", 500),
        ("employees", "1,200 人", 1200),
        ("employees", "１２００", 1200),
        ("employees", "500.0", 500),
        ("satisfaction", "5分", 5),
        ("price", "10万", parse_money("10万")),
        ("budget", "10-20万", parse_range("10万-20万")),
        ("next_step_due", "明天 10:00", datetime(2024, 5, 2, 2, 0, tzinfo=UTC)),
        ("priority", "高", "high"),
        ("priority", " HIGH ", "high"),
        ("grade", "a类", "A"),
        ("status", "已成交", "won"),
        ("validity", "待核实", "unchecked"),
        ("decision_authority", "Decision Maker", "decides"),
        ("tags", "展会; #高意向，展会、VIP", ("展会", "高意向", "VIP")),
        ("tags", "# ;;", ()),
        ("test.number", "1,234.50", Decimal("1234.50")),
        ("test.yes_no", "是", True),
        ("test.yes_no", "No", False),
    ],
)
def test_values_are_read_by_the_kind_of_their_field(key: str, text: str, value: object) -> None:
    assert read(key, text) == value


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("employees", "12-"),
        ("employees", "1e9"),
        ("employees", "500.5"),
        ("employees", "1,5"),
        ("employees", "٣"),
        ("employees", "−5"),
        ("employees", "9" * 400),
        ("employees", "NaN"),
        ("test.number", "NaN"),
        ("test.number", "Infinity"),
        ("test.number", "1e999999999"),
        ("test.number", "1_000"),
        ("test.number", "1,5"),
        ("test.number", "٣.٥"),
        ("test.yes_no", "maybe"),
        ("priority", "最高"),
        ("grade", "D"),
        ("price", "10万万"),
        ("budget", "20万-10万"),
        ("next_step_due", "2026-13-45"),
        ("activities", "打过电话"),
        ("grading", "A"),
    ],
)
def test_what_is_no_value_is_refused_with_what_was_expected(key: str, text: str) -> None:
    with pytest.raises(ValueRefusedError) as refused:
        read(key, text)
    spec = FIELDS.named(key)
    assert expected(spec, ZH) in str(refused.value)
    assert key in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("spec", TYPED, ids=lambda spec: spec.key)
@pytest.mark.parametrize("text", ["", "  ", "\x00\n"])
def test_nothing_is_unknown(spec: FieldSpec, text: str) -> None:
    assert parse_value(spec, text, ZH, NOW) == (() if spec.kind is Kind.TAGS else None)
    assert show_value(spec, None, ZH) == ""


def test_money_keeps_its_currency_in_a_workspace_of_another() -> None:
    dollars = evolve(ZH, currency="USD")
    spec = FIELDS.named("price")
    yuan = parse_money("10万")
    assert show_value(spec, yuan, dollars) == "¥10万"
    assert parse_value(spec, "10万", dollars, NOW) == parse_money("$100,000")


def test_records_are_shown_one_a_line() -> None:
    spec = FIELDS.named("objections")
    records = (Objection("太贵", "可分期", resolved=True), Objection("交期长", at=NOW))
    assert show_value(spec, records, ZH) == "太贵 · 可分期 · 是\n交期长 · 2024-05-01 10:00"
