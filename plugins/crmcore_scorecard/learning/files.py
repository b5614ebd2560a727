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
    a, b, c = (figures.rate(place).value for place in range(3))
    return (
        Text(
            "从 {customers} 个已关闭客户（成交 {won}）学得 {rules} 条规则。",
            "{rules} rules learned from {customers} closed customers, {won} won.",
        ).with_(customers=card.customers, won=card.won, rules=len(card.rules)),
        Text(
            "未参与学习的 {customers} 个客户（{splits} 次划分的平均）："
            "AUC {auc:.3f}；成交率 A {a:.1%}，B {b:.1%}，C {c:.1%}。",
            "On {customers} held out (mean of {splits} splits): "
            "AUC {auc:.3f}; won of A {a:.1%}, B {b:.1%}, C {c:.1%}.",
        ).with_(
            customers=figures.customers,
            splits=len(figures.splits),
            auc=figures.auc.value,
            a=a,
            b=b,
            c=c,
        ),
    )
