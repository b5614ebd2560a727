"""Verbs that look after the store: what is in it, whether it is whole, how it stays small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmcore.cli.context import App, pass_app
from crmcore.cli.keeper import Keeper, now, size, when
from crmcore.cli.output import format_option, print_json
from crmcore.cli.storemoves import backup_command, copy_command, restore_command
from crmcore.text import one_line

if TYPE_CHECKING:
    from crmcore.storage.base import Store

SHOWN_PROBLEMS = 50


@click.group("store")
def store_command() -> None:
    """Look after the store: check it, back it up, move it."""


store_command.add_command(backup_command)
store_command.add_command(restore_command)
store_command.add_command(copy_command)


@store_command.command("info")
@format_option("table", "json")
@pass_app
def info_command(app: App, form: str) -> None:
    """Where it is, what it holds, and whether you have outgrown it."""
    from crmcore.codec import moment_to_json
    from crmcore.storage.maintenance import advice, facts_of, shown_address

    keeper = Keeper(app)
    say = app.config.dialect.say
    with keeper.open(keeper.url) as store:
        facts = facts_of(store)
    address = shown_address(keeper.url)
    advised = advice(facts, address)
    footprint, last = facts.footprint, facts.last_commit_at
    if form == "json":
        print_json(
            {
                "address": address,
                "kind": keeper.kind(keeper.url).name,
                "path": None if footprint.path is None else str(footprint.path),
                "folder": str(keeper.folder),
                "revision": facts.revision,
                "base_revision": facts.base_revision,
                "customers": facts.customers,
                "commits": facts.commits,
                "bytes": dict(footprint.sizes),
                "last_commit_at": None if last is None else moment_to_json(last),
                "warnings": list(facts.warnings),
                "advice": None if advised is None else say(advised),
            }
        )
        return
    labels = {
        "snapshot": app.say("快照", "Snapshot"),
        "log": app.say("日志", "Log"),
        "database": app.say("数据库", "Database"),
    }
    lines = [
        (app.say("地址", "Address"), address),
        (app.say("类型", "Kind"), say(keeper.kind(keeper.url).label)),
        (app.say("文件", "File"), str(footprint.path or "")),
        (app.say("版本", "Revision"), str(facts.revision)),
        (app.say("客户", "Customers"), str(facts.customers)),
        (app.say("改动", "Commits"), str(facts.commits)),
        (app.say("已清除历史至版本", "History forgotten up to"), str(facts.base_revision or "")),
        *((labels.get(name, name), size(many)) for name, many in footprint.sizes.items()),
        (app.say("最近改动", "Last commit"), when(app, last) if last else ""),
        *((app.say("警告", "Warning"), warning) for warning in facts.warnings),
        (app.say("建议", "Advice"), say(advised) if advised else ""),
    ]
    for label, value in lines:
        if value:
            click.echo(one_line(f"{label}: {value}"))


@store_command.command("check")
@format_option("table", "json")
@pass_app
def check_command(app: App, form: str) -> None:
    """Read everything, verify checksums, live the history again; status 1 when something is wrong."""
    from crmcore.errors import StoreError

    keeper = Keeper(app)
    try:
        with keeper.open(keeper.url) as store:
            revision = store.refresh()
            problems = list(store.check(keeper.codec))
    except StoreError as error:
        revision, problems = 0, [str(error)]
    if form == "json":
        print_json({"ok": not problems, "revision": revision, "problems": problems})
    elif problems:
        for problem in problems[:SHOWN_PROBLEMS]:
            click.echo(one_line(problem))
        if (more := len(problems) - SHOWN_PROBLEMS) > 0:
            click.echo(app.say("……另有 {more} 处。", "… and {more} more.", more=more))
    else:
        click.echo(
            app.say(
                "没有发现问题：到版本 {revision} 的全部内容与历史一致。",
                "Nothing is wrong: all up to revision {revision} is what its history says.",
                revision=revision,
            )
        )
    if problems:
        raise click.exceptions.Exit(1)


@store_command.command("compact")
@click.option("--forget-before", metavar="DATE|REVISION", help="Drop the history before it, too.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_app
def compact_command(app: App, forget_before: str | None, yes: bool) -> None:
    """Take up less room and open faster; with --forget-before, drop old history for good."""
    keeper = Keeper(app)
    with keeper.opened() as store:
        before = sum(store.footprint().sizes.values())
        if forget_before is not None and not _forget(keeper, store, forget_before, yes):
            return
        if not store.compact() and forget_before is None:
            click.echo(
                app.say(
                    "这种存储自己整理空间，无需操作。", "This kind of store keeps itself compact."
                )
            )
            return
        after = sum(store.footprint().sizes.values())
    click.echo(
        app.say(
            "已整理：{before} → {after}。",
            "Compacted: {before} → {after}.",
            before=size(before),
            after=size(after),
        )
    )


def _forget(keeper: Keeper, store: Store, text: str, yes: bool) -> bool:
    """Drop the history before *text* when that is meant; whether to go on."""
    import sys

    from crmcore.errors import UsageError

    app = keeper.app
    store.refresh()
    revision = _last_to_forget(keeper, store, text)
    if revision <= store.base_revision:
        click.echo(app.say("没有更早的历史。", "There is no history before that."))
        return True
    from crmcore.storage.maintenance import moment_of

    until = when(app, moment_of(store, revision))
    click.echo(
        app.say(
            "版本 {first}–{last}（至 {until}）的历史将被永久清除：它们不能再撤销，"
            "看不到当时的改动，也不能再看那时的漏斗。客户资料不变，编号不会重用。",
            "The history of revisions {first} to {last} (until {until}) will be "
            "dropped for good: undo, history and the funnel as of then no longer reach it. Customers "
            "stay as they are; no id is used again.",
            first=store.base_revision + 1,
            last=revision,
            until=until,
        )
    )
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("Nothing was dropped: add --yes to mean it. Make a backup first.")
        if not click.confirm(app.say("继续？（建议先备份）", "Go on? (Make a backup first.)")):
            return False
    store.forget(revision, keeper.codec)
    return True


def _last_to_forget(keeper: Keeper, store: Store, text: str) -> int:
    from crmcore.errors import UsageError
    from crmcore.moments import MomentError, parse_moment
    from crmcore.storage.maintenance import last_before

    if text.isascii() and text.isdigit():
        if not 1 <= int(text) <= store.revision:
            raise UsageError(
                f"There is no revision {text}; the newest is {store.revision}. A date is written "
                "2024-05-01."
            )
        return int(text) - 1
    try:
        moment = parse_moment(text, now(), keeper.app.config.dialect.zone)
    except MomentError as error:
        raise UsageError(f"--forget-before: {error}, nor a revision.") from error
    return last_before(store, keeper.codec, moment)


@store_command.command("checkpoint")
@pass_app
def checkpoint_command(app: App) -> None:
    """Bring the store's own file up to date with its log."""
    from crmcore.errors import UsageError

    keeper = Keeper(app)
    with keeper.opened() as store:
        checkpoint = getattr(store, "checkpoint", None)
        if checkpoint is None:
            raise UsageError("This store needs no checkpoints.")
        checkpoint()
    click.echo(app.say("已写入。", "Done."))
