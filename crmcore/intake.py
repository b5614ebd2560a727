"""An import as a plan: what each row would do, before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Literal

from attrs import evolve, frozen

from crmcore.actions import Context, consequences, typed
from crmcore.customer import Customer
from crmcore.errors import CrmError
from crmcore.gates import land, owe
from crmcore.hooktypes import Draft, Reading
from crmcore.pipeline import Pipeline
from crmcore.query import Compare, Condition
from crmcore.records import Activity

Outcome = Literal["create", "update", "unchanged", "duplicate", "refused"]
FindOne = Callable[[Condition], Customer | None]
"""The first stored customer a condition is true of, or None."""

_SAME_PERSON = ("phone", "email")


@frozen
class PlannedRow:
    """What one row would do, and why; `before` and `after` are None where there is nothing."""

    number: int
    outcome: Outcome
    before: Customer | None
    after: Customer | None
    reasons: tuple[str, ...] = ()


@frozen
class ImportPlan:
    """All the rows of one file, and the revision of the store they were compared with."""

    rows: tuple[PlannedRow, ...]
    base_revision: int
    source: str
    columns: Mapping[str, str | None]
    notes: tuple[str, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows have each outcome."""
        return Counter(row.outcome for row in self.rows)


class Planner:
    """Decides row by row; remembers earlier rows, so that duplicates within the file are found."""

    def __init__(
        self,
        context: Context,
        pipeline: Pipeline,
        find_one: FindOne,
        *,
        strict: bool = False,
        keep_duplicates: bool = False,
    ) -> None:
        self._context = context
        self._pipeline = pipeline
        self._find_one = find_one
        self._strict = strict
        self._keep_duplicates = keep_duplicates
        self._rows_of: dict[tuple[str, str], int] = {}

    def plan(self, reading: Reading, source: str, base_revision: int) -> ImportPlan:
        """The plan for everything *reading* holds."""
        rows = tuple(self._row(draft) for draft in reading.drafts)
        return ImportPlan(rows, base_revision, source, reading.columns, reading.notes)

    def _row(self, draft: Draft) -> PlannedRow:
        if draft.problems:
            return PlannedRow(draft.number, "refused", None, None, draft.problems)
        try:
            before = self._known(draft.values)
            after = self._landed(before, draft)
        except CrmError as error:
            return PlannedRow(draft.number, "refused", None, None, (str(error),))
        if before is not None and after == before:
            return PlannedRow(draft.number, "unchanged", before, after, draft.notes)
        missing = land(after, self._pipeline, self._context.fields)
        if missing and self._strict:
            words = tuple(self._context.dialect.say(m.requirement.message) for m in missing)
            return PlannedRow(draft.number, "refused", before, None, words)
        if reasons := self._duplicate(draft, before):
            return PlannedRow(draft.number, "duplicate", before, None, reasons)
        outcome: Outcome = "create" if before is None else "update"
        return PlannedRow(draft.number, outcome, before, after, draft.notes)

    def _known(self, values: Mapping[str, Any]) -> Customer | None:
        for key in ("external_id", "id"):
            if sought := values.get(key):
                found = self._find_one(Compare(key, "=", sought))
                if found is not None:
                    return found
        return None

    def _landed(self, before: Customer | None, draft: Draft) -> Customer:
        context = self._context
        values = {
            spec.key: typed(spec, value, context)
            for spec, value in (
                (context.fields.named(key), value) for key, value in draft.values.items()
            )
        }
        values = {key: value for key, value in values.items() if value is not None and value != ()}
        if before is not None:
            values.pop("id", None)
        fresh = Customer(
            pipeline=self._pipeline.name, stage=self._pipeline.stages[0].key, created_at=context.now
        )
        if before is not None and "activities" in values:
            values["activities"] = _with_new(before.activities, values["activities"])
        after = (before or fresh).with_values(**values)
        after = consequences(before, after, self._pipeline, context)
        moved = before is None or (before.stage, before.status) != (after.stage, after.status)
        if not moved:
            return after
        missing = land(after, self._pipeline, context.fields)
        return owe(evolve(after, entered_stage_at=context.now), missing, context.now)

    def _duplicate(self, draft: Draft, before: Customer | None) -> tuple[str, ...]:
        """Why this row is one that is there already; remembers the row's own keys."""
        keys = [
            (k, str(draft.values[k])) for k in ("external_id", *_SAME_PERSON) if draft.values.get(k)
        ]
        reasons = [
            f"same {key} as row {self._rows_of[key, value]}: {value}"
            for key, value in keys
            if (key, value) in self._rows_of
        ]
        if before is None and not reasons:
            for key, value in keys:
                if key in _SAME_PERSON and (twin := self._find_one(Compare(key, "=", value))):
                    reasons.append(f"same {key} as {twin.id} {twin.title}: {value}")
        for name in keys:
            self._rows_of.setdefault(name, draft.number)
        if self._keep_duplicates:
            reasons = [reason for reason in reasons if reason.startswith("same external_id")]
        return tuple(reasons)


def _with_new(known: tuple[Activity, ...], more: tuple[Activity, ...]) -> tuple[Activity, ...]:
    said = {(activity.kind, activity.content) for activity in known}
    return known + tuple(a for a in more if (a.kind, a.content) not in said)
