"""What a learned card is measured beside: boosted trees, and Odoo's predictive lead scoring."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from math import log
from typing import Any

from benchmarks.leads import Leads

_SMOOTHING = 0.1
_UNSET = {"0", "No"}
"""What Odoo takes for not set: its records read a number 0 and a no as false."""


def boosted_trees(leads: Leads, taught: Sequence[int], asked: Sequence[int]) -> list[float]:
    """scikit-learn's HistGradientBoostingClassifier as it is, words as categories."""
    import numpy as np
    from sklearn.ensemble import (
        HistGradientBoostingClassifier,
    )

    columns, are_words = [], []
    for spec in leads.fields:
        values = [row.get(spec.key) for row in leads.rows]
        numbers = [_number(value) for value in values]
        words = any(n is None and v is not None for n, v in zip(numbers, values, strict=True))
        places = {word: n for n, word in enumerate(sorted({v or "" for v in values}))}
        columns.append([places[v or ""] for v in values] if words else numbers)
        are_words.append(words)
    table = np.array(columns, dtype=float).T
    won = np.array(leads.won)
    trees = HistGradientBoostingClassifier(categorical_features=are_words, random_state=0)
    trees.fit(table[list(taught)], won[list(taught)])
    chances: Any = trees.predict_proba(table[list(asked)])[:, 1]
    return [float(chance) for chance in chances]


def odoo(leads: Leads, taught: Sequence[int], asked: Sequence[int]) -> list[float]:
    """Odoo's predictive lead scoring, as of its versions 15 to 17: naive Bayes whose counts of each
    value are of that variable alone, 0.1 added to each, what is not set passed over. Log odds."""
    counts: dict[str, dict[str, list[float]]] = defaultdict(
        lambda: defaultdict(lambda: [_SMOOTHING, _SMOOTHING])
    )
    ends = Counter(leads.won[n] for n in taught)
    for n in taught:
        for field, value in _set(leads.rows[n]):
            counts[field][value][leads.won[n]] += 1
    totals = {
        field: [sum(each[won] for each in values.values()) for won in (0, 1)]
        for field, values in counts.items()
    }
    # The first stage, which every lead has been in, is where Odoo counts all that won and lost.
    base = log((ends[True] + _SMOOTHING) / (ends[False] + _SMOOTHING))

    def odds(row: Mapping[str, str]) -> float:
        found = base
        for field, value in _set(row):
            if value in counts[field]:
                (lost, won), (all_lost, all_won) = counts[field][value], totals[field]
                found += log(won / all_won) - log(lost / all_lost)
        return found

    return [odds(leads.rows[n]) for n in asked]


def _set(row: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(field, value) for field, value in row.items() if value not in _UNSET]


def _number(value: str | None) -> float | None:
    try:
        return None if value is None else float(value)
    except ValueError:
        return None
