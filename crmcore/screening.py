"""Whether a lead is real: three questions with an outcome and a reason, and what follows from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from attrs import evolve, frozen

from crmcore import actions
from crmcore.actions import Context
from crmcore.customer import CHECK_OUTCOMES, VALIDITY_CHECKS, Customer
from crmcore.errors import RefusedError, UsageError
from crmcore.fieldspec import Choice
from crmcore.query import Compare, Condition, Or, both, unknown
from crmcore.records import ValidityCheck
from crmcore.text import clean, did_you_mean

UNCHECKED: Condition = both(
    Compare("status", "=", "open"),
    Or((unknown("validity"), Compare("validity", "=", "unchecked"))),
)
"""The open customers whose validity nobody has settled."""


@frozen
class Finding:
    """The answer to one question: an outcome, and why or how it is known."""

    outcome: str
    reason: str = ""


def screen(
    customer: Customer, findings: Mapping[str, Finding], context: Context, *, keep: bool = False
) -> Customer:
    """*customer* with what was found, by question (`VALIDITY_CHECKS`), recorded.

    When the newest answers to all questions are passed, it is valid. One that failed makes it invalid and
    takes it out of the funnel with its reason; not so if *keep*. Raises UsageError for an unknown
    question or outcome, and RefusedError for a failure without a reason or a closed customer.
    """
    if customer.status in ("lost", "invalid"):
        raise RefusedError(
            f"{customer.id} is {customer.status} and is not screened. `crmcore reopen` takes it back."
        )
    checks = [_check(name, finding, context) for name, finding in findings.items()]
    for check in checks:
        customer = actions.append(customer, "validity_checks", check, context)
    failed = [check for check in checks if check.outcome == "fail"]
    if failed and not keep:
        comma = "；" if context.dialect.language == "zh" else "; "
        reason = comma.join(check.reason for check in failed)
        return actions.close(customer, "invalid", reason, context)
    outcomes = standing_checks(customer)
    if all(outcomes.get(question.key) == "pass" for question in VALIDITY_CHECKS):
        return evolve(customer, validity="valid", validity_reason=None)
    return customer


def standing_checks(customer: Customer) -> dict[str, str]:
    """The newest outcome of each question that was asked."""
    return {check.kind: check.outcome for check in customer.validity_checks}


def _check(name: str, finding: Finding, context: Context) -> ValidityCheck:
    kind = named(name, VALIDITY_CHECKS, "check").key
    outcome = named(finding.outcome, CHECK_OUTCOMES, "outcome").key
    reason = clean(finding.reason)
    if outcome == "fail" and not reason:
        raise RefusedError(f"A check that failed needs a reason: {kind}=fail:empty number, say.")
    return ValidityCheck(kind, outcome, reason, context.now, context.actor)


def named(word: str, choices: Sequence[Choice], what: str) -> Choice:
    """The one of *choices* that *word* names by key, label or alias. Raises UsageError."""
    sought = word.strip().casefold()
    for choice in choices:
        names = (choice.key, choice.label.zh, choice.label.en, *choice.aliases)
        if sought in (name.casefold() for name in names):
            return choice
    keys = [choice.key for choice in choices]
    hint = did_you_mean(word, keys, " Did you mean")
    raise UsageError(f"There is no {what} {word!r}.{hint} Known: {', '.join(keys)}.")
