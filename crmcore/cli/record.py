"""Verbs that record what each step of a sale leaves behind."""

from __future__ import annotations

import click

from crmcore.cli.change import id_argument, standing, told
from crmcore.cli.context import App, assignments, pass_app, set_option
from crmcore.records import ContractChange, Objection, Proposal
from crmcore.values import parse_value


@click.command("propose")
@id_argument
@click.argument("summary")
@click.option("--price", default="", help="Money, such as 15万.")
@click.option("--sent-at", help="When it was sent; now, if left out.")
@click.option("--draft", is_flag=True, help="Not sent yet.")
@click.option("--feedback", default="")
@pass_app
def propose_command(
    app: App,
    customer_id: str,
    summary: str,
    price: str,
    sent_at: str | None,
    draft: bool,
    feedback: str,
) -> None:
    """Record a proposal."""
    crm, now = app.crm, app.crm.clock()
    sent = None if draft else now
    if sent_at:
        sent = parse_value(crm.fields.named("contract_sent_at"), sent_at, app.dialect, now)
    money = parse_value(crm.fields.named("price"), price, app.dialect, now)
    proposal = Proposal(summary, sent_at=sent, price=money, feedback=feedback)
    customer = crm.append(customer_id, "proposals", proposal)
    told(
        app,
        customer,
        app.say("· 方案 {number}", "· proposal {number}", number=len(customer.proposals)),
    )


@click.command("object")
@id_argument
@click.argument("content")
@click.option("--response", default="", help="What was answered.")
@pass_app
def object_command(app: App, customer_id: str, content: str, response: str) -> None:
    """Record an objection."""
    objection = Objection(content, response, resolved=bool(response), at=app.crm.clock())
    customer = app.crm.append(customer_id, "objections", objection)
    number = len(customer.objections)
    told(app, customer, app.say("· 异议 {number}", "· objection {number}", number=number))


@click.command("answer")
@id_argument
@click.argument("number", type=int)
@click.argument("response")
@click.option("--evidence", default="")
@pass_app
def answer_command(app: App, customer_id: str, number: int, response: str, evidence: str) -> None:
    """Answer the objection NUMBER (from 1)."""
    customer = app.crm.amend(
        customer_id, "objections", number, response=response, evidence=evidence, resolved=True
    )
    told(
        app,
        customer,
        app.say("· 异议 {number} 已答复", "· objection {number} answered", number=number),
    )


@click.command("clause")
@id_argument
@click.argument("clause")
@click.option("--before", default="", help="The wording before.")
@click.option("--after", required=True, help="The wording after.")
@click.option("--reason", required=True, help="Why it was changed.")
@click.option("--version", default="", help="Which version of the contract it went into.")
@pass_app
def clause_command(
    app: App, customer_id: str, clause: str, before: str, after: str, reason: str, version: str
) -> None:
    """Record a change of the contract."""
    now = app.crm.clock()
    change = ContractChange(clause, before, after, reason, at=now, version=version)
    customer = app.crm.append(customer_id, "contract_changes", change)
    told(app, customer, f"· {clause}: {before} → {after}")


@click.command("repurchase")
@id_argument
@set_option
@pass_app
def repurchase_command(app: App, customer_id: str, pairs: tuple[str, ...]) -> None:
    """Open a new round for a customer who buys again."""
    new = app.crm.repurchase(customer_id, assignments(pairs))
    told(app, new, f"→ {standing(app, new)} ← {customer_id}")


@click.command("refer")
@id_argument
@click.argument("company", required=False)
@click.option("--contact")
@click.option("--phone")
@set_option
@pass_app
def refer_command(
    app: App, /, customer_id: str, pairs: tuple[str, ...], **given: str | None
) -> None:
    """Record a new lead whom a customer referred."""
    values = {key: value for key, value in given.items() if value}
    new = app.crm.refer(customer_id, {**values, **assignments(pairs)})
    told(app, new, f"→ {standing(app, new)} ← {customer_id}")
