"""The standard gates ask what the funnel asks, and what was passed unmet stays owed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from crmcore.customer import Customer
from crmcore.errors import NotFoundError, UsageError
from crmcore.fields import FieldCatalogue
from crmcore.gates import (
    Landing,
    Missing,
    asked_before,
    is_met,
    outstanding,
    owe,
    settle_debts,
    unmet,
)
from crmcore.money import parse_money
from crmcore.pipeline import STANDARD, Pipeline
from crmcore.records import Debt, Objection, Proposal
from crmcore.testing.strategies import customers
from crmcore.wording import Text

FIELDS = FieldCatalogue()
NOW = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
EMPTY = Customer(id="1")
MET = {
    "lead": {"company": "Acme", "source": "Fair", "phone": "1"},
    "screening": {
        "validity": "valid",
        "grade": "A",
        "grade_evidence": "budget approved",
        "owner": "Li Na",
        "first_follow_up_due": NOW,
    },
    "solution": {"need_detail": "three lines", "proposals": (Proposal("v1", sent_at=NOW),)},
    "negotiation": {
        "price": parse_money("15万"),
        "payment_terms": "3-6-1",
        "contract_sent_at": NOW,
        "contract_signed_at": NOW,
    },
    "after_sales": {"delivered_at": NOW, "acceptance": "accepted", "satisfaction": 5},
}
ASKED = {
    "lead": ["company", "source", "reachable"],
    "screening": ["valid", "graded", "owner", "first_follow_up_due"],
    "solution": ["need_detail", "proposal_sent"],
    "negotiation": ["price", "payment_terms", "contract_sent_at", "contract_signed_at"],
    "after_sales": ["delivered_at", "accepted", "satisfaction"],
}


def asked(stage: str, customer: Customer) -> list[str]:
    return [m.requirement.key for m in unmet([STANDARD.named(stage)], customer, FIELDS)]


def debts(*owed: tuple[str, str]) -> Customer:
    return evolve(EMPTY, debts=tuple(Debt(stage, key, NOW) for stage, key in owed))


@pytest.mark.parametrize("stage", ASKED)
def test_a_gate_asks_all_of_an_empty_record_and_nothing_of_a_full_one(stage: str) -> None:
    assert asked(stage, EMPTY) == ASKED[stage]
    assert asked(stage, evolve(EMPTY, **MET[stage])) == []


@pytest.mark.parametrize(
    ("stage", "lacking", "still"),
    [
        ("lead", {"phone": None, "wechat": "x"}, []),
        ("lead", {"phone": None, "email": "a@b.c"}, []),
        ("lead", {"phone": None}, ["reachable"]),
        ("screening", {"validity": "unchecked"}, ["valid"]),
        ("screening", {"validity": "invalid"}, ["valid"]),
        ("screening", {"grade_evidence": None}, ["graded"]),
        ("solution", {"proposals": (Proposal("a draft"),)}, ["proposal_sent"]),
        ("solution", {"objections": (Objection("too dear"),)}, ["objections_answered"]),
        ("solution", {"objections": (Objection("too dear", "in parts"),)}, []),
        ("solution", {"objections": (Objection("too dear", resolved=True),)}, []),
        ("negotiation", {"contract_signed_at": None}, ["contract_signed_at"]),
        ("after_sales", {"acceptance": "rejected"}, ["accepted"]),
    ],
)
def test_one_thing_lacking_is_named(stage: str, lacking: dict, still: list[str]) -> None:
    assert asked(stage, evolve(EMPTY, **{**MET[stage], **lacking})) == still


def test_what_is_asked_can_be_filled_in() -> None:
    for stage in STANDARD.stages:
        for requirement in stage.exit:
            assert requirement.message.zh and requirement.message.en
            assert all(FIELDS.named(key).key == key for key in requirement.fields)


def test_owing_keeps_the_first_date_and_adds_nothing_twice() -> None:
    missing = unmet(STANDARD.stages[:1], EMPTY, FIELDS)
    owing = owe(EMPTY, missing[:1], NOW)
    owing = owe(owing, missing, LATER)
    assert [(d.requirement, d.since) for d in owing.debts] == [
        ("company", NOW),
        ("source", LATER),
        ("reachable", LATER),
    ]
    assert owe(owing, missing, LATER) is owing


def test_a_debt_is_outstanding_until_it_is_paid_and_then_settled() -> None:
    owing = debts(("lead", "company"), ("lead", "source"))
    assert [m.requirement.key for m in outstanding(owing, STANDARD, FIELDS)] == [
        "company",
        "source",
    ]
    assert settle_debts(owing, STANDARD, FIELDS) is owing

    paid = evolve(owing, company="Acme")
    assert [m.requirement.key for m in outstanding(paid, STANDARD, FIELDS)] == ["source"]
    assert settle_debts(paid, STANDARD, FIELDS).debts == owing.debts[1:]


def test_what_the_pipeline_no_longer_asks_is_forgiven() -> None:
    owing = debts(("lead", "fax"), ("gone", "company"))
    assert outstanding(owing, STANDARD, FIELDS) == []
    assert settle_debts(owing, STANDARD, FIELDS).debts == ()


def test_an_outcome_asks_its_reason_only_while_it_lasts() -> None:
    lost = evolve(debts(("lost", "close_reason")), status="lost")
    assert [m.stage for m in outstanding(lost, STANDARD, FIELDS)] == ["lost"]
    reopened = evolve(lost, status="open")
    assert outstanding(reopened, STANDARD, FIELDS) == []
    assert settle_debts(reopened, STANDARD, FIELDS).debts == ()
    explained = evolve(lost, close_reason="too dear")
    assert settle_debts(explained, STANDARD, FIELDS).debts == ()


def landed(customer: Customer) -> tuple[Missing, ...]:
    """What an import that finds *customer* there finds missing, which is what it comes to owe."""
    missing, debts = Landing(STANDARD, FIELDS, NOW).owed(customer)
    assert [(debt.stage, debt.requirement, debt.since) for debt in debts] == [
        (one.stage, one.requirement.key, NOW) for one in missing
    ]
    return missing


@given(st.lists(customers(), max_size=5), st.sampled_from([s.key for s in STANDARD.stages]))
def test_landing_many_asks_each_what_the_gates_ask(some: list[Customer], stage: str) -> None:
    landing = Landing(STANDARD, FIELDS, NOW)
    for customer in (evolve(one, stage=stage) for one in some):
        missing, _ = landing.owed(customer)
        asked = asked_before(STANDARD, stage, customer.status)
        assert list(missing) == [
            one for one in asked if not is_met(one.requirement, customer, FIELDS)
        ]


@pytest.mark.parametrize("number", range(len(STANDARD.stages)))
def test_landing_owes_the_gates_on_the_way(number: int) -> None:
    stage = STANDARD.stages[number]
    before = STANDARD.stages[:number]
    owed = landed(evolve(EMPTY, stage=stage.key))
    assert [(m.stage, m.requirement.key) for m in owed] == [
        (passed.key, key) for passed in before for key in ASKED[passed.key]
    ]
    full = evolve(EMPTY, stage=stage.key, **{k: v for s in before for k, v in MET[s.key].items()})
    assert landed(full) == ()


@pytest.mark.parametrize("status", ["lost", "invalid"])
def test_landing_in_an_outcome_owes_its_reason(status: str) -> None:
    closed = evolve(EMPTY, status=status)
    (owed,) = landed(closed)
    assert isinstance(owed, Missing)
    assert (owed.stage, owed.requirement.key) == (status, "close_reason")
    assert landed(evolve(closed, close_reason="x")) == ()


def test_landing_in_a_stage_there_is_not_is_said() -> None:
    with pytest.raises(NotFoundError, match="no stage 'nowhere'"):
        landed(evolve(EMPTY, stage="nowhere"))


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("lead", "lead"),
        ("1", "lead"),
        ("线索", "lead"),
        (" Screening ", "screening"),
        ("方案", "solution"),
        ("谈判", "negotiation"),
        ("AFTER SALES", "after_sales"),
        ("5", "after_sales"),
    ],
)
def test_a_stage_is_named_by_any_of_its_words(word: str, key: str) -> None:
    assert STANDARD.named(word).key == key


def test_a_word_means_one_stage() -> None:
    meant: dict[str, str] = {}
    for stage in STANDARD.stages:
        for name in (stage.key, stage.label.zh, stage.label.en, *stage.aliases):
            assert meant.setdefault(name.casefold(), stage.key) == stage.key


@pytest.mark.parametrize("word", ["", "0", "6", "screning"])
def test_a_word_for_no_stage_is_refused_with_those_there_are(word: str) -> None:
    with pytest.raises(UsageError, match="The stages are lead, screening"):
        STANDARD.named(word)


def test_a_requirement_is_found_by_its_stage_or_outcome() -> None:
    assert STANDARD.requirement("lead", "company") is STANDARD.stages[0].exit[0]
    assert STANDARD.requirement("lost", "close_reason") is STANDARD.outcomes["lost"][0]
    assert STANDARD.requirement("lead", "price") is None
    empty = Pipeline("mine", Text("我", "mine"), STANDARD.stages)
    assert empty.requirement("lost", "close_reason") is None
