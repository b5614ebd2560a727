"""The weights of bins: a ridge logistic regression whose numbers go one way.

Customers are given by the numbers of their bins, so that sums are taken in one order and the same
input gives the same weights; no library that adds up in threads has a part in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import log

import numpy as np
from attrs import frozen
from threadpoolctl import ThreadpoolController

from crmcore_scorecard.learning.partition import Floats, Ints, counted

RIDGE = 1.0
"""How strongly weights are held near 0, as one customer's worth of evidence."""
_TURNS = 1000


@frozen
class Column:
    """The bins of one field: each customer's bin, how many there are for known values (the one for
    unknown follows), and which way their weights go (1 up, -1 down, 0 any)."""

    codes: Ints
    known: int
    direction: int = 0

    @property
    def size(self) -> int:
        """The number of bins, the one for unknown values included."""
        return self.known + 1

    def only(self, rows: Ints) -> Column:
        """The same for some of the customers."""
        return Column(self.codes[rows], self.known, self.direction)


@frozen(eq=False)
class Weights:
    """Log odds: of nobody in particular, and what each bin of each column adds."""

    base: float
    bins: tuple[Floats, ...]

    def of(self, columns: Sequence[Column]) -> Floats:
        """The log odds of each customer."""
        odds = np.full(len(columns[0].codes), self.base) if columns else np.array([self.base])
        for column, weights in zip(columns, self.bins, strict=True):
            odds = odds + weights[column.codes]
        return odds


def fit(columns: Sequence[Column], won: Floats, start: Weights | None = None) -> Weights:
    """The weights that explain who *won* best; searched from *start*, weights of the first columns."""
    from scipy.optimize import minimize

    columns, counts, won = _gathered(columns, won)
    ends = np.cumsum([0, *(column.size for column in columns)])
    spans = [slice(ends[n], ends[n + 1]) for n in range(len(columns))]

    def weights(steps: Floats) -> list[Floats]:
        return [_from_steps(steps[1:][s], c) for s, c in zip(spans, columns, strict=True)]

    def cost(steps: Floats) -> tuple[float, Floats]:
        bins = weights(steps)
        odds = Weights(float(steps[0]), tuple(bins)).of(columns)
        missed = counts / (1 + np.exp(-odds)) - won
        slopes = [
            _to_steps(counted(c.codes, missed, c.size) + RIDGE * w, c)
            for c, w in zip(columns, bins, strict=True)
        ]
        held = RIDGE / 2 * sum(float(np.sum(w * w)) for w in bins)
        loss = float(np.sum(counts * np.logaddexp(0, odds) - won * odds)) + held
        return loss, np.concatenate([[np.sum(missed)], *slopes])

    first = np.zeros(ends[-1] + 1)
    share = (float(np.sum(won)) + 0.5) / (float(np.sum(counts)) + 1)
    first[0] = log(share / (1 - share))
    if start is not None:
        first[0] = start.base
        for span, column, known in zip(spans, columns, start.bins, strict=False):
            first[1:][span] = _steps_of(known, column)
    bounds = [(None, None), *(b for column in columns for b in _bounds(column))]
    options = {"maxiter": _TURNS, "ftol": 1e-10, "gtol": 1e-5}
    with _threads().limit(limits=1):
        found = minimize(cost, first, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return Weights(float(found.x[0]), tuple(weights(found.x)))


@cache
def _threads() -> ThreadpoolController:
    """What numbers are reckoned in: on so few, several threads only wait for one another."""
    return ThreadpoolController()


def losses(odds: Floats, won: Floats) -> Floats:
    """How much each customer's end surprises those who were told the *odds* (in nats)."""
    result: Floats = np.logaddexp(0, odds) - won * odds
    return result


def _gathered(columns: Sequence[Column], won: Floats) -> tuple[list[Column], Floats, Floats]:
    """Customers whose bins are all the same as one row, with how many they are and how many won."""
    number = np.zeros(len(won), dtype=np.int64)
    for column in columns:
        number = number * column.size + column.codes
    _, first, place = np.unique(number, return_index=True, return_inverse=True)
    counts, wins = counted(place, None, len(first)), counted(place, won, len(first))
    return [column.only(first) for column in columns], counts, wins


def _from_steps(steps: Floats, column: Column) -> Floats:
    """Weights from the steps between them, which is what a direction bounds."""
    if not column.direction:
        return steps
    known = column.known
    return np.concatenate([np.cumsum(steps[:known]), steps[known:]])


def _steps_of(weights: Floats, column: Column) -> Floats:
    if not column.direction:
        return weights
    known = column.known
    return np.concatenate([weights[:1], np.diff(weights[:known]), weights[known:]])


def _to_steps(slopes: Floats, column: Column) -> Floats:
    """The slopes by steps, from those by weights: a step moves all weights behind it."""
    if not column.direction:
        return slopes
    known = column.known
    return np.concatenate([np.cumsum(slopes[:known][::-1])[::-1], slopes[known:]])


def _bounds(column: Column) -> list[tuple[float | None, float | None]]:
    step = {0: (None, None), 1: (0.0, None), -1: (None, 0.0)}[column.direction]
    return [(None, None), *[step] * (column.known - 1), (None, None)]
