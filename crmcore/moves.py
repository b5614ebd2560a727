"""Moving a customer along its pipeline: forward through gates, back with a reason."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from crmcore.actions import Context
from crmcore.customer import Customer
from crmcore.errors import GateError, RefusedError
from crmcore.gates import Missing, outstanding, owe, unmet, words
from crmcore.pipeline import Pipeline, Policy, Stage
from crmcore.text import clean


def move(
    customer: Customer,
    pipeline: Pipeline,
    to: Stage | None,
    context: Context,
    *,
    reason: str = "",
    force: bool = False,
) -> Customer:
    """*customer* in the stage *to*, or without one in the next; from the last, its round is completed.

    Forward, every gate on the way and every debt must be met, or the move is forced with a reason
    and what is unmet stays as debt. Backward goes by the policy of the stages that are left. Raises
    GateError, RefusedError.
    """
    if customer.status in ("lost", "invalid"):
        raise RefusedError(
            f"{customer.id} is {customer.status} and cannot be moved. `crmcore reopen` takes it back."
        )
    here = pipeline.index(customer.stage)
    there = here + 1 if to is None else pipeline.index(to.key)
    if there == here:
        raise RefusedError(f"{customer.id} is already in {customer.stage}.")
    if there < here:
        return _back(customer, pipeline, there, context, reason)
    if there == len(pipeline.stages) and customer.completed_at:
        raise RefusedError(
            f"{customer.id} has completed its round. `crmcore repurchase` opens a new one."
        )
    passed, entered = pipeline.stages[here:there], pipeline.stages[here + 1 : there + 1]
    missing = _missing(customer, pipeline, passed, entered, context)
    if missing and not force:
        raise GateError(customer.id, _blocked(customer, passed, missing, context), missing)
    if missing and not pipeline.allow_force:
        raise RefusedError(f"The pipeline {pipeline.name} does not allow forced moves.")
    if missing and not clean(reason):
        raise RefusedError(f"A forced move of {customer.id} needs a reason: add --reason.")
    return _forward(owe(customer, missing, context.now), pipeline, passed, there, context)


def _missing(
    customer: Customer,
    pipeline: Pipeline,
    passed: Sequence[Stage],
    entered: Sequence[Stage],
    context: Context,
) -> list[Missing]:
    asked = unmet(passed, customer, context.fields, entered)
    owed = outstanding(customer, pipeline, context.fields)
    return asked + [missing for missing in owed if missing not in asked]


def _blocked(
    customer: Customer, passed: Sequence[Stage], missing: Sequence[Missing], context: Context
) -> str:
    say = context.dialect.say
    wanted = words(missing, context.dialect)
    stage = say(passed[-1].label)
    keys = " ".join(f"--set {m.requirement.fields[0]}=…" for m in missing[:3])
    if context.dialect.language == "zh":
        return f"{customer.id} 还不能离开「{stage}」，缺少：{wanted}。\n补齐后再试，例如 crmcore move {customer.id} {keys}"
    return (
        f"{customer.id} cannot leave {stage} yet. Missing: {wanted}.\n"
        f"Fill it in, as in: crmcore move {customer.id} {keys}"
    )


def _forward(
    customer: Customer, pipeline: Pipeline, passed: Sequence[Stage], there: int, context: Context
) -> Customer:
    for stage in passed:
        if stage.status_on_exit and customer.status != stage.status_on_exit:
            customer = evolve(customer, status=stage.status_on_exit, closed_at=context.now)
    if there == len(pipeline.stages):
        return evolve(customer, completed_at=context.now)
    return evolve(customer, stage=pipeline.stages[there].key, entered_stage_at=context.now)


def _back(
    customer: Customer, pipeline: Pipeline, there: int, context: Context, reason: str
) -> Customer:
    for stage in pipeline.stages[there + 1 : pipeline.index(customer.stage) + 1]:
        _refuse_against(stage.back, f"Moving {customer.id} back from {stage.key}", reason)
    ahead = {stage.key for stage in pipeline.stages[there:]}
    customer = evolve(
        customer,
        stage=pipeline.stages[there].key,
        entered_stage_at=context.now,
        completed_at=None,
        debts=tuple(debt for debt in customer.debts if debt.stage not in ahead),
    )
    undone = any(stage.status_on_exit == customer.status for stage in pipeline.stages[there:])
    return evolve(customer, status="open", closed_at=None) if undone else customer


def reopen(customer: Customer, pipeline: Pipeline, reason: str, context: Context) -> Customer:
    """*customer* open again in the stage it was left in, by that stage's policy. Raises RefusedError."""
    if customer.status not in ("lost", "invalid"):
        raise RefusedError(
            f"{customer.id} is {customer.status}; only lost and invalid customers are reopened. "
            "`crmcore move` takes one back a stage."
        )
    stage = pipeline.stages[pipeline.index(customer.stage)]
    _refuse_against(stage.reopen, f"Reopening {customer.id} in {stage.key}", reason)
    again = evolve(
        customer, status="open", closed_at=None, close_reason=None, entered_stage_at=context.now
    )
    if again.validity == "invalid":
        again = evolve(again, validity="unchecked", validity_reason=None)
    return again


def _refuse_against(policy: Policy, what: str, reason: str) -> None:
    """Raise RefusedError where *policy* does not let *what* happen, or not without a *reason*."""
    if policy == "never":
        raise RefusedError(f"{what} is not allowed by its pipeline.")
    if policy == "reason" and not clean(reason):
        raise RefusedError(f"{what} needs a reason: add --reason.")
