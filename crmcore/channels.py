"""Which channels do not get through at present."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from crmcore import answers
from crmcore.discovery import CONTAINED
from crmcore.hookcalls import HookFailure
from crmcore.text import one_line

if TYPE_CHECKING:
    from crmcore.questions import Questions


def troubles(crm: Questions) -> Iterator[HookFailure]:
    """What the channels tell of themselves, and those nobody sends by: asked anew each time."""
    if crm.config.tells_others:
        yield from _not_sent(crm)
        yield from _told(crm)


def _not_sent(crm: Questions) -> Iterator[HookFailure]:
    notifiers = crm.host.notifiers()
    if "notify" in crm.host.commands():
        return
    for name in crm.config.notify:
        if name in notifiers and not notifiers.named(name).at_once:
            line = f"nothing is sent by {name}: no plugin offers `crmcore notify run`"
            yield HookFailure(notifiers.offer(name).plugin, answers.NOTIFIERS.name, line)


def _told(crm: Questions) -> Iterator[HookFailure]:
    for offer in crm.host.notifiers().agreed:
        if offer.value.trouble is None:
            continue
        try:
            line = one_line(offer.value.trouble())
        except CONTAINED as error:
            yield crm.host.fail(offer.plugin, answers.NOTIFIERS.name, error)
            continue
        if line:
            yield HookFailure(offer.plugin, answers.NOTIFIERS.name, line)
