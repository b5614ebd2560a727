"""The plugins there are, what each offers, what is wrong with them, and which are left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import click

from crmcore import examining
from crmcore.cli.context import App, pass_app
from crmcore.cli.groups import DefaultGroup
from crmcore.cli.output import format_option, print_json, print_rows
from crmcore.discovery import PART, PARTS, PluginInfo, installed
from crmcore.errors import ConfigError, NotFoundError
from crmcore.examining import Examined
from crmcore.hookcalls import HookFailure, Spent
from crmcore.text import did_you_mean, one_line, shown


@click.group("plugins", cls=DefaultGroup, default="list")
def plugins_command() -> None:
    """List the plugins, find out what is wrong with them, leave some out."""


@plugins_command.command("list")
@click.option("--hook", metavar="HOOK", help="Only those that implement it, as in crm_graders.")
@format_option()
@pass_app
def list_command(app: App, hook: str | None, form: str) -> None:
    """List the plugins: loaded, blocked and failed."""
    if hook is not None:
        hook = _known_hook(hook)
    rows = [
        {
            "id": info.name,
            "status": info.status,
            "distribution": f"{info.distribution} {info.version}".strip(),
            "hooks": ", ".join(info.hooks),
            "error": info.error or "; ".join(info.warnings),
        }
        for info in app.host.plugins
        if hook is None or hook in info.hooks
    ]
    columns = [
        ("id", app.say("插件", "Plugin")),
        ("status", app.say("状态", "Status")),
        ("distribution", app.say("来自", "From")),
        ("hooks", app.say("钩子", "Hooks")),
        ("error", app.say("问题", "Problem")),
    ]
    print_rows(form, columns, rows)


def _known_hook(word: str) -> str:
    from crmcore.discovery import LATER_SPECS, known_hooks, new_manager

    hooks = known_hooks(new_manager())
    name = word if word.startswith("crm_") else f"crm_{word}"
    if name in hooks or name.startswith(LATER_SPECS):
        return name
    hint = did_you_mean(name, hooks, "Did you mean") or f"Hooks are {', '.join(hooks)}."
    raise NotFoundError(f"There is no hook {word!r}. {hint}")


@plugins_command.command("show")
@click.argument("name")
@format_option("table", "json")
@pass_app
def show_command(app: App, name: str, form: str) -> None:
    """Show all that is known of one plugin: its file, what it offers, what is wrong with it."""
    examined, _ = examining.examine(app.host, lambda: app.crm)
    mine = [each for each in examined if each.info.name in (name, name + PART)]
    if not mine:
        raise _unknown(name, [each.info.name for each in examined])
    documents = [_document(app, each) for each in mine]
    if form == "json":
        print_json(documents)
        return
    for document in documents:
        for key, value in document.items():
            for line in _said(value):
                click.echo(f"{key + ':':<14}{line}")
        click.echo()


def _document(app: App, plugin: Examined) -> dict[str, Any]:
    info = plugin.info
    spent = {hook: each for (who, hook), each in app.host.spent.items() if who == info.name}
    return {
        "name": info.name,
        "status": info.status,
        "distribution": f"{info.distribution} {info.version}".strip(),
        "module": info.module,
        "file": info.file,
        "api": info.api,
        "hooks": list(info.hooks),
        "offers": {what: list(names) for what, names in plugin.offers.items()},
        # Their names alone: what they hold may be a password.
        "settings": sorted(app.host.settings_of(info.name.removesuffix(PART))),
        "spent": {hook: _took(each) for hook, each in spent.items()},
        "problems": [*_problems(info), *(failure.line for failure in plugin.failures)],
        "trace": info.trace,
    }


def _said(value: object) -> list[str]:
    if isinstance(value, Mapping):
        pairs = ((k, ", ".join(v) if isinstance(v, list) else v) for k, v in value.items())
        return [one_line(f"{key}: {each}") for key, each in pairs]
    if isinstance(value, list):
        return [one_line(str(each)) for each in value]
    return [shown(line) for line in str(value).splitlines()]


@plugins_command.command("doctor")
@click.option("--trace", is_flag=True, help="Show where each failure happened.")
@format_option("table", "json")
@pass_app
def doctor_command(app: App, trace: bool, form: str) -> int:
    """Ask every plugin for what it offers, try the graders, and tell each failure.

    Exit status 1 when something failed.
    """
    examined, failures = examining.examine(app.host, lambda: app.crm)
    misfits = [
        HookFailure(each.info.name, "", warning)
        for each in examined
        for warning in each.info.warnings
    ]
    wrong = [*failures, *misfits]
    if form == "json":
        print_json(
            {
                "plugins": [_document(app, each) for each in examined],
                "failures": [
                    {"plugin": f.plugin, "hook": f.hook, "error": f.error, "trace": f.trace}
                    for f in wrong
                ],
            }
        )
        return 1 if wrong else 0
    for each in examined:
        click.echo(_told(each.info, app.host.spent))
    for failure in failures:
        click.echo(one_line(failure.line))
        if trace and failure.trace:
            click.echo(shown(failure.trace))
    for misfit in misfits:
        click.echo(one_line(f"plugin {misfit.plugin}: {misfit.error}"))
    if not wrong:
        click.echo(app.say("没有发现问题。", "Nothing is wrong."))
    elif not trace:
        click.echo(app.say("--trace 显示出错位置。", "--trace shows where it happened."))
    return 1 if wrong else 0


def _told(info: PluginInfo, spent: Mapping[tuple[str, str], Spent]) -> str:
    parts = [f"{info.status:<7}", f"{info.name} {info.version}".rstrip()]
    parts += [f"({info.file})"] * bool(info.file)
    parts += [info.error] * (info.status == "blocked")
    mine = [(hook, each) for (who, hook), each in spent.items() if who == info.name]
    slowest = sorted(mine, key=lambda pair: -pair[1].seconds)
    parts += [", ".join(f"{hook} {_took(each)}" for hook, each in slowest)] * bool(slowest)
    return "  ".join(one_line(part).ljust(7) for part in parts)


def _took(spent: Spent) -> str:
    times = f" in {spent.calls} calls" if spent.calls > 1 else ""
    return f"{spent.seconds * 1000:.1f} ms{times}"


def _problems(info: PluginInfo) -> list[str]:
    return [*([info.error] if info.error else []), *info.warnings]


@plugins_command.command("disable")
@click.argument("name")
@pass_app
def disable_command(app: App, name: str) -> None:
    """Leave a plugin out: its code is not run any more in this workspace."""
    from crmcore.configedit import set_list

    now = _workspace(app)
    if name in now:
        click.echo(app.say("{name} 已经停用。", "{name} is left out already.", name=name))
        return
    known = _names(app)
    if name not in known:
        raise _unknown(name, known)
    set_list(app.config.directory, "disable", [*now, name])
    click.echo(app.say("已停用 {name}。", "{name} is left out from now on.", name=name))


@plugins_command.command("enable")
@click.argument("name")
@pass_app
def enable_command(app: App, name: str) -> None:
    """Take a plugin in again that `disable` left out."""
    from crmcore.configedit import set_list

    now = _workspace(app)
    if name not in now:
        known = _names(app)
        if name not in known:
            raise _unknown(name, known)
        info = next((each for each in app.host.plugins if each.name == name), None)
        why = info.error if info is not None and info.status == "blocked" else ""
        if why:
            raise ConfigError(f"crm.toml does not leave {name} out; it is {why}.")
        click.echo(app.say("{name} 没有停用。", "{name} is not left out.", name=name))
        return
    set_list(app.config.directory, "disable", [each for each in now if each != name])
    click.echo(app.say("已启用 {name}。", "{name} is in again.", name=name))


def _workspace(app: App) -> tuple[str, ...]:
    """What crm.toml leaves out. Raises ConfigError where there is no crm.toml."""
    from crmcore.config import FILE_NAME, load_config

    if not (app.config.directory / FILE_NAME).is_file():
        raise ConfigError(
            "There is no crm.toml here. `crmcore init` makes one; or use CRMCORE_DISABLE."
        )
    return load_config(app.config.directory).disable


def _names(app: App) -> list[str]:
    parts = [point.name for point in installed(PARTS)]
    names = [info.name for info in app.host.plugins]
    return sorted({*names, *parts, *(part + PART for part in parts)})


def _unknown(name: str, known: Iterable[str]) -> NotFoundError:
    hint = did_you_mean(name, known, " Did you mean")
    return NotFoundError(f"There is no plugin {name!r}.{hint} `crmcore plugins` lists them.")
