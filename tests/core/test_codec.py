"""A customer and a commit come back from JSON as they went in, and edits rebuild documents."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from crmcore.changes import Batch, Write
from crmcore.codec import Codec, apply_edit, moment_from_json, moment_to_json
from crmcore.customer import Customer
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.money import parse_money
from crmcore.wording import Text

T = Text("测试", "Test")
THEIRS = tuple(
    FieldSpec(f"test.{kind.name.lower()}", kind, "basic", T, T)
    for kind in Kind
    if kind not in (Kind.RECORD, Kind.RECORDS, Kind.CHOICE)
)
FIELDS = FieldCatalogue(THEIRS)
CODEC = Codec(FIELDS)
NOW = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)

JSON = st.recursive(
    st.text() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def through_json(value):
    return json.loads(json.dumps(value, ensure_ascii=False, allow_nan=False))


@pytest.fixture(scope="session")
def customers(values_of):
    """Random customers: some fields known, plugins' and undescribed ones among them."""
    specs = [spec for spec in FIELDS.stored() if spec.key != "id"]

    @st.composite
    def customer(draw: st.DrawFn) -> Customer:
        chosen = draw(st.lists(st.sampled_from(specs), unique_by=lambda s: s.key, max_size=12))
        values = {spec.key: draw(values_of(spec)) for spec in chosen}
        if draw(st.booleans()):
            values["gone.field"] = draw(JSON)
        new = Customer(id=draw(st.sampled_from(["1", "20240501001"])))
        return evolve(new.with_values(**values), revision=draw(st.integers(0, 99)))

    return customer()


@given(
    st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)),  # noqa: DTZ001 - wall times
    st.sampled_from([UTC, timezone(timedelta(hours=8)), ZoneInfo("America/New_York")]),
    st.booleans(),
)
def test_a_moment_is_written_as_iso_has_it(wall, zone, whole) -> None:
    moment = wall.replace(tzinfo=zone, microsecond=0 if whole else wall.microsecond)
    iso = moment.astimezone(UTC).isoformat()
    assert moment_to_json(moment) == iso.replace("+00:00", "Z")
    assert moment_from_json(moment_to_json(moment)) == moment


@given(data=st.data())
def test_a_customer_comes_back_from_json_as_it_was(customers, data) -> None:
    customer = data.draw(customers)
    document = CODEC.encode(customer)
    assert through_json(document) == document
    assert CODEC.decode(through_json(document)) == customer


@given(data=st.data(), kind=st.sampled_from(["create", "update", "remove"]))
def test_an_edit_rebuilds_the_document_and_says_what_changed(customers, data, kind) -> None:
    before = None if kind == "create" else data.draw(customers)
    after = None if kind == "remove" else data.draw(customers)
    if before and after:
        after = evolve(after, id=before.id)
    batch = Batch((Write(before, after),), NOW, "Li Na", "edit", "why", undoes=3)
    raw = through_json(CODEC.encode_commit(7, batch))

    document = CODEC.encode(before) if before else None
    rebuilt = apply_edit(document, raw["edits"][0], 7)
    assert rebuilt == (CODEC.encode(evolve(after, revision=7)) if after else None)

    commit = CODEC.decode_commit(raw)
    assert (commit.revision, commit.at, commit.actor) == (7, NOW, "Li Na")
    assert (commit.action, commit.reason, commit.undoes) == ("edit", "why", 3)
    (edit,) = commit.edits
    assert (edit.id, edit.kind) == ((after or before).id, kind)
    for change in edit.changes:
        old = before.value_of(change.field) if before else None
        new = after.value_of(change.field) if after else None
        assert (change.before or None, change.after or None) == (old or None, new or None)
        assert change.before != change.after


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("test.money", "abc"),
        ("test.money", {"amount": "x"}),
        ("test.money", {}),
        ("test.money_range", {"low": "2", "high": "1"}),
        ("test.moment", "no date"),
        ("test.moment", 5),
        ("test.number", "abc"),
        ("test.number", {}),
        ("test.tags", "展会"),
        ("test.integer", "abc"),
    ],
)
def test_what_a_plugin_kept_under_another_type_is_shown_not_lost(key: str, raw: object) -> None:
    document = {"id": "1", "pipeline": "standard", "stage": "lead", "status": "open", key: raw}
    document["revision"] = 1
    customer = CODEC.decode(document)
    assert customer.extra[key] == raw
    assert CODEC.encode(customer) == document


def test_fields_of_a_newer_version_pass_through() -> None:
    document = CODEC.encode(Customer(id="1")) | {"from_the_future": [1, {"a": None}]}
    assert CODEC.encode(CODEC.decode(document)) == document


def test_a_document_holds_known_fields_only_and_exact_amounts() -> None:
    customer = Customer(id="1", price=parse_money("0.10"), first_contact_at=NOW)
    assert CODEC.encode(customer) == {
        "id": "1",
        "price": {"amount": "0.1"},
        "first_contact_at": "2024-05-01T02:00:00Z",
        "pipeline": "standard",
        "stage": "lead",
        "status": "open",
        "revision": 0,
    }
    assert CODEC.decode_value("price", {"amount": "0.1"}).amount == Decimal("0.1")
    assert CODEC.decode_value("tags", None) == ()
    assert CODEC.decode_value("price", None) is None
