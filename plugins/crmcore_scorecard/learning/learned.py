"""A scorecard as it was learned: rules of bins with points, and the points grades begin at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log
from typing import Any

import numpy as np
from attrs import evolve, frozen

from crmcore.evaluate import is_unknown
from crmcore.fieldspec import FieldSpec
from crmcore.wording import Text
from crmcore_scorecard.learning.binning import Bins, NumberBins, TagBins, WordBins, codes_of
from crmcore_scorecard.learning.columns import Key, Shape
from crmcore_scorecard.learning.fitting import Column, Weights
from crmcore_scorecard.learning.partition import Floats, counted

Row = Mapping[str, Any]
"""The values of one customer by field key; what is missing or None is unknown."""

POINTS_TO_DOUBLE = 20
"""So many points more, and the odds of winning are twice as good."""
_SCALE = POINTS_TO_DOUBLE / log(2)


@frozen
class LearnedRule:
    """What one field is worth. `points`, `customers` and `won` are of each bin, and last of those
    whose value is unknown: what they get, how many there were, how many of them won."""

    shape: Shape
    bins: Bins
    points: tuple[int, ...]
    customers: tuple[int, ...]
    won: tuple[int, ...]

    @property
    def spec(self) -> FieldSpec:
        """The field it looks at."""
        return self.shape.spec

    def worth(self, value: Any) -> int:
        """The points of *value*, a field's value or None; 0 when it would have to be compared and
        cannot be."""
        if is_unknown(value):
            return self.points[-1]
        if self.bins.count == 1:
            return self.points[0]
        key = self.shape.key(value)
        return 0 if key is None else self.points[self.bins.place(key)]


@frozen
class LearnedCard:
    """Rules, the one that tells most first, and the points A and B begin at, learned from so many
    closed customers. `even_at`: the score at which half win. `left_out`: fields that were not used,
    and why."""

    rules: tuple[LearnedRule, ...]
    a_from: int
    b_from: int
    even_at: int
    customers: int
    won: int
    cuts: tuple[float, float]
    left_out: tuple[tuple[FieldSpec, Text], ...] = ()

    def score(self, row: Row) -> int:
        """The points of a customer with the values *row*."""
        return sum(rule.worth(row.get(rule.spec.key)) for rule in self.rules)

    def grade(self, row: Row) -> str:
        """The grade of a customer with the values *row*."""
        score = self.score(row)
        return "A" if score >= self.a_from else "B" if score >= self.b_from else "C"


def rule_of(shape: Shape, bins: Bins, column: Column, weights: Floats, won: Floats) -> LearnedRule:
    """The rule of a field whose bins have these *weights* (log odds), in points from 0 up.

    A bin that history does not know gets what the others get on average. Bins that come to the same
    points are one.
    """
    customers = counted(column.codes, None, column.size)
    winners = counted(column.codes, won, column.size)
    weights = weights.copy()
    weights[customers == 0] = np.sum(weights * customers) / np.sum(customers)
    # 0 is what the worst bin gets that anybody was in.
    points = np.rint((weights - weights.min()) * _SCALE).astype(int)
    rule = LearnedRule(
        shape, bins, *(tuple(int(n) for n in each) for each in (points, customers, winners))
    )
    return _joined(_by_worth(rule))


def card_of(
    rules: Sequence[LearnedRule],
    weights: Weights,
    scores: Sequence[int],
    won: Floats,
    cuts: tuple[float, float],
) -> LearnedCard:
    """The card of *rules*, made from *weights*; grades begin where the best *cuts* of the *scores*
    do, as nearly as equal scores allow."""
    a_from, b_from = _thresholds(np.array(scores), cuts)
    odds = weights.base + sum(float(w.min()) for w in weights.bins)
    return LearnedCard(
        tuple(rules), a_from, b_from, round(-odds * _SCALE), len(won), int(won.sum()), cuts
    )


def scores_of(rules: Sequence[LearnedRule], keys: Mapping[str, Sequence[Key | None]]) -> list[int]:
    """The points of each customer by *rules*, from the keys of their values."""
    parts = [np.array(rule.points)[codes_of(rule.bins, keys[rule.spec.key])] for rule in rules]
    return [int(score) for score in np.sum(parts, axis=0)]


def _thresholds(scores: Any, cuts: tuple[float, float]) -> tuple[int, int]:
    levels = np.unique(scores)
    shares = np.array([np.mean(scores >= level) for level in levels])
    a_from, b_from = (
        int(levels[len(levels) - 1 - int(np.argmin(np.abs(shares[::-1] - cut)))]) for cut in cuts
    )
    return a_from, min(b_from, a_from - 1)


def _by_worth(rule: LearnedRule) -> LearnedRule:
    """*rule* with its groups of words in the order of their points; the order of others matters."""
    if not isinstance(rule.bins, WordBins):
        return rule
    order = sorted(range(rule.bins.count), key=lambda place: (rule.points[place], place))
    groups = tuple(rule.bins.groups[place] for place in order)
    moved = [*order, rule.bins.count]
    return evolve(
        rule,
        bins=WordBins(groups, order.index(rule.bins.rest)),
        points=tuple(rule.points[place] for place in moved),
        customers=tuple(rule.customers[place] for place in moved),
        won=tuple(rule.won[place] for place in moved),
    )


def _joined(rule: LearnedRule) -> LearnedRule:
    """*rule* with neighbouring bins of equal points as one."""
    known = rule.points[:-1]
    begins = [n for n, points in enumerate(known) if n == 0 or points != known[n - 1]]
    if len(begins) == len(known):
        return rule
    spans = [slice(a, b) for a, b in zip(begins, [*begins[1:], len(known)], strict=True)]
    return evolve(
        rule,
        bins=_with_spans(rule.bins, spans),
        points=(*(known[span.start] for span in spans), rule.points[-1]),
        customers=(*(sum(rule.customers[span]) for span in spans), rule.customers[-1]),
        won=(*(sum(rule.won[span]) for span in spans), rule.won[-1]),
    )


def _with_spans(bins: Bins, spans: Sequence[slice]) -> Bins:
    match bins:
        case NumberBins():
            cuts = tuple(bins.cuts[span.start - 1] for span in spans[1:])
            return NumberBins(cuts, bins.direction)
        case WordBins():
            rest = next(n for n, span in enumerate(spans) if span.start <= bins.rest < span.stop)
            groups = [sum(bins.groups[span], ()) for span in spans]
            return WordBins(tuple(tuple(sorted(group)) for group in groups), rest)
        case TagBins():
            asked = [sum(bins.groups[span], ()) for span in spans[:-1]]
            # Tags worth as much as having none of those before them need not be asked for.
            return TagBins(tuple(tuple(sorted(group)) for group in asked))
