"""The forms for the steps of a sale: is the lead real, terms, contract, delivery, the survey."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from attrs import evolve

from crmcore.crm import Crm
from crmcore.customer import CHECK_OUTCOMES, VALIDITY_CHECKS, Customer
from crmcore.errors import UsageError
from crmcore.fieldspec import Kind
from crmcore.screening import Finding
from crmcore.text import clean, one_line
from crmcore.wording import Text
from crmcore_tui import stepwordings as sw
from crmcore_tui.formfields import YES_NO, FormField, of_keys, own
from crmcore_tui.forms import form_about
from crmcore_tui.screens.form import Form

TERMS = (
    "price", "payment_terms", "delivery_terms", "service_terms", "bottom_line", "concessions",
    "negotiation_progress",
)  # fmt: skip
CONTRACT = ("contract_sent_at", "contract_signed_at")
DELIVERY = ("delivered_at", "acceptance")
SURVEY = ("satisfaction", "feedback", "repurchase_intent")
_KEEP = "keep"
_SHORT = 80


def screen_lead(crm: Crm, customer: Customer) -> Form:
    """The three questions whether the lead is real, each with its outcome and why."""
    keep = own(_KEEP, sw.KEEP_IN, crm.dialect, editor="choice")
    fields = [*_questions(crm, customer), evolve(keep, choices=YES_NO)]

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        findings = {
            check.key: Finding(values[check.key], clean(values.get(_reason(check.key), "")))
            for check in VALIDITY_CHECKS
            if values.get(check.key)
        }
        if not findings:
            raise UsageError(crm.dialect.say(sw.NOTHING_CHECKED))
        stays = values.get(_KEEP) == "yes"
        return crm.screen(customer.id, findings, keep=stays, expected=expected)

    return form_about(crm, "screen", sw.SCREEN_TITLE, customer, fields, submit)


def _reason(check: str) -> str:
    return f"{check} reason"


def _questions(crm: Crm, customer: Customer) -> Iterator[FormField]:
    say = crm.dialect.say
    newest = {check.kind: check for check in customer.validity_checks}
    outcomes = {choice.key: choice.label for choice in CHECK_OUTCOMES}
    for number, check in enumerate(VALIDITY_CHECKS):
        asked = own(check.key, check.label, crm.dialect, editor="choice")
        before = newest.get(check.key)
        help_ = say(sw.CHECK_HELP) if number == 0 else ""
        if before is not None:
            outcome = say(outcomes[before.outcome]) if before.outcome in outcomes else ""
            help_ = say(sw.CHECK_BEFORE).format(
                outcome=outcome, reason=one_line(before.reason[:_SHORT])
            )
        yield evolve(asked, choices=CHECK_OUTCOMES, help=help_)
        yield own(_reason(check.key), sw.CHECK_REASON, crm.dialect)


def _fill_in(
    name: str,
    title: Text,
    keys: tuple[str, ...],
    helps: Mapping[str, Text],
    crm: Crm,
    customer: Customer,
) -> Form:
    say = crm.dialect.say

    def helped(field: FormField) -> FormField:
        text = helps.get(field.key)
        if text is None and field.spec is not None and field.spec.kind is Kind.MOMENT:
            text = sw.NOW_HELP
        return field if text is None else evolve(field, help=say(text))

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        if not values:
            return crm.get(customer.id)
        return crm.edit(customer.id, values, expected=expected)

    fields = [helped(field) for field in of_keys(keys, crm.fields, customer, crm.dialect)]
    return form_about(crm, name, title, customer, fields, submit, everything=False)


terms = partial(_fill_in, "terms", sw.TERMS_TITLE, TERMS, {})
"""What is negotiated: price, payment, delivery, service, the bottom line, what is offered, how far it is."""

contract = partial(_fill_in, "contract", sw.CONTRACT_TITLE, CONTRACT, {})
"""When the contract was sent and signed."""

delivery = partial(
    _fill_in, "delivery", sw.DELIVERY_TITLE, DELIVERY, {"acceptance": sw.SURVEY_DUE_HELP}
)
"""When it was delivered, and what the customer's acceptance said."""

survey = partial(_fill_in, "survey", sw.SURVEY_TITLE, SURVEY, {})
"""The answer to the satisfaction survey."""
