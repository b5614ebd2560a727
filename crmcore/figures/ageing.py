"""For how long have the open customers stood in their stage?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from statistics import median

from attrs import field, frozen

from crmcore.customer import Customer
from crmcore.figures.definition import NOW, Definition
from crmcore.pipeline import Pipeline
from crmcore.query import Compare, Condition, both
from crmcore.wording import Text

AGEING = Definition(
    "ageing",
    Text("停留天数", "Days in stage"),
    Text(
        "进行中客户进入当前阶段至今的天数，取中位数；导入的客户从导入时算起",
        "Days since the open customers came to the stage they stand in, the median; imported ones count "
        "from the import",
    ),
    Text("本漏斗的进行中客户", "open customers of this pipeline"),
    NOW,
)


@frozen
class StageAge:
    """One stage: its open customers, and the median of their days in it; None where unknown."""

    stage: str
    count: int
    median: float | None
    where: Condition


@frozen
class Ageing:
    """The stages in order."""

    stages: tuple[StageAge, ...]
    definition: Definition = field(default=AGEING)


class Ages:
    """Takes in customers one by one; those who are not open do not count."""

    def __init__(self, pipeline: Pipeline, where: Condition, now: datetime) -> None:
        self._where = both(where, Compare("status", "=", "open"))
        self._now = now
        self._counts = {stage.key: 0 for stage in pipeline.stages}
        self._days: dict[str, list[float]] = {stage.key: [] for stage in pipeline.stages}

    def add(self, customer: Customer) -> None:
        """Count *customer* in."""
        if customer.status == "open":
            self.add_open(customer.stage, customer.entered_stage_at)

    def add_open(self, stage: str, entered: datetime | None) -> None:
        """Count an open customer in."""
        if stage not in self._counts:
            return
        self._counts[stage] += 1
        if entered is not None:
            since = (self._now - entered).total_seconds() / 86_400
            self._days[stage].append(max(since, 0.0))

    def result(self) -> Ageing:
        """What was counted."""
        return Ageing(
            tuple(
                StageAge(
                    key,
                    count,
                    median(self._days[key]) if self._days[key] else None,
                    both(self._where, Compare("stage", "=", key)),
                )
                for key, count in self._counts.items()
            )
        )


def ageing(
    customers: Iterable[Customer], pipeline: Pipeline, where: Condition, now: datetime
) -> Ageing:
    """The ages of *customers*, who are those that *where* holds."""
    ages = Ages(pipeline, where, now)
    for customer in customers:
        ages.add(customer)
    return ages.result()
