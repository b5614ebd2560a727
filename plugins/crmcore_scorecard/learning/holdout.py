"""How well a way of scoring tells the ends of customers it has not seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from statistics import fmean

import numpy as np
from attrs import frozen

from crmcore.fieldspec import FieldSpec
from crmcore.intervals import hanley_mcneil, wilson
from crmcore_scorecard.learning.choosing import MOST_FIELDS
from crmcore_scorecard.learning.from_history import (
    CUTS,
    How,
    NothingToLearnError,
    check_enough,
    learned_from,
)
from crmcore_scorecard.learning.learned import Row

SPLITS = 5
HELD_OUT = 0.3

Scorer = Callable[[Sequence[int], Sequence[int]], Sequence[float]]
"""Learns from the first rows, by number, and gives the scores of the second."""


@frozen
class Share:
    """A figure between 0 and 1, and the interval its true value is in with 95 % confidence."""

    value: float
    low: float
    high: float


@frozen
class Split:
    """What came of one split: the AUC, and of A, B and C how many there were and how many won.

    Customers of equal score on the line between two grades are shared out between them, so the
    numbers that won need not be whole.
    """

    auc: float
    customers: tuple[int, int, int]
    won: tuple[float, float, float]
    total_won: int

    def rate(self, grade: int) -> float:
        """The share of a grade (0 is A) that won."""
        return self.won[grade] / self.customers[grade]


@frozen
class HoldOut:
    """What came of several splits into learned from and held out.

    Shares are means over the splits. Their intervals (`crmcore.intervals`) are those of one hold-out:
    the splits share customers, so more of them do not make the figures as much surer.
    """

    splits: tuple[Split, ...]
    cuts: tuple[float, float]

    @property
    def customers(self) -> int:
        """How many are held out in a split."""
        return sum(self.splits[0].customers)

    @property
    def auc(self) -> Share:
        """The chance that of one that won and one that did not the former has the better score."""
        first = self.splits[0]
        mean = fmean(split.auc for split in self.splits)
        return Share(mean, *hanley_mcneil(mean, first.total_won, self.customers - first.total_won))

    def rate(self, grade: int) -> Share:
        """The share of a grade (0 is A, 2 is C) that won."""
        mean = fmean(split.rate(grade) for split in self.splits)
        return Share(mean, *wilson(mean, self.splits[0].customers[grade]))


def hold_out(
    rows: Sequence[Row],
    outcomes: Sequence[bool],
    fields: Iterable[FieldSpec],
    *,
    splits: int = SPLITS,
    after_the_fact: Iterable[str] = (),
    cuts: tuple[float, float] = CUTS,
    monotone: bool = True,
    most_fields: int = MOST_FIELDS,
) -> HoldOut:
    """What `learn`, told the same, comes to on customers it was not shown: the mean of several
    stratified splits, 70 % to learn from. A split that nothing is learned from counts as guessing.

    Raises UsageError for a history too small to learn from.
    """
    check_enough(outcomes)
    specs = tuple(fields)
    how = How(frozenset(after_the_fact), cuts, monotone, most_fields)

    def score(taught: Sequence[int], asked: Sequence[int]) -> list[float]:
        known = [outcomes[n] for n in taught]
        try:
            card = learned_from([rows[n] for n in taught], known, specs, how)
        except NothingToLearnError:
            return [0.0] * len(asked)
        return [card.score(rows[n]) for n in asked]

    return measure(score, outcomes, splits=splits, cuts=cuts)


def measure(
    scorer: Scorer,
    outcomes: Sequence[bool],
    *,
    splits: int = SPLITS,
    cuts: tuple[float, float] = CUTS,
) -> HoldOut:
    """What *scorer* comes to on splits with the seeds 0, 1, …"""
    from sklearn.model_selection import train_test_split

    places = np.arange(len(outcomes))
    ends = np.array(outcomes, dtype=bool)
    found = []
    for seed in range(splits):
        taught, asked = train_test_split(
            places, test_size=HELD_OUT, stratify=ends, random_state=seed
        )
        scores = scorer([int(n) for n in taught], [int(n) for n in asked])
        found.append(judged(scores, [bool(ends[n]) for n in asked], cuts))
    return HoldOut(tuple(found), cuts)


def judged(scores: Sequence[float], outcomes: Sequence[bool], cuts: tuple[float, float]) -> Split:
    """How *scores* of customers compare with how these ended."""
    from sklearn.metrics import roc_auc_score

    points = np.array(scores, dtype=float)
    won = np.array(outcomes, dtype=float)
    total = len(points)
    first = max(1, round(cuts[0] * total))
    edges = [0, first, max(first + 1, round(cuts[1] * total)), total]
    _, place = np.unique(points, return_inverse=True)
    # Each gets the rate of all with its score: what a fair order among them would give.
    even = (np.bincount(place, weights=won) / np.bincount(place))[place]
    ranked = even[np.argsort(-points, kind="stable")]
    sums = [float(np.sum(ranked[a:b])) for a, b in pairwise(edges)]
    sizes = [b - a for a, b in pairwise(edges)]
    return Split(
        float(roc_auc_score(won, points)),
        (sizes[0], sizes[1], sizes[2]),
        (sums[0], sums[1], sums[2]),
        int(won.sum()),
    )
