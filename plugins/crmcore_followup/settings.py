"""How long each rule waits, `[plugin.followup]` in crm.toml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import fields, frozen

from crmcore.errors import ConfigError
from crmcore.text import did_you_mean

_LONGEST = 3650


@frozen
class Settings:
    """Days each rule waits; 0 turns it off. `stale` waits as long as the stage's `stale_after_days`."""

    no_next_step: int = 1
    stale: bool = True
    proposal: int = 3
    contract: int = 5
    repurchase: int = 180


def read(where: str, table: Mapping[str, Any]) -> Settings:
    """The settings that *table* of the file *where* changes. Raises ConfigError."""
    at = f"{where}: [plugin.followup]"
    known = [attribute.name for attribute in fields(Settings)]
    for key, value in table.items():
        if key not in known:
            hint = did_you_mean(key, known) or f"known: {', '.join(known)}"
            raise ConfigError(f"{at}: unknown setting {key!r}; {hint}.")
        if key == "stale":
            if not isinstance(value, bool):
                raise ConfigError(f"{at}: stale is true or false, not {value!r}.")
        elif not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LONGEST:
            raise ConfigError(f"{at}: {key} is a number of days, 0 for never, not {value!r}.")
    return Settings(**table)
