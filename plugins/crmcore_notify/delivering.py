"""Sending what is due: each message until its channel takes it, a channel that is down left alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from attrs import define
from filelock import FileLock, Timeout

from crmcore.crm import Crm
from crmcore.discovery import CONTAINED, error_line
from crmcore.errors import CrmError, RefusedError, StoreError
from crmcore.hooktypes import Notifier
from crmcore.moments import Clock
from crmcore.text import one_line
from crmcore.timebox import OvertimeError, Raised, run_each
from crmcore.wording import Text
from crmcore_notify.collecting import collect, join_digests
from crmcore_notify.messages import Message, outbox_path
from crmcore_notify.outbox import Outbox
from crmcore_notify.settings import Rules, read_rules

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
LONGEST_HALT = timedelta(minutes=15)
FAILURES_TO_HALT = 3
"""After so many in a row a channel is taken to be down: then one message at a time tries it."""
GIVE_UP_AFTER = timedelta(days=7)
FORGET_AFTER = timedelta(days=60)
_ERROR_LENGTH = 300


class BusyError(CrmError):
    """Another run is at work."""


@define
class Outcome:
    """What a run did: messages made, sent, failed and put off."""

    made: int = 0
    sent: int = 0
    failed: int = 0
    put_off: int = 0


def run(crm: Crm, since: int | None = None) -> Outcome:
    """Make the messages of new commits, then send what is due. Raises BusyError, ConfigError, StoreError.

    Messages whose sending was begun and not noted, because the program died, are sent again under
    the same key.
    """
    rules = read_rules(crm.config)
    path = outbox_path(crm.config)
    with _alone(path), Outbox(path) as outbox:
        outcome = Outcome(collect(crm, rules, outbox, since))
        _deliver_all(crm, rules, outbox, outcome)
        with outbox.at_once():
            outbox.forget(crm.clock() - FORGET_AFTER)
        return outcome


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    lock = FileLock(f"{path}.lock", timeout=0, mode=0o600)
    try:
        lock.acquire()
    except Timeout:
        raise BusyError("Another `crmcore notify run` is at work.") from None
    except OSError as error:
        raise StoreError(f"{path}.lock cannot be written: {error.strerror}.") from error
    try:
        yield
    finally:
        lock.release()


def _deliver_all(crm: Crm, rules: Rules, outbox: Outbox, outcome: Outcome) -> None:
    notifiers = crm.host.notifiers()
    known: Mapping[str, Notifier] = {notifier.name: notifier for notifier in notifiers}
    states = [outbox.channel(name) for name in outbox.open_channels()]
    # Those that work come first: one that hangs costs the others nothing but time.
    for state in sorted(states, key=lambda state: (state.failures, state.name)):
        notifier = known.get(state.name) or _missing(state.name)
        _Delivery(rules, outbox, notifier, crm.clock, outcome).deliver()


def _missing(name: str) -> Notifier:
    def send(note: object) -> None:
        raise LookupError(
            f"there is no channel {name!r} any more; `crmcore notify drop` drops what waits"
        )

    return Notifier(name, Text(name, name), send)


class _Delivery:
    """What one channel sends in one run."""

    def __init__(
        self, rules: Rules, outbox: Outbox, notifier: Notifier, clock: Clock, outcome: Outcome
    ) -> None:
        self._rules = rules
        self._outbox = outbox
        self._notifier = notifier
        self._clock = clock
        self._outcome = outcome

    def deliver(self) -> None:
        name, now = self._notifier.name, self._clock()
        join_digests(self._rules, self._outbox, name, now)
        state = self._outbox.channel(name)
        if state.next is not None and state.next > now:
            return
        for key in self._outbox.due(name, "waiting", now):
            if not self._attempt(self._outbox.get(key)):
                return

    def _attempt(self, message: Message) -> bool:
        """Send *message* unless it is to be quiet now; whether to go on with the channel."""
        now, to = self._clock(), message.note.to
        quiet = self._rules.quiet_of(message.channel, to)
        if message.state != "waiting":  # dropped while the ones before it were sent
            return True
        if quiet and (until := quiet.until(now, self._rules.zone_of(to))):
            with self._outbox.at_once():
                self._outbox.postpone(message.key, until)
            self._outcome.put_off += 1
            return True
        error = send(self._notifier, message, self._rules.channel(message.channel).timeout)
        now = self._clock()
        if error is None:
            with self._outbox.at_once():
                self._outbox.sent(message, now)
            self._outcome.sent += 1
            return True
        self._outcome.failed += 1
        return self._failed(message, error, now)

    def _failed(self, message: Message, error: BaseException, now: datetime) -> bool:
        line = one_line(error_line(error))[:_ERROR_LENGTH]
        first = message.first_try or now
        due = None
        if now - first < GIVE_UP_AFTER:
            due = now + wait(message.key, message.attempts + 1, LONGEST_WAIT)
        with self._outbox.at_once():
            self._outbox.failed(message, line, due, now)
            if isinstance(error, RefusedError):
                return True
            failures = self._outbox.channel(message.channel).failures + 1
            down = failures >= FAILURES_TO_HALT
            rest = wait(message.channel, failures - FAILURES_TO_HALT + 1, LONGEST_HALT)
            self._outbox.halt(message.channel, failures, now + rest if down else None, line, now)
        return not down


def send(notifier: Notifier, message: Message, seconds: float) -> BaseException | None:
    """Have *notifier* send *message*; what it raised. It is left behind after twice *seconds* or so."""
    outcomes = run_each(notifier.send, [message.note], seconds + 1)
    if isinstance(outcomes[0], Raised):
        error = outcomes[0].error
        if isinstance(error, OvertimeError):
            return TimeoutError(f"it took longer than {seconds:g} s")
        if not isinstance(error, CONTAINED):
            raise error
        return error
    return None


def wait(key: str, attempt: int, longest: timedelta) -> timedelta:
    """How long to wait after the failed *attempt* (from 1): twice as long each time, up to *longest*.

    Half of it is by chance, so that what failed together does not come back together: "equal jitter"
    of M. Brooker, Exponential Backoff And Jitter (AWS, 2015). The chance comes from *key*, so that a
    run can be repeated.
    """
    full = min(FIRST_WAIT * 2 ** min(max(attempt, 1) - 1, 20), longest)
    drawn = hashlib.sha256(f"{key}\0{attempt}".encode("utf-8", "surrogatepass")).digest()
    half: timedelta = full / 2
    return half + half * (int.from_bytes(drawn[:4], "big") / 2**32)
