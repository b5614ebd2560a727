"""Verbs that change one customer, and taking changes back."""

from __future__ import annotations

from typing import Any

import click

from crmcore.cli.asking import ask_for, at_a_terminal
from crmcore.cli.context import App, assignments, pass_app, set_option
from crmcore.customer import Customer
from crmcore.errors import GateError
from crmcore.quickadd import parse_quick_add
from crmcore.text import one_line

reason_option = click.option("--reason", default="", help="Why; it is kept.")
id_argument = click.argument("customer_id", metavar="ID")


def told(app: App, customer: Customer, what: str = "") -> None:
    """Say on one line what became of *customer*."""
    click.echo(one_line(f"{customer.id} {customer.title}{' ' if what else ''}{what}"))


def standing(app: App, customer: Customer) -> str:
    """The stage and, where it is not open, the status, in words."""
    stages = app.crm.pipeline(customer.pipeline)
    stage = app.dialect.say(stages.stages[stages.index(customer.stage)].label)
    if customer.status == "open":
        return stage
    choice = app.crm.fields.named("status").choice(customer.status)
    return f"{stage} · {app.dialect.say(choice.label) if choice else customer.status}"


@click.command("add")
@click.argument("company", required=False)
@click.option("--contact")
@click.option("--phone")
@click.option("--email")
@click.option("--wechat")
@click.option("--source")
@click.option("--budget")
@click.option("--need", "initial_need")
@click.option("--line", help="All on one line: 'Acme / Bob / 13800138000 #tag !high 10万-20万'.")
@set_option
@click.option("--format", "form", type=click.Choice(["line", "ids"]), default="line")
@pass_app
def add_command(
    app: App, /, line: str | None, pairs: tuple[str, ...], form: str, **given: str | None
) -> None:
    """Capture a new lead."""
    crm = app.crm
    said = parse_quick_add(line, crm.fields, crm.dialect, crm.clock()).values if line else {}
    values: dict[str, Any] = {key: value for key, value in given.items() if value}
    customer = crm.add({**said, **values, **assignments(pairs)})
    if form == "ids":
        click.echo(customer.id)
    else:
        told(app, customer, f"→ {standing(app, customer)}")


@click.command("edit")
@id_argument
@set_option
@reason_option
@pass_app
def edit_command(app: App, customer_id: str, pairs: tuple[str, ...], reason: str) -> None:
    """Fill in or correct fields."""
    values = assignments(pairs)
    if not values:
        raise click.UsageError("Nothing to change: add --set field=value.")
    customer = app.crm.edit(customer_id, values, reason=reason)
    told(app, customer, "· " + ", ".join(values))


@click.command("move")
@id_argument
@click.argument("stage", required=False)
@set_option
@reason_option
@click.option("--force", is_flag=True, help="Pass the gate unmet; needs a reason, leaves a debt.")
@pass_app
def move_command(
    app: App, customer_id: str, stage: str | None, pairs: tuple[str, ...], reason: str, force: bool
) -> None:
    """Move to the next stage, or to STAGE, when the gates on the way are met.

    On a terminal, what a gate misses is asked for.
    """
    values = assignments(pairs)
    try:
        customer = app.crm.move(customer_id, stage, values, reason=reason, force=force)
    except GateError as error:
        said = ask_for(app, error.missing) if at_a_terminal() else {}
        if not said:
            raise
        customer = app.crm.move(customer_id, stage, {**values, **said}, reason=reason)
    what = app.say("· 本轮完成", "· round completed") if customer.completed_at else ""
    told(app, customer, f"→ {standing(app, customer)} {what}".rstrip())


@click.command("log")
@id_argument
@click.argument("content")
@click.option(
    "--kind", default="note", show_default=True, help="call, visit, meeting, message, note"
)
@pass_app
def log_command(app: App, customer_id: str, content: str, kind: str) -> None:
    """Record a call, visit, meeting, message or note."""
    customer = app.crm.log(customer_id, content, kind)
    told(app, customer, f"· {customer.activities[-1].content}")


@click.command("lose")
@id_argument
@reason_option
@pass_app
def lose_command(app: App, customer_id: str, reason: str) -> None:
    """Close as lost; needs --reason."""
    customer = app.crm.lose(customer_id, reason)
    told(app, customer, f"→ {standing(app, customer)}")


@click.command("invalidate")
@id_argument
@reason_option
@pass_app
def invalidate_command(app: App, customer_id: str, reason: str) -> None:
    """Close as an invalid lead; needs --reason."""
    customer = app.crm.invalidate(customer_id, reason)
    told(app, customer, f"→ {standing(app, customer)}")


@click.command("reopen")
@id_argument
@reason_option
@pass_app
def reopen_command(app: App, customer_id: str, reason: str) -> None:
    """Take a lost or invalid customer back; needs --reason."""
    customer = app.crm.reopen(customer_id, reason)
    told(app, customer, f"→ {standing(app, customer)}")


@click.command("undo")
@click.argument("revision", type=int, required=False)
@pass_app
def undo_command(app: App, revision: int | None) -> None:
    """Take back your last change, or the one of REVISION."""
    _taken_back(app, app.crm.undo(revision))


@click.command("redo")
@click.argument("revision", type=int, required=False)
@pass_app
def redo_command(app: App, revision: int | None) -> None:
    """Take back your last undo, or the one of REVISION."""
    _taken_back(app, app.crm.redo(revision))


def _taken_back(app: App, commit: Any) -> None:
    who = ", ".join(edit.id for edit in commit.edits[:3]) + ("…" if len(commit.edits) > 3 else "")
    click.echo(
        app.say(
            "已撤销版本 {revision}（{reason}）：{who}",
            "Took back revision {revision} ({reason}): {who}",
            revision=commit.undoes,
            reason=commit.reason,
            who=who,
        )
    )
