"""The figures: the funnel, the forecast, and every report by its name."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from crmcore.cli.context import App, pass_app
from crmcore.cli.groups import DefaultGroup
from crmcore.cli.output import console, print_json, print_rows
from crmcore.figures.rates import Rate
from crmcore.hooktypes import Report
from crmcore.reports.answer import Amounts, Answer, Column
from crmcore.reports.request import ReportRequest, ask
from crmcore.reports.running import customers_of, run_report
from crmcore.reports.shown import answer_document, cell_text
from crmcore.text import guard_cell, one_line
from crmcore.wording import Text

F = TypeVar("F", bound=Callable[..., Any])
FORMATS = ("table", "json", "csv", "md")
ALL = "all"
"""In place of a report's name: every one there is."""
_BAR = 24


def asking(command: F) -> F:
    """The options that every figure takes."""
    options = (
        click.argument("query", required=False, default=""),
        click.option("--pipeline", help="Another pipeline than the workspace's."),
        click.option("--by", metavar="FIELD", help="Split by a field: owner, industry, tags, any."),
        click.option("--since", metavar="DATE", help="From this day on."),
        click.option("--until", metavar="DATE", help="Up to this day, the whole of it."),
        click.option("--as-of", metavar="DATE", help="As it stood then: at the end of that day."),
        click.option(
            "--rates", metavar="RATES", help="Money in one currency: USD=7.12,EUR=7.8; or none."
        ),
        click.option("--row", type=click.IntRange(min=1), help="The ids of whom this row counted."),
        click.option("--ids", is_flag=True, help="With --format json: whom each row counted."),
        click.option(
            "--format",
            "form",
            type=click.Choice(FORMATS),
            default=FORMATS[0],
            show_default=True,
        ),
        click.option(
            "--html",
            metavar="FILE",
            type=click.Path(path_type=Path),
            help="Write a page with charts, to read offline or print.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command("funnel")
@asking
@pass_app
def funnel_command(app: App, /, **asked: Any) -> None:
    """The funnel: customers and value per stage, of those QUERY finds."""
    print_report(app, "funnel", **asked)


@click.command("forecast")
@asking
@pass_app
def forecast_command(app: App, /, **asked: Any) -> None:
    """What may be won, and when: value plain and weighted, by expected month."""
    print_report(app, "forecast", **asked)


@click.group("report", cls=DefaultGroup, default="run")
def report_command() -> None:
    """The figures by name; `crmcore report list` tells which there are and what they mean."""


@report_command.command("list")
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "json", "csv")),
    default="table",
    show_default=True,
)
@pass_app
def list_reports(app: App, form: str) -> None:
    """Every report there is, the plugins' included, and what it means."""
    say, offers = app.dialect.say, app.crm.host.reports()
    rows = [
        {
            "id": report.name,
            "label": say(report.label),
            "definition": say(report.definition),
            "plugin": offers.provider(report),
        }
        for report in offers.values
    ]
    columns = [
        ("id", app.say("名称", "Name")),
        ("label", app.say("图表", "Report")),
        ("definition", app.say("含义", "What it is")),
        ("plugin", app.say("插件", "Plugin")),
    ]
    print_rows(form, columns, rows)


@report_command.command("run")
@click.argument("name")
@asking
@pass_app
def run_command(app: App, /, name: str, **asked: Any) -> None:
    """What the report NAME says of those QUERY finds; with --html also of `all`, on one page."""
    print_report(app, name, **asked)


def print_report(
    app: App,
    name: str,
    form: str = "table",
    *,
    query: str = "",
    row: int | None = None,
    ids: bool = False,
    html: Path | None = None,
    **options: Any,
) -> None:
    """The report *name* in the format asked for; of one *row* the ids of whom it counted."""
    reports = app.crm.host.reports()
    if html is not None:
        if row is not None or ids or form != FORMATS[0]:
            raise click.UsageError(
                "--html is a form of its own: leave out --format, --row and --ids."
            )
        every = reports.values if name == ALL else (reports.named(name),)
        _write_html(app, html, every, ask(app.crm, where=query, **options), query)
        return
    if name == ALL:
        raise click.UsageError("All figures together are a page: add --html FILE.")
    found = reports.named(name)
    request = ask(app.crm, where=query, **options)
    answer = run_report(found, request)
    if row is not None:
        _print_ids(request, answer, row)
    elif form == "json":
        told = (lambda one: [c.id for c in customers_of(request.crm, one)]) if ids else None
        print_json(answer_document(answer, app.dialect, told))
    elif form == "csv":
        _print_csv(app, answer)
    elif form == "md":
        _print_markdown(app, answer)
    else:
        _print_table(app, answer)


def _write_html(
    app: App, path: Path, reports: Sequence[Report], request: ReportRequest, query: str
) -> None:
    from crmcore.pages.writing import write_page  # only a page needs it

    troubles = write_page(path, reports, request, query)
    told = len(reports) - len(troubles)
    name = one_line(str(path))
    click.echo(
        app.say(
            "{name}：{told}/{of} 项报表。",
            "{name}: {told} of {of} figures.",
            name=name,
            told=told,
            of=len(reports),
        )
    )
    for trouble in troubles:
        click.echo(f"Warning: {one_line(str(trouble))}", err=True)
    if troubles:
        raise click.exceptions.Exit(1)


def _print_ids(request: ReportRequest, answer: Answer, row: int) -> None:
    if row > len(answer.rows):
        raise click.BadParameter(f"there are {len(answer.rows)} rows.", param_hint="--row")
    for customer in customers_of(request.crm, answer.rows[row - 1]):
        click.echo(one_line(customer.id))


def _print_table(app: App, answer: Answer) -> None:
    say = app.dialect.say
    console().print(one_line(say(answer.definition.label)), style="bold")
    columns = [(c.key, say(c.label)) for c in answer.columns]
    rows = [
        {c.key: cell_text(row.cells.get(c.key), c.kind, app.dialect) for c in answer.columns}
        for row in answer.rows
    ]
    if answer.bar is not None:
        columns.append(("", ""))
        counts = [row.cells.get(answer.bar) or 0 for row in answer.rows]
        most = max((c for c in counts if isinstance(c, int)), default=0) or 1
        for row, count in zip(rows, counts, strict=True):
            row[""] = "█" * round(_BAR * count / most) if isinstance(count, int) else ""
    if rows:
        print_rows("table", columns, rows)
    else:
        click.echo(app.say("没有客户。", "No customers."))
    for line in _lines(app, answer):
        click.echo(one_line(line))
    for text in (answer.definition.meaning, answer.population, answer.window):
        console().print(one_line(say(text)), style="dim")


def _lines(app: App, answer: Answer) -> list[str]:
    """The figures of the whole, and who could not be counted."""
    say = app.dialect.say
    told = (
        (say(h.label), cell_text(h.value, h.kind, app.dialect) or "–") for h in answer.headlines
    )
    return [
        *(f"{label}: {value}" for label, value in told),
        *(say(note) for note in answer.notes),
    ]


def _print_csv(app: App, answer: Answer) -> None:
    """Plain numbers: money a column a currency, a share as its part, its whole, itself, and the ends of
    its interval."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    spread = [_spread(app, answer, column) for column in answer.columns]
    writer.writerow([guard_cell(heading) for headings, _ in spread for heading in headings])
    for row in answer.rows:
        cells = [cell for _, read in spread for cell in read(row.cells)]
        writer.writerow([guard_cell(cell) for cell in cells])


def _spread(
    app: App, answer: Answer, column: Column
) -> tuple[list[str], Callable[[Any], list[str]]]:
    label, key = app.dialect.say(column.label), column.key
    values = [row.cells.get(key) for row in answer.rows]
    if column.kind == "money":
        codes = sorted({c for v in values if isinstance(v, Amounts) for c in v.by_currency})
        headings = [f"{label} {code}" for code in codes] or [label]

        def money(cells: Any) -> list[str]:
            value = cells.get(key)
            if not isinstance(value, Amounts):
                return [*([""] * (len(headings) - 1)), cell_text(value, "text", app.dialect)]
            sums = value.by_currency
            return [f"{sums[code]:f}" if code in sums else "" for code in codes] or [""]

        return headings, money
    if column.kind == "share":
        words = [
            Text("成分", "part"),
            Text("总数", "of"),
            Text("占比", "share"),
            Text("下限", "low"),
            Text("上限", "high"),
        ]

        def share(cells: Any) -> list[str]:
            value = cells.get(key)
            if not isinstance(value, Rate):
                return [cell_text(value, "text", app.dialect), "", "", "", ""]
            low, high = value.interval
            told = f"{value.share:.6f}" if value.enough and value.share is not None else ""
            return [str(value.part), str(value.whole), told, f"{low:.6f}", f"{high:.6f}"]

        return [f"{label} {app.dialect.say(word)}" for word in words], share

    def plain(cells: Any) -> list[str]:
        value = cells.get(key)
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return [str(value) if number else cell_text(value, column.kind, app.dialect)]

    return [label], plain


def _print_markdown(app: App, answer: Answer) -> None:
    say = app.dialect.say

    def line(cells: list[str]) -> str:
        safe = (one_line(cell).replace("\\", "\\\\").replace("|", "\\|") for cell in cells)
        return f"| {' | '.join(cell.replace('<', '&lt;') for cell in safe)} |"

    click.echo(f"## {one_line(say(answer.definition.label))}\n")
    click.echo(line([say(c.label) for c in answer.columns]))
    click.echo(line(["---" if c.kind == "text" else "---:" for c in answer.columns]))
    for row in answer.rows:
        click.echo(
            line([cell_text(row.cells.get(c.key), c.kind, app.dialect) for c in answer.columns])
        )
    click.echo()
    for told in _lines(app, answer):
        click.echo(f"- {one_line(told).replace('<', '&lt;')}")
    for text in (answer.definition.meaning, answer.population, answer.window):
        click.echo(f"\n{one_line(say(text))}")
