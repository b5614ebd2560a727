"""A scorecard's file, from the closed customers of a workspace."""

from __future__ import annotations

from crmcore.hooktypes import LearnedFile, LearnRequest
from crmcore.wording import Text
from crmcore_scorecard.learning.from_history import learn
from crmcore_scorecard.learning.holdout import HoldOut, hold_out
from crmcore_scorecard.learning.learned import LearnedCard
from crmcore_scorecard.learning.writing import write_card


def learned_file(request: LearnRequest) -> LearnedFile:
    """The scorecard learned from what *request* has, with its figures on customers held out.

    Raises UsageError when there is too little to learn from, or nothing in it.
    """
    keys = [spec.key for spec in request.fields]
    rows = [{key: case.customer.value_of(key) for key in keys} for case in request.cases]
    outcomes = [case.won for case in request.cases]
    card = learn(rows, outcomes, request.fields, most_fields=request.most_fields)
    figures = hold_out(rows, outcomes, request.fields, most_fields=request.most_fields)
    text = write_card(
        card,
        name=request.name,
        label=request.label,
        on=request.on,
        figures=figures,
        industries=request.industries,
        pipelines=request.pipelines,
        currency=request.currency,
    )
    return LearnedFile(text, _told(card, figures))


def _told(card: LearnedCard, figures: HoldOut) -> tuple[Text, ...]:
    shares = [f"{grade} {figures.rate(place).value:.1%}" for place, grade in enumerate("ABC")]
    return (
        Text(
            f"从 {card.customers} 个已关闭客户（成交 {card.won}）学得 {len(card.rules)} 条规则。",
            f"{len(card.rules)} rules learned from {card.customers} closed customers, {card.won} won.",
        ),
        Text(
            f"未参与学习的 {figures.customers} 个客户（{len(figures.splits)} 次划分的平均）："
            f"AUC {figures.auc.value:.3f}；成交率 {'，'.join(shares)}。",
            f"On {figures.customers} held out (mean of {len(figures.splits)} splits): "
            f"AUC {figures.auc.value:.3f}; won of {', '.join(shares)}.",
        ),
    )
