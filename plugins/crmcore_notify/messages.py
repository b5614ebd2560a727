"""What is in the outbox, and where that is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from attrs import frozen

from crmcore.config import Config
from crmcore.errors import ConfigError, StoreError
from crmcore.hooktypes import Notification
from crmcore.storage.address import parse_address
from crmcore_notify.lines import decode

COLUMNS = "key, channel, note, state, due, attempts, first_try, error"
"""What `message_of` reads."""


@frozen
class Message:
    """One message for one channel; `key` is its idempotency key, `note` goes out under it."""

    key: str
    channel: str
    note: Notification
    state: str
    due: datetime
    attempts: int = 0
    first_try: datetime | None = None
    error: str = ""


@frozen
class ChannelState:
    """How a channel fares: consecutive `failures`, not to be tried before `next`, what failed last."""

    name: str
    failures: int = 0
    next: datetime | None = None
    error: str = ""
    since: datetime | None = None
    sent: datetime | None = None


def outbox_path(config: Config) -> Path:
    """Where the outbox of this workspace is. Raises ConfigError for a store that keeps nothing."""
    address = parse_address(config.store, config.directory)
    if address.scheme == "memory":
        raise ConfigError(
            "The store memory: keeps nothing, so that nothing of it can be sent later."
        )
    if address.rest.startswith("//"):  # a server, whose name may hold a password
        return config.directory / f"{address.scheme}.outbox"
    return address.path.with_name(address.path.name + ".outbox")


def message_of(row: Sequence[Any]) -> Message:
    """The message in a row of `COLUMNS`. Raises StoreError."""
    key, channel, note, state, due, attempts, first, error = row
    decoded = decode(note)
    if decoded is None:
        raise StoreError(f"The outbox holds a message {key!r} that cannot be read. Drop it.")
    when = datetime.fromtimestamp(due, UTC)
    return Message(key, channel, decoded, state, when, attempts, moment(first), error)


def moment(seconds: float | None) -> datetime | None:
    """A time of the outbox; None for none."""
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
