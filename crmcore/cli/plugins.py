"""The plugins there are, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterator

import click

from crmcore.cli.context import App, pass_app
from crmcore.cli.groups import DefaultGroup
from crmcore.cli.output import format_option, print_json, print_rows
from crmcore.errors import CrmError
from crmcore.hookcalls import HookFailure
from crmcore.query import Query
from crmcore.screens import screens
from crmcore.text import one_line, shown

PROBED = 50
"""On how many customers the graders are tried."""


@click.group("plugins", cls=DefaultGroup, default="list")
def plugins_command() -> None:
    """List the plugins, and find out what is wrong with them."""


@plugins_command.command("list")
@format_option()
@pass_app
def list_command(app: App, form: str) -> None:
    """List the plugins: loaded, blocked and failed."""
    rows = [
        {
            "id": info.name,
            "status": info.status,
            "distribution": f"{info.distribution} {info.version}".strip(),
            "hooks": ", ".join(info.hooks),
            "error": info.error,
        }
        for info in app.host.plugins
    ]
    columns = [
        ("id", app.say("插件", "Plugin")),
        ("status", app.say("状态", "Status")),
        ("distribution", app.say("来自", "From")),
        ("hooks", app.say("钩子", "Hooks")),
        ("error", app.say("问题", "Problem")),
    ]
    print_rows(form, columns, rows)


@plugins_command.command("doctor")
@click.option("--trace", is_flag=True, help="Show where each failure happened.")
@format_option("table", "json")
@pass_app
def doctor_command(app: App, trace: bool, form: str) -> int:
    """Ask every plugin for what it offers, try the graders, and tell each failure.

    Exit status 1 when something failed.
    """
    failures = list(_failures(app))
    if form == "json":
        print_json(
            [
                {"plugin": f.plugin, "hook": f.hook, "error": f.error, "trace": f.trace}
                for f in failures
            ]
        )
        return 1 if failures else 0
    for info in app.host.plugins:
        files = f" ({info.file})" if info.file else ""
        click.echo(one_line(f"{info.status:<8} {info.name} {info.version}{files}"))
    for failure in failures:
        click.echo(one_line(failure.line))
        if trace and failure.trace:
            click.echo(shown(failure.trace))
    if not failures:
        click.echo(app.say("没有发现问题。", "Nothing is wrong."))
    elif not trace:
        click.echo(app.say("--trace 显示出错位置。", "--trace shows where it happened."))
    return 1 if failures else 0


def _failures(app: App) -> Iterator[HookFailure]:
    host = app.host
    for ask in (
        host.fields, host.pipelines, host.id_schemes, host.stores, host.graders,
        host.grader_formats, host.assigners, host.calendars, host.reminders, host.notifiers,
        host.importers, host.exporters, host.reports, host.commands,
    ):  # fmt: skip
        try:
            ask()
        except CrmError as error:
            yield HookFailure(getattr(error, "plugin", ""), "", one_line(str(error)))
    try:
        _try_graders(app)
        screens().examine(app.crm)
    except CrmError as error:
        yield HookFailure("", "", one_line(str(error)))
    yield from app.host.failures


def _try_graders(app: App) -> None:
    """Have every grader speak on some customers; what fails is kept by the host."""
    customers = app.crm.page(Query(limit=PROBED)).customers
    for grader in app.host.graders():
        app.host.opinions(grader, customers, app.crm.clock(), app.config.grading.seconds)
