"""What a figure means: the words that every result carries with it."""

from __future__ import annotations

from attrs import frozen

from crmcore.wording import Text

NOT_ENOUGH = Text("历史不足", "not enough history")


@frozen
class Definition:
    """One figure: what it is, of whom (`population`) and from when to when (`window`)."""

    key: str
    label: Text
    meaning: Text
    population: Text
    window: Text


ALL_TIME = Text("有记录以来的全部时间，截至现在", "all time on record, up to now")
NOW = Text("现在", "now")
