"""How this workspace reads and writes values: its language, time zone and currency."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from attrs import evolve, field, frozen

from crmcore.money import DEFAULT_CURRENCY
from crmcore.wording import Language, Text


def local_zone() -> tzinfo:
    """The time zone this machine is set to."""
    return datetime.now(UTC).astimezone().tzinfo or UTC


@frozen
class Dialect:
    """What a text means here, and how a value is shown: `10万` and `明天` need both."""

    language: Language = "zh"
    zone: tzinfo = field(factory=local_zone)
    currency: str = DEFAULT_CURRENCY

    def say(self, text: Text) -> str:
        """*text* in this dialect's language."""
        return text.in_(self.language)

    def speaking(self, language: Language) -> Dialect:
        """The same habits in another language."""
        return evolve(self, language=language)
