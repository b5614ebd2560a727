"""Closed customers as they were when they were graded: what rules can be tested on.

Nothing that became known later may be in them, or a card would be praised for knowing the outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from attrs import evolve, frozen

from crmcore.codec import Codec, Doc, apply_edit, moment_from_json
from crmcore.customer import Customer
from crmcore.fields import FieldCatalogue
from crmcore.query import Compare, Query
from crmcore.storage.base import Store

GRADING = ("grade", "grade_evidence", "grading")
"""The answer that is tested is no question."""

OUTCOME = (
    "status", "stage", "furthest_stage", "closed_at", "close_reason", "completed_at",
    "entered_stage_at", "debts",
    "price", "payment_terms", "delivery_terms", "service_terms", "negotiation_progress",
    "concessions", "bottom_line", "contract_sent_at", "contract_signed_at", "contract_changes",
    "delivered_at", "acceptance", "survey_due", "satisfaction", "feedback", "repurchase_intent",
    "referrals",
)  # fmt: skip
"""What a closed deal knows and an open one does not."""

_SCREENING = "screening"
_CHUNK = 500


@frozen
class ClosedCase:
    """One closed customer: as it was when it was graded, and what became of it.

    `at` is when that was (UTC); None where nobody knows: the history before it was forgotten, or the
    customer was closed when it was recorded and nobody wrote down when it was met. `recorded_closed`
    says that it was: only what an open customer could have known is left of it.
    """

    customer: Customer
    at: datetime | None
    won: bool
    closed_at: datetime | None
    recorded_closed: bool = False

    @property
    def days(self) -> float | None:
        """Days from grading to closing; None when unknown."""
        if self.at is None or self.closed_at is None or self.closed_at < self.at:
            return None
        return (self.closed_at - self.at).total_seconds() / 86400


@frozen
class _Moment:
    doc: Doc
    at: datetime | None


class _Past:
    """One customer's moments while its history is read."""

    def __init__(self, base: Doc | None = None) -> None:
        """*base*: as it was when what came before was forgotten."""
        self.doc = base
        self.recorded = None if base is None else _Moment(base, None)
        self.graded = self.recorded if (base or {}).get("grade") is not None else None
        self.screened: _Moment | None = None

    def live(self, edit: Mapping[str, Any], revision: int, at: datetime) -> None:
        """Take in what one commit did to the customer."""
        before, self.doc = self.doc, apply_edit(self.doc, edit, revision)
        if self.doc is None or self.graded is not None:
            return
        now = _Moment(self.doc, at)
        self.recorded = self.recorded or now
        if self.doc.get("grade") is not None and (before or {}).get("grade") is None:
            self.graded = now
        elif before is not None and before.get("stage") == _SCREENING != self.doc.get("stage"):
            self.screened = self.screened or now

    @property
    def moment(self) -> _Moment:
        """When it was graded; else when it left screening; else when it was recorded."""
        moment = self.graded or self.screened or self.recorded
        assert moment is not None, "a customer that is there was recorded"
        return moment


def closed_cases(
    store: Store,
    fields: FieldCatalogue,
    after_the_fact: Iterable[str] = (),
    absent: Callable[[str], object] = lambda name: None,
) -> tuple[ClosedCase, ...]:
    """The won and lost customers of *store*, as they were when they were graded.

    The moment is when a grade was first given; else when screening was left; else when the customer
    was recorded. Fields *after_the_fact*, by any of their names, are unknown in all of them. A customer
    that was reopened counts as it was closed last; one found invalid was never a chance and is left out.
    *absent* hears which of them is a sheet's column that no closed customer has: one misspelt hides
    nothing. Raises UnknownFieldError.
    """
    codec = Codec(fields)
    hidden = frozenset(fields.named(name).key for name in after_the_fact)
    outcomes = {customer.id: customer for customer in _closed(store)}
    columns = {key for customer in outcomes.values() for key in customer.extra}
    for key in sorted(hidden - columns):
        if outcomes and fields.get(key) is None:
            absent(key)
    pasts: dict[str, _Past] = {}
    chronicle = store.chronicle(codec)
    for doc in chronicle.base.docs:
        if doc["id"] in outcomes:
            pasts[doc["id"]] = _Past(doc)
    for raw in chronicle.commits:
        at = moment_from_json(raw["at"])
        for edit in raw["edits"]:
            if edit["id"] in outcomes:
                pasts.setdefault(edit["id"], _Past()).live(edit, raw["revision"], at)
    return tuple(
        _case(outcome, pasts[outcome.id].moment, codec, hidden)
        for outcome in outcomes.values()
        if outcome.id in pasts
    )


def _closed(store: Store) -> Iterator[Customer]:
    query = Query(Compare("status", "in", ("won", "lost")), limit=_CHUNK)
    while True:
        page = store.find(query)
        yield from page.customers
        if page.next is None:
            return
        query = query.next(page.next)


def _case(outcome: Customer, moment: _Moment, codec: Codec, hidden: frozenset[str]) -> ClosedCase:
    won = outcome.status == "won"
    closed_at = outcome.closed_at or outcome.contract_signed_at
    recorded_closed = moment.doc.get("status") in ("won", "lost")
    left_out = {*GRADING, *hidden, *(OUTCOME if recorded_closed else ())}
    known = codec.decode({key: value for key, value in moment.doc.items() if key not in left_out})
    if recorded_closed:
        known = evolve(known, stage="lead", status="open")
        return ClosedCase(known, outcome.first_contact_at, won, closed_at, recorded_closed=True)
    return ClosedCase(known, moment.at, won, closed_at)
