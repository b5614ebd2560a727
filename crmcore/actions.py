"""What a person does to one customer: pure functions from the customer as it is to as it shall be."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import attrs
from attrs import evolve, frozen

from crmcore.customer import ACTIVITY_KINDS, Customer
from crmcore.deadlines import Deadlines
from crmcore.dialect import Dialect
from crmcore.errors import NotFoundError, RefusedError, UsageError, ValueRefusedError
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind, Verb
from crmcore.gates import settle_debts
from crmcore.grading.evidence import MANUAL
from crmcore.money import Money, MoneyRange
from crmcore.pipeline import Pipeline
from crmcore.records import Activity, GradeRecord, Proposal
from crmcore.text import clean
from crmcore.values import expected, parse_value

SATISFACTION = range(1, 6)


@frozen
class Context:
    """Who acts, when (UTC), and what words and rules mean here."""

    actor: str
    now: datetime
    fields: FieldCatalogue
    dialect: Dialect
    deadlines: Deadlines


def typed(spec: FieldSpec, value: Any, context: Context) -> Any:
    """*value* as one of the field *spec*: text is parsed and cleaned, the rest checked.

    Raises ValueRefusedError.
    """
    if isinstance(value, str):
        value = parse_value(spec, value, context.dialect, context.now)
    elif spec.kind is Kind.TAGS and isinstance(value, (tuple, list)):
        # By way of text, so that a tag with a separator in it is what showing it would make of it.
        value = parse_value(spec, ";".join(map(str, value)), context.dialect, context.now)
    elif isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueRefusedError(spec.key, str(value), "a moment with a time zone")
        value = value.astimezone(UTC)
    if not _fits(spec, value):
        raise ValueRefusedError(spec.key, str(value), expected(spec, context.dialect))
    if spec.key == "satisfaction" and value is not None and value not in SATISFACTION:
        raise ValueRefusedError(spec.key, str(value), "a score of 1 to 5")
    return value


_TYPES: dict[Kind, tuple[type, ...]] = {
    Kind.INTEGER: (int,),
    Kind.NUMBER: (int, Decimal),
    Kind.YES_NO: (bool,),
    Kind.MONEY: (Money,),
    Kind.MONEY_RANGE: (MoneyRange,),
    Kind.MOMENT: (datetime,),
    Kind.TAGS: (tuple,),
}


def _fits(spec: FieldSpec, value: Any) -> bool:
    if value is None or value == ():
        return True
    if spec.kind in (Kind.RECORDS, Kind.RECORD):
        items = value if isinstance(value, tuple) else (value,)
        return all(spec.record is not None and isinstance(item, spec.record) for item in items)
    if spec.kind is Kind.CHOICE:
        return any(value == choice.key for choice in spec.choices)
    if isinstance(value, bool) and spec.kind is not Kind.YES_NO:
        return False
    return isinstance(value, _TYPES.get(spec.kind, (str,)))


def fill(customer: Customer, values: Mapping[str, Any], context: Context) -> Customer:
    """*customer* with *values* filled in, by field name, label or alias.

    An owner is assigned, a grade is one given by hand (with `grade_evidence`), a text for proposals
    is one sent now, a text for objections answers the open ones. Raises UnknownFieldError,
    ValueRefusedError, and UsageError for fields that only other verbs write.
    """
    wanted: dict[str, Any] = {}
    for name, value in values.items():
        spec = context.fields.named(name)
        if spec.verb in _VERB_HINT:
            raise UsageError(f"{spec.key} is not edited by hand: {_VERB_HINT[spec.verb]}.")
        wanted[spec.key] = _record_text(spec, value) or typed(spec, value, context)
    if "owner" in wanted:
        customer = assign(customer, wanted.pop("owner"), context)
    if "grade" in wanted or "grade_evidence" in wanted:
        evidence = wanted.pop("grade_evidence", None) or ""
        customer = grade_by_hand(customer, wanted.pop("grade", customer.grade), evidence, context)
    for key in _BY_TEXT:
        if isinstance(wanted.get(key), str):
            customer = _by_text(customer, key, wanted.pop(key), context)
    return customer.with_values(**wanted)


_VERB_HINT = {
    Verb.MOVE: "`crmcore move` changes it",
    Verb.CLOSE: "`crmcore move`, `lose`, `invalidate` and `reopen` change it",
    Verb.SYSTEM: "crmcore keeps it",
    Verb.COMPUTED: "it is computed from other fields",
}


_BY_TEXT = ("proposals", "objections")


def filled_by_text(spec: FieldSpec) -> bool:
    """Whether `fill` takes a text for this field."""
    return spec.key in _BY_TEXT or (spec.record is None and spec.verb not in _VERB_HINT)


def _record_text(spec: FieldSpec, value: Any) -> str | None:
    return clean(value) if spec.key in _BY_TEXT and isinstance(value, str) else None


def _by_text(customer: Customer, key: str, text: str, context: Context) -> Customer:
    if key == "proposals":
        sent = Proposal(summary=text, sent_at=context.now)
        return evolve(customer, proposals=(*customer.proposals, sent))
    answered = tuple(
        o if o.resolved or o.response else evolve(o, response=text, resolved=True)
        for o in customer.objections
    )
    return evolve(customer, objections=answered)


def assign(customer: Customer, owner: str | None, context: Context) -> Customer:
    """*customer* with a new owner, who owes a first follow-up by the workspace's deadline."""
    if not owner:
        return evolve(customer, owner=None, assigned_at=None, first_follow_up_due=None)
    if owner == customer.owner:
        return customer
    due = context.deadlines.first_follow_up(context.now)
    return evolve(customer, owner=owner, assigned_at=context.now, first_follow_up_due=due)


def grade_by_hand(
    customer: Customer, grade: str | None, evidence: str, context: Context
) -> Customer:
    """*customer* with a person's own grade. Raises UsageError without a reason for it."""
    evidence = clean(evidence)
    if not grade or not evidence:
        raise UsageError(
            "A grade given by hand needs a reason: crmcore grade ID A --evidence "
            '"budget approved", or --set grade=A --set grade_evidence="budget approved".'
        )
    spec = context.fields.named("grade")
    by_hand = GradeRecord(grader=MANUAL, version="", digest="", at=context.now)
    key = typed(spec, grade, context)
    return evolve(customer, grade=key, grade_evidence=evidence, grading=by_hand)


def append(customer: Customer, field: str, record: Any, context: Context) -> Customer:
    """*customer* with one more record (Proposal, Objection, …) in *field*, its texts cleaned."""
    spec = context.fields.named(field)
    if spec.verb is not Verb.APPEND or spec.record is None:
        raise UsageError(f"{spec.key} holds no records that can be added to.")
    if not isinstance(record, spec.record):
        raise ValueRefusedError(spec.key, repr(record), f"a {spec.record.__name__}")
    return customer.with_values(**{spec.key: (*customer.value_of(spec.key), _cleaned(record))})


def amend(
    customer: Customer, field: str, number: int, changes: Mapping[str, Any], context: Context
) -> Customer:
    """*customer* with the record *number* (from 1) of *field* changed. Raises NotFoundError."""
    spec = context.fields.named(field)
    if spec.verb is not Verb.APPEND:
        raise UsageError(f"{spec.key} holds no records that can be amended.")
    records = customer.value_of(spec.key)
    if not 1 <= number <= len(records):
        raise NotFoundError(
            f"{customer.id} has {len(records)} {spec.label.en.lower()}; there is no number {number}."
        )
    amended = _cleaned(evolve(records[number - 1], **changes))
    return customer.with_values(**{spec.key: (*records[: number - 1], amended, *records[number:])})


def _cleaned(record: Any) -> Any:
    texts = {
        name: clean(value)
        for name, value in attrs.asdict(record, recurse=False).items()
        if isinstance(value, str)
    }
    return evolve(record, **texts)


def log(customer: Customer, content: str, kind: str, context: Context) -> Customer:
    """*customer* with one more activity, now, by the actor. Raises UsageError for an unknown kind."""
    kinds = FieldSpec(
        "kind", Kind.CHOICE, "", *(context.fields.named("activities").label,) * 2,
        choices=ACTIVITY_KINDS,
    )  # fmt: skip
    if not clean(content):
        raise UsageError("There is nothing to log: say what was talked about.")
    key = parse_value(kinds, kind, context.dialect, context.now)
    activity = Activity(at=context.now, kind=key, content=content, by=context.actor)
    return append(customer, "activities", activity, context)


def close(customer: Customer, status: str, reason: str, context: Context) -> Customer:
    """*customer* out of the funnel as lost or invalid. Raises RefusedError without a reason."""
    reason = clean(reason)
    if customer.status in ("lost", "invalid"):
        raise RefusedError(f"{customer.id} is already {customer.status}.")
    if not reason:
        raise RefusedError(f"{customer.id} cannot become {status} without a reason: add --reason.")
    closed = evolve(customer, status=status, close_reason=reason, closed_at=context.now)
    if status == "invalid":
        closed = evolve(closed, validity="invalid", validity_reason=reason)
    return closed


def consequences(
    before: Customer | None, after: Customer, pipeline: Pipeline, context: Context
) -> Customer:
    """*after* with what follows by itself: paid debts gone, the survey due after a delivery, how far
    it had come before it was moved back."""
    delivered = after.delivered_at
    if delivered and not after.survey_due and (before is None or before.delivered_at != delivered):
        after = evolve(after, survey_due=context.deadlines.survey(delivered))
    if before is not None and before.pipeline == after.pipeline:
        after = _with_furthest(before, after, pipeline)
    return settle_debts(after, pipeline, context.fields)


def _with_furthest(before: Customer, after: Customer, pipeline: Pipeline) -> Customer:
    reached = (before.stage, before.furthest_stage, after.stage, after.furthest_stage)
    furthest = pipeline.furthest(*reached)
    furthest = None if furthest == after.stage else furthest
    return after if furthest == after.furthest_stage else evolve(after, furthest_stage=furthest)
