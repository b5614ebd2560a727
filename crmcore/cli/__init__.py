"""The command line. Commands are loaded when they are run, so that `--version` costs nothing."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from crmcore._version import __version__

_HOMES = {
    "workspace": ("init", "demo", "board", "fields"),
    "plugins": ("plugins",),
    "newplugin": ("plugin",),
    "store": ("store",),
    "look": ("show", "list", "due", "history"),
    "report": ("funnel", "forecast", "report"),
    "change": (
        "add", "edit", "move", "log", "lose", "invalidate", "reopen", "undo",
        "redo",
    ),
    "grade": ("grade",),
    "screening": ("screen",),
    "assign": ("assign",),
    "record": ("propose", "object", "answer", "clause", "repurchase", "refer"),
    "sheets": ("import",),
    "export": ("export", "template"),
    "steps": ("next", "feedback", "terms", "contract", "deliver", "survey"),
    "twins": ("duplicates", "merge"),
}  # fmt: skip
_MODULE_OF = {verb: module for module, verbs in _HOMES.items() for verb in verbs}


class _Verbs(click.Group):
    """The core's verbs, then the plugins'."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*_MODULE_OF, *self._plugin_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if module := _MODULE_OF.get(cmd_name):
            home = import_module(f"crmcore.cli.{module}")
            return getattr(home, f"{cmd_name}_command")  # type: ignore[no-any-return]
        loaded = self._plugin_commands(ctx).get(cmd_name)
        return None if loaded is None else loaded.load()

    def _plugin_commands(self, ctx: click.Context) -> dict[str, Any]:
        from crmcore.cli.context import App

        app = ctx.obj if isinstance(ctx.obj, App) else App()
        return {command.name: command for command in app.host.commands()}


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-C", "--workspace", type=click.Path(path_type=Path), help="The workspace's folder.")
@click.option("--store", metavar="URL", help="A store, as in tinydb:crm.json.")
@click.option("--lang", type=click.Choice(["zh", "en"]), help="The language to speak.")
@click.option("--actor", metavar="NAME", help="Who is acting.")
@click.option("--no-plugins", is_flag=True, help="Load no plugin.")
@click.version_option(__version__, prog_name="crmcore")
@click.pass_context
def cli(
    ctx: click.Context,
    workspace: Path | None,
    store: str | None,
    lang: str | None,
    actor: str | None,
    no_plugins: bool,
) -> None:
    """The sales funnel in your terminal."""
    from crmcore.cli.context import App

    ctx.obj = App(workspace, store, lang, actor, plugins=not no_plugins)
    ctx.call_on_close(ctx.obj.close)


def main() -> None:
    """Run the command line and end the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(_run())


def _run() -> int:
    try:
        ended = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        return 130
    except click.exceptions.Exit as end:
        return end.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except Exception as error:
        return _failed(error)
    return ended if isinstance(ended, int) else 0


def _failed(error: Exception) -> int:
    from crmcore.errors import CrmError
    from crmcore.text import shown

    if os.environ.get("CRMCORE_DEBUG"):
        raise error
    if isinstance(error, CrmError):
        click.echo(shown(str(error)), err=True)
        return error.exit_code
    kind = type(error).__name__
    click.echo(f"Unexpected error ({kind}): {shown(str(error))}", err=True)
    click.echo("Nothing more was done. CRMCORE_DEBUG=1 shows where it happened.", err=True)
    return 1
