"""Words that exist in Chinese and in English: the one type every label and message has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from attrs import field, frozen

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
"""The languages every text is written in; `translations` knows of more."""


@frozen
class Text:
    """One wording in both languages.

    `filled` is the English text a filled-in one was made from and what was filled in: translations
    are looked up by it.

    >>> Text("阶段", "Stage").in_("en")
    'Stage'
    """

    zh: str
    en: str
    filled: tuple[str, Mapping[str, object]] | None = field(default=None, eq=False, repr=False)

    def in_(self, language: Language) -> str:
        """The wording in *language*."""
        return self.zh if language == "zh" else self.en

    def with_(self, **values: object) -> Text:
        """The same wording with its `{name}` places filled in."""
        english, before = self.filled or (self.en, {})
        filled = (english, {**before, **values})
        return Text(self.zh.format(**values), self.en.format(**values), filled)
