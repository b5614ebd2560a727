"""`crmcore inbox`."""

from __future__ import annotations

import click

from crmcore.moments import show_moment
from crmcore.text import one_line
from crmcore.wording import Text


@click.command("inbox")
@click.option("-n", "--limit", type=click.IntRange(1), default=20, show_default=True)
def inbox(limit: int) -> None:
    """Show the newest notifications, newest first. 显示最新通知。"""
    workspace = click.get_current_context().obj
    crm, dialect = workspace.crm, workspace.dialect
    notes = crm.inbox(limit)
    if not notes:
        click.echo(dialect.say(Text("没有通知。", "No notifications.")))
    for note in notes:
        when, title = show_moment(note.at, dialect.zone), dialect.say(note.title)
        parts = (when, note.to, title, note.customer_id or "")
        click.echo("  ".join(one_line(part) for part in parts if part))
