"""Owners by territory: rules over region, industry, value or any field, with capacity and working hours."""

from __future__ import annotations

from collections.abc import Iterator

from crmcore import hookimpl
from crmcore.config import Config
from crmcore.hooktypes import Assigner
from crmcore.wording import Text


@hookimpl
def crm_assigners(config: Config) -> Iterator[Assigner]:
    """`territory`, by `[plugin.territory]` in crm.toml."""
    from crmcore_territory.rules import territory

    settings = config.settings("territory")
    if settings:
        where = str(config.directory / "crm.toml")
        chooser = territory(where, settings, config.team)
        yield Assigner("territory", Text("按区域规则", "By territory"), chooser)
