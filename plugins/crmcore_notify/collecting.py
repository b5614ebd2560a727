"""What is to be sent: messages made of the commits nobody was told of yet, and of what is due."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

from attrs import evolve

from crmcore.crm import Crm
from crmcore.discovery import CONTAINED
from crmcore.hooktypes import Notification
from crmcore.moments import show_moment
from crmcore.notices import reminder
from crmcore.retelling import Notices, retold
from crmcore.text import one_line
from crmcore.wording import Text, listed
from crmcore_notify.lines import decode, encode
from crmcore_notify.messages import Message
from crmcore_notify.outbox import Outbox
from crmcore_notify.settings import Rules

_MOST_LINES = 200
_LINE = Text("{when}  {title}{who}", "{when}  {title}{who}")
_BELOW = Text("{some}\n{more}", "{some}\n{more}")
"""How many messages a digest tells one by one."""


def collect(crm: Crm, rules: Rules, outbox: Outbox, since: int | None = None) -> int:
    """Make the messages of all commits after the cursor, or after revision *since*; how many are new.

    They and the cursor become durable together: whoever dies, the next run goes on where this one
    has got to. The first run without *since* begins at the present.
    """
    now = crm.clock()
    revision = crm.refresh()
    cursor = outbox.cursor()
    if since is None and cursor is None:
        newest = next(crm.history(newest_first=True), None)
        with outbox.at_once():
            outbox.set_cursor(revision, newest.at if newest else None)
        return 0
    begin, at = (since, None) if since is not None else cursor or (0, None)
    told = retold(crm, begin, at)
    notes = list(told.notifications)
    _into_the_inbox(crm, notes)
    if rules.reminders:
        notes += _reminders(crm)
    with outbox.at_once():
        new = sum(_add(crm, rules, outbox, note, now) for note in notes)
        if (told.revision, told.at) != cursor:
            outbox.set_cursor(told.revision, told.at)
        for remark in _remarks(told, at):
            outbox.remark(remark, now)
    return new


def _reminders(crm: Crm) -> Iterator[Notification]:
    for item in crm.due(within=timedelta()):
        try:
            note = reminder(item, crm.actor)
            sound = decode(encode(note)) == note
        except CONTAINED:
            sound = False
        if sound:
            yield note
        else:  # what a plugin's rule made up must not keep the others back
            crm.host.fail(
                "reminders", "crm_reminders", f"{one_line(repr(item))[:200]} cannot be told"
            )


def _into_the_inbox(crm: Crm, notes: list[Notification]) -> None:
    """What a program that died between its commit and telling of it did not put there."""
    if "inbox" in crm.config.notify:
        for note in notes:
            crm.host.notify(("inbox",), note)


def _remarks(told: Notices, at: datetime | None) -> Iterator[str]:
    if told.replaced and at is not None:
        yield (
            "The customers' history is not the one messages were made of before: the store was "
            f"restored or replaced. Messages are made of what was committed after {at.isoformat()}."
        )
    if told.forgotten:
        yield f"{told.forgotten} commits were forgotten by the store before anybody was told of them."


def _add(crm: Crm, rules: Rules, outbox: Outbox, note: Notification, now: datetime) -> int:
    new = 0
    notifiers = crm.host.notifiers()
    for name in rules.route(note.kind, note.to):
        if name in notifiers and notifiers.named(name).at_once:
            continue
        key = idempotency_key(name, note)
        digest = rules.digest_of(name, note.to)
        due = digest.after(note.at, rules.zone_of(note.to)) if digest else now
        state = "held" if digest else "waiting"
        new += outbox.add(Message(key, name, evolve(note, key=key), state, due), now)
    return new


def idempotency_key(channel: str, note: Notification) -> str:
    """The same for the same message by the same channel, whoever makes it; what kind it is, and a hash."""
    parts = "\0".join((channel, note.to, note.key, note.at.isoformat()))
    return f"{_kind(note.kind)}:{_hash(parts)}"


def _kind(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower())[:30] or "note"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def join_digests(rules: Rules, outbox: Outbox, channel: str, now: datetime) -> None:
    """Join what is held for *channel* and due into one message for each person.

    The digest is durable before it is sent, so that it is the same one when it is sent again.
    """
    held: dict[str, list[Message]] = {}
    for key in outbox.due(channel, "held", now):
        message = outbox.get(key)
        held.setdefault(message.note.to, []).append(message)
    for to, messages in held.items():
        with outbox.at_once():
            if len(messages) == 1:
                outbox.set_waiting(messages[0].key, now)
                continue
            note = _digest_of(rules, channel, to, messages)
            digest = Message(note.key, channel, note, "waiting", now)
            outbox.join([message.key for message in messages], digest, now)


def _digest_of(rules: Rules, channel: str, to: str, messages: list[Message]) -> Notification:
    notes = sorted((message.note for message in messages), key=lambda note: note.at)
    zone = rules.zone_of(to)
    lines = [
        _LINE.with_(
            when=show_moment(note.at, zone),
            title=note.title,
            who=f" ({note.customer_id})" if note.customer_id else "",
        )
        for note in notes[:_MOST_LINES]
    ]
    if more := len(notes) - len(lines):
        lines.append(Text("… 另有 {more} 条", "… and {more} more").with_(more=more))
    body = listed(lines, _BELOW)
    count = len(notes)
    key = f"digest:{_hash(chr(0).join((channel, *sorted(message.key for message in messages))))}"
    title = Text("{count} 条通知", "{count} notifications").with_(count=count)
    return Notification(key, notes[-1].at, to, title, body)
