"""Every field is described, in two languages, under names that mean no other field."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.customer import GROUPS, Customer
from crmcore.errors import UnknownFieldError
from crmcore.fields import FieldCatalogue, undescribed
from crmcore.fieldspec import FieldSpec, Kind, Verb
from crmcore.money import parse_money, parse_range
from crmcore.records import Activity, Debt, Objection, Proposal
from crmcore.wording import Text
from crmcore.words import WORDS

FIELDS = FieldCatalogue()
SPECS = tuple(FIELDS)
by_key = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.key)


@by_key
def test_a_field_is_described_in_both_languages(spec: FieldSpec) -> None:
    assert spec.label.zh and spec.label.en and spec.meaning.zh and spec.meaning.en
    assert spec.label.en.isascii()
    assert spec.group in {group.key for group in GROUPS} or spec.key == WORDS
    assert (spec.kind is Kind.CHOICE) == bool(spec.choices)
    assert (spec.kind in (Kind.RECORD, Kind.RECORDS)) == (spec.record is not None)
    assert (spec.verb is Verb.COMPUTED) == (spec.compute is not None)


def test_every_attribute_of_the_record_is_described() -> None:
    attributes = {attribute.name for attribute in attrs.fields(Customer)}
    assert attributes - {spec.key for spec in FIELDS.stored()} == {"extra", "revision"}


def test_a_name_means_one_field() -> None:
    meant = defaultdict(set)
    for spec in SPECS:
        for name in (spec.key, spec.label.zh, spec.label.en, *spec.aliases):
            meant[name.casefold().replace("_", " ")].add(spec.key)
    assert {name: keys for name, keys in meant.items() if len(keys) > 1} == {}


@by_key
def test_every_name_finds_its_field(spec: FieldSpec) -> None:
    for name in (spec.key, spec.label.zh, spec.label.en, *spec.aliases):
        for spelling in (name, name.upper(), f" {name} ", name.replace("(", "（")):
            assert FIELDS.named(spelling) is spec


@pytest.mark.parametrize("spec", [s for s in SPECS if s.choices], ids=lambda spec: spec.key)
def test_a_word_means_one_choice(spec: FieldSpec) -> None:
    meant = defaultdict(set)
    for choice in spec.choices:
        assert choice.label.zh and choice.label.en
        for name in (choice.key, choice.label.zh, choice.label.en, *choice.aliases):
            meant[name.casefold()].add(choice.key)
            assert spec.choice(f" {name.upper()} ") is choice
    assert all(len(keys) == 1 for keys in meant.values())


def test_a_misspelt_name_is_told_its_neighbours() -> None:
    with pytest.raises(UnknownFieldError) as unknown:
        FIELDS.named("gradee")
    assert "grade" in unknown.value.near
    assert "Did you mean" in str(unknown.value)


def test_a_namespaced_name_nobody_describes_is_plain_text() -> None:
    assert FIELDS.named("sheet.颜色") == undescribed("sheet.颜色")
    assert FIELDS.named("sheet.颜色").label.zh == "颜色"
    assert "sheet.颜色" not in FIELDS


@given(st.text(max_size=30))
def test_any_name_is_a_field_or_unknown(name: str) -> None:
    try:
        assert FIELDS.named(name).key
    except UnknownFieldError as error:
        assert error.name == name


def test_a_plugins_field_takes_no_name_from_the_core() -> None:
    meaning = Text("x", "x")
    theirs = FieldSpec("med.grade", Kind.TEXT, "basic", Text("等级", "Ward"), meaning)
    fields = FieldCatalogue([theirs])
    assert fields.named("等级").key == "grade"
    assert fields.named("Ward") is theirs


def test_computed_fields_follow_from_the_record() -> None:
    empty = Customer(id="1")
    assert FIELDS.value(empty, "value") is None
    assert FIELDS.value(empty, "last_activity_at") is None
    assert [FIELDS.value(empty, key) for key in ("proposals_sent", "open_objections")] == [0, 0]

    now = datetime(2024, 5, 1, tzinfo=UTC)
    full = attrs.evolve(
        empty,
        budget=parse_range("10-20万"),
        proposals=(
            Proposal("a", sent_at=now, price=parse_money("18万")),
            Proposal("b"),
        ),
        objections=(Objection("x"), Objection("y", response="z"), Objection("q", resolved=True)),
        activities=(Activity(now, "call", "hi"),),
        debts=(Debt("lead", "source", now),),
    )
    values = {
        key: FIELDS.value(full, key) for key in [s.key for s in SPECS if s.verb is Verb.COMPUTED]
    }
    assert values == {
        "value": parse_money("18万"),
        "proposals_sent": 1,
        "open_objections": 1,
        "gate_debts": 1,
        "in_funnel": True,
        "last_activity_at": now,
        "first_response_at": None,
        "follow_up_owed": None,
        "revision": 0,
        "words": "1",
    }
    begun = attrs.evolve(full, first_contact_at=now)
    assert FIELDS.value(begun, "first_response_at") == now
    given = attrs.evolve(begun, assigned_at=now + timedelta(hours=1))
    assert FIELDS.value(given, "first_response_at") is None
    assert FIELDS.value(attrs.evolve(full, price=parse_money("17万")), "value") == parse_money(
        "17万"
    )
    assert FIELDS.value(attrs.evolve(full, proposals=()), "value") == parse_money("15万")


def test_known_values_leave_out_what_is_unknown_and_keep_what_is_theirs() -> None:
    customer = Customer(id="1", company="Acme").with_values(**{"sheet.x": "1", "sheet.y": None})
    assert FIELDS.known_values(customer) == {
        "id": "1",
        "company": "Acme",
        "pipeline": "standard",
        "stage": "lead",
        "status": "open",
        "sheet.x": "1",
    }
    assert customer.with_values(**{"sheet.x": None}).extra == {}
