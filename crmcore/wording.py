"""Words that exist in Chinese and in English: the one type every label and message has."""

from __future__ import annotations

from typing import Literal

from attrs import frozen

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")


@frozen
class Text:
    """One wording in both languages.

    >>> Text("阶段", "Stage").in_("en")
    'Stage'
    """

    zh: str
    en: str

    def in_(self, language: Language) -> str:
        """The wording in *language*."""
        return self.zh if language == "zh" else self.en

    def with_(self, **values: object) -> Text:
        """The same wording with its `{name}` places filled in."""
        return Text(self.zh.format(**values), self.en.format(**values))
