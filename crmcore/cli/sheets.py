"""Verbs for whole files."""

from __future__ import annotations

import csv
from pathlib import Path

import click

from crmcore.cli.context import App, pass_app
from crmcore.errors import RefusedError
from crmcore.intake import ImportPlan, PlannedRow
from crmcore.text import guard_cell, one_line

_SHOWN = 20
_TROUBLE = ("refused", "duplicate")


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--profile", type=click.Path(path_type=Path), help="A mapping file (TOML).")
@click.option("--dry-run", is_flag=True, help="Show what would happen; write nothing.")
@click.option(
    "--strict", is_flag=True, help="Refuse rows that stand behind gates they do not meet."
)
@click.option("--keep-duplicates", is_flag=True, help="Take rows whose phone or e-mail is known.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Write the rows left out, as CSV.")
@pass_app
def import_command(
    app: App,
    path: Path,
    profile: Path | None,
    dry_run: bool,
    strict: bool,
    keep_duplicates: bool,
    rejects: Path | None,
) -> None:
    """Take in a sheet, as one change that `undo` takes back."""
    plan = app.crm.plan_import(
        path, profile=profile, strict=strict, keep_duplicates=keep_duplicates
    )
    _tell(app, plan)
    left_out = [row for row in plan.rows if row.outcome in _TROUBLE]
    if rejects is not None:
        with rejects.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["row", "outcome", "reasons"])
            writer.writerows(
                [row.number, row.outcome, guard_cell("; ".join(row.reasons))] for row in left_out
            )
    if dry_run:
        click.echo(app.say("试运行：什么都没有写入。", "Dry run: nothing was written."))
        return
    if plan.rows and all(row.outcome == "refused" for row in plan.rows):
        raise RefusedError(f"No row of {path.name} could be taken in.")
    commit = app.crm.apply(plan)
    if commit is not None:
        click.echo(
            app.say(
                f"已写入版本 {commit.revision}；crmcore undo 可撤销。",
                f"Written as revision {commit.revision}; crmcore undo takes it back.",
            )
        )


def _tell(app: App, plan: ImportPlan) -> None:
    counts = [f"{outcome} {count}" for outcome, count in sorted(plan.counts.items())]
    total = app.say(f"{len(plan.rows)} 行", f"{len(plan.rows)} rows")
    click.echo(one_line(f"{plan.source}: {total}: {', '.join(counts) or '0'}"))
    own = [
        header for header, key in plan.columns.items() if key is None or key.startswith("sheet.")
    ]
    if own:
        kept = app.say("作为表格自带字段保留的列", "Columns kept as the sheet's own fields")
        click.echo(one_line(f"{kept}: {', '.join(own)}"))
    for note in plan.notes:
        click.echo(one_line(f"  {note}"))
    trouble = [row for row in plan.rows if row.outcome in _TROUBLE]
    for row in trouble[:_SHOWN]:
        click.echo(_row_line(app, row))
    if len(trouble) > _SHOWN:
        more = len(trouble) - _SHOWN
        click.echo(
            app.say(
                f"… 还有 {more} 行；--rejects FILE 写出全部",
                f"… and {more} more; --rejects FILE writes them all",
            )
        )
    noted = sum(bool(row.reasons) for row in plan.rows if row.outcome not in _TROUBLE)
    if noted:
        click.echo(app.say(f"{noted} 行带有说明", f"{noted} rows with notes"))


def _row_line(app: App, row: PlannedRow) -> str:
    word = app.say("行", "row")
    return one_line(f"  {word} {row.number}: {row.outcome}: {'; '.join(row.reasons)}")
