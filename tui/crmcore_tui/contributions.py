"""What plugins add to the board: who offers it, asking it under a time limit, and leaving it out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import frozen
from textual.keys import Keys, _character_to_key, key_to_character

from crmcore.answers import Hook
from crmcore.catalogue import Offer
from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.discovery import PARTS, PluginDefectError, error_line, installed
from crmcore.host import PluginHost
from crmcore.timebox import Done, OvertimeError, run_each
from crmcore.wording import Text
from crmcore_tui import contributionwordings as words
from crmcore_tui import hookspecs, promises
from crmcore_tui.cells import Line, Part
from crmcore_tui.hooktypes import Action, Badge, Panel, Place

BADGES = Hook("crm_tui_badges", Badge, "badge")
PANELS = Hook("crm_tui_panels", Panel, "panel")
ACTIONS = Hook("crm_tui_actions", Action, "board action")
HOOKS = (BADGES, PANELS, ACTIONS)

BADGE_SECONDS = 0.5
PANEL_SECONDS = 1.0
"""How long one badge of one card, and one panel, may take."""

_KEYS = {key.value for key in Keys} | {_character_to_key(chr(code)) for code in range(33, 127)}


@frozen
class Refusal:
    """Something a plugin gave that broke its promise, and how."""

    hook: Hook
    offer: Offer[Any]
    error: BaseException


@frozen
class Written:
    """The badges of some customers, in order, by customer id; and those badges that failed."""

    parts: Mapping[str, tuple[Part, ...]]
    refusals: tuple[Refusal, ...]


class Contributions:
    """What the plugins of *host* add to the board, less what was switched off."""

    def __init__(self, host: PluginHost) -> None:
        host.add_specs(hookspecs, installed(PARTS))
        self._host = host
        self._off: set[tuple[str, str]] = set()
        self._complained: set[str] = set()
        self.told: Callable[[Text], None] = lambda notice: None
        """Hears of each contribution that is switched off."""
        for hook in HOOKS:
            host.catalogue(hook)

    def _on(self, hook: Hook) -> tuple[Offer[Any], ...]:
        offers = self._host.catalogue(hook).agreed
        return tuple(offer for offer in offers if (hook.name, offer.name) not in self._off)

    @property
    def badges(self) -> tuple[Offer[Badge], ...]:
        """The badges."""
        return self._on(BADGES)

    @property
    def actions(self) -> tuple[Offer[Action], ...]:
        """The actions."""
        return self._on(ACTIONS)

    def panels(self, where: Place) -> tuple[Offer[Panel], ...]:
        """The panels of one place."""
        return tuple(offer for offer in self._on(PANELS) if offer.value.where == where)

    # at work; these may be called in any thread

    def write_badges(
        self, customers: Sequence[Customer], now: datetime, dialect: Dialect
    ) -> Written:
        """The badges of each of *customers*."""
        parts: dict[str, tuple[Part, ...]] = {customer.id: () for customer in customers}
        refusals = []
        for offer in self.badges:

            def write(customer: Customer, badge: Badge = offer.value) -> Part | None:
                return promises.badge(badge.write(customer, now, dialect))

            with self._host.working(offer.plugin, BADGES.name):
                outcomes = run_each(write, customers, BADGE_SECONDS)
            for customer, outcome in zip(customers, outcomes, strict=False):
                if not isinstance(outcome, Done):
                    refusals.append(Refusal(BADGES, offer, outcome.error))
                    break
                if outcome.value is not None:
                    parts[customer.id] = (*parts[customer.id], outcome.value)
        return Written(parts, tuple(refusals))

    def write_panel(
        self, offer: Offer[Panel], customer: Customer, width: int, now: datetime, dialect: Dialect
    ) -> tuple[Line, ...] | Refusal:
        """The lines of one panel, or how it failed."""

        def write(customer: Customer) -> tuple[Line, ...]:
            return promises.lines(offer.value.write(customer, width, now, dialect), width)

        with self._host.working(offer.plugin, PANELS.name):
            (outcome,) = run_each(write, [customer], PANEL_SECONDS)
        if isinstance(outcome, Done):
            return outcome.value
        return Refusal(PANELS, offer, outcome.error)

    # what went wrong

    def refuse(self, refusal: Refusal) -> Text:
        """Switch off what broke its promise, keep the failure, and tell of it once; returns the notice."""
        hook, offer, error = refusal.hook, refusal.offer, refusal.error
        said = str(error) if isinstance(error, OvertimeError) else error_line(error)
        kind = words.KINDS[hook.name].with_(name=offer.name)
        notice = words.SWITCHED_OFF.with_(plugin=offer.plugin, what=kind, why=said)
        if (hook.name, offer.name) not in self._off:
            self._off.add((hook.name, offer.name))
            self._host.fail(offer.plugin, hook.name, error)
            self.told(notice)
        return notice

    def troubles(self) -> tuple[str, ...]:
        """What of the plugins' parts for the board failed before there was anything to show."""
        ours = {hook.name for hook in HOOKS}
        return tuple(
            failure.line
            for failure in self._host.failures
            if failure.hook in ours or (not failure.hook and failure.plugin.endswith(".tui"))
        )

    def keys(self, taken: Mapping[str, str]) -> dict[str, Offer[Action]]:
        """The actions by the keys they have, besides those *taken*, which are given with their meaning.

        A key that is no key, or taken, is kept as a failure; its action stays in the palette.
        """
        given: dict[str, Offer[Action]] = {}
        for offer in self.actions:
            wanted = offer.value.key
            if not wanted:
                continue
            key = key_name(wanted)
            if key is None:
                self._complain(offer, f"{wanted!r} is no key")
            elif key in taken:
                self._complain(offer, f"the key {wanted!r} is the board's own ({taken[key]})")
            elif key in given:
                other = given[key]
                self._complain(
                    offer, f"the key {wanted!r} is that of {other.name!r} of plugin {other.plugin}"
                )
            else:
                given[key] = offer
        return given

    def _complain(self, offer: Offer[Action], why: str) -> None:
        if offer.name in self._complained:  # once, not on every screen
            return
        self._complained.add(offer.name)
        error = f"{why}; the action {offer.name!r} is in the command palette, without a key"
        self._host.fail(offer.plugin, ACTIONS.name, PluginDefectError(error))


def key_name(wanted: str) -> str | None:
    """How Textual names the key *wanted*: `?` is `question_mark`; None for what is no key.

    >>> key_name("ctrl+t"), key_name("?"), key_name("no such")
    ('ctrl+t', 'question_mark', None)
    """
    if len(wanted) == 1:
        return _character_to_key(wanted) if wanted.isprintable() else None
    *modifiers, last = wanted.split("+")
    known = last in _KEYS or key_to_character(last) is not None
    return wanted if known and set(modifiers) <= {"ctrl", "shift", "alt", "super"} else None
