"""Whom does nobody look after: what is overdue, and who has gone stale?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, tzinfo

from attrs import field, frozen

from crmcore.figures.definition import NOW, Definition
from crmcore.pipeline import Pipeline
from crmcore.query import Bucket, Compare, Condition, Or, both, known, unknown
from crmcore.wording import Text

_OPEN = Text("本漏斗的进行中客户", "open customers of this pipeline")
OVERDUE = Definition(
    "overdue",
    Text("逾期", "Overdue"),
    Text(
        "下一步或首次跟进的时间已过。只有日期没有钟点的，当天结束才算过；已做过首次跟进的不再算",
        "The next step or the first follow-up is past due. A date without a clock time is over at the end "
        "of its day; a first follow-up that was made is owed no more",
    ),
    _OPEN,
    NOW,
)
STALE = Definition(
    "stale",
    Text("停滞", "Stale"),
    Text(
        "没有跟进、也没有换阶段的时间超过该阶段的期限，且没有安排今天或以后的下一步",
        "Neither an activity nor a change of stage for longer than the stage's limit, and no next step is "
        "planned for today or later",
    ),
    _OPEN,
    NOW,
)


@frozen
class Attention:
    """How many are overdue and how many stale, by stage."""

    overdue: Mapping[str, int] = field(hash=False)
    stale: Mapping[str, int] = field(hash=False)
    overdue_where: Condition
    stale_where: Condition
    definitions: tuple[Definition, Definition] = field(default=(OVERDUE, STALE))


def _past(key: str, now: datetime, zone: tzinfo) -> Condition:
    """The moment *key* is over. What is due at the very beginning of today is due today."""
    today = start_of_day(now, zone)
    earlier_today = both(Compare(key, ">", today), Compare(key, "<=", now))
    return Or((Compare(key, "<", today), earlier_today))


def start_of_day(now: datetime, zone: tzinfo) -> datetime:
    """When the day of *now* began in *zone*."""
    return now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)


def overdue(now: datetime, zone: tzinfo) -> Condition:
    """Open customers with something past due."""
    late = Or((_past("next_step_due", now, zone), _past("follow_up_owed", now, zone)))
    return both(Compare("status", "=", "open"), late)


def stale(pipeline: Pipeline, now: datetime, zone: tzinfo) -> Condition:
    """Open customers who were left alone for longer than their stage allows."""
    today = start_of_day(now, zone)
    unplanned = Or((unknown("next_step_due"), Compare("next_step_due", "<", today)))
    quiet = Or(
        tuple(
            both(
                Compare("stage", "=", stage.key),
                _before("last_activity_at", now - timedelta(days=stage.stale_after_days)),
                _before("entered_stage_at", now - timedelta(days=stage.stale_after_days)),
            )
            for stage in pipeline.stages
        )
    )
    # Of whom neither is known it is unknown, too, for how long.
    since = Or((known("last_activity_at"), known("entered_stage_at")))
    return both(Compare("status", "=", "open"), quiet, unplanned, since)


def _before(key: str, limit: datetime) -> Condition:
    return Or((unknown(key), Compare(key, "<", limit)))


def attention(
    pipeline: Pipeline,
    late: Iterable[Bucket],
    quiet: Iterable[Bucket],
    late_where: Condition,
    quiet_where: Condition,
) -> Attention:
    """From tallies by (stage,) of those who are overdue and of those who are stale."""

    def counts(buckets: Iterable[Bucket]) -> Mapping[str, int]:
        found = {bucket.key[0]: bucket.count for bucket in buckets}
        return {stage.key: found.get(stage.key, 0) for stage in pipeline.stages}

    return Attention(counts(late), counts(quiet), late_where, quiet_where)
