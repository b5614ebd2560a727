"""Verbs about the workspace itself."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crmcore.bootstrap import open_crm
from crmcore.cli.context import App, pass_app
from crmcore.cli.output import format_option, print_rows
from crmcore.cli.report import print_report
from crmcore.config import CONFIG_TEMPLATE, DEFAULT_STORE, FILE_NAME
from crmcore.errors import UsageError
from crmcore.screens import not_installed, screens
from crmcore.storage.address import parse_address
from crmcore.values import expected

HOST, PORT = "127.0.0.1", 8642
"""Where the board is served to browsers."""


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
    click.echo(
        app.say("已建立 {path}。下一步：crmcore add", "Made {path}. Next: crmcore add", path=path)
    )


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
    click.echo(
        app.say("演示数据在 {folder}", "The demo lives in {folder}", folder=folder), err=True
    )
    show_board(app, table=no_board)


@click.command("board")
@click.option("--web", is_flag=True, help="Show it in a browser instead.")
@click.option("--port", type=click.IntRange(0, 65535), help=f"With --web; {PORT} if left out.")
@click.option("--host", help="With --web: where to listen; this machine alone if left out.")
@click.option("--in-browser", is_flag=True, hidden=True)
@pass_app
def board_command(
    app: App, web: bool, port: int | None, host: str | None, in_browser: bool
) -> None:
    """Open the board."""
    if web:
        serve_board(app, HOST if host is None else host, PORT if port is None else port)
    elif host is not None or port is not None:
        raise UsageError("--host and --port go with --web.")
    elif in_browser:
        screens().run(app.crm)
    else:
        show_board(app)


def show_board(app: App, *, table: bool = False) -> None:
    """The board on a terminal, the funnel as a table elsewhere."""
    if table or not (sys.stdin.isatty() and sys.stdout.isatty()):
        print_report(app, "funnel")
        return
    board = screens()
    try:
        board.run(app.crm)
    except ImportError as error:
        raise not_installed("tui") from error


def serve_board(app: App, host: str, port: int) -> None:
    """The board in a browser: each visitor's in a process of its own, on the same workspace."""
    with open_crm(config=app.config, host=app.host) as crm:
        dialect = crm.dialect  # and what is wrong with the workspace is said here and now
    command = [sys.executable, "-P", "-m", "crmcore", *app.options(), "board", "--in-browser"]
    try:
        screens().serve(command, host, port, dialect)
    except ImportError as error:
        raise not_installed("web") from error


@click.command("fields")
@format_option()
@pass_app
def fields_command(app: App, form: str) -> None:
    """List the fields of the record."""
    from crmcore.fields import FieldCatalogue
    from crmcore.fieldspec import Kind

    fields = FieldCatalogue(app.host.fields().values)
    dialect = app.words
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
