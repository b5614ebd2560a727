"""Filter texts find whom people mean, and say where they cannot be understood."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.errors import CrmError, UnknownFieldError, UsageError, ValueRefusedError
from crmcore.evaluate import matches
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.money import parse_money, parse_range
from crmcore.pipeline import STANDARD
from crmcore.query import EVERYBODY, And, Compare, Not, known, unknown
from crmcore.querytext import DEEPEST, LONGEST, parse_query
from crmcore.records import Activity
from crmcore.wording import Text
from crmcore.words import SEARCHED

T = Text("甲", "A")
FIELDS = FieldCatalogue(
    [
        FieldSpec("test.vip", Kind.YES_NO, "basic", Text("贵宾", "Vip"), T),
        FieldSpec("test.score", Kind.NUMBER, "basic", Text("得分", "Score"), T),
    ]
)
ZONE = ZoneInfo("Asia/Shanghai")
ZH = Dialect("zh", ZONE)
NOW = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)  # 10:00 on Wednesday in Shanghai


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=ZONE).astimezone(UTC)


CUSTOMERS = (
    Customer(
        id="a",
        company="Acme 上海(浦东)有限公司",
        contact="王经理",
        email="wang@acme.com",
        owner="李娜",
        grade="A",
        price=parse_money("15万"),
        budget=parse_range("10万-20万"),
        employees=1200,
        stage="negotiation",
        tags=("展会", "VIP"),
        next_step_due=local(2024, 5, 2, 9),
        closed_at=local(2024, 5, 1),
        remarks="see http://acme.com at 10:30 or later",
        activities=(Activity(NOW, "call", "谈了价格"),),
        extra={"test.vip": True, "sheet.color": "Red"},
    ),
    Customer(
        id="b",
        company="Bolt Ltd",
        phone="13800138000",
        owner="Bo Li",
        grade="B",
        stage="screening",
        price=parse_money("¥5,000"),
        employees=20,
        next_step_due=local(2024, 5, 6, 9),
        closed_at=local(2024, 4, 30, 23, 59),
        extra={"test.vip": False},
    ),
    Customer(id="c", company='C "C" - D', status="lost", tags=("other",)),
)


def query(text: str, **options):
    options = {"stages": lambda word: STANDARD.named(word).key, **options}
    return parse_query(text, FIELDS, ZH, NOW, **options)


def found(text: str, **options) -> str:
    """The ids of those that *text* finds."""
    condition = query(text, **options)
    return "".join(
        customer.id
        for customer in CUSTOMERS
        if matches(condition, lambda key, c=customer: FIELDS.value(c, key), FIELDS)
    )


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", "abc"),
        ("  \n ", "abc"),
        # words
        ("acme", "a"),
        ("ACME 王经理", "a"),
        ("acme bolt", ""),
        ("acme or bolt", "ab"),
        ("acme 或 bolt", "ab"),
        ("acme OR bolt ltd", "ab"),
        ("acme and 王经理", "a"),
        ('"bolt ltd"', "b"),
        ("“bolt ltd”", "b"),
        ('"ltd bolt"', ""),
        ('"or later"', "a"),
        (r'"C \"C\""', "c"),
        ("138", "b"),
        ("vip", "a"),
        ("上海(浦东)", "a"),
        ("http://acme.com", "a"),
        ("10:30", "a"),
        ("wang@acme.com", "a"),
        ('""', "abc"),
        ("-", "c"),
        # not
        ("-acme", "bc"),
        ("not acme", "bc"),
        ("-wang", "bc"),
        ("--acme", "a"),
        ("-(acme or bolt)", "c"),
        ("not(acme or bolt)", "c"),
        ("not (acme bolt)", "abc"),
        ("-acme -bolt", "c"),
        ("acme or (bolt and -ltd)", "a"),
        ("（acme or bolt） ltd", "b"),
        # tags and owners
        ("#展会", "a"),
        ("#展", ""),
        ("#展会,other", "ac"),
        ("-#展会", "bc"),
        ("@李娜", "a"),
        ('@"bo li"', "b"),
        ("-@李娜", "bc"),
        # text fields
        ("owner:李", "a"),
        ("owner:LI", "b"),
        ("owner=李", ""),
        ("owner=李娜", "a"),
        ("负责人：李娜", "a"),
        ("Owner:李娜,bo", "ab"),
        ("owner:李娜，bo", "ab"),
        ("owner!=李娜", "b"),
        ("owner!=李娜,x", "b"),
        ("-owner:李娜", "b"),
        ('company:"acme 上海"', "a"),
        ('company:"C \\"C"', "c"),
        ("company:上海(浦东)有限", "a"),
        ("sales_rep:bo", "b"),
        ('"sales rep":bo', "b"),
        ("企业规模(人数)>500", "a"),
        ("企业规模（人数）＞500", "a"),
        ("id>a", "bc"),
        # tags and records by their field
        ("tags:VI", "a"),
        ("tags=VIP", "a"),
        ("tags=vip", ""),
        ("tags:展,oth", "ac"),
        ("-tags:展会", "c"),
        ("activities:价格", "a"),
        # numbers and money
        ("employees>20", "a"),
        ("employees>=20", "ab"),
        ("employees≥20", "ab"),
        ("employees:1,200", "a"),
        ("employees:20,1200", "ab"),
        ("employees:>20", "a"),
        ("employees==20", "b"),
        ("value>10万", "a"),
        ("客户价值<=5000", "b"),
        ("price:¥5,000", "b"),
        ("price=15万,5千", "ab"),
        ("price>$1", ""),
        ("budget>14万", "a"),
        ("金额<14万", ""),
        # choices, yes and no
        ("grade:A", "a"),
        ("grade:a,B", "ab"),
        ("等级:重点客户", "a"),
        ("grade!=A", "b"),
        ("status:流失", "c"),
        ("status:open,lost", "abc"),
        ("贵宾:是", "a"),
        ("vip:no", "b"),
        # known and not known
        ("owner:*", "ab"),
        ("owner:?", "c"),
        ("owner：？", "c"),
        ("owner!=?", "ab"),
        ("owner!=*", "c"),
        ("-owner:?", "ab"),
        ("tags:?", "b"),
        # stages
        ("stage:谈判", "a"),
        ("stage:4", "a"),
        ("stage=谈判,筛选", "ab"),
        ("stage!=谈判", "bc"),
        # moments
        ("due<3d", "a"),
        ("due<=3d", "a"),
        ("due>3d", "b"),
        ("due<明天", ""),
        ("due<=明天", "a"),
        ("due>明天", "b"),
        ("due>=明天", "ab"),
        ("due:明天", "a"),
        ("due:1d", "a"),
        ("due:2024-05-02,2024-05-06", "ab"),
        ('due="2024-05-02 09:00"', "a"),
        ("due=2024-05-02T09:00", "a"),
        ("due:2024-05-02T09:01", ""),
        ("due!=2024-05-02", "b"),
        ("closed:今天", "a"),
        ("closed:昨天", "b"),
        ("closed<2024-05-01", "b"),
        ("closed<=2024-04-30", "b"),
        ("closed>2024-04-30", "a"),
        # fields of absent plugins
        ("sheet.color:red", "a"),
        ("sheet.color=red", ""),
        # together
        ("owner:李娜 grade:A value>10万 due<3d 负责人:李娜", "a"),
        ("grade:A or grade:B value<1万", "ab"),
        ("(grade:A or grade:B) value<1万", "b"),
        ("grade:A or owner:? -acme", "ac"),
    ],
)
def test_a_text_finds_whom_it_means(text: str, ids: str) -> None:
    assert found(text) == ids


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("(acme", UsageError, "position 1 is not closed"),
        ("acme (bolt (x)", UsageError, "position 6 is not closed"),
        ("acme)", UsageError, "position 5 closes nothing"),
        ("a ()", UsageError, "before '\\)' at position 4"),
        ('acme "bolt', UsageError, "quote at position 6"),
        ('owner:"李', UsageError, "quote at position 7"),
        ("acme or", UsageError, "ends where"),
        ("or acme", UsageError, "before 'or' at position 1"),
        ("not", UsageError, "ends where"),
        ("a or or b", UsageError, "before 'or' at position 6"),
        ("owner:", UsageError, "needs a value"),
        ("due<", UsageError, "needs a value"),
        ('owner:" "', UsageError, "needs a value"),
        ("tags=#", UsageError, "nothing to compare"),
        ("grade>B", UsageError, "grade:a,b"),
        ("stage>2", UsageError, "no smaller and greater"),
        ("tags<x", UsageError, "no smaller and greater"),
        ("activities=x", UsageError, "activities:word"),
        ("stage:nowhere", UsageError, "no stage 'nowhere'"),
        ("gradee:A", UnknownFieldError, "Did you mean grade"),
        ("(gradee:A", UnknownFieldError, "gradee"),
        ("grade:D", ValueRefusedError, "one of A"),
        ("value>10万万", ValueRefusedError, "money such as"),
        ("due<whenever", ValueRefusedError, "a date or time"),
        ("employees:many", ValueRefusedError, "whole number"),
        ("(" * (DEEPEST + 1) + "a" + ")" * (DEEPEST + 1), UsageError, "too deep"),
        ("a" * (LONGEST + 1), UsageError, "too long"),
    ],
)
def test_what_is_not_understood_is_said(text: str, error: type[CrmError], words: str) -> None:
    with pytest.raises(error, match=words):
        query(text)


PIECES = st.sampled_from(
    [
        "owner", "grade", "价格", "due", "stage", "tags", "gone.x", ":", "=", "!=", "<", ">=", "：", "A", "10万",
        "3d", "今天", "*", "?", ",", "，", " ", " ", '"', "“", "”", "\\", "(", ")", "（", "）", "-", "not", "or", "或",
        "and", "#", "@", "x", "//", "\x1b", "\ud800", "1" * 30, "price", "activities", "test.vip",
    ]
)  # fmt: skip


@given(st.text() | st.lists(PIECES, max_size=12).map("".join))
def test_any_text_is_a_condition_or_a_crm_error(text: str) -> None:
    try:
        condition = query(text)
    except CrmError as error:
        assert str(error)
        return
    for customer in CUSTOMERS:
        matches(condition, lambda key, c=customer: FIELDS.value(c, key), FIELDS)


def test_hostile_depth_is_no_crash() -> None:
    assert found("-" * 9_995 + "acme") == "bc"
    with pytest.raises(UsageError):
        query("(-" * 4_000 + "a")


@given(st.text(min_size=1, max_size=20))
def test_a_quoted_text_is_looked_for_as_it_stands(text: str) -> None:
    from crmcore.text import clean

    customer = Customer(id="1", company=clean(text) or None)
    quoted = '"' + clean(text).replace("\\", "\\\\").replace('"', '\\"') + '"'
    condition = query(quoted)
    assert matches(condition, lambda key: FIELDS.value(customer, key), FIELDS)


WORDS = st.sampled_from(
    ["acme", "王经理", "owner:李娜", "grade:B", "#VIP", "@bo", "due<3d", "price:?"]
)
FILTERS = st.recursive(
    WORDS,
    lambda inner: (
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]} or {pair[1]})")
        | st.tuples(inner, inner).map(lambda pair: f"({pair[0]} {pair[1]})")
        | inner.map("not({})".format)
    ),
    max_leaves=6,
)


@given(FILTERS, FILTERS)
def test_filters_combine_as_sets(one: str, other: str) -> None:
    both, either = found(f"{one} {other}"), found(f"{one} or {other}")
    assert set(both) == set(found(one)) & set(found(other))
    assert set(either) == set(found(one)) | set(found(other))
    assert not set(found(f"not({one})")) & set(found(one))


FREE = st.lists(st.sampled_from(["acme", "王经理", "#VIP", "@bo", "138"]), min_size=1, max_size=3)


@given(FREE, st.booleans())
def test_what_free_words_do_not_find_their_negation_finds(words: list[str], any_of: bool) -> None:
    text = (" or " if any_of else " ").join(words)
    assert set(found(f"-({text})")) == {"a", "b", "c"} - set(found(text))


def test_conditions_are_small_enough_for_a_database() -> None:
    assert query("") is EVERYBODY
    assert query("grade:A") == Compare("grade", "=", "A")
    assert query("grade:A,B") == Compare("grade", "in", ("A", "B"))
    assert query("owner:*") == known("owner")
    assert query("owner:?") == unknown("owner")
    assert query("owner!=x") == Not(Compare("owner", "=", "x"))
    assert query("due<3d") == Compare("next_step_due", "<", NOW + timedelta(days=3))
    assert query("acme") == Compare("words", "contains", "acme")
    assert query("grade:A owner=x status:won") == And(
        (
            Compare("grade", "=", "A"),
            Compare("owner", "=", "x"),
            Compare("status", "=", "won"),
        )
    )


def test_free_words_are_looked_for_in_fields_there_are() -> None:
    assert all(key in FIELDS for key in SEARCHED)


def test_a_day_is_as_long_as_the_clocks_make_it() -> None:
    new_york = evolve(ZH, zone=ZoneInfo("America/New_York"))
    condition = parse_query("closed:2024-11-03", FIELDS, new_york, NOW)
    begin, end = (part.value for part in condition.parts)
    assert end - begin == timedelta(hours=25)


def test_without_stages_a_stage_is_its_key() -> None:
    assert found("stage=negotiation", stages=None) == "a"
    assert found("stage:谈判", stages=None) == ""
