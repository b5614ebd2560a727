"""Scorecards: what the general one says, what teams may write, and how mistakes are told."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

import crmcore_scorecard
from crmcore.config import Config
from crmcore.customer import AUTHORITY, FIT, LEVELS, Customer
from crmcore.dialect import Dialect
from crmcore.errors import ConfigError
from crmcore.hooktypes import Grader, Opinion
from crmcore.host import PluginHost
from crmcore.money import Money
from crmcore_scorecard.card import Scorecard
from crmcore_scorecard.grading import grader_of
from crmcore_scorecard.reading import read_card

NOW = datetime(2024, 5, 1, tzinfo=UTC)
ZH = Dialect("zh", UTC)
BEST = Customer(
    id="1",
    employees=800,
    annual_revenue=Money(Decimal(200_000_000)),
    need_match="high",
    budget_fit="sufficient",
    decision_authority="decides",
    priority="high",
)
GENERAL_TEXT = files(crmcore_scorecard).joinpath("general.toml").read_text("utf-8")
GENERAL = read_card(GENERAL_TEXT, "general.toml")


def opinion(card: Scorecard = GENERAL, dialect: Dialect = ZH, **values: object) -> Opinion:
    return grader_of(card, dialect).grade(Customer(id="1").with_values(**values), NOW)


def test_the_best_customer_has_all_the_points():
    said = grader_of(GENERAL, ZH).grade(BEST, NOW)
    assert (said.grade, said.score, said.raise_with, said.version) == ("A", 100.0, (), "1")
    assert [(rule.field, rule.value, rule.points) for rule in said.rules] == [
        ("need_match", "高", 25.0),
        ("budget_fit", "充足", 25.0),
        ("employees", "800", 15.0),
        ("annual_revenue", "2亿", 15.0),
        ("decision_authority", "决策者", 10.0),
        ("priority", "高", 10.0),
    ]
    assert said.rules[2].reason_zh == "500 人以上企业"
    assert said.rules[2].reason_en == "500 employees or more"


def test_evidence_is_written_in_the_workspaces_language():
    said = opinion(
        dialect=Dialect("en", UTC), need_match="high", annual_revenue=Money(Decimal(10**8))
    )
    assert [rule.value for rule in said.rules if rule.points is not None] == [
        "High",
        "¥100,000,000",
    ]


@pytest.mark.parametrize(
    ("field", "value", "points"),
    [
        ("employees", 0, 0),
        ("employees", 19, 0),
        ("employees", 20, 5),
        ("employees", 99, 5),
        ("employees", 100, 10),
        ("employees", 499, 10),
        ("employees", 500, 15),
        ("annual_revenue", Money(Decimal(2_999_999)), 0),
        ("annual_revenue", Money(Decimal(3_000_000)), 4),
        ("annual_revenue", Money(Decimal(10_000_000)), 8),
        ("annual_revenue", Money(Decimal(50_000_000)), 12),
        ("annual_revenue", Money(Decimal(99_999_999)), 12),
        ("annual_revenue", Money(Decimal(100_000_000)), 15),
        ("need_match", "medium", 12),
        ("need_match", "low", 0),
        ("budget_fit", "insufficient", 0),
        ("decision_authority", "uses", 3),
        ("decision_authority", "none", 0),
    ],
)
def test_the_edges_of_the_general_cards_bands(field, value, points):
    assert opinion(**{field: value}).score == points


@pytest.mark.parametrize(
    ("values", "grade"),
    [
        ({}, "C"),
        ({"need_match": "high", "budget_fit": "partial"}, "C"),  # 37
        ({"need_match": "high", "employees": 600}, "B"),  # 40
        ({"need_match": "high", "budget_fit": "sufficient", "employees": 600}, "B"),  # 65
        (
            {
                "need_match": "high",
                "budget_fit": "sufficient",
                "priority": "high",
                "employees": 100,
            },
            "A",
        ),
    ],
)
def test_the_thresholds(values, grade):
    assert opinion(**values).grade == grade


def test_unknown_is_told_and_never_counted():
    said = opinion(need_match="low")
    silent = [rule for rule in said.rules if rule.points is None]
    assert len(silent) == 5
    assert silent[1].reason_zh == "企业规模(人数)未知"
    assert silent[1].reason_en == "Employees unknown"
    assert silent[1].value == ""


def test_money_of_another_currency_is_unknown_but_shown():
    said = opinion(annual_revenue=Money(Decimal(22_700), "USD"))
    [rule] = [rule for rule in said.rules if rule.field == "annual_revenue"]
    assert (rule.points, rule.value) == (None, "$22,700")
    assert rule.reason_en == "Annual revenue cannot be compared"


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        # 65 of 70: either of the two would do alone.
        (
            {"need_match": "high", "budget_fit": "sufficient", "employees": 900, "priority": "low"},
            ("annual_revenue", "decision_authority"),
        ),
        # 25 of 40: only the strongest would do alone.
        ({"need_match": "high"}, ("budget_fit", "annual_revenue", "employees")),
        # Nothing known: the fewest that would do together.
        ({}, ("budget_fit", "need_match")),
        # 0, and what is left comes to 35: nothing would do.
        (
            {"need_match": "low", "budget_fit": "insufficient", "employees": 900},
            ("annual_revenue", "decision_authority"),
        ),
        ({"need_match": "low", "budget_fit": "insufficient", "employees": 1}, ()),
    ],
)
def test_what_would_raise_the_grade(known, asked):
    assert opinion(**known).raise_with == asked


levels = st.sampled_from([None, *(choice.key for choice in LEVELS)])
customers = st.builds(
    lambda **values: Customer(id="1", **values),
    employees=st.none() | st.integers(0, 10**6),
    annual_revenue=st.none()
    | st.builds(Money, st.decimals(0, 10**10, places=2), st.sampled_from(["CNY", "USD"])),
    need_match=levels,
    budget_fit=st.sampled_from([None, *(choice.key for choice in FIT)]),
    decision_authority=st.sampled_from([None, *(choice.key for choice in AUTHORITY)]),
    priority=levels,
)
WARM = grader_of(GENERAL, ZH)


@given(customers)
def test_the_same_customer_and_card_give_the_same_evidence(customer):
    again = read_card("# another layout\n" + GENERAL_TEXT, "elsewhere.toml")
    first, second = WARM.grade(customer, NOW), grader_of(again, ZH).grade(customer, NOW)
    assert repr(first) == repr(second)


@given(customers)
def test_the_score_is_the_sum_of_what_spoke_and_raising_would_raise(customer):
    said = WARM.grade(customer, NOW)
    assert said.score == sum(rule.points for rule in said.rules if rule.points is not None)
    silent = {rule.field for rule in said.rules if rule.points is None}
    assert set(said.raise_with) <= silent
    if said.raise_with:
        known = {field: getattr(BEST, field) for field in said.raise_with}
        assert WARM.grade(customer.with_values(**known), NOW).grade < said.grade
    else:
        known = {field: getattr(BEST, field) for field in silent}
        assert WARM.grade(customer.with_values(**known), NOW).grade == said.grade


def test_the_digest_is_of_what_the_card_says():
    assert GENERAL.digest == read_card(GENERAL_TEXT.replace("  ", "   "), "x").digest
    changed = GENERAL_TEXT.replace("at_least = 500, points = 15", "at_least = 501, points = 15")
    assert GENERAL.digest != read_card(changed, "x").digest
    assert len(GENERAL.digest) == 64


# A team's own card.

CARD = """\
name = "medical"
version = "2024-05"
label = { zh = "医疗", en = "Medical" }
industries = ["医疗"]

[grades]
A = 20
B = 10

[[rule]]
field = "预算"
bands = [
  { at_least = "10万", points = 15, zh = "预算够", en = "a budget" },
  { points = -5, zh = "预算少", en = "a small budget" },
]

[[rule]]
field = "medical.licence_no"
bands = [
  { contains = "京械", points = 5, zh = "有证", en = "licensed" },
  { points = 0, zh = "无证", en = "unlicensed" },
]

[[rule]]
key = "fair"
field = "tags"
bands = [
  { in = ["展会", "会议"], points = 3, zh = "见过面", en = "met in person" },
  { points = 0, zh = "未见面", en = "not met" },
]
"""


def test_a_card_may_look_at_ranges_tags_and_plugin_fields():
    from crmcore.money import parse_range

    card = read_card(CARD, "card")
    said = opinion(
        card, budget=parse_range("10万-20万"), tags=("展会",), **{"medical.licence_no": "京械 1"}
    )
    assert (said.score, said.grade) == (23.0, "A")
    assert [rule.rule for rule in said.rules] == ["budget", "medical.licence_no", "fair"]
    assert opinion(card, budget=parse_range("1万")).score == -5


def graders_of(tmp_path, card: object, text: str | None = None) -> tuple[Grader, ...]:
    if text is not None:
        (tmp_path / str(card)).write_text(text, "utf-8")
    settings = {} if card is None else {"scorecard": {"card": card}}
    config = Config(timezone="UTC", directory=tmp_path, plugin=settings)
    return tuple(crmcore_scorecard.crm_graders(config))


def test_a_card_for_some_industries_leaves_the_others_to_the_general_one(tmp_path):
    assert [g.name for g in graders_of(tmp_path, None)] == ["general"]
    graders = graders_of(tmp_path, "card.toml", CARD)
    assert [(g.name, g.industries) for g in graders] == [("medical", ("医疗",)), ("general", ())]


def test_a_card_for_all_industries_replaces_the_general_one(tmp_path):
    text = CARD.replace('["医疗"]', "[]")
    assert [g.name for g in graders_of(tmp_path, "card.toml", "\ufeff" + text)] == ["medical"]


def test_a_card_with_a_mistake_grades_nobody_and_is_told(tmp_path):
    (tmp_path / "card.toml").write_text(CARD.replace("A = 20", "A = 5"), "utf-8")
    config = Config(timezone="UTC", directory=tmp_path, plugin={"scorecard": {"card": "card.toml"}})
    host = PluginHost(config)
    host.register(crmcore_scorecard, "scorecard")

    assert host.graders().values == ()
    [failure] = host.failures
    assert "card.toml, line 7: A must begin above B" in failure.line


@pytest.mark.parametrize("wrong", [3, "", "a\0b", "missing.toml"])
def test_a_setting_that_names_no_card_is_told(tmp_path, wrong):
    with pytest.raises(ConfigError, match=r"card must be a file name|missing\.toml cannot be read"):
        graders_of(tmp_path, wrong)


MISTAKES = [
    ('version = "2024-05"', "version = 3", 2, "version must be a text"),
    ('name = "medical"', 'name = "a\\nb"', 1, "name must be a text"),
    ('name = "medical"', "", None, "name must be a text"),
    ('name = "medical"', 'nmae = "medical"', 1, "'nmae' is not known here; did you mean name"),
    ('en = "Medical"', 'de = "Medizin"', 3, "label must be"),
    ('["医疗"]', '"医疗"', 4, "industries must be a list"),
    ("A = 20", 'A = "20"', 7, "A must be a number of points"),
    ("A = 20", "A = nan", 7, "A must be a number of points"),
    ("A = 20", "A = 24", 7, "nobody can reach 24 points: the best case of all rules is 23"),
    ("A = 20", "A = 10", 7, "A must begin above B"),
    ("B = 10", "D = 10", 6, "it needs [grades] with A = 70 and B = 40"),
    ('field = "预算"', 'field = "预酸"', 11, "There is no field '预酸'"),
    ('field = "预算"', 'felid = "budget"', 11, "did you mean field"),
    ('field = "预算"', "field = 7", 11, "a rule needs the field it looks at"),
    ('field = "预算"', 'field = "grade"', 11, "a rule cannot look at grade"),
    ('field = "预算"', 'field = "expected_close_at"', 11, "a rule cannot look at"),
    ('at_least = "10万"', 'at_least = "10萬萬"', 13, "'10萬萬' is not understood"),
    ('at_least = "10万"', 'at_least = ""', 13, "an empty text is not a value"),
    ('at_least = "10万"', "at_least = 2024-01-01", 13, "is not a value of budget"),
    ('at_least = "10万"', 'at_laest = "10万"', 13, "did you mean at_least"),
    ('at_least = "10万"', 'contains = "10万"', 13, "budget (money range) has the conditions"),
    ('at_least = "10万"', 'at_least = "10万", less_than = "20万"', 13, "one condition a band"),
    ("points = 15", "points = true", 13, "points must be a number"),
    ("points = 15", "points = inf", 13, "points must be a number"),
    ("points = 15, ", "", 13, "points must be a number of points such as 15, it is missing"),
    (', en = "a budget"', "", 13, "its reason in both languages"),
    ("points = -5", 'less_than = "5万", points = -5', 14, "the last band, and no other"),
    ('in = ["展会", "会议"]', "in = []", 28, "in needs a list"),
    ('key = "fair"', 'key = "budget"', 24, "there are two rules 'budget'"),
    ('key = "fair"', "key = 3", 25, "key must be a text"),
    ("[grades]", "[grades", 6, "is not TOML"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "said"), MISTAKES)
def test_a_mistake_is_told_with_its_line_and_what_was_expected(right, wrong, line, said):
    assert CARD.count(right) == 1
    with pytest.raises(ConfigError) as caught:
        read_card(CARD.replace(right, wrong), "card.toml")
    message = str(caught.value)
    assert "card.toml" in message
    assert said in message
    if line is not None:
        assert f"line {line}" in message


@pytest.mark.parametrize("text", ["", "rule = 3", "rule = []", 'name = "x"\nrule = [3]'])
def test_a_card_without_rules_is_told(text):
    with pytest.raises(ConfigError, match="it needs rules"):
        read_card(text, "card.toml")


def test_a_layout_that_hides_the_line_still_names_the_mistake():
    text = (
        'name="x"\nversion="1"\nlabel={zh="x",en="x"}\ngrades={A=2,B=1}\n'
        'rule=[{field="employees",bands=[{at_least="many",points=2,zh="x",en="x"}]}]\n'
    )
    with pytest.raises(ConfigError, match=r"card\.toml: employees: 'many' is not understood"):
        read_card(text, "card.toml")


def test_choices_read_as_people_write_them():
    card = read_card(
        GENERAL_TEXT.replace('is = "high", points = 25', 'is = "高", points = 25'), "x"
    )
    assert evolve(card).digest == GENERAL.digest
