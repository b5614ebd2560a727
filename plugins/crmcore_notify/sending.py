"""`crmcore notify`: send what waits, and see to what could not be sent."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Any

import click

from crmcore.cli.output import format_option, print_json, print_rows
from crmcore.errors import UsageError
from crmcore.moments import show_moment
from crmcore.text import one_line
from crmcore.wording import Text
from crmcore_notify.messages import Message, outbox_path
from crmcore_notify.outbox import Outbox, mark_all
from crmcore_notify.units import TIMER, cron, run_command, service


@click.group("notify")
def notify() -> None:
    """Send notifications, and see to those that were not sent. 发送通知，处理发送失败的通知。"""


def _app() -> Any:
    return click.get_current_context().obj


def say(zh: str, en: str, **values: object) -> str:
    """The wording in the language of this workspace, filled in."""
    text = Text(zh, en)
    said: str = _app().dialect.say(text.with_(**values) if values else text)
    return said


@notify.command("run")
@click.option(
    "--since", type=click.IntRange(0), metavar="REVISION", help="Begin after this revision."
)
@click.option("--quiet", is_flag=True, help="Say nothing unless something is wrong.")
def run_command_(since: int | None, quiet: bool) -> None:
    """Send what is due, once; for cron or a systemd timer. 发送到期的通知。"""
    from crmcore_notify.delivering import BusyError, run

    try:
        outcome = run(_app().crm, since)
    except BusyError:
        if not quiet:
            click.echo(
                say(
                    "另一个发送进程正在运行。",
                    "Another run is at work; this one has nothing to do.",
                )
            )
        return
    if not quiet:
        click.echo(
            say(
                "新通知 {made}，已发送 {sent}，失败 {failed}，推迟 {put_off}。",
                "{made} new, {sent} sent, {failed} failed, {put_off} put off by quiet hours.",
                made=outcome.made, sent=outcome.sent, failed=outcome.failed, put_off=outcome.put_off,
            )
        )  # fmt: skip


_STATES = {
    "waiting": Text("待发送", "waiting"),
    "held": Text("待汇总", "held for a digest"),
    "sent": Text("已发送", "sent"),
    "given up": Text("已放弃", "given up"),
    "dropped": Text("已丢弃", "dropped"),
}


@notify.command("status")
@format_option("table", "json")
def status(form: str) -> None:
    """Show what waits, what failed and why, and when it is tried next. 显示发送状态。"""
    with _outbox() as outbox:
        channels = _channels(outbox)
        failing = outbox.failing(200)
        remarks = outbox.remarks()
        cursor = outbox.cursor()
    if form == "json":
        print_json(
            {
                "revision": None if cursor is None else cursor[0],
                "channels": channels,
                "failing": [_document(message) for message in failing],
                "remarks": [{"at": at, "text": text} for at, text in remarks],
            }
        )
        return
    if cursor is None:
        click.echo(
            say(
                "还没有发送过：从第一次 `crmcore notify run` 起的变更才会通知。",
                "Nothing was sent yet: what is committed after the first `crmcore notify run` is told.",
            )
        )
    _print_channels(channels)
    _print_failing(failing)
    for at, text in remarks:
        click.echo(one_line(f"{_when(at)}  {text}"))


def _channels(outbox: Outbox) -> list[dict[str, Any]]:
    counts = outbox.counts()
    notifiers = {n.name: n for n in _app().host.notifiers() if not n.at_once}
    rows = []
    for name in sorted({*counts, *notifiers}):
        state = outbox.channel(name)
        trouble = notifiers[name].trouble if name in notifiers else None
        next_due = outbox.next_due(name)
        rows.append(
            {
                "channel": name,
                **{key: counts.get(name, {}).get(key, 0) for key in _STATES},
                "failures_in_a_row": state.failures,
                "down_since": state.since,
                "next": max(filter(None, (next_due, state.next))) if next_due else None,
                "last_sent": state.sent,
                "problem": state.error or (trouble() if trouble else ""),
            }
        )
    return rows


def _print_channels(channels: list[dict[str, Any]]) -> None:
    word = _app().dialect.say
    columns = [
        ("id", say("渠道", "Channel")),
        *((key, word(text)) for key, text in _STATES.items()),
        ("next", say("下次发送", "Next attempt")),
        ("last_sent", say("上次成功", "Last sent")),
        ("problem", say("问题", "Problem")),
    ]
    rows = [
        {
            **{key: str(row[key] or "") for key in _STATES},
            "id": row["channel"],
            "next": _when(row["next"]),
            "last_sent": _when(row["last_sent"]),
            "problem": row["problem"],
        }
        for row in channels
    ]
    if rows:
        print_rows("table", columns, rows)
    else:
        click.echo(say("没有对外渠道。", "There is no channel that leaves this machine."))


def _print_failing(failing: list[Message]) -> None:
    if not failing:
        return
    columns = [
        ("id", say("通知", "Message")),
        ("channel", say("渠道", "Channel")),
        ("to", say("收件人", "To")),
        ("title", say("标题", "Title")),
        ("attempts", say("次数", "Tries")),
        ("next", say("下次发送", "Next attempt")),
        ("error", say("原因", "Reason")),
    ]
    rows = [
        {
            "id": message.key,
            "channel": message.channel,
            "to": message.note.to,
            "title": _app().dialect.say(message.note.title),
            "attempts": str(message.attempts),
            "next": say("已放弃", "given up")
            if message.state == "given up"
            else _when(message.due),
            "error": message.error,
        }
        for message in failing
    ]
    print_rows("table", columns, rows)


def _document(message: Message) -> dict[str, Any]:
    return {
        "key": message.key,
        "channel": message.channel,
        "to": message.note.to,
        "title": _app().dialect.say(message.note.title),
        "state": message.state,
        "attempts": message.attempts,
        "first_try": message.first_try,
        "next": None if message.state == "given up" else message.due,
        "reason": message.error,
    }


def _when(moment: datetime | None) -> str:
    return show_moment(moment, _app().dialect.zone) if moment else ""


def _outbox() -> Outbox:
    crm = _app().crm
    return Outbox(outbox_path(crm.config))


_which = click.argument("key", required=False)
_channel = click.option("--channel", metavar="NAME", help="All that failed by this channel.")
_all = click.option("--all", "everything", is_flag=True, help="All that failed.")


@notify.command("retry")
@_which
@_channel
@_all
def retry(key: str | None, channel: str | None, everything: bool) -> None:
    """Have messages tried again by the next run. 让失败的通知立即重发。"""
    count = _mark(key, channel, everything, drop=False)
    click.echo(
        say(
            "{count} 条将在下次运行时重发。",
            "{count} to be tried again by the next run.",
            count=count,
        )
    )


@notify.command("drop")
@_which
@_channel
@_all
def drop(key: str | None, channel: str | None, everything: bool) -> None:
    """Never send messages that wait or failed. 丢弃通知。"""
    count = _mark(key, channel, everything, drop=True)
    click.echo(say("已丢弃 {count} 条。", "{count} dropped.", count=count))


def _mark(key: str | None, channel: str | None, everything: bool, *, drop: bool) -> int:
    if sum((key is not None, channel is not None, everything)) != 1:
        raise UsageError("Name one message by its key, or give --channel NAME, or --all.")
    with _outbox() as outbox:
        keys = outbox.failing_keys(channel) if key is None else [outbox.named(key).key]
        return mark_all(keys, outbox, _app().crm.clock(), drop=drop)


@notify.command("units")
@click.option("--cron", "for_cron", is_flag=True, help="A line for crontab instead.")
def units(for_cron: bool) -> None:
    """Print systemd units that send every minute. 打印 systemd 单元。"""
    app = _app()
    folder = app.config.directory.absolute()
    options = [o for o in app.options() if o.startswith("--store=")]
    command = run_command(sys.executable, folder, options)
    if for_cron:
        click.echo(cron(command), nl=False)
        return
    click.echo(service(command))
    click.echo(TIMER, nl=False)
