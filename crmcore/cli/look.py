"""Verbs that show: customers, what is due, what happened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from crmcore.changes import Commit
from crmcore.cli.context import App, pass_app
from crmcore.cli.output import format_option, print_json, print_rows
from crmcore.codec import Codec, moment_to_json
from crmcore.customer import Customer
from crmcore.due import due_items
from crmcore.errors import UsageError
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.moments import MomentError, parse_offset, show_moment
from crmcore.query import Order
from crmcore.text import one_line
from crmcore.values import show_value

LISTED = ("id", "company", "contact", "stage", "status", "grade", "value", "owner", "next_step_due")


def shown_value(app: App, customer: Customer, spec: FieldSpec) -> str:
    """A field of *customer* in words; the stage by its label."""
    if spec.key in ("stage", "furthest_stage"):
        stages, key = app.crm.pipeline(customer.pipeline).stages, customer.value_of(spec.key)
        labels = {stage.key: app.dialect.say(stage.label) for stage in stages}
        return labels.get(key, key or "")
    return show_value(spec, app.crm.fields.value(customer, spec.key), app.dialect)


def orders(app: App, sort: str) -> tuple[Order, ...]:
    """`company,-value` as an order."""
    parts = [part.strip() for part in sort.split(",") if part.strip()]
    return tuple(
        Order(app.crm.fields.named(part.removeprefix("-")).key, part.startswith("-"))
        for part in parts
    )


@click.command("list")
@click.argument("query", required=False, default="")
@click.option("--sort", default="", help="Fields, as in company,-value (- for descending).")
@click.option("--limit", type=click.IntRange(min=1))
@click.option("--columns", default="", help="Fields, separated by commas.")
@format_option()
@pass_app
def list_command(
    app: App, query: str, sort: str, limit: int | None, columns: str, form: str
) -> None:
    """List customers, those QUERY finds: 'owner:李娜 grade:A value>10万'."""
    crm = app.crm
    names = [name.strip() for name in columns.split(",") if name.strip()] or LISTED
    specs = [crm.fields.named(name) for name in names]
    page = crm.find(query, orders(app, sort), limit)
    codec = Codec(crm.fields)
    print_rows(
        form,
        [(spec.key, app.dialect.say(spec.label)) for spec in specs],
        (
            {"id": c.id, **{spec.key: shown_value(app, c, spec) for spec in specs}}
            for c in page.customers
        ),
        (codec.encode(customer) for customer in page.customers),
    )
    if form == "table" and page.next is not None:
        click.echo(app.say("还有更多；去掉 --limit 看全部。", "There are more; leave out --limit."))


@click.command("show")
@click.argument("customer_id", metavar="ID")
@format_option("table", "json")
@pass_app
def show_command(app: App, customer_id: str, form: str) -> None:
    """Show all that is known of one customer, with its last changes."""
    crm, say = app.crm, app.dialect.say
    customer = crm.get(customer_id)
    if form == "json":
        print_json(Codec(crm.fields).encode(customer))
        return
    click.echo(one_line(f"{customer.id} {customer.title}"))
    described = {spec.key for spec in crm.fields}
    extra = [crm.fields.named(key) for key in customer.extra if key not in described]
    for group in crm.fields.groups:
        specs = [*crm.fields.in_group(group.key), *(s for s in extra if s.group == group.key)]
        lines = [line for spec in specs for line in _field_lines(app, customer, spec)]
        if lines:
            click.secho(f"\n{say(group.label)}", bold=True)
            click.echo("\n".join(lines))
    if missing := [_debt(app, customer, debt) for debt in customer.debts]:
        click.secho(app.say("\n欠缺项", "\nOwed to the gates"), bold=True)
        click.echo("\n".join(f"  {line}" for line in missing))
    if customer.grading is not None and customer.grading.stale:
        said = app.say("等级未能更新", "The grade could not be renewed")
        click.echo(one_line(f"! {said}: {customer.grading.stale}"))
    for item in due_items(customer, crm.deadlines):
        when = show_moment(item.due, app.dialect.zone)
        click.echo(one_line(f"! {say(item.what)} · {when}"))
    click.secho(app.say("\n最近改动", "\nLast changes"), bold=True)
    for number, commit in enumerate(crm.history(customer_id, newest_first=True)):
        if number == 5:
            break
        click.echo("  " + _commit_line(app, commit))


_NOT_SHOWN = {"debts", "grading", "revision", "gate_debts", "proposals_sent", "open_objections"}


def _field_lines(app: App, customer: Customer, spec: FieldSpec) -> list[str]:
    if spec.key in _NOT_SHOWN:
        return []
    text = shown_value(app, customer, spec)
    if not text:
        return []
    label = app.dialect.say(spec.label)
    if spec.kind is Kind.RECORDS or "\n" in text:
        rows = (one_line(row) for row in text.splitlines())
        return [f"  {label}:", *(f"    {n}. {row}" for n, row in enumerate(rows, 1))]
    return [f"  {label}: {one_line(text)}"]


def _debt(app: App, customer: Customer, debt: Any) -> str:
    asked = app.crm.pipeline(customer.pipeline).requirement(debt.stage, debt.requirement)
    words = app.dialect.say(asked.message) if asked else debt.requirement
    return f"{debt.stage}: {words}"


@click.command("due")
@click.option("--owner", help="Only this owner's.")
@click.option("--within", help="Only what is due within, as in 3d.")
@format_option()
@pass_app
def due_command(app: App, owner: str | None, within: str | None, form: str) -> None:
    """What is to be done, soonest first."""
    try:
        span = parse_offset(within) if within else None
    except MomentError as error:
        raise UsageError(f"--within: {error}.") from error
    items, now = app.crm.due(owner=owner, within=span), app.crm.clock()
    rows = [
        {
            "id": item.customer_id,
            "due": show_moment(item.due, app.dialect.zone),
            "late": app.say("逾期", "overdue") if item.due < now else "",
            "what": app.dialect.say(item.what),
            "title": item.title,
            "owner": item.owner or "",
        }
        for item in items
    ]
    columns = [
        ("due", app.say("时间", "Due")),
        ("late", ""),
        ("id", "ID"),
        ("title", app.say("客户", "Customer")),
        ("what", app.say("事项", "What")),
        ("owner", app.say("负责人", "Owner")),
    ]
    documents = (
        {**row, "due": moment_to_json(item.due), "overdue": item.due < now}
        for row, item in zip(rows, items, strict=True)
    )
    print_rows(form, columns, rows, documents)


@click.command("history")
@click.argument("customer_id", metavar="[ID]", required=False)
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True)
@format_option()
@pass_app
def history_command(app: App, customer_id: str | None, limit: int, form: str) -> None:
    """What happened to a customer, or to all, newest first."""
    commits = list(_first(app.crm.history(customer_id, newest_first=True), limit))
    rows = [
        {
            "id": str(commit.revision),
            "at": show_moment(commit.at, app.dialect.zone),
            "actor": commit.actor,
            "action": commit.action,
            "what": _what(app, commit),
            "reason": commit.reason,
        }
        for commit in commits
    ]
    columns = [
        ("id", app.say("版本", "Revision")),
        ("at", app.say("时间", "At")),
        ("actor", app.say("谁", "Who")),
        ("action", app.say("动作", "Action")),
        ("what", app.say("改动", "Changes")),
        ("reason", app.say("原因", "Reason")),
    ]
    print_rows(form, columns, rows)


def _first(commits: Iterator[Commit], limit: int) -> Iterator[Commit]:
    for _, commit in zip(range(limit), commits, strict=False):
        yield commit


def _what(app: App, commit: Commit) -> str:
    count = len(commit.edits)
    if count > 3:
        return app.say("{count} 个客户", "{count} customers", count=count)
    parts = []
    for edit in commit.edits:
        if edit.kind != "update":
            parts.append(f"{edit.id} {edit.kind}")
            continue
        for change in edit.changes:
            spec = app.crm.fields.get(change.field)
            if spec is None or spec.key in ("grading",):
                continue
            before, after = (
                show_value(spec, value, app.dialect).replace("\n", " | ")
                for value in (change.before, change.after)
            )
            parts.append(f"{app.dialect.say(spec.label)}: {before[-40:]} → {after[-60:]}")
    return "; ".join(parts)


def _commit_line(app: App, commit: Commit) -> str:
    when = show_moment(commit.at, app.dialect.zone)
    reason = f" ({commit.reason})" if commit.reason else ""
    return one_line(f"{commit.revision} {when} {commit.actor} {commit.action}{reason}")
