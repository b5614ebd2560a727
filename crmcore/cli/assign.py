"""Who follows up: one customer to somebody, or many by the workspace's rules, as one change."""

from __future__ import annotations

import click

from crmcore.assigning import AssignmentPlan, PlannedAssignment
from crmcore.cli.change import reason_option, told
from crmcore.cli.context import App, pass_app
from crmcore.cli.output import format_option, print_rows
from crmcore.errors import UsageError
from crmcore.query import Compare, both
from crmcore.text import one_line
from crmcore.values import show_value


@click.command("assign")
@click.argument("customer_id", metavar="[ID]", required=False)
@click.argument("owner", required=False)
@click.option("--where", metavar="FILTER", help="Assign all open customers that this finds.")
@click.option(
    "--from", "leaver", metavar="OWNER", help="Reassign all open customers of this owner."
)
@click.option("--to", metavar="OWNER", help="To this owner; by the rules, if left out.")
@click.option("--dry-run", is_flag=True, help="Show who would get whom, and why; change nothing.")
@reason_option
@format_option("table", "json", "csv")
@pass_app
def assign_command(
    app: App,
    customer_id: str | None,
    owner: str | None,
    where: str | None,
    leaver: str | None,
    to: str | None,
    dry_run: bool,
    reason: str,
    form: str,
) -> None:
    """Give a customer to OWNER, or to whom the rules choose; many with --where or --from.

    The first follow-up is due in 24 hours, or as [deadlines] in crm.toml says. Many are one change, which
    `crmcore undo` takes back.
    """
    if customer_id and (where is not None or leaver):
        raise UsageError("Name one ID, or many by --where or --from; not both.")
    if customer_id and owner and not dry_run:
        told_owner(app, app.crm.assign(customer_id, owner, reason=reason).id)
        return
    plan = _plan(app, customer_id, where, leaver, owner or to)
    if dry_run or form != "table" or not customer_id:
        _print(app, plan, form)
    if dry_run:
        return
    _apply(app, plan, customer_id, reason)


def _plan(
    app: App, customer_id: str | None, where: str | None, leaver: str | None, to: str | None
) -> AssignmentPlan:
    if customer_id:
        app.crm.get(customer_id)
        return app.crm.plan_assignment(Compare("id", "=", customer_id), to)
    if where is None and not leaver:
        raise UsageError("Say whom to assign: an ID, --where FILTER or --from OWNER.")
    condition = app.crm.condition(where or "")
    if leaver:
        condition = both(Compare("owner", "=", leaver), condition)
    plan = app.crm.plan_assignment(condition, to, without=[leaver] if leaver else ())
    if leaver and not plan.rows:
        owners = [str(b.key[0]) for b in app.crm.tally(by=("owner",)) if b.key[0]]
        raise UsageError(
            f"{leaver} has no open customers that this finds. Owners are: {', '.join(owners) or 'none'}."
        )
    return plan


def _apply(app: App, plan: AssignmentPlan, customer_id: str | None, reason: str) -> None:
    problems = [row for row in plan.rows if not row.owner]
    if customer_id and problems:
        raise UsageError(_why(app, problems[0]))
    done = app.crm.apply_assignment(plan, reason)
    for refused, error in done.refused.items():
        click.echo(one_line(f"{refused}: {error}"), err=True)
    if customer_id:
        if not done.refused:
            told_owner(app, customer_id)
            click.echo("  " + _why(app, plan.rows[0]))
        return
    count, rest = len(done.changed), len(problems)
    click.echo(
        app.say(
            "已分配 {count}，未变 {unchanged}，被拒 {refused}，无人可分 {rest}",
            "{count} assigned, {unchanged} unchanged, {refused} refused, {rest} for nobody",
            count=count,
            unchanged=len(done.unchanged),
            refused=len(done.refused),
            rest=rest,
        )
    )


def told_owner(app: App, customer_id: str) -> None:
    """Say who has the customer now and by when the first follow-up is due."""
    customer = app.crm.get(customer_id)
    due = app.crm.fields.named("first_follow_up_due")
    when = show_value(due, customer.first_follow_up_due, app.dialect)
    told(app, customer, f"→ {customer.owner} · {app.dialect.say(due.label)} {when}")


def _why(app: App, row: PlannedAssignment) -> str:
    say = app.dialect.say
    if row.assignment is None:
        nothing = app.say("没有适用的规则", "no rule fits")
        return one_line(f"{row.customer.id}: {row.problem or nothing}")
    over = [f"{passed.owner} ({say(passed.reason)})" for passed in row.assignment.passed_over]
    passed = app.say("；略过 ", "; passed over: ") + ", ".join(over) if over else ""
    return one_line(say(row.assignment.reason) + passed)


def _print(app: App, plan: AssignmentPlan, form: str) -> None:
    rows = [
        {
            "id": row.customer.id,
            "title": row.customer.title,
            "from": row.customer.owner or "",
            "to": row.owner or "",
            "why": _why(app, row),
        }
        for row in plan.rows
    ]
    columns = [
        ("id", "ID"),
        ("title", app.say("客户", "Customer")),
        ("from", app.say("原负责人", "From")),
        ("to", app.say("负责人", "To")),
        ("why", app.say("为什么", "Why")),
    ]
    print_rows(form, columns, rows)
