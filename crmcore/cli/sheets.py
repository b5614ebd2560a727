"""Taking in sheets: the plan, what a person decides of it, and doing it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import click

from crmcore.cli.context import App, pass_app
from crmcore.errors import RefusedError, UsageError
from crmcore.exchange import Progress
from crmcore.importplan import Decision, ImportPlan, parse_decision
from crmcore.importreport import (
    read_decisions,
    rejects_beside,
    save_plan,
    write_plan,
    write_rejects,
)
from crmcore.importrows import LEFT_OUT, WRITTEN, Outcome, PlannedRow
from crmcore.importvalues import OWN_COLUMNS, UNMAPPED
from crmcore.text import one_line
from crmcore.wording import Text

_SHOWN = 20
_WORDS: Mapping[Outcome, Text] = {
    "create": Text("新建", "create"),
    "update": Text("更新", "update"),
    "unchanged": Text("不变", "unchanged"),
    "duplicate": Text("重复", "duplicate"),
    "refused": Text("拒绝", "refused"),
    "skipped": Text("跳过", "skipped"),
}
_SURE = 0.995
_File = click.Path(path_type=Path)


@click.command("import")
@click.argument("paths", metavar="FILE...", nargs=-1, required=True, type=_File)
@click.option("--sheet", help="Which sheet of a workbook: its name or number.")
@click.option("--profile", type=_File, help="A mapping file (TOML).")
@click.option("--save-profile", type=_File, help="Write how the columns were understood.")
@click.option("--dry-run", is_flag=True, help="Show what would happen; write nothing.")
@click.option("--format", "form", type=click.Choice(("text", "json", "csv")), default="text",
              help="How a dry run is printed.")  # fmt: skip
@click.option(
    "--save-plan", "save_plan_to", type=_File, help="Write the plan, .json or .csv, to decide in."
)
@click.option("--decisions", type=_File, help="A saved plan with its decision column filled in.")
@click.option("--row", "choices", multiple=True, metavar="[FILE:]N=DECISION",
              help="create, skip, update or update:ID for one row; repeatable.")  # fmt: skip
@click.option(
    "--strict", is_flag=True, help="Refuse rows that stand behind gates they do not meet."
)
@click.option("--keep-duplicates", is_flag=True, help="Take rows that are like others.")
@click.option("--drop-unmapped", is_flag=True, help="Leave out columns that are no field.")
@click.option("--rejects", type=_File, help="Where to write the rows left out (CSV).")
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
@pass_app
def import_command(
    app: App,
    paths: tuple[Path, ...],
    sheet: str | None,
    profile: Path | None,
    save_profile: Path | None,
    dry_run: bool,
    form: Literal["text", "json", "csv"],
    save_plan_to: Path | None,
    decisions: Path | None,
    choices: tuple[str, ...],
    rejects: Path | None,
    yes: bool,
    strict: bool,
    keep_duplicates: bool,
    drop_unmapped: bool,
) -> None:
    """Take in sheets, as one change that `undo` takes back."""
    if form != "text" and not dry_run:
        raise UsageError(
            "--format is for --dry-run; --save-plan FILE writes the plan of an import."
        )
    if rejects is not None and len(paths) > 1:
        raise UsageError("--rejects names one file: import the files one by one.")
    with _progress(app) as progress:
        plan = app.crm.plan_import(
            paths, profile=profile, sheet=sheet, progress=progress,
            decisions=_decisions(app, paths, decisions, choices), strict=strict,
            keep_duplicates=keep_duplicates, drop_unmapped=drop_unmapped,
        )  # fmt: skip
    if save_profile is not None:
        _write_profile(save_profile, plan)
    if save_plan_to is not None:
        save_plan(save_plan_to, plan)
    if form != "text":
        write_plan(sys.stdout, plan, form)
        return
    _tell(app, plan, dropped=drop_unmapped)
    if dry_run:
        if rejects is not None:
            write_rejects(rejects, plan, plan.source)
        click.echo(app.say("试运行：什么都没有写入。", "Dry run: nothing was written."))
        return
    _write(app, plan, paths, rejects, yes=yes)


def _decisions(
    app: App, paths: tuple[Path, ...], file: Path | None, choices: tuple[str, ...]
) -> dict[tuple[str, int], Decision]:
    sources = [str(path) for path in paths]
    found = {} if file is None else read_decisions(file, sources, app.crm.refresh())
    for choice in choices:
        row, equals, decision = choice.partition("=")
        named, _, number = row.rpartition(":")
        if not equals or not number.strip().isdecimal():
            raise UsageError(f"--row wants N=create, N=skip or N=update:ID, not {choice!r}.")
        if not named and len(paths) > 1:
            raise UsageError(f"--row {choice}: say FILE:{number}=…, there are several files.")
        source = named or sources[0]
        if source not in sources:
            raise UsageError(f"--row {choice}: {named} is not imported.")
        found[source, int(number)] = parse_decision(decision)
    return found


def _write(
    app: App, plan: ImportPlan, paths: tuple[Path, ...], rejects: Path | None, *, yes: bool
) -> None:
    """Do what *plan* says, and put what it leaves out where it can be mended."""
    counts = plan.counts
    many = sum(counts.get(outcome, 0) for outcome in WRITTEN)
    if many and not yes and sys.stdin.isatty() and sys.stdout.isatty():
        click.confirm(
            app.say("写入 {many} 个客户？", "Write {many} customers?", many=many), abort=True
        )
    for path in paths:
        if any(row.source == str(path) for row in plan.some(*LEFT_OUT)):
            file = rejects or rejects_beside(path)
            count = write_rejects(file, plan, str(path))
            put = Text(
                "未导入的 {count} 行及原因在 {file}，改好后可再次导入",
                "{count} rows left out, and why: {file}; mend it and import it again",
            ).with_(count=count, file=file)
            click.echo(one_line(app.dialect.say(put)))
    if plan.rows and counts.get("refused", 0) == len(plan.rows):
        raise RefusedError(f"No row of {plan.source} could be taken in.")
    commit = app.crm.apply(plan)
    if commit is None:
        click.echo(app.say("没有要写入的内容。", "There is nothing to write."))
        return
    click.echo(
        app.say(
            "已写入版本 {revision}；crmcore undo 可撤销。",
            "Written as revision {revision}; crmcore undo takes it back.",
            revision=commit.revision,
        )
    )


@contextmanager
def _progress(app: App) -> Iterator[Progress | None]:
    """A bar on the terminal, for people alone."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        word = app.dialect.say(Text("读取", "Reading"))
        task = bar.add_task(word, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _write_profile(path: Path, plan: ImportPlan) -> None:
    if not plan.profile:
        raise UsageError("--save-profile is for one file of a format that has mapping profiles.")
    try:
        path.write_text(plan.profile, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror or error}.") from error


def _tell(app: App, plan: ImportPlan, *, dropped: bool) -> None:
    said = {outcome: app.dialect.say(word) for outcome, word in _WORDS.items()}
    counts = [f"{said[each]} {plan.counts[each]}" for each in _WORDS if plan.counts.get(each)]
    total = app.say("{count} 行", "{count} rows", count=len(plan.rows))
    click.echo(one_line(": ".join([plan.source, total, *([", ".join(counts)] if counts else [])])))
    own = [
        header
        for header, key in plan.columns.items()
        if key not in OWN_COLUMNS and (key is None or key.startswith(UNMAPPED))
    ]
    if own:
        kept = Text("作为表格自带字段保留的列", "Columns kept as the sheet's own fields")
        left = Text("不导入的列", "Columns left out")
        word = left if dropped else kept
        click.echo(one_line(f"{app.dialect.say(word)}: {', '.join(own)}"))
    unsure = [
        f"{one.header} → {one.key} ({one.confidence:.0%}{', ' * bool(one.why)}{one.why})"
        for one in plan.mapping
        if one.key is not None and not one.key.startswith(UNMAPPED) and one.confidence < _SURE
    ]
    if unsure:
        word = Text("按相近认出的列", "Columns recognised by likeness")
        click.echo(one_line(f"{app.dialect.say(word)}: {'; '.join(unsure)}"))
    for note in plan.notes:
        click.echo(one_line(f"  {note}"))
    _tell_rows(app, plan, said)


def _tell_rows(app: App, plan: ImportPlan, said: Mapping[Outcome, str]) -> None:
    """The rows that are left out or that something is said of, the first of each kind."""
    files = len(plan.headers) > 1
    for kind in (LEFT_OUT, ("skipped",)):
        shown = 0
        for row in plan.some(*kind):
            if shown < _SHOWN:
                click.echo(_row_line(app, row, said[row.outcome], files=files))
            shown += 1
        if shown > _SHOWN:
            more = shown - _SHOWN
            click.echo(
                app.say(
                    "… 还有 {more} 行；--save-plan FILE 写出全部",
                    "… and {more} more; --save-plan FILE writes them all",
                    more=more,
                )
            )
    noted = sum(bool(row.reasons) for row in plan.some("create", "update", "unchanged"))
    if noted:
        click.echo(app.say("{noted} 行带有说明", "{noted} rows with notes", noted=noted))


def _row_line(app: App, row: PlannedRow, word: str, *, files: bool) -> str:
    where = app.say("第 {number} 行", "row {number}", number=row.number)
    source = f"{row.source} " if files else ""
    return one_line(f"  {source}{where}: {word}: {'; '.join(row.reasons)}")
