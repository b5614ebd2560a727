"""Starting a plugin of one's own: `crmcore plugin new`."""

from __future__ import annotations

from pathlib import Path

import click

from crmcore.cli.context import App, pass_app
from crmcore.errors import UsageError
from crmcore.scaffold import KINDS, new_plugin


@click.group("plugin")
def plugin_command() -> None:
    """Write a plugin of your own."""


@plugin_command.command("new")
@click.argument("name")
@click.option("--kind", required=True, type=click.Choice(tuple(KINDS)), help="What it adds.")
@click.option(
    "--in",
    "parent",
    type=click.Path(path_type=Path),
    default=Path(),
    help="The folder to make it in; here, unless told.",
)
@pass_app
def new_command(app: App, name: str, kind: str, parent: Path) -> None:
    """Write a whole distribution: code, a test that passes, README, CI file."""
    if name in {info.name.removesuffix(".tui") for info in app.host.plugins}:
        raise UsageError(f"A plugin {name!r} is installed already; choose another name.")
    folder = new_plugin(name, kind, parent)
    click.echo(app.say("已生成 {folder}。接着：", "Made {folder}. Next:", folder=folder))
    for line in (
        f"cd {folder}",
        'pip install -e ".[test]"',
        "pytest",
        f"crmcore plugins show {name}",
    ):
        click.echo(f"  {line}")
