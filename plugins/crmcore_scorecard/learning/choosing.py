"""Which fields a card is made of: those that tell more of customers they were not learned from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

import numpy as np
from attrs import evolve, frozen

from crmcore_scorecard.learning.binning import codes_of, find_bins
from crmcore_scorecard.learning.columns import Key, Shape
from crmcore_scorecard.learning.fitting import RIDGE, Column, Weights, fit, losses
from crmcore_scorecard.learning.partition import Floats, Ints, counted

MOST_FIELDS = 15
_FOLDS = 5
_SURE = 2.0
"""Standard errors that a field's gain must be above nothing."""


@frozen
class Material:
    """What is learned from: the shape and the keys of each candidate, and who won."""

    shapes: Mapping[str, Shape]
    keys: Mapping[str, Sequence[Key | None]]
    won: Floats
    monotone: bool = True

    def column(self, name: str, rows: Ints) -> tuple[Column, int]:
        """The column *name* of all customers in bins learned from *rows* alone, and how many bins
        those are in."""
        keys = self.keys[name]
        bins = find_bins(
            self.shapes[name],
            [keys[n] for n in rows],
            [bool(self.won[n]) for n in rows],
            self.monotone,
        )
        codes = np.array(codes_of(bins, keys), dtype=np.intp)
        return Column(codes, bins.count, bins.direction), len(np.unique(codes[rows]))


@frozen(eq=False)
class _Fold:
    """A part of the customers held back, and what is learned from the others so far."""

    taught: Ints
    asked: Ints
    columns: Mapping[str, Column]
    chosen: tuple[str, ...]
    weights: Weights
    odds: Floats

    def with_(self, name: str, won: Floats) -> _Fold:
        """The same, learned with the column *name* too."""
        names = (*self.chosen, name)
        columns = [self.columns[each] for each in names]
        taught = [column.only(self.taught) for column in columns]
        weights = fit(taught, won[self.taught], self.weights)
        return evolve(self, chosen=names, weights=weights, odds=weights.of(columns))

    def promise(self, name: str, won: Floats) -> float:
        """About how much less those held back would surprise with the column *name*: by one step
        towards its weights, the others kept."""
        column = self.columns[name]
        chance = 1 / (1 + np.exp(-self.odds[self.taught]))
        codes = column.codes[self.taught]
        missed = counted(codes, won[self.taught] - chance, column.size)
        spread = counted(codes, chance * (1 - chance), column.size)
        step = np.clip(missed / (spread + RIDGE), -3, 3)
        held_back, told = won[self.asked], self.odds[self.asked]
        better = losses(told + step[column.codes[self.asked]], held_back)
        return float(np.sum(losses(told, held_back)) - np.sum(better))


def choose(material: Material, most: int = MOST_FIELDS) -> list[str]:
    """The fields to learn from, the one that tells most first.

    Fields are added one by one, each time the one that most helps to tell the ends of customers held
    back (five folds, bins learned without them); one that helps by less than two standard errors is
    left out.
    """
    folds = _folds(material)
    left = [name for name in material.shapes if all(name in fold.columns for fold in folds)]
    chosen: list[str] = []
    while left and len(chosen) < most:
        promises = {name: sum(fold.promise(name, material.won) for fold in folds) for name in left}
        best = max(left, key=lambda name: promises[name])
        if promises[best] <= 0:
            break
        left.remove(best)
        tried = [fold.with_(best, material.won) for fold in folds]
        if _surely_better(folds, tried, material.won):
            chosen.append(best)
            folds = tried
    return chosen


def _folds(material: Material) -> list[_Fold]:
    from sklearn.model_selection import StratifiedKFold

    won = material.won
    halves = StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(np.zeros(len(won)), won)
    folds = []
    for taught, asked in halves:
        found = {name: material.column(name, taught) for name in material.shapes}
        columns = {name: column for name, (column, used) in found.items() if used > 1}
        nothing = fit([], won[taught])
        odds = np.full(len(won), nothing.base)
        folds.append(_Fold(taught, asked, columns, (), nothing, odds))
    return folds


def _surely_better(before: Sequence[_Fold], after: Sequence[_Fold], won: Floats) -> bool:
    gains = np.concatenate(
        [
            losses(old.odds[old.asked], won[old.asked])
            - losses(new.odds[new.asked], won[new.asked])
            for old, new in zip(before, after, strict=True)
        ]
    )
    return bool(gains.sum() > _SURE * gains.std() * sqrt(len(gains)))
