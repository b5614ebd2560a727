"""Columns and phrases that several reports share."""

from __future__ import annotations

from crmcore.reports.answer import Column, Kind
from crmcore.wording import Text

POPULATION = Text("本漏斗的客户", "customers of this pipeline")
NO_INVALID = Text("本漏斗的客户，无效线索除外", "customers of this pipeline, invalid ones left out")
UNKNOWN_VALUE = Text("金额未知", "Value unknown")
VALUE = Text("金额", "Value")
CUSTOMERS = Text("客户", "Customers")
WINDOW = Text(
    "有记录以来，或 --since/--until 所限，截至查询时刻",
    "all time on record, or --since to --until, up to the moment asked for",
)
BEGAN = Text("首次接触于", "first contact from")
CLOSED = Text("结束于", "closed from")


def column(key: str, kind: Kind, zh: str, en: str) -> Column:
    """A column in a word each of Chinese and English."""
    return Column(key, Text(zh, en), kind)


STAGE = column("stage", "text", "阶段", "Stage")
COUNT = Column("count", CUSTOMERS, "count")
MONEY = Column("value", VALUE, "money")
UNKNOWN_COUNT = Column("unknown", UNKNOWN_VALUE, "count")
