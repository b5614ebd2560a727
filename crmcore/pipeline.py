"""The stages customers go through, and what each asks before they may leave it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from attrs import field, frozen

from crmcore.errors import NotFoundError, UsageError
from crmcore.query import Compare, Condition, Not, Or, both, known
from crmcore.text import did_you_mean
from crmcore.wording import Text


@frozen
class Requirement:
    """One thing a gate asks: `met` must be true; `fields` are what a person fills in to meet it."""

    key: str
    met: Condition
    fields: tuple[str, ...]
    message: Text


Policy = Literal["reason", "free", "never"]
"""Whether a step against the funnel's direction needs a reason, needs none, or is not allowed."""


@frozen
class Stage:
    """One column of the funnel.

    `entry` must be met to come into it forward, `exit` to leave it forward, which sets
    `status_on_exit`. `back` is the policy of leaving it backward, `reopen` that of taking back into it
    a customer who was lost or found invalid there.
    """

    key: str
    label: Text
    exit: tuple[Requirement, ...] = ()
    status_on_exit: str | None = None
    stale_after_days: int = 14
    aliases: tuple[str, ...] = ()
    entry: tuple[Requirement, ...] = ()
    back: Policy = "reason"
    reopen: Policy = "reason"

    @property
    def requirements(self) -> Iterator[Requirement]:
        """All that its gates ask, on the way in and out."""
        yield from self.entry
        yield from self.exit


@frozen
class Pipeline:
    """Stages in order, and what the outcomes lost and invalid ask."""

    name: str
    label: Text
    stages: tuple[Stage, ...]
    outcomes: Mapping[str, tuple[Requirement, ...]] = field(factory=dict, hash=False)
    allow_force: bool = True

    def index(self, key: str) -> int:
        """The place of stage *key*, from 0. Raises NotFoundError."""
        for number, stage in enumerate(self.stages):
            if stage.key == key:
                return number
        raise NotFoundError(f"The pipeline {self.name!r} has no stage {key!r}.")

    def furthest(self, *keys: str | None) -> str | None:
        """That of the stages *keys* which comes last; others than the pipeline's count for nothing."""
        stages = [stage.key for stage in self.stages]
        known = [stages.index(key) for key in keys if key in stages]
        return stages[max(known)] if known else None

    def named(self, word: str) -> Stage:
        """The stage that *word* means: a key, label, alias or number from 1. Raises UsageError."""
        sought = word.strip().casefold()
        for number, stage in enumerate(self.stages, 1):
            names = (stage.key, stage.label.zh, stage.label.en, *stage.aliases, str(number))
            if sought in (name.casefold() for name in names):
                return stage
        keys = [stage.key for stage in self.stages]
        hint = did_you_mean(sought, keys, " Did you mean")
        raise UsageError(f"There is no stage {word!r}.{hint} The stages are {', '.join(keys)}.")

    def requirement(self, stage: str, key: str) -> Requirement | None:
        """The requirement a debt speaks of; None when the pipeline no longer asks it."""
        asked = self.outcomes.get(stage, ())
        for known_stage in self.stages:
            if known_stage.key == stage:
                asked = tuple(known_stage.requirements)
        return next((requirement for requirement in asked if requirement.key == key), None)


def _needs(key: str, zh: str, en: str) -> Requirement:
    return Requirement(key, known(key), (key,), Text(zh, en))


_REASON = (_needs("close_reason", "结束原因", "a reason"),)

STANDARD = Pipeline(
    name="standard",
    label=Text("标准销售漏斗", "Standard funnel"),
    stages=(
        Stage(
            "lead",
            Text("线索获取", "Lead"),
            exit=(
                _needs("company", "企业名称", "the company"),
                _needs("source", "来源渠道", "the source"),
                Requirement(
                    "reachable",
                    Or((known("phone"), known("wechat"), known("email"))),
                    ("phone", "wechat", "email"),
                    Text("至少一种联系方式", "one way to reach the customer"),
                ),
            ),
            stale_after_days=7,
            aliases=("线索", "新线索", "未联系", "待跟进", "prospecting", "new"),
        ),
        Stage(
            "screening",
            Text("筛选分级", "Screening"),
            exit=(
                Requirement(
                    "valid",
                    Compare("validity", "=", "valid"),
                    ("validity",),
                    Text("已核实为有效", "a check that found it valid"),
                ),
                Requirement(
                    "graded",
                    both(known("grade"), known("grade_evidence")),
                    ("grade", "grade_evidence"),
                    Text("等级及评估依据", "a grade with evidence"),
                ),
                _needs("owner", "负责人", "an owner"),
                _needs("first_follow_up_due", "首次跟进截止时间", "a first follow-up due time"),
            ),
            stale_after_days=7,
            aliases=("筛选", "潜在客户", "已联系", "有意向", "qualifying"),
        ),
        Stage(
            "solution",
            Text("需求与方案", "Solution"),
            exit=(
                _needs("need_detail", "客户需求详情", "the need in detail"),
                Requirement(
                    "proposal_sent",
                    Compare("proposals_sent", ">", 0),
                    ("proposals",),
                    Text("至少一份已发送的方案", "one proposal sent"),
                ),
                Requirement(
                    "objections_answered",
                    Not(Compare("open_objections", ">", 0)),
                    ("objections",),
                    Text("没有未答复的异议", "an answer to every objection"),
                ),
            ),
            aliases=("方案", "需求确认", "已约见", "已报价", "未报价", "engaging", "proposal"),
        ),
        Stage(
            "negotiation",
            Text("谈判与合同", "Negotiation"),
            exit=(
                _needs("price", "成交价", "the agreed price"),
                _needs("payment_terms", "付款方式", "the payment terms"),
                _needs("contract_sent_at", "合同发送日期", "the date the contract was sent"),
                _needs("contract_signed_at", "客户签署时间", "the date the customer signed"),
            ),
            status_on_exit="won",
            aliases=("谈判", "商务谈判", "合同", "contract"),
        ),
        Stage(
            "after_sales",
            Text("成交与售后", "After-sales"),
            exit=(
                _needs("delivered_at", "交付时间", "the delivery"),
                Requirement(
                    "accepted",
                    Compare("acceptance", "=", "accepted"),
                    ("acceptance",),
                    Text("客户验收通过", "the customer's acceptance"),
                ),
                _needs("satisfaction", "满意度调研结果", "the survey's answer"),
            ),
            stale_after_days=30,
            aliases=("售后", "after-sales", "after sales", "aftersales"),
        ),
    ),
    outcomes={"lost": _REASON, "invalid": _REASON},
)
