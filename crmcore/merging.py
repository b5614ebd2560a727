"""Two records of one customer made one: field by field, shown before it is done."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from typing import Any

from attrs import evolve, frozen

from crmcore.actions import Context, close, consequences
from crmcore.customer import Customer
from crmcore.errors import RefusedError
from crmcore.fields import undescribed
from crmcore.fieldspec import FieldSpec, Kind, Verb
from crmcore.pipeline import Pipeline
from crmcore.records import Link

_ITS_OWN = ("id", "links", "debts", "grading", "referrals", "assigned_at", "first_follow_up_due")
_NEVER = (Verb.SYSTEM, Verb.MOVE, Verb.CLOSE, Verb.COMPUTED)
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


@frozen
class MergedField:
    """One field of which the two records differ: what each says, and what the merged one will."""

    spec: FieldSpec
    kept: Any
    other: Any
    result: Any


@frozen
class MergePlan:
    """What a merge would make: the record that stays, and the other, out of the funnel and linked."""

    before: tuple[Customer, Customer]
    kept: Customer
    other: Customer
    fields: tuple[MergedField, ...]


def merge(
    keep: Customer,
    other: Customer,
    take: Collection[str],
    pipeline: Pipeline,
    context: Context,
) -> MergePlan:
    """*keep* with what only *other* knows, and of the fields *take* what *other* says.

    Tags and records (activities, proposals, …) of both are kept, in the order of their times. The stage,
    status and grade are those of *keep*. *other* becomes invalid, linked to *keep*. Raises RefusedError,
    UnknownFieldError.
    """
    if keep.id == other.id:
        raise RefusedError(f"{keep.id} cannot be merged with itself.")
    for each in (keep, other):
        if any(link.kind == "duplicate_of" for link in each.links):
            raise RefusedError(
                f"{each.id} was merged into another already; see `crmcore show {each.id}`."
            )
    if other.status == "won":
        raise RefusedError(
            f"{other.id} was won: keep that one (crmcore merge {other.id} {keep.id}), or link a second "
            "round by `crmcore repurchase`."
        )
    wanted = {context.fields.named(name).key for name in take}
    merged = tuple(_fields(keep, other, wanted, context))
    values = {field.spec.key: field.result for field in merged}
    after = keep.with_values(**values)
    if "owner" in values and values["owner"] != keep.owner:
        after = evolve(
            after, assigned_at=other.assigned_at, first_follow_up_due=other.first_follow_up_due
        )
    if "grade" in values and values["grade"] != keep.grade:
        after = evolve(after, grading=other.grading)
    after = evolve(
        after,
        links=_united(keep.links, [link for link in other.links if link.id != keep.id]),
        referrals=_united(keep.referrals, other.referrals),
    )
    after = consequences(keep, after, pipeline, context)
    return MergePlan((keep, other), after, _out(other, keep.id, context), merged)


def _out(other: Customer, kept: str, context: Context) -> Customer:
    zh = context.dialect.language == "zh"
    reason = f"与 {kept} 重复，已合并" if zh else f"merged into {kept}"
    gone = (
        other if other.status in ("lost", "invalid") else close(other, "invalid", reason, context)
    )
    return evolve(gone, links=(*gone.links, Link("duplicate_of", kept)))


def _fields(
    keep: Customer, other: Customer, take: Collection[str], context: Context
) -> Iterator[MergedField]:
    stored = [spec for spec in context.fields.stored() if spec.verb not in _NEVER]
    known = {spec.key for spec in stored}
    extra = [undescribed(key) for key in {**keep.extra, **other.extra} if key not in known]
    for spec in (*stored, *extra):
        mine, theirs = keep.value_of(spec.key), other.value_of(spec.key)
        if spec.key in _ITS_OWN or mine == theirs or theirs in (None, ()):
            continue
        if spec.kind in (Kind.RECORDS, Kind.TAGS):
            result: Any = _united(mine, theirs)
            if spec.kind is Kind.RECORDS:
                result = tuple(sorted(result, key=_when))
        else:
            result = theirs if mine is None or spec.key in take else mine
        yield MergedField(spec, mine, theirs, result)


def _united(mine: Any, theirs: Any) -> tuple[Any, ...]:
    return tuple(dict.fromkeys((*mine, *theirs)))


def _when(record: Any) -> datetime:
    return getattr(record, "at", None) or getattr(record, "sent_at", None) or _LONG_AGO
