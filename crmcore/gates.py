"""What a gate still asks of a customer, and the debt of those who passed without it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial

from attrs import evolve, frozen

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.evaluate import matches
from crmcore.fields import FieldCatalogue
from crmcore.pipeline import Pipeline, Requirement, Stage
from crmcore.records import Debt


@frozen
class Missing:
    """A requirement that is not met, and the stage (or outcome) whose gate asks it."""

    stage: str
    requirement: Requirement


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
    asked = [
        *((stage, requirement) for stage in left for requirement in stage.exit),
        *((stage, requirement) for stage in entered for requirement in stage.entry),
    ]
    return [
        Missing(stage.key, requirement)
        for stage, requirement in asked
        if not is_met(requirement, customer, fields)
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


def land(customer: Customer, pipeline: Pipeline, fields: FieldCatalogue) -> list[Missing]:
    """What the gates before the stage *customer* stands in, and its outcome, would have asked."""
    here = pipeline.index(customer.stage)
    left, entered = pipeline.stages[:here], pipeline.stages[: here + 1]
    outcome = pipeline.outcomes.get(customer.status, ())
    late = [
        Missing(customer.status, requirement)
        for requirement in outcome
        if not is_met(requirement, customer, fields)
    ]
    return unmet(left, customer, fields, entered) + late
