"""Verbs about the workspace itself."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points
from pathlib import Path

import click

from crmcore.cli.context import App, pass_app
from crmcore.cli.look import print_funnel
from crmcore.cli.output import format_option, print_rows
from crmcore.config import CONFIG_TEMPLATE, DEFAULT_STORE, FILE_NAME
from crmcore.errors import ConfigError, UsageError
from crmcore.storage.address import parse_address
from crmcore.values import expected


@click.command("init")
@click.option("--store", default=DEFAULT_STORE, show_default=True, metavar="URL")
@pass_app
def init_command(app: App, store: str) -> None:
    """Make a workspace: crm.toml, in this folder or the one -C names."""
    folder = app.workspace or Path.cwd()
    parse_address(store, folder)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    text = CONFIG_TEMPLATE.format(
        store=store.replace('"', ""), language=app.language, timezone='# timezone = "Asia/Shanghai"'
    )
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise UsageError(f"{path} is there already; nothing was changed.") from error
    click.echo(app.say(f"已建立 {path}。下一步：crmcore add", f"Made {path}. Next: crmcore add"))


@click.command("demo")
@click.option("--dir", "folder", type=click.Path(path_type=Path), help="Where to make it.")
@click.option("--reset", is_flag=True, help="Make it anew.")
@click.option("--no-board", is_flag=True, help="Print the funnel instead of opening the board.")
@pass_app
def demo_command(app: App, folder: Path | None, reset: bool, no_board: bool) -> None:
    """The funnel of a small company, to try things on."""
    from crmcore.demo import FILES, build

    if folder is None:
        from platformdirs import user_data_path

        folder = user_data_path("crmcore") / f"demo-{app.language}"
    if reset:
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
    if not (folder / FILE_NAME).is_file():
        build(folder, app.language)
    app.workspace = folder
    click.echo(app.say(f"演示数据在 {folder}", f"The demo lives in {folder}"), err=True)
    show_board(app, table=no_board)


@click.command("board")
@pass_app
def board_command(app: App) -> None:
    """Open the board."""
    show_board(app)


def show_board(app: App, *, table: bool = False) -> None:
    """The board on a terminal, the funnel as a table elsewhere."""
    if table or not (sys.stdin.isatty() and sys.stdout.isatty()):
        print_funnel(app)
        return
    points = list(entry_points(group="crmcore.ui", name="board"))
    try:
        run = points[0].load()
    except (IndexError, ImportError) as error:
        raise ConfigError('The board is not installed: pip install "crmcore[tui]".') from error
    run(app.crm)


@click.command("fields")
@format_option()
@pass_app
def fields_command(app: App, form: str) -> None:
    """List the fields of the record."""
    from crmcore.dialect import Dialect
    from crmcore.fields import FieldCatalogue
    from crmcore.fieldspec import Kind

    fields = FieldCatalogue(app.host.fields().values)
    dialect = Dialect("zh" if app.say("zh", "en") == "zh" else "en")
    groups = {group.key: dialect.say(group.label) for group in fields.groups}
    rows = [
        {
            "id": spec.key,
            "label": dialect.say(spec.label),
            "group": groups.get(spec.group, spec.group),
            "kind": spec.kind.value,
            "meaning": dialect.say(spec.meaning),
            "example": expected(spec, dialect) if spec.kind is Kind.CHOICE else spec.example,
        }
        for spec in fields
    ]
    columns = [
        ("id", app.say("键", "Key")),
        ("label", app.say("名称", "Label")),
        ("group", app.say("分类", "Group")),
        ("kind", app.say("类型", "Kind")),
        ("meaning", app.say("含义", "Meaning")),
        ("example", app.say("示例", "Example")),
    ]
    print_rows(form, columns, rows)
