"""The façade: the one door through which everybody reads and writes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from attrs import evolve

from crmcore import (
    actions,
    assigning,
    exchange,
    exporting,
    leads,
    merging,
    moves,
    undoing,
)
from crmcore.actions import Context
from crmcore.assigning import AssignmentPlan
from crmcore.changes import Commit, Write
from crmcore.config import FILE_NAME, Config
from crmcore.customer import Customer
from crmcore.deadlines import Deadlines
from crmcore.errors import RefusedError
from crmcore.exchangerates import ExchangeRates
from crmcore.fields import FieldCatalogue
from crmcore.grading import regrading
from crmcore.grading.evidence import given_by_hand
from crmcore.grading.regrading import GradingPlan
from crmcore.host import PluginHost
from crmcore.importplan import ImportPlan
from crmcore.merging import MergePlan
from crmcore.moments import Clock, system_clock
from crmcore.ownpipelines import with_own
from crmcore.query import EVERYBODY, Condition
from crmcore.records import Link
from crmcore.screening import Finding, screen
from crmcore.storage.base import Store
from crmcore.text import clean
from crmcore.together import Together
from crmcore.views import Past, Views
from crmcore.wording import Language
from crmcore.writer import Act, Writer

if TYPE_CHECKING:
    pass

Values = Mapping[str, Any]


class Crm(Views):
    """A workspace: its store, its plugins, its rules. Safe to use from several threads.

    Verbs return the customer as stored. Each takes `expected`, the revision the caller has seen:
    given, a newer one raises ConflictError; left out, the change is made to the customer as it is
    now. `values` map field names, labels or aliases to values or to texts that are parsed.
    """

    def __init__(
        self, store: Store, host: PluginHost, config: Config, clock: Clock, actor: str
    ) -> None:
        self.store = store
        self.host = host
        self.config = config
        self.clock = clock
        self.actor = actor
        self.rates = ExchangeRates(config.currency)
        self._past = Past()
        self.dialect = config.dialect
        self.fields = FieldCatalogue(host.fields().values)
        self.pipelines = with_own(
            host.pipelines(), config.pipelines, str(config.directory / FILE_NAME), self.fields,
            self.dialect, clock(),
        )  # fmt: skip
        calendar = host.calendars().named(config.calendar)
        self.deadlines = Deadlines(config.deadlines, calendar, self.dialect.zone)
        self.writer = Writer(
            store, host, config, self.dialect, self.fields, self.pipelines, self.deadlines, clock,
            actor,
        )  # fmt: skip

    @classmethod
    def open(
        cls,
        url: str | None = None,
        *,
        directory: Path | None = None,
        clock: Clock = system_clock,
        actor: str | None = None,
    ) -> Crm:
        """The workspace at or above *directory* (here, if left out), or just the store at *url*.

        Raises ConfigError, StoreError or PluginError.
        """
        from crmcore.bootstrap import open_crm

        return open_crm(url, directory=directory, clock=clock, actor=actor)

    def speak(self, language: str) -> None:
        """Say all in *language* from now on, but what is stored. Raises ConfigError for an unknown one."""
        self.dialect = self.writer.dialect = self.config.dialect_in(language)

    # writing

    def add(self, values: Values | None = None, /, *, reason: str = "", **more: Any) -> Customer:
        """A new lead with these fields; its id comes from the ID scheme."""
        return self.writer.create(self._lead({**(values or {}), **more}), "add", reason)

    def edit(
        self,
        customer_id: str,
        values: Values | None = None,
        /,
        *,
        reason: str = "",
        expected: int | None = None,
        **more: Any,
    ) -> Customer:
        """Fill in fields of one customer; see `actions.fill` for what a value may be."""
        wanted = {**(values or {}), **more}
        act: Act = lambda customer, context: actions.fill(customer, wanted, context)  # noqa: E731
        return self.writer.change(customer_id, "edit", act, reason, expected)

    def append(
        self, customer_id: str, field: str, record: Any, *, expected: int | None = None
    ) -> Customer:
        """Add a Proposal, Objection, ContractChange or Activity to its field."""
        act: Act = lambda customer, context: actions.append(customer, field, record, context)  # noqa: E731
        return self.writer.change(customer_id, f"add {field}", act, "", expected)

    def amend(
        self,
        customer_id: str,
        field: str,
        number: int,
        *,
        expected: int | None = None,
        **changes: Any,
    ) -> Customer:
        """Change the record *number* (from 1) of *field*, as when an objection is answered."""
        act: Act = lambda customer, context: actions.amend(  # noqa: E731
            customer, field, number, changes, context
        )
        return self.writer.change(customer_id, f"amend {field}", act, "", expected)

    def log(
        self, customer_id: str, content: str, kind: str = "note", *, expected: int | None = None
    ) -> Customer:
        """Record a call, visit, meeting, message or note, now."""
        act: Act = lambda customer, context: actions.log(customer, content, kind, context)  # noqa: E731
        return self.writer.change(customer_id, "log", act, "", expected)

    def move(
        self,
        customer_id: str,
        to: str | None = None,
        values: Values | None = None,
        *,
        reason: str = "",
        force: bool = False,
        expected: int | None = None,
    ) -> Customer:
        """Fill in *values*, then move to the stage *to* (the next, if left out), in one commit.

        Raises GateError with what is missing; see `moves.move`.
        """

        def act(customer: Customer, context: Context) -> Customer:
            pipeline = self.pipeline(customer.pipeline)
            filled = actions.fill(customer, values or {}, context)
            filled = actions.consequences(customer, filled, pipeline, context)
            stage = None if to is None else pipeline.named(to)
            return moves.move(filled, pipeline, stage, context, reason=reason, force=force)

        return self.writer.change(customer_id, "move", act, reason, expected)

    def grade(
        self,
        customer_id: str,
        grade: str | None = None,
        evidence: str = "",
        *,
        replace_manual: bool = False,
        expected: int | None = None,
    ) -> Customer:
        """Grade by the workspace's graders, or by hand with *grade* and *evidence*.

        Where a grader fails the grade stays, marked in `grading.stale`, which says why. A run never
        replaces a grade given by hand, here or in a sheet, unless *replace_manual*: RefusedError.
        """

        def act(customer: Customer, context: Context) -> Customer:
            if grade is not None:
                return actions.grade_by_hand(customer, grade, evidence, context)
            if given_by_hand(customer) and not replace_manual:
                raise RefusedError(
                    f"{customer.id} was graded {customer.grade} by hand: {customer.grade_evidence}."
                    "\nAdd --replace-manual to grade it by the rules."
                )
            return self.writer.grading(context.now).one(customer)

        return self.writer.change(customer_id, "grade", act, "", expected)

    def plan_grading(self, where: str | Condition = EVERYBODY, **options: Any) -> GradingPlan:
        """What grading all those *where* holds would do; see `regrading.plan_grading`."""
        return regrading.plan_grading(self, self.condition(where), **options)

    def apply_grading(self, plan: GradingPlan, reason: str = "") -> Commit | None:
        """Do what *plan* says, as one commit; None when it changes nothing. Raises ConflictError."""
        return regrading.apply_grading(self, plan, reason)

    def together(
        self,
        ids: Iterable[str],
        verb: Callable[[str], object],
        *,
        action: str,
        reason: str = "",
        whole: bool = False,
    ) -> Together:
        """Change each of *ids* by *verb*, which calls verbs of this façade, in one commit.

        Each passes the same gates and checks as alone; those refused stay as they are and are told in
        `Together.refused`; if *whole*, one refusal leaves everybody as they are. `undo` takes all back.
        """
        return self.writer.together(ids, verb, action, reason, whole=whole)

    def assign(
        self, customer_id: str, owner: str, *, reason: str = "", expected: int | None = None
    ) -> Customer:
        """Give the customer to *owner*, whose first follow-up is due in 24 hours or as `[deadlines]` says."""
        name = clean(owner)
        act: Act = lambda customer, context: actions.assign(customer, name, context)  # noqa: E731
        return self.writer.change(customer_id, "assign", act, reason, expected)

    def plan_assignment(
        self,
        where: str | Condition = EVERYBODY,
        to: str | None = None,
        *,
        without: Iterable[str] = (),
    ) -> AssignmentPlan:
        """Who would get each open customer *where* holds: *to*, or whom the workspace's assigner chooses,
        none of those it is to do *without*.

        Raises UsageError where no assigner is named.
        """
        name = clean(to) if to else None
        return assigning.plan(self, self.condition(where), name, tuple(without))

    def apply_assignment(self, plan: AssignmentPlan, reason: str = "") -> Together:
        """Do what *plan* says, as one commit. Raises ConflictError when the data changed since."""
        return assigning.apply(self, plan, reason)

    def screen(
        self,
        customer_id: str,
        findings: Mapping[str, Finding],
        *,
        keep: bool = False,
        expected: int | None = None,
    ) -> Customer:
        """Record whether the lead is real; see `screening.screen` for what follows from it."""
        act: Act = lambda customer, context: screen(customer, findings, context, keep=keep)  # noqa: E731
        return self.writer.change(customer_id, "screen", act, "", expected)

    def lose(self, customer_id: str, reason: str, *, expected: int | None = None) -> Customer:
        """Close as lost, with the reason."""
        act: Act = lambda customer, context: actions.close(customer, "lost", reason, context)  # noqa: E731
        return self.writer.change(customer_id, "lose", act, reason, expected)

    def invalidate(self, customer_id: str, reason: str, *, expected: int | None = None) -> Customer:
        """Close as an invalid lead, with the reason."""
        act: Act = lambda customer, context: actions.close(  # noqa: E731
            customer, "invalid", reason, context
        )
        return self.writer.change(customer_id, "invalidate", act, reason, expected)

    def reopen(self, customer_id: str, reason: str, *, expected: int | None = None) -> Customer:
        """Take a lost or invalid customer back into its stage, by that stage's policy."""
        act: Act = lambda customer, context: moves.reopen(  # noqa: E731
            customer, self.pipeline(customer.pipeline), reason, context
        )
        return self.writer.change(customer_id, "reopen", act, reason, expected)

    def repurchase(self, customer_id: str, values: Values | None = None) -> Customer:
        """A new round for a customer who buys again, linked both ways; returns the new record."""
        old = self.get(customer_id)
        wanted = {"source": "复购", **leads.carried(old), **(values or {})}
        return self._follow_on(old, wanted, "repurchase", "repurchase_of")

    def refer(self, customer_id: str, values: Values) -> Customer:
        """A new lead whom this customer referred, linked both ways; returns the new record."""
        wanted = {"source": "转介绍", **values}
        return self._follow_on(self.get(customer_id), wanted, "refer", "referred_by")

    def plan_merge(self, keep: str, other: str, take: Collection[str] = ()) -> MergePlan:
        """What merging *other* into *keep* would make, field by field; see `merging.merge`."""
        kept = self.get(keep)
        pipeline = self.pipeline(kept.pipeline)
        return merging.merge(kept, self.get(other), take, pipeline, self.writer.context())

    def merge(self, plan: MergePlan, reason: str = "") -> Customer:
        """Do what *plan* says, as one commit; returns the customer that stays.

        Raises ConflictError when one of the two changed since.
        """
        writes = [
            Write(before, after)
            for before, after in zip(plan.before, (plan.kept, plan.other), strict=True)
        ]
        commit = self.writer.commit(writes, "merge", reason)
        return evolve(plan.kept, revision=commit.revision)

    def _lead(self, values: Values) -> Customer:
        return leads.lead(values, self.pipeline(), self.writer.context())

    def _follow_on(self, old: Customer, values: Values, action: str, link: str) -> Customer:
        new = evolve(self._lead(values), links=(Link(link, old.id),))
        return self.writer.create(new, action, "", linked_from=old.id)

    # whole files, and taking back

    def plan_import(self, path: Path | Sequence[Path], **options: Any) -> ImportPlan:
        """What importing *path* would do, row by row; see `exchange.plan_import` for the options."""
        return exchange.plan_import(self, path, **options)

    def apply(self, plan: ImportPlan) -> Commit | None:
        """Do what *plan* says, as one commit; None when it changes nothing. Raises ConflictError."""
        return exchange.apply_plan(self, plan)

    def export(
        self,
        path: Path,
        where: str | Condition = EVERYBODY,
        columns: Sequence[str] = (),
        **options: Any,
    ) -> int:
        """Write the customers *where* holds to *path*; see `exporting.export` for the options."""
        return exporting.export(self, path, where, columns, **options)

    def template(self, path: Path, *, language: Language | None = None) -> None:
        """Write to *path* an empty file to fill in and import; see `exporting.template`."""
        exporting.template(self, path, language=language)

    def undo(self, revision: int | None = None) -> Commit:
        """Take back a commit, or the actor's last one. Raises ConflictError, NotFoundError."""
        return self.writer.take_back(revision, undoing.UNDO)

    def redo(self, revision: int | None = None) -> Commit:
        """Take back an undo, or the actor's last one. Raises ConflictError, NotFoundError."""
        return self.writer.take_back(revision, undoing.REDO)

    def close(self) -> None:
        """Release the store."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
