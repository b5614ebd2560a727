"""How far did customers come, and what share of each stage's went on to the next?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from attrs import field, frozen

from crmcore.customer import Customer
from crmcore.figures.definition import ALL_TIME, Definition
from crmcore.figures.rates import Rate
from crmcore.pipeline import Pipeline
from crmcore.query import Bucket, Compare, Condition, Or, both
from crmcore.wording import Text

CONVERSION = Definition(
    "conversion",
    Text("阶段转化率", "Stage conversion"),
    Text(
        "到过某阶段的客户中，到过下一阶段的占比；每个客户只数一次。到过后面的阶段即算到过前面的，"
        "退回不减少；成交即到过赢单阶段；流失从不算推进。仍停在该阶段、还可能推进的进行中客户单独列出",
        "Of the customers who ever reached a stage, the share who ever reached the next one, each counted "
        "once. A later stage implies the earlier ones, moving back takes nothing away, being won implies "
        "the stage that is won by leaving it, being lost is never an advance. Open ones who still stand "
        "in the stage may yet go on and are told apart",
    ),
    Text("本漏斗的客户，无效线索除外", "customers of this pipeline, invalid ones left out"),
    ALL_TIME,
)

CHANCES = ("open", "won", "lost")
"""The statuses of those who were a chance; an invalid one never was."""


@frozen
class StageProgress:
    """What became of those who reached one stage.

    `reached` are `onward` (to the next stage) and those who came no further: `open`, `lost`, `won`.
    `ever_won` and `ever_lost` count all who reached it, wherever they went on to.
    """

    stage: str
    reached: int
    onward: int
    open: int
    lost: int
    won: int
    ever_won: int
    ever_lost: int

    @property
    def conversion(self) -> Rate:
        """The share that went on to the next stage."""
        return Rate(self.onward, self.reached)


@frozen
class Progress:
    """How far the customers *where* holds came, by stage; `invalid` ones are in none of it."""

    pipeline: Pipeline
    where: Condition
    stages: tuple[StageProgress, ...]
    invalid: int = 0
    definition: Definition = field(default=CONVERSION)

    @property
    def total(self) -> int:
        """All of them, invalid ones left out."""
        return self.stages[0].reached

    def reached(self, stage: str) -> Condition:
        """Those who reached *stage*."""
        return both(self.where, reached(self.pipeline, stage))


def won_by_leaving(pipeline: Pipeline) -> int:
    """The place of the stage that is won by leaving it; that of the last, if none is."""
    stages = pipeline.stages
    winning = [place for place, stage in enumerate(stages) if stage.status_on_exit == "won"]
    return winning[0] if winning else len(stages) - 1


def reached(pipeline: Pipeline, stage: str) -> Condition:
    """Who came as far as *stage*, invalid ones left out."""
    place = pipeline.index(stage)
    if place == 0:  # everybody did, who stands in a stage that is gone, too
        return Compare("status", "in", CHANCES)
    there = tuple(later.key for later in pipeline.stages[place:])
    ways: list[Condition] = [Compare("stage", "in", there), Compare("furthest_stage", "in", there)]
    if place <= won_by_leaving(pipeline):
        ways.append(Compare("status", "=", "won"))
    return both(Compare("status", "in", CHANCES), Or(tuple(ways)))


def progress(
    pipeline: Pipeline, where: Condition, standing: Iterable[Bucket], back: Iterable[Bucket]
) -> Progress:
    """From a tally by (stage, status), and one of who was moved back by (stage, furthest, status)."""
    counts: dict[tuple[str, str], int] = {}
    for bucket in standing:
        stage, status = bucket.key
        counts[stage, status] = counts.get((stage, status), 0) + bucket.count
    for bucket in back:
        stage, furthest, status = bucket.key
        further = pipeline.furthest(stage, furthest)
        if further not in (None, stage):
            # A commit between the two tallies may leave fewer than were moved back.
            moved = min(bucket.count, counts.get((stage, status), 0))
            counts[stage, status] = counts.get((stage, status), 0) - moved
            counts[further, status] = counts.get((further, status), 0) + moved
    return _progress(pipeline, where, counts)


def progress_of(pipeline: Pipeline, where: Condition, customers: Iterable[Customer]) -> Progress:
    """From the customers themselves: those of *pipeline* whom *where* holds."""
    counts: dict[tuple[str, str], int] = {}
    for customer in customers:
        furthest = pipeline.furthest(customer.stage, customer.furthest_stage)
        key = (furthest or customer.stage, customer.status)
        counts[key] = counts.get(key, 0) + 1
    return _progress(pipeline, where, counts)


def _progress(
    pipeline: Pipeline, where: Condition, counts: Mapping[tuple[str, str], int]
) -> Progress:
    """From how many of each status came as far as which stage and no further."""
    keys = [stage.key for stage in pipeline.stages]
    winning = won_by_leaving(pipeline)
    # Who stands in a stage that the pipeline does not have any more reached the first at least.
    ends = {status: [0] * len(keys) for status in CHANCES}
    for (stage, status), count in counts.items():
        if status in ends:
            place = keys.index(stage) if stage in keys else 0
            ends[status][max(place, winning) if status == "won" else place] += count
    beyond = {status: [sum(ends[status][n:]) for n in range(len(keys) + 1)] for status in CHANCES}
    stages = tuple(
        StageProgress(
            stage=key,
            reached=sum(beyond[status][n] for status in CHANCES),
            onward=sum(beyond[status][n + 1] for status in CHANCES),
            open=ends["open"][n],
            lost=ends["lost"][n],
            won=ends["won"][n],
            ever_won=beyond["won"][n],
            ever_lost=beyond["lost"][n],
        )
        for n, key in enumerate(keys)
    )
    invalid = sum(count for (_, status), count in counts.items() if status == "invalid")
    return Progress(pipeline, where, stages, invalid)
