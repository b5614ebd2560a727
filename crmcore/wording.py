"""Words that exist in Chinese and in English: the one type every label and message has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from attrs import field, frozen

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
"""The languages every text is written in; `translations` knows of more."""


@frozen
class Text:
    """One wording in both languages.

    `filled` is the text a filled-in one was made from and what was filled in: translations are looked
    up by the English of it, and by `context` where one English text has two meanings.

    >>> Text("阶段", "Stage").in_("en")
    'Stage'
    """

    zh: str
    en: str
    filled: tuple[Text, Mapping[str, object]] | None = field(default=None, eq=False, repr=False)
    context: str = field(default="", eq=False, repr=False, kw_only=True)

    def in_(self, language: Language) -> str:
        """The wording in *language*."""
        return self.zh if language == "zh" else self.en

    def with_(self, /, **values: object) -> Text:
        """The same wording with its `{name}` places filled in, all of them; a Text is filled in as it
        is said in each language. No value is read for places of its own; without any value the
        wording is left as it is.

        >>> Text("{what}：{n} 项", "{n} of {what}").with_(what=Text("阶段", "stage"), n=3).en
        '3 of stage'
        """
        if not values:
            return self
        template = self
        if self.filled is not None:
            template, before = self.filled
            values = {**before, **values}
        zh, en = values, values
        if Text in map(type, values.values()):
            zh, en = _said(values, "zh"), _said(values, "en")
        return Text(template.zh.format(**zh), template.en.format(**en), (template, values))

    def lower(self) -> Text:
        """The wording, filled in before, inside an English sentence: translations keep their capitals."""
        return Text(self.zh, self.en.lower(), self.filled or (self, {}))


def _said(values: Mapping[str, object], language: Language) -> dict[str, object]:
    return {
        name: value.in_(language) if isinstance(value, Text) else value
        for name, value in values.items()
    }


NOTHING = Text("", "")
OR = Text("{some} 或 {more}", "{some} or {more}")
AND = Text("{some} 和 {more}", "{some} and {more}")
_COMMA = Text("{some}、{more}", "{some}, {more}")
_AS_IT_IS = Text("{words}", "{words}")


def outside(words: str) -> Text:
    """*words* that are said alike in every language, as names are."""
    return _AS_IT_IS.with_(words=words)


def listed(parts: Sequence[Text | str], joined: Text = _COMMA) -> Text:
    """*parts* in a row, with commas or as *joined* says `{some}` and `{more}` are.

    >>> listed(["a", "b", "c"], OR).en
    'a or b or c'
    """
    if not parts:
        return NOTHING
    if len(parts) == 1:
        return parts[0] if isinstance(parts[0], Text) else outside(parts[0])
    half = len(parts) // 2  # halves: to say a long list does not go deep
    return joined.with_(some=listed(parts[:half], joined), more=listed(parts[half:], joined))
