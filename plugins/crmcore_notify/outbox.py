"""The outbox: what is still to be sent, in an SQLite file that outlives whoever sends it.

A message is `held` for a digest or `waiting` for its next attempt; in the end it is `sent`, `joined`
into a digest, `dropped` by somebody, or `given up`. Times are UTC seconds since 1970.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from crmcore.errors import NotFoundError, StoreError
from crmcore_notify.lines import encode
from crmcore_notify.messages import COLUMNS, ChannelState, Message, message_of, moment

_VERSION = 1
_SCHEMA = """
create table messages (
    key text primary key, channel text not null, recipient text not null, kind text not null,
    note text not null, state text not null, due real not null, made real not null,
    seen real not null, attempts integer not null default 0, first_try real,
    error text not null default '', digest text not null default '', sent real);
create index messages_due on messages (channel, state, due);
create index messages_digest on messages (digest) where digest <> '';
create table channels (
    name text primary key, failures integer not null default 0, next real not null default 0,
    error text not null default '', since real, sent real);
create table cursor (revision integer not null, at text);
create table remarks (at real not null, text text not null)"""
_BUSY = 30.0
_OPEN = "('held', 'waiting')"


class Outbox:
    """The outbox in the file *path*, made (0600) if it is new. All methods raise StoreError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with _told(path):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(path, timeout=_BUSY, isolation_level=None)
        try:
            with _told(path):
                self._db.execute("pragma journal_mode = wal")
                self._db.execute("pragma synchronous = full")
            with self.at_once():
                self._make()
        except BaseException:
            self._db.close()
            raise

    def _make(self) -> None:
        (version,) = self._db.execute("pragma user_version").fetchone()
        if version > _VERSION:
            raise StoreError(f"{self.path} was made by a newer crmcore. Update this one.")
        if version == 0:
            for statement in _SCHEMA.split(";"):
                self._db.execute(statement)
            self._db.execute(f"pragma user_version = {_VERSION}")

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """All that is written in it becomes durable together, or not at all."""
        with _told(self.path):
            self._db.execute("begin immediate")
            try:
                yield
                self._db.execute("commit")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise

    def _run(self, statement: str, *values: object) -> sqlite3.Cursor:
        with _told(self.path):
            return self._db.execute(statement, values)

    # the cursor: up to which commit messages were made

    def cursor(self) -> tuple[int, datetime | None] | None:
        """The revision and the time of the last commit that messages were made of; None at first."""
        row = self._run("select revision, at from cursor").fetchone()
        if row is None:
            return None
        return row[0], datetime.fromisoformat(row[1]) if row[1] else None

    def set_cursor(self, revision: int, at: datetime | None) -> None:
        """Begin after *revision* from now on."""
        self._run("delete from cursor")
        self._run("insert into cursor values (?, ?)", revision, at and at.isoformat())

    # messages

    def add(self, message: Message, now: datetime) -> bool:
        """Keep *message* unless one of its key is known; whether it is new."""
        before = self._db.total_changes
        self._run(
            "insert into messages (key, channel, recipient, kind, note, state, due, made, seen)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (key) do nothing",
            message.key, message.channel, message.note.to, message.note.kind,
            encode(message.note).decode(), message.state, message.due.timestamp(),
            now.timestamp(), now.timestamp(),
        )  # fmt: skip
        if self._db.total_changes > before:
            return True
        self._run("update messages set seen = ? where key = ?", now.timestamp(), message.key)
        return False

    def due(self, channel: str, state: str, now: datetime) -> list[str]:
        """The keys of the messages whose time has come, the longest due first."""
        rows = self._run(
            "select key from messages where channel = ? and state = ? and due <= ?"
            " order by due, rowid", channel, state, now.timestamp(),
        )  # fmt: skip
        return [key for (key,) in rows]

    def get(self, key: str) -> Message:
        """The message of this key. Raises NotFoundError."""
        found = self._select("key = ?", key)
        if not found:
            raise NotFoundError(
                f"The outbox has no message {key!r}. `crmcore notify status` lists them."
            )
        return found[0]

    def named(self, word: str) -> Message:
        """The open or failed message whose key is *word* or alone begins with it. Raises NotFoundError."""
        found = self._select(
            "substr(key, 1, ?) = ? and state in ('held', 'waiting', 'given up')", len(word), word
        )
        exact = [message for message in found if message.key == word]
        if len(exact or found) != 1:
            raise NotFoundError(
                f"{len(found)} messages that wait or failed have a key beginning with {word!r}. "
                "`crmcore notify status` lists them."
            )
        return (exact or found)[0]

    def failing(self, limit: int = -1) -> list[Message]:
        """The messages that failed and were not sent since."""
        return self._select("state in ('waiting', 'given up') and error <> '' limit ?", limit)

    def failing_keys(self, channel: str | None) -> list[str]:
        """The keys of the messages that failed, of one channel or of all."""
        return [m.key for m in self.failing() if channel in (None, m.channel)]

    def _select(self, where: str, *values: object) -> list[Message]:
        statement = f"select {COLUMNS} from messages where {where}"  # noqa: S608 - all written here
        rows = self._run(statement, *values).fetchall()
        return [message_of(row) for row in rows]

    def counts(self) -> dict[str, dict[str, int]]:
        """How many messages are in which state, by channel."""
        found: dict[str, dict[str, int]] = {}
        for name, state, count in self._run(
            "select channel, state, count(*) from messages group by channel, state"
        ):
            found.setdefault(name, {})[state] = count
        return found

    def next_due(self, channel: str) -> datetime | None:
        """When the next message of *channel* is due."""
        (due,) = self._run(
            f"select min(due) from messages where channel = ? and state in {_OPEN}",  # noqa: S608
            channel,
        ).fetchone()
        return moment(due)

    def open_channels(self) -> list[str]:
        """The channels something waits for."""
        return [name for (name,) in self._run(
            f"select distinct channel from messages where state in {_OPEN}"  # noqa: S608
        )]  # fmt: skip

    def postpone(self, key: str, due: datetime) -> None:
        """Not before *due*."""
        self._run("update messages set due = ? where key = ?", due.timestamp(), key)

    def set_waiting(self, key: str, due: datetime) -> None:
        """To be sent by itself, at *due*, whatever was before."""
        self._run(
            "update messages set state = 'waiting', due = ?, first_try = null where key = ?",
            due.timestamp(), key,
        )  # fmt: skip

    def join(self, keys: Sequence[str], digest: Message, now: datetime) -> None:
        """Put *digest* in the place of the messages *keys*."""
        self.add(digest, now)
        for key in keys:
            self._run(
                "update messages set state = 'joined', digest = ? where key = ?", digest.key, key
            )

    def sent(self, message: Message, now: datetime) -> None:
        """It went out, and all that was joined in it; its channel works."""
        self._close(message.key, "sent", now)
        recovered = self._run(
            "select 1 from channels where name = ? and failures > 0", message.channel
        ).fetchone()
        self._run(
            "insert into channels (name, sent) values (?, ?) on conflict (name) do update"
            " set failures = 0, next = 0, error = '', since = null, sent = excluded.sent",
            message.channel, now.timestamp(),
        )  # fmt: skip
        if recovered:  # what failed while it was down need not wait any longer
            self._run(
                "update messages set due = min(due, ?) where channel = ? and state = 'waiting'"
                " and attempts > 0", now.timestamp(), message.channel,
            )  # fmt: skip

    def drop(self, key: str, now: datetime) -> None:
        """Never send it, nor what was joined in it."""
        self._close(key, "dropped", now)

    def _close(self, key: str, state: str, now: datetime) -> None:
        self._run(
            "update messages set state = ?, sent = ?, error = '' where key = ? or digest = ?",
            state, now.timestamp(), key, key,
        )  # fmt: skip

    def failed(self, message: Message, error: str, due: datetime | None, now: datetime) -> None:
        """It did not go out: again at *due*, or, where that is None, never."""
        first = message.first_try or now
        self._run(
            "update messages set attempts = ?, first_try = ?, error = ?, state = ?, due = ?"
            " where key = ?",
            message.attempts + 1, first.timestamp(), error,
            "given up" if due is None else "waiting", (due or now).timestamp(), message.key,
        )  # fmt: skip

    # channels

    def channel(self, name: str) -> ChannelState:
        """How the channel *name* fares."""
        row = self._run(
            "select name, failures, next, error, since, sent from channels where name = ?", name
        ).fetchone()
        if row is None:
            return ChannelState(name)
        return ChannelState(row[0], row[1], moment(row[2]), row[3], moment(row[4]), moment(row[5]))

    def halt(
        self, name: str, failures: int, until: datetime | None, error: str, now: datetime
    ) -> None:
        """It failed *failures* times in a row; not to be tried before *until*."""
        self._run(
            "insert into channels (name, failures, next, error, since) values (?, ?, ?, ?, ?)"
            " on conflict (name) do update set failures = excluded.failures, next = excluded.next,"
            " error = excluded.error, since = coalesce(since, excluded.since)",
            name, failures, until.timestamp() if until else 0, error, now.timestamp(),
        )  # fmt: skip

    def release(self, name: str) -> None:
        """Try the channel *name* again at once."""
        self._run("update channels set next = 0 where name = ?", name)

    # remarks, and what is forgotten

    def remark(self, text: str, now: datetime) -> None:
        """Keep for people to see what happened to the outbox itself."""
        self._run("insert into remarks values (?, ?)", now.timestamp(), text)

    def remarks(self) -> list[tuple[datetime, str]]:
        """What was remarked, newest first."""
        rows = self._run("select at, text from remarks order by at desc, rowid desc limit 5")
        return [(datetime.fromtimestamp(at, UTC), text) for at, text in rows]

    def forget(self, before: datetime) -> None:
        """Drop what was done with, and not met again, before a moment."""
        self._run(
            "delete from messages where state in ('sent', 'joined', 'dropped') and seen < ?",
            before.timestamp(),
        )
        self._run("delete from remarks where at < ?", before.timestamp())

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()


def mark_all(keys: Iterable[str], outbox: Outbox, now: datetime, *, drop: bool) -> int:
    """Drop the messages *keys*, or have them tried at once; how many there were."""
    count = 0
    with outbox.at_once():
        for key in keys:
            count += 1
            if drop:
                outbox.drop(key, now)
            else:
                outbox.set_waiting(key, now)
                outbox.release(outbox.get(key).channel)
    return count


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise StoreError(
            f"The outbox {path} cannot be used: {error}. If it stays so, move it away; then "
            "`crmcore notify run --since REVISION` makes it anew from the customers' history."
        ) from error
    except OSError as error:
        raise StoreError(
            f"The outbox {path} cannot be opened: {error.strerror}. Ask for access to it."
        ) from error
