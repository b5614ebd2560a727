"""Deciding what each row of an import would do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from attrs import evolve

from crmcore.actions import Context, consequences
from crmcore.changes import Change
from crmcore.concealing import concealed
from crmcore.customer import Customer
from crmcore.errors import UsageError, ValueRefusedError
from crmcore.gates import Landing, Missing, owe
from crmcore.hooktypes import Draft, Problem, Reading
from crmcore.importplan import Decision
from crmcore.importrows import Outcome, PlannedRow, Told
from crmcore.importseen import Seen
from crmcore.importtwins import Twin, Twins
from crmcore.importvalues import Stated, Statements, Values
from crmcore.making import made
from crmcore.masking import is_masked
from crmcore.numbering import Numbering
from crmcore.pipeline import Pipeline
from crmcore.records import Activity
from crmcore.wording import Text

BATCH = 500
"""How many rows are compared with the store at once."""
Check = Callable[[Change], Iterable[Problem]]


class Planner:
    """Decides row by row; remembers earlier rows, so that duplicates within the files are found.

    *get* finds a customer by id, *check* says what speaks against a change, *renew* grades a changed customer again.
    """

    def __init__(
        self,
        context: Context,
        pipeline: Pipeline,
        twins: Twins,
        numbering: Numbering,
        get: Callable[[str], Customer],
        check: Check,
        renew: Callable[[Customer], Customer],
        *,
        strict: bool = False,
        keep_duplicates: bool = False,
        drop_unmapped: bool = False,
        decisions: Mapping[tuple[str, int], Decision] | None = None,
    ) -> None:
        self._context = context
        self._pipeline = pipeline
        self._twins = twins
        self._numbering = numbering
        self._get = get
        self._check = check
        self._renew = renew
        self._strict = strict
        self._keep_duplicates = keep_duplicates
        self._statements = Statements(context, drop_unmapped=drop_unmapped)
        self._landing = Landing(pipeline, context.fields, context.now)
        self._decisions = dict(decisions or {})
        self._several = False
        self._fresh: Values = {
            "pipeline": pipeline.name, "stage": pipeline.stages[0].key,
            "created_at": context.now, "entered_stage_at": context.now,
        }  # fmt: skip
        self._changed = Seen()
        self.taken: set[str] = set()
        """Ids that rows came with after they had been given to earlier ones."""

    def renumbered(self, row: PlannedRow) -> PlannedRow:
        """*row*, which is to be created, under another id."""
        assert row.after is not None
        return evolve(row, after=evolve(row.after, id=self._numbering.next(row.after)))

    @property
    def unheard(self) -> list[tuple[str, int]]:
        """The decided rows that did not come."""
        return sorted(self._decisions)

    def rows(
        self, reading: Reading, source: str, *, several: bool = False
    ) -> Iterator[list[PlannedRow]]:
        """What the rows of *reading* would do, a batch at a time; *several*: of several files."""
        self._several = several
        self._labels = self._label(0, source).rsplit("0", 1)
        drafts = iter(reading.drafts)
        while batch := list(islice(drafts, BATCH)):
            stated = self._statements.of(batch)
            self._twins.look_up(values for values, _, _ in stated if values)
            yield self._batch(source, batch, stated)

    def _batch(
        self, source: str, batch: Sequence[Draft], stated: Sequence[Stated]
    ) -> list[PlannedRow]:
        """What some rows would do. New customers, as most are, are made together: it is faster."""
        known = [None if wrong else self._twins.known(values) for values, _, wrong in stated]
        names = [str(draft.number).join(self._labels) for draft in batch]
        alike = self._twins.of_all([values for values, _, _ in stated], names, known)
        rows: list[PlannedRow] = []
        new: list[PlannedRow] = []
        for draft, (values, only_new, wrong), before, twins in zip(
            batch, stated, known, alike, strict=True
        ):
            row = PlannedRow(
                draft.number, "refused", None, None, wrong or draft.notes, source, values, only_new,
                draft.cells,
            )  # fmt: skip
            decision = self._decisions.pop((source, draft.number), None)
            if not (wrong or before or twins or decision):
                new.append(row)
                continue
            rows += self._created(new)
            new = []
            rows.append(
                self._refused(row, decision)
                if wrong
                else self._decided(row, before, twins, decision)
            )
        rows += self._created(new)
        return rows

    def _refused(self, row: PlannedRow, decision: Decision | None) -> PlannedRow:
        if decision is not None and decision.action != "skip":
            here = self._label(row.number, row.source)
            raise UsageError(f"{here} cannot be taken in: {row.reasons[0]}")
        return row

    def _label(self, number: int, source: str) -> str:
        where = Text("第 {number} 行", "row {number}").with_(number=number)
        if self._several:
            where = Text("{source} {where}", "{source} {where}").with_(source=source, where=where)
        return self._context.dialect.say(where)

    def replan(self, row: PlannedRow, decision: Decision) -> PlannedRow:
        """*row*, planned earlier, as *decision* has it. Raises UsageError, UnknownCustomerError."""
        if not row.stated and decision.action != "skip":
            raise UsageError(f"Row {row.number} cannot be taken in: {'; '.join(row.reasons)}")
        self._twins.look_up([row.stated])
        before = self._twins.known(row.stated)
        here = self._label(row.number, row.source)
        twins = self._twins.of(row.stated, here, before)
        plain = evolve(row, reasons=(), twin="", score=None)
        return self._decided(plain, before, twins, decision, again=True)

    def _decided(
        self,
        row: PlannedRow,
        before: Customer | None,
        twins: Sequence[Twin],
        decision: Decision | None,
        *,
        again: bool = False,
    ) -> PlannedRow:
        say = self._context.dialect.say
        # An unreadable second row of one external id would be written over the first.
        counted = [t for t in twins if not self._keep_duplicates or t.key in ("external_id", "id")]
        said = tuple(say(twin.reason) for twin in counted)
        twin = next((twin.customer for twin in twins if twin.customer), "")
        score = counted[0].score if counted else None
        if decision is not None:
            return self._as_wanted(row, before, twin, said, score, decision, again=again)
        if counted and before is None:
            return evolve(row, outcome="duplicate", reasons=said, twin=twin, score=score)
        planned = self._planned(row, before)
        if counted and planned.outcome == "update":
            return evolve(
                row, outcome="duplicate", before=before, reasons=said, twin=twin, score=score
            )
        return self._noted(planned)

    def _as_wanted(
        self,
        row: PlannedRow,
        before: Customer | None,
        twin: str,
        said: tuple[str, ...],
        score: float | None,
        decision: Decision,
        *,
        again: bool,
    ) -> PlannedRow:
        row = evolve(row, twin=twin, score=score, decided=str(decision))
        if decision.action == "skip":
            return evolve(row, outcome="skipped", before=None, after=None, reasons=said)
        if decision.action == "create":
            stated = {k: v for k, v in row.stated.items() if k != "id" or before is None}
            return self._planned(evolve(row, stated=stated, before=None, after=None), None)
        target = decision.customer_id or (before.id if before else twin)
        if not target:
            here = self._label(row.number, row.source)
            raise UsageError(f"{here} is like no customer: say update:CUSTOMER.")
        return self._noted(self._planned(evolve(row, after=None), self._get(target), again=again))

    def _noted(self, row: PlannedRow) -> PlannedRow:
        """*row*; who is changed by it is not changed by another."""
        if row.outcome == "update" and row.before is not None:
            self._changed.first(row.before.id, self._label(row.number, row.source))
        return row

    def _planned(
        self, row: PlannedRow, before: Customer | None, *, again: bool = False
    ) -> PlannedRow:
        """What *row* does to *before*, or to nobody yet."""
        if before is None:
            return self._created([row])[0]
        try:
            here = self._label(row.number, row.source)
            other = self._changed.get(before.id)
            if other is not None and other != here:
                words = Text("{other} 已修改 {id}", "{other} changes {id} already").with_(
                    other=other, id=before.id
                )
                if again or row.decided:
                    raise UsageError(f"{here}: {self._context.dialect.say(words)}.")
                said = (self._context.dialect.say(words),)
                return evolve(row, outcome="duplicate", reasons=said, twin=before.id, score=1.0)
            return self._updated(row, before)
        except ValueRefusedError as error:
            return evolve(row, outcome="refused", before=before, reasons=(str(error),))

    def _created(self, rows: Sequence[PlannedRow]) -> list[PlannedRow]:
        """What *rows* make, each a new customer: step by step, each for all of them."""
        try:
            news = [self._new(row) for row in rows]
            context = self._context
            afters = [consequences(None, new, self._pipeline, context) for new in news]
            owed = [self._landing.owed(after) for after in afters]
        except ValueRefusedError as error:
            if len(rows) == 1:
                return [evolve(rows[0], outcome="refused", before=None, reasons=(str(error),))]
            return [one for row in rows for one in self._created([row])]
        ids = [
            None if missing and self._strict else self._id_of(after)
            for after, (missing, _) in zip(afters, owed, strict=True)
        ]
        planned = []
        for row, new, after, (missing, debts), one in zip(
            rows, news, afters, owed, ids, strict=True
        ):
            if one is None:
                planned.append(self._strictly(row, None, missing))
            elif after is new and not new.debts:  # as nearly always
                after = new.completed(id=one, debts=debts)
                told = Told(after, _shared(tuple(row.stated)))
                planned.append(self._allowed(row, "create", None, after, told))
            else:
                after = evolve(owe(after, missing, context.now), id=one)
                planned.append(self._allowed(row, "create", None, after))
        return planned

    def _new(self, row: PlannedRow) -> Customer:
        return made({**self._fresh, **row.only_new, **row.stated})

    def _id_of(self, new: Customer) -> str:
        if not new.id:
            return self._numbering.next(new)
        if not self._numbering.reserve(new.id):
            self.taken.add(new.id)
        return new.id

    def _updated(self, row: PlannedRow, before: Customer) -> PlannedRow:
        context = self._context
        hidden = []
        changed: Values = {}
        for key, value in row.stated.items():
            if key in ("id", "pipeline"):
                continue
            if is_masked(key, value) or self._conceals(before, key, value):
                hidden.append(key)
                continue
            if key == "activities":
                value = _with_new(before.activities, value)
            if before.value_of(key) != value:
                changed[key] = value
        notes = row.reasons
        if hidden:
            names = ", ".join(hidden)
            words = Text(
                "已隐藏的值不导入：{names}", "hidden in the file, so not taken: {names}"
            ).with_(names=names)
            notes = (*notes, context.dialect.say(words))
        row = evolve(row, reasons=notes)
        if not changed:
            return evolve(row, outcome="unchanged", before=before, after=before, cells=())
        pipeline = self._pipeline
        after = consequences(before, before.with_values(**changed), pipeline, context)
        missing, _ = self._landing.owed(after)
        if missing and self._strict:
            return self._strictly(row, before, missing)
        if (before.stage, before.status) != (after.stage, after.status):
            after = owe(evolve(after, entered_stage_at=context.now), missing, context.now)
        return self._allowed(row, "update", before, self._renew(after))

    @staticmethod
    def _conceals(before: Customer, key: str, value: Any) -> bool:
        """Whether *value* is what a masked file shows for what is known of *before*."""
        known = before.value_of(key)
        return known != value and "*" in str(value) and concealed(before).value_of(key) == value

    def _strictly(
        self, row: PlannedRow, before: Customer | None, missing: Iterable[Missing]
    ) -> PlannedRow:
        say = self._context.dialect.say
        words = tuple(say(one.requirement.message) for one in missing)
        return evolve(row, outcome="refused", before=before, reasons=words)

    def _allowed(
        self,
        row: PlannedRow,
        outcome: Outcome,
        before: Customer | None,
        after: Customer,
        stated: Mapping[str, Any] | None = None,
    ) -> PlannedRow:
        """*row*, unless a plugin objects."""
        reasons = row.reasons
        context = self._context
        change = Change(before, after, "import", context.actor, row.source, context.now)
        for problem in self._check(change):
            words = f"{context.dialect.say(problem.message)} ({problem.plugin})"
            if problem.severity == "error":
                outcome = "refused"
            reasons = (*reasons, words)
        if outcome == "refused":
            return evolve(row, outcome=outcome, before=before, reasons=reasons)
        return PlannedRow(
            row.number, outcome, before, after, reasons, row.source,
            row.stated if stated is None else stated, row.only_new, (),
            row.twin, row.score, row.decided,
        )  # fmt: skip


@lru_cache(maxsize=1_000)
def _shared(keys: tuple[str, ...]) -> tuple[str, ...]:
    return keys  # the same ones for rows that state the same fields


def _with_new(known: tuple[Activity, ...], more: tuple[Activity, ...]) -> tuple[Activity, ...]:
    said = {(activity.kind, activity.content) for activity in known}
    return known + tuple(a for a in more if (a.kind, a.content) not in said)
