"""What a gate still asks of a customer, and the debt of those who passed without it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import partial

from attrs import evolve, frozen

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.evaluate import matches, true_of
from crmcore.fields import FieldCatalogue
from crmcore.pipeline import Pipeline, Requirement, Stage
from crmcore.records import Debt


@frozen
class Missing:
    """A requirement that is not met, and the stage (or outcome) whose gate asks it."""

    stage: str
    requirement: Requirement


Owed = tuple[tuple[Missing, ...], tuple[Debt, ...]]


def is_met(requirement: Requirement, customer: Customer, fields: FieldCatalogue) -> bool:
    """Whether *customer* meets it; unknown is not met."""
    return matches(requirement.met, partial(fields.value, customer), fields) is True


def unmet(
    left: Iterable[Stage],
    customer: Customer,
    fields: FieldCatalogue,
    entered: Iterable[Stage] = (),
) -> list[Missing]:
    """What the gates out of the stages *left* and into those *entered* still ask of *customer*."""
    asked = asked_between(left, entered)
    return [one for one in asked if not is_met(one.requirement, customer, fields)]


def asked_between(left: Iterable[Stage], entered: Iterable[Stage]) -> list[Missing]:
    """What the gates out of the stages *left* and into those *entered* ask of everybody."""
    return [
        *(Missing(stage.key, requirement) for stage in left for requirement in stage.exit),
        *(Missing(stage.key, requirement) for stage in entered for requirement in stage.entry),
    ]


def words(missing: Sequence[Missing], dialect: Dialect) -> str:
    """What is missing, in one line, each thing once."""
    comma = "、" if dialect.language == "zh" else ", "
    return comma.join(dict.fromkeys(dialect.say(m.requirement.message) for m in missing))


def outstanding(customer: Customer, pipeline: Pipeline, fields: FieldCatalogue) -> list[Missing]:
    """The debts of *customer* that are still unmet.

    What the pipeline no longer asks is forgiven, and so is what an outcome asked of a customer who
    is no longer in it: who is open again needs no reason for having been lost.
    """
    asked = (
        (debt, pipeline.requirement(debt.stage, debt.requirement))
        for debt in customer.debts
        if debt.stage not in pipeline.outcomes or debt.stage == customer.status
    )
    return [
        Missing(debt.stage, requirement)
        for debt, requirement in asked
        if requirement is not None and not is_met(requirement, customer, fields)
    ]


def settle_debts(customer: Customer, pipeline: Pipeline, fields: FieldCatalogue) -> Customer:
    """*customer* without the debts that are paid by now."""
    if not customer.debts:
        return customer
    left = {(m.stage, m.requirement.key) for m in outstanding(customer, pipeline, fields)}
    debts = tuple(d for d in customer.debts if (d.stage, d.requirement) in left)
    return customer if debts == customer.debts else evolve(customer, debts=debts)


def owe(customer: Customer, missing: Iterable[Missing], now: datetime) -> Customer:
    """*customer* with *missing* kept as debt since *now*; what is owed already keeps its date."""
    owed = {(debt.stage, debt.requirement) for debt in customer.debts}
    new = tuple(
        Debt(m.stage, m.requirement.key, now)
        for m in missing
        if (m.stage, m.requirement.key) not in owed
    )
    return evolve(customer, debts=customer.debts + new) if new else customer


class Landing:
    """What the gates before where customers of one pipeline stand would have asked of each, and its outcome.

    Who owes the same has the same debts, since *now*.
    """

    def __init__(self, pipeline: Pipeline, fields: FieldCatalogue, now: datetime) -> None:
        self._pipeline = pipeline
        self._fields = fields
        self._now = now
        self._asked: dict[
            tuple[str, str], tuple[list[Missing], list[Callable[[Customer], bool]]]
        ] = {}
        self._owed: dict[tuple[str, str, tuple[bool, ...]], Owed] = {}

    def owed(self, customer: Customer) -> Owed:
        """What *customer* does not meet of that, and the debts it makes. Raises NotFoundError for a
        stage that is not there."""
        here = customer.stage, customer.status
        if (known := self._asked.get(here)) is None:
            asked = asked_before(self._pipeline, *here)
            tests = [true_of(one.requirement.met, self._fields) for one in asked]
            known = self._asked[here] = asked, tests
        asked, tests = known
        met = tuple([test(customer) for test in tests])
        if (owed := self._owed.get((*here, met))) is None:
            missing = tuple(one for one, is_so in zip(asked, met, strict=True) if not is_so)
            debts = (Debt(one.stage, one.requirement.key, self._now) for one in missing)
            owed = self._owed[(*here, met)] = missing, tuple(debts)
        return owed


def asked_before(pipeline: Pipeline, stage: str, status: str) -> list[Missing]:
    """What the gates before *stage*, and the outcome *status*, ask of everybody."""
    here = pipeline.index(stage)
    return [
        *asked_between(pipeline.stages[:here], pipeline.stages[: here + 1]),
        *(Missing(status, requirement) for requirement in pipeline.outcomes.get(status, ())),
    ]
