"""Scorecards at work: what the shipped ones say, and the laws of grading by any card."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from crmcore.codec import Codec
from crmcore.customer import AUTHORITY, FIT, LEVELS, Customer
from crmcore.dialect import Dialect
from crmcore.evaluate import matches
from crmcore.fields import FieldCatalogue
from crmcore.grading.evidence import graded
from crmcore.grading.policy import Joint
from crmcore.hooktypes import Grader, Opinion
from crmcore.money import Money, MoneyRange, parse_range
from crmcore.query import Compare
from crmcore_scorecard.card import Condition, Scorecard
from crmcore_scorecard.conditions import check_of
from crmcore_scorecard.grading import grader_of
from crmcore_scorecard.reading import card_from, read_card
from crmcore_scorecard.sources import shipped, shipped_named

NOW = datetime(2024, 5, 1, tzinfo=UTC)
ZH = Dialect("zh", UTC)
CODEC = Codec(FieldCatalogue())
CARDS = {source.name.removesuffix(".toml"): card_from(source) for source in shipped()}
GENERAL_TEXT = shipped_named("general").text
GENERAL = CARDS["general"]
BEST = Customer(
    id="1",
    employees=5000,
    annual_revenue=Money(Decimal(2_000_000_000)),
    budget=parse_range("200万"),
    need_match="high",
    need_detail="连锁 120 家门店",
    source="老客户转介绍，看过演示",
    budget_fit="sufficient",
    decision_authority="decides",
    decision_process="项目已立项",
    priority="high",
    purchase_timing="本月",
    expected_close_at=NOW + timedelta(days=10),
)


def opinion(card: Scorecard = GENERAL, dialect: Dialect = ZH, **values: object) -> Opinion:
    return grader_of(card, dialect).grade(Customer(id="1").with_values(**values), NOW)


# the shipped cards


def test_there_is_a_card_for_each_industry_of_the_template_and_a_general_one():
    assert set(CARDS) == {"general", "manufacturing", "internet", "retail", "services"}
    assert [name for name, card in CARDS.items() if not card.industries] == ["general"]
    served = [name.casefold() for card in CARDS.values() for name in card.industries]
    assert len(served) == len(set(served))


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.name)
def test_a_shipped_card_knows_the_templates_dimensions(card):
    dimensions = ["size", "revenue", "need", "budget", "decision", "timing"]
    assert [dimension.key for dimension in card.dimensions] == dimensions
    assert {rule.dimension for rule in card.rules} == set(dimensions)
    assert [(t.grade, t.within_days) for t in card.thresholds] == [("A", 30), ("B", 60)]
    assert card.best == 100


@pytest.mark.parametrize("card", CARDS.values(), ids=lambda card: card.name)
def test_a_shipped_card_gives_its_best_grade_for_evidence_and_nothing_for_silence(card):
    said = grader_of(card, ZH).grade(BEST, NOW)
    assert (said.grade, said.score, said.raise_with, said.share_unknown) == ("A", 100, (), 0)
    nothing = opinion(card)
    assert (nothing.grade, nothing.score, nothing.share_unknown) == ("C", 0, 1)
    who = opinion(card, employees=BEST.employees, annual_revenue=BEST.annual_revenue)
    assert who.grade == "C"  # large and rich alone is no reason to buy
    # Even three dimensions at their best are not enough.
    points = sorted(
        (sum(r.best for r in card.rules if r.dimension == d.key) for d in card.dimensions),
        reverse=True,
    )
    assert sum(points[:2]) < card.thresholds[0].points


def test_industries_weigh_one_customer_differently():
    small = {
        "employees": 60, "annual_revenue": Money(Decimal(12_000_000)), "need_match": "high",
        "budget_fit": "sufficient", "decision_authority": "decides", "source": "试用",
        "expected_close_at": NOW + timedelta(days=7),
    }  # fmt: skip
    grades = {name: opinion(card, **small).grade for name, card in CARDS.items()}
    assert (grades["internet"], grades["manufacturing"]) == ("A", "B")


def test_the_evidence_of_the_best_customer():
    said = grader_of(GENERAL, ZH).grade(BEST, NOW)
    assert [(rule.field, rule.value, rule.points, rule.dimension) for rule in said.rules] == [
        ("employees", "5000", 10.0, "size"),
        ("annual_revenue", "20亿", 12.0, "revenue"),
        ("need_match", "高", 24.0, "need"),
        ("budget_fit", "充足", 22.0, "budget"),
        ("decision_authority", "决策者", 12.0, "decision"),
        ("expected_close_at", "2024-05-11", 10.0, "timing"),
        ("purchase_timing", "本月", 5.0, "timing"),
        ("priority", "高", 5.0, "timing"),
    ]
    assert said.rules[0].reason_zh == "500 人以上企业"
    assert said.rules[0].reason_en == "500 employees or more"
    assert (said.version, said.best) == ("2", 100.0)


def test_evidence_is_written_in_the_workspaces_language():
    said = opinion(
        dialect=Dialect("en", UTC), need_match="high", annual_revenue=Money(Decimal(10**8))
    )
    assert [rule.value for rule in said.rules if rule.value] == ["¥100,000,000", "High"]


@pytest.mark.parametrize(
    ("field", "value", "points"),
    [
        ("employees", 0, 0),
        ("employees", 19, 0),
        ("employees", 20, 3),
        ("employees", 499, 7),
        ("employees", 500, 10),
        ("annual_revenue", Money(Decimal(2_999_999)), 0),
        ("annual_revenue", Money(Decimal(3_000_000)), 3),
        ("annual_revenue", Money(Decimal(50_000_000)), 9),
        ("annual_revenue", Money(Decimal("99999999.99")), 9),
        ("annual_revenue", Money(Decimal(100_000_000)), 12),
        ("budget_fit", "insufficient", 0),
        ("decision_authority", "uses", 3),
        ("expected_close_at", NOW - timedelta(days=400), 10),
        ("expected_close_at", NOW + timedelta(days=30), 10),
        ("expected_close_at", NOW + timedelta(days=30, seconds=1), 5),
        ("expected_close_at", NOW + timedelta(days=60), 5),
        ("expected_close_at", NOW + timedelta(days=61), 0),
        ("expected_close_at", datetime(9999, 12, 1, tzinfo=UTC), 0),
        ("purchase_timing", "ASAP please", 5),
        ("purchase_timing", "下月", 3),
        ("purchase_timing", "6 月底前", 0),
    ],
)
def test_the_edges_of_bands(field, value, points):
    assert opinion(**{field: value}).score == points


def test_unknown_is_told_and_never_counted():
    said = opinion(need_match="low")
    silent = [rule for rule in said.rules if rule.points is None]
    assert len(silent) == 7
    assert silent[0].reason_zh == "企业规模(人数)未知"
    assert silent[0].reason_en == "Employees unknown"
    assert silent[0].value == ""


def test_money_of_another_currency_is_unknown_but_shown():
    said = opinion(annual_revenue=Money(Decimal(22_700), "USD"))
    [rule] = [rule for rule in said.rules if rule.field == "annual_revenue"]
    assert (rule.points, rule.value) == (None, "$22,700")
    assert rule.reason_en == "Annual revenue cannot be compared"


@pytest.mark.parametrize(
    ("known", "asked", "leads_to"),
    [
        # 66 of 70: each of the two would do alone.
        (
            {"need_match": "high", "budget_fit": "sufficient", "employees": 900, "priority": "low",
             "expected_close_at": NOW, "purchase_timing": "以后"},
            ("annual_revenue", "decision_authority"), ("A", "A"),
        ),
        # 24 of 40: only the strongest would do alone.
        ({"need_match": "high"}, ("budget_fit",), ("B",)),
        # Nothing known: the fewest that would do together.
        ({}, ("need_match", "budget_fit"), ("", "")),
        ({"need_match": "low", "budget_fit": "insufficient", "employees": 1, "priority": "low",
          "expected_close_at": NOW + timedelta(90)}, (), ()),
    ],
)  # fmt: skip
def test_what_would_raise_the_grade(known, asked, leads_to):
    said = opinion(**known)
    assert (said.raise_with, said.raise_to) == (asked, leads_to)


def test_the_digest_is_of_what_the_card_says():
    assert GENERAL.digest == read_card(GENERAL_TEXT.replace("  ", "   "), "x").digest
    for right, wrong in [
        ("at_least = 500, points = 10", "at_least = 501, points = 10"),
        ("within_days = 60 }\n\n", "within_days = 61 }\n\n"),
        ('zh = "年营收"', 'zh = "营收"'),
    ]:
        assert right in GENERAL_TEXT
        assert GENERAL.digest != read_card(GENERAL_TEXT.replace(right, wrong), "x").digest
    assert len(GENERAL.digest) == 64


def test_choices_read_as_people_write_them():
    text = GENERAL_TEXT.replace('is = "high", points = 24', 'is = "高", points = 24')
    assert read_card(text, "x").digest == GENERAL.digest


# laws

levels = st.sampled_from([None, *(choice.key for choice in LEVELS)])
VALUES = {
    "employees": st.none() | st.integers(0, 10**6),
    "annual_revenue": st.none()
    | st.builds(Money, st.decimals(0, 10**10, places=2), st.sampled_from(["CNY", "USD"])),
    "budget": st.none() | st.integers(0, 10**7).map(lambda n: MoneyRange(Decimal(n), None)),
    "need_match": levels,
    "need_detail": st.none() | st.sampled_from(["连锁", "一家门店", "x" * 501]) | st.text(),
    "source": st.none() | st.sampled_from(["官网", "转介绍", "展会"]) | st.text(),
    "budget_fit": st.sampled_from([None, *(choice.key for choice in FIT)]),
    "decision_authority": st.sampled_from([None, *(choice.key for choice in AUTHORITY)]),
    "decision_process": st.none() | st.sampled_from(["已立项", "招标"]),
    "priority": levels,
    "purchase_timing": st.none() | st.sampled_from(["本月", "双11前"]) | st.text(),
    "expected_close_at": st.none()
    | st.integers(-100, 100).map(lambda days: NOW + timedelta(days=days)),
}
customers = st.builds(lambda **values: Customer(id="1", **values), **VALUES)
cards = st.sampled_from(sorted(CARDS))
WARM = {name: grader_of(card, ZH) for name, card in CARDS.items()}


AGAIN = {name: read_card("# moved\n" + shipped_named(name).text, "elsewhere") for name in CARDS}


def evidence(grader: Grader, customer: Customer) -> bytes:
    """What is stored of a grade, the words included."""
    whole = graded(customer, Joint(grader.name, grader.grade(customer, NOW)), NOW, ZH)
    return json.dumps(CODEC.encode(whole), ensure_ascii=False).encode()


@given(customers, cards)
def test_the_same_customer_card_and_clock_give_the_same_evidence(customer, name):
    first = evidence(WARM[name], customer)
    assert first == evidence(WARM[name], customer) == evidence(grader_of(AGAIN[name], ZH), customer)
    assert b'"grade_evidence"' in first and CARDS[name].digest.encode() in first


ELSEWHERE = """
import json, sys
from datetime import UTC, datetime
from crmcore.codec import Codec
from crmcore.dialect import Dialect
from crmcore.fields import FieldCatalogue
from crmcore_scorecard.grading import grader_of
from crmcore_scorecard.reading import card_from
from crmcore_scorecard.sources import shipped_named
customer = Codec(FieldCatalogue()).decode(json.loads(sys.argv[1]))
grader = grader_of(card_from(shipped_named("general")), Dialect("zh", UTC))
print(repr(grader.grade(customer, datetime(2024, 5, 1, tzinfo=UTC))), end="")
"""


def test_another_process_gives_the_same_evidence_too():
    customer = evolve(BEST, tags=("vip", "展会"), remarks="x", priority=None)
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE, json.dumps(CODEC.encode(customer))],
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode() == repr(WARM["general"].grade(customer, NOW))


@given(customers, cards, st.sampled_from(sorted(VALUES)))
def test_an_unknown_field_never_changes_what_the_others_say(customer, name, field):
    before = WARM[name].grade(customer, NOW)
    after = WARM[name].grade(evolve(customer, **{field: None}), NOW)
    assert [r for r in before.rules if r.field != field] == [
        r for r in after.rules if r.field != field
    ]
    assert all(rule.points is None for rule in after.rules if rule.field == field)


@given(customers, cards)
def test_score_share_and_raising_hold_what_they_say(customer, name):
    card, said = CARDS[name], WARM[name].grade(customer, NOW)
    assert said.score == sum(rule.points for rule in said.rules if rule.points is not None)
    silent = [rule.field for rule in said.rules if rule.points is None]
    reach = {rule.field: rule.reach for rule in card.rules}
    assert said.share_unknown == pytest.approx(
        sum(reach[field] for field in silent) / sum(reach.values()), abs=1e-4
    )

    def with_best(*fields: str) -> str:
        best = {field: getattr(BEST, field) for field in fields}
        return WARM[name].grade(customer.with_values(**best), NOW).grade

    for field in silent:
        if all(said.raise_to):
            assert (with_best(field) < said.grade) == (field in said.raise_with)
    assert set(said.raise_with) <= set(silent)
    for field, grade in zip(said.raise_with, said.raise_to, strict=True):
        if grade:
            assert with_best(field) == grade < said.grade
        else:
            assert with_best(field) == said.grade
    if said.raise_with:
        assert with_best(*said.raise_with) < said.grade
    else:
        assert with_best(*silent) == said.grade


numbers = st.integers(-3, 3).map(lambda n: Decimal(n) / 2)
WORDS = {"at_least": ">=", "more_than": ">", "at_most": "<=", "less_than": "<", "is": "="}


@given(numbers, numbers, st.sampled_from(sorted(WORDS)), st.sampled_from(["CNY", "USD"]))
def test_conditions_agree_with_the_query_language(value, wanted, word, currency):
    fields = FieldCatalogue()
    pairs = [
        ("employees", int(value), int(wanted)),
        ("annual_revenue", Money(value), Money(wanted, currency)),
    ]
    for key, held, asked in pairs:
        check = check_of(fields.named(key), Condition(word, asked), ZH)
        expected = matches(Compare(key, WORDS[word], asked), {key: held}.get, fields)
        found = check(held, NOW)
        assert found == expected or (found is False and expected is None and word == "is")


# a team's own fields

OWN = """\
name = "own"
version = "1"
label = { zh = "x", en = "x" }
grades = { A = 20, B = 10 }

[[rule]]
field = "%s"
bands = [
  { %s, points = 20, zh = "是", en = "yes" },
  { points = 0, zh = "否", en = "no" },
]
"""


@pytest.mark.parametrize(
    ("condition", "value", "points"),
    [
        ("at_least = 5", "7", 20),
        ("at_least = 5", "４", 0),
        ("at_least = 5", "1,000", 20),
        ("at_least = 5", "8人", 20),
        ("at_least = 5", 5, 20),
        ("at_least = 5", 4.5, 0),
        ("at_least = 5", "many", None),
        ("at_least = 5", True, None),
        ("at_least = 5", float("nan"), None),
        ("at_least = 5", Money(Decimal(5)), None),
        ("at_least = '10万'", "12万", 20),
        ("at_least = '10万'", "$12万", None),
        ("at_least = '10万'", Money(Decimal(99_999)), 0),
        ("at_least = '10万'", parse_range("10万-20万"), 20),
        ("at_least = '10万'", 100_000, 20),
        ("is = 5", "5.0", 20),
        ("is = 5", "five", 0),
        ("is = true", "是", 20),
        ("is = true", True, 20),
        ("is = true", "no", 0),
        ("is = 'gold'", "gold", 20),
        ("is = 'gold'", ["silver", "gold"], 20),
        ("in = ['a', 3]", "3.0", 20),
        ("in = ['a', 3]", "b", 0),
        ("contains = 'PRO'", "a pro plan", 20),
        ("matches = '^v[0-9]+$'", "V12", 20),
        ("matches = '^v[0-9]+$'", "x" * 501, None),
        ("within_days = 30", "2024-05-20", 20),
        ("within_days = 30", "2024-07-20", 0),
        ("within_days = 30", NOW + timedelta(days=3), 20),
        ("within_days = 30", "明天", None),
        ("within_days = 30", "5月20日", None),
        ("within_days = 30", 3, None),
        ("after_days = 60", "2024-07-20", 20),
        ("after_days = -7", "2024-04-28", 20),
        ("unknown = true", None, 20),
        ("unknown = true", "x", 0),
    ],
)
def test_a_sheets_own_field_is_read_as_what_it_is_compared_with(condition, value, points):
    card = read_card(OWN % ("sheet.x", condition), "own.toml")
    [rule] = opinion(card, **{"sheet.x": value}).rules
    assert rule.points == points


def test_tags_ranges_and_computed_fields_can_be_looked_at():
    tags = read_card(OWN % ("tags", 'in = ["展会", "会议"]'), "own.toml")
    assert opinion(tags, tags=("x", "会议")).score == 20
    assert opinion(tags, tags=()).rules[0].points is None
    budget = read_card(OWN % ("预算", 'at_least = "10万"'), "own.toml")
    assert opinion(budget, budget=parse_range("5万-20万")).score == 20
    value = read_card(OWN % ("value", 'more_than = "10万"'), "own.toml")
    assert opinion(value, price=Money(Decimal(100_001))).score == 20


def test_an_unknown_value_can_be_worth_something_and_still_be_asked_for():
    text = (OWN % ("employees", "at_least = 500")).replace(
        "bands = [", 'bands = [\n  { unknown = true, points = 12, zh = "不知", en = "unknown" },'
    )
    said = opinion(read_card(text, "own.toml"))
    assert (said.grade, said.score, said.share_unknown) == ("B", 12, 1)
    assert (said.raise_with, said.raise_to) == (("employees",), ("A",))
    assert (said.rules[0].points, said.rules[0].reason_en) == (12, "unknown")


def test_two_rules_on_one_field_promise_no_more_than_one_value_can_hold():
    text = OWN % ("employees", "at_least = 500") + (
        '[[rule]]\nkey = "small"\nfield = "employees"\nbands = [\n'
        '  { less_than = 50, points = 15, zh = "小", en = "small" },\n'
        '  { points = 0, zh = "大", en = "large" },\n]\n'
    )
    card = read_card(text.replace("A = 20, B = 10", "A = 30, B = 18"), "own.toml")
    assert (opinion(card).raise_with, opinion(card).raise_to) == (("employees",), ("B",))
