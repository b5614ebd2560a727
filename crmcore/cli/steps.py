"""Verbs for what the later steps of a sale leave in the record: terms, contract, delivery, survey."""

from __future__ import annotations

from collections.abc import Mapping

import click

from crmcore.cli.change import id_argument, told
from crmcore.cli.context import App, pass_app
from crmcore.customer import Customer
from crmcore.due import due_items
from crmcore.errors import UsageError
from crmcore.text import one_line
from crmcore.values import show_value

_NOW = "now"


def _filled(app: App, customer_id: str, given: Mapping[str, str | None]) -> Customer:
    """The customer with what was given filled in, told field by field. Raises UsageError for nothing."""
    values = {key: text for key, text in given.items() if text}
    if not values:
        raise UsageError("Nothing to record: see the options with --help.")
    now = app.crm.clock().isoformat()
    values = {key: now if text == _NOW else text for key, text in values.items()}
    customer = app.crm.edit(customer_id, values)
    _tell(app, customer, *values)
    return customer


def _tell(app: App, customer: Customer, *keys: str) -> None:
    said = []
    for key in keys:
        spec = app.crm.fields.named(key)
        value = show_value(spec, app.crm.fields.value(customer, key), app.dialect)
        said.append(one_line(f"{app.dialect.say(spec.label)} {value}"))
    told(app, customer, "· " + " · ".join(said))


@click.command("next")
@id_argument
@click.argument("next_step", metavar="STEP")
@click.option("--due", "next_step_due", help="When it is due, as in 明天 10:00 or +3d.")
@pass_app
def next_command(app: App, /, customer_id: str, **given: str | None) -> None:
    """Plan the next step: one per customer, with a due time."""
    _filled(app, customer_id, given)


@click.command("feedback")
@id_argument
@click.argument("number", type=int)
@click.argument("feedback")
@pass_app
def feedback_command(app: App, customer_id: str, number: int, feedback: str) -> None:
    """Record what the customer said of the proposal NUMBER (from 1)."""
    customer = app.crm.amend(customer_id, "proposals", number, feedback=feedback)
    told(
        app,
        customer,
        app.say("· 方案 {number} 的反馈", "· feedback on proposal {number}", number=number),
    )


@click.command("terms")
@id_argument
@click.option("--price", help="The agreed price, such as 15万.")
@click.option("--payment", "payment_terms")
@click.option("--delivery", "delivery_terms")
@click.option("--service", "service_terms")
@click.option("--bottom-line", "bottom_line", help="What the customer insists on.")
@click.option("--concessions", help="What is offered for it.")
@click.option("--progress", "negotiation_progress")
@pass_app
def terms_command(app: App, /, customer_id: str, **given: str | None) -> None:
    """Record what is negotiated."""
    _filled(app, customer_id, given)


@click.command("contract")
@id_argument
@click.option("--sent", "contract_sent_at", metavar="WHEN", help="When it was sent; `now` for now.")
@click.option("--signed", "contract_signed_at", metavar="WHEN", help="When the customer signed it.")
@pass_app
def contract_command(app: App, /, customer_id: str, **given: str | None) -> None:
    """Record that the contract was sent or signed; `crmcore clause` records what changed in it."""
    _filled(app, customer_id, given)


@click.command("deliver")
@id_argument
@click.option("--at", "delivered_at", default=_NOW, metavar="WHEN", help="Now, if left out.")
@click.option("--acceptance", help="accepted, rejected or pending.")
@pass_app
def deliver_command(app: App, /, customer_id: str, **given: str | None) -> None:
    """Record the delivery; the survey is due three working days later, or as [deadlines] says."""
    customer = _filled(app, customer_id, given)
    if customer.survey_due and customer.satisfaction is None:
        _tell(app, customer, "survey_due")
        for item in due_items(customer, app.crm.deadlines):
            if item.due == customer.survey_due:
                click.echo(f"  {app.dialect.say(item.what)}")


@click.command("survey")
@id_argument
@click.argument("satisfaction", metavar="SCORE")
@click.option("--feedback", help="What the customer said.")
@click.option("--repurchase", "repurchase_intent", help="high, medium or low.")
@pass_app
def survey_command(app: App, /, customer_id: str, **given: str | None) -> None:
    """Record the answer to the satisfaction survey: a score from 1 to 5."""
    _filled(app, customer_id, given)
