"""Records that are likely one customer, and making them one."""

from __future__ import annotations

import click

from crmcore.cli.asking import at_a_terminal
from crmcore.cli.change import reason_option, told
from crmcore.cli.context import App, pass_app
from crmcore.cli.output import format_option, print_rows
from crmcore.merging import MergedField, MergePlan
from crmcore.values import show_value


@click.command("duplicates")
@click.argument("where", default="", metavar="[FILTER]")
@format_option("table", "json", "csv")
@pass_app
def duplicates_command(app: App, where: str, form: str) -> None:
    """List pairs that are likely one customer, with why; `crmcore merge` makes them one."""
    pairs = app.crm.likely_duplicates(where)
    rows = [
        {
            "first": pair.first,
            "first_title": app.crm.get(pair.first).title,
            "second": pair.second,
            "second_title": app.crm.get(pair.second).title,
            "score": f"{pair.score:.0%}",
            "why": "; ".join(app.dialect.say(reason) for reason in pair.reasons),
        }
        for pair in pairs
    ]
    columns = [
        ("first", "ID"),
        ("first_title", app.say("客户", "Customer")),
        ("second", "ID 2"),
        ("second_title", app.say("可能是同一个", "Likely the same")),
        ("score", app.say("把握", "Sure")),
        ("why", app.say("为什么", "Why")),
    ]
    print_rows(form, columns, rows)


@click.command("merge")
@click.argument("keep", metavar="KEEP")
@click.argument("other", metavar="OTHER")
@click.option(
    "--take", multiple=True, metavar="FIELD", help="Take this field from OTHER; repeatable."
)
@click.option("--dry-run", is_flag=True, help="Show what it would make; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@reason_option
@format_option("table", "json", "csv")
@pass_app
def merge_command(
    app: App,
    keep: str,
    other: str,
    take: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    reason: str,
    form: str,
) -> None:
    """Merge OTHER into KEEP, shown field by field first; `crmcore undo` takes it back.

    KEEP keeps what it knows and gets what only OTHER knows; tags, activities, proposals and other records
    of both stay. OTHER leaves the funnel, linked to KEEP.
    """
    plan = app.crm.plan_merge(keep, other, take)
    _print(app, plan, form)
    if dry_run:
        return
    if not yes and at_a_terminal():
        question = app.say("合并到 {keep}？", "Merge into {keep}?", keep=keep)
        click.confirm(question, abort=True, err=True)
    told(app, app.crm.merge(plan, reason), f"← {other}")


def _print(app: App, plan: MergePlan, form: str) -> None:
    def shown(field: MergedField, value: object) -> str:
        return show_value(field.spec, value, app.dialect)

    rows = [
        {
            "field": app.dialect.say(field.spec.label),
            "kept": shown(field, field.kept),
            "other": shown(field, field.other),
            "result": shown(field, field.result),
        }
        for field in plan.fields
    ]
    kept, other = plan.before
    columns = [
        ("field", app.say("字段", "Field")),
        ("kept", kept.id),
        ("other", other.id),
        ("result", app.say("合并后", "Merged")),
    ]
    print_rows(form, columns, rows)
