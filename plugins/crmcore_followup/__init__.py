"""Reminders of what the funnel leaves lying: no next step, stale, unanswered, unsigned, time to buy again."""

from __future__ import annotations

from collections.abc import Iterable

from crmcore import hookimpl
from crmcore.config import Config
from crmcore.hooktypes import ReminderRule


@hookimpl
def crm_reminders(config: Config) -> Iterable[ReminderRule]:
    """`no-next-step`, `stale`, `proposal`, `contract`, `repurchase`; days by `[plugin.followup]`."""
    from crmcore_followup.rules import rules
    from crmcore_followup.settings import read

    return rules(read(str(config.directory / "crm.toml"), config.settings("followup")))
