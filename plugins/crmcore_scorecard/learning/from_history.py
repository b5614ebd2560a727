"""From the history of closed customers to a scorecard."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress
from operator import not_

import numpy as np
from attrs import evolve, frozen

from crmcore.errors import UsageError
from crmcore.fieldspec import FieldSpec
from crmcore.wording import Text
from crmcore_scorecard.learning.binning import Bins, codes_of, find_bins
from crmcore_scorecard.learning.choosing import MOST_FIELDS, Material, choose
from crmcore_scorecard.learning.columns import ALIKE, Shape, shape_of, why_never
from crmcore_scorecard.learning.fitting import Column, fit
from crmcore_scorecard.learning.learned import LearnedCard, Row, card_of, rule_of, scores_of

FEWEST = 100
"""Closed customers that are needed to learn anything."""
FEWEST_EACH = 30
"""How many of them must have won, and how many must not have."""
CUTS = (0.2, 0.5)
"""The best fifth is A; the best half, without those, is B."""

NOTHING_ADDED = Text("没有增加可验证的信息", "it tells nothing more that can be confirmed")


class NothingToLearnError(UsageError):
    """A history in which no field tells the outcomes apart."""


@frozen
class How:
    """How is learned: what `learn` is told besides the history."""

    after_the_fact: frozenset[str] = frozenset()
    cuts: tuple[float, float] = CUTS
    monotone: bool = True
    most_fields: int = MOST_FIELDS


def learn(
    rows: Sequence[Row],
    outcomes: Sequence[bool],
    fields: Iterable[FieldSpec],
    *,
    after_the_fact: Iterable[str] = (),
    cuts: tuple[float, float] = CUTS,
    monotone: bool = True,
    most_fields: int = MOST_FIELDS,
) -> LearnedCard:
    """The scorecard that tells best which of *rows* were won, by at most *most_fields* of *fields*.

    *outcomes* says of each row whether it was won. Fields *after_the_fact*, and those that a closed
    deal has because it is closed, are never used. *monotone*: points for numbers only rise, or only
    fall. *cuts* are the shares of customers at or above A, and at or above B. The same input gives
    the same card. Raises UsageError for a history too small to learn from, and NothingToLearnError for
    one in which no field tells the outcomes apart.
    """
    check_enough(outcomes)
    if not 0 < cuts[0] < cuts[1] < 1:
        raise UsageError(
            f"The cuts {cuts[0]:g} and {cuts[1]:g} divide nobody into A, B and C; give two rising "
            "shares such as 0.2 and 0.5."
        )
    how = How(frozenset(after_the_fact), cuts, monotone, most_fields)
    return learned_from(rows, outcomes, fields, how)


def learned_from(
    rows: Sequence[Row], outcomes: Sequence[bool], fields: Iterable[FieldSpec], how: How
) -> LearnedCard:
    """What `learn` gives, from however few *rows*. Raises NothingToLearnError."""
    won = np.array(outcomes, dtype=float)
    shapes: dict[str, Shape] = {}
    left_out: list[tuple[FieldSpec, Text]] = []
    for spec in fields:
        found = why_never(spec, how.after_the_fact) or shape_of(
            spec, [row.get(spec.key) for row in rows]
        )
        if isinstance(found, Text):
            left_out.append((spec, found))
        else:
            shapes[spec.key] = found
    keys = {key: shape.keys([row.get(key) for row in rows]) for key, shape in shapes.items()}
    for key in [key for key, values in keys.items() if len(set(values)) < 2]:
        left_out.append((shapes.pop(key).spec, ALIKE))
    chosen = choose(Material(shapes, keys, won, how.monotone), how.most_fields) if shapes else []
    left_out += [(shapes[key].spec, NOTHING_ADDED) for key in shapes if key not in chosen]
    if not chosen:
        raise NothingToLearnError(
            f"Nothing can be learned: none of {len(shapes)} fields tells which of the "
            f"{len(rows)} closed customers were won. Record more about customers before they close."
        )
    bins: dict[str, Bins] = {
        key: find_bins(shapes[key], keys[key], outcomes, how.monotone) for key in chosen
    }
    columns = [
        Column(np.array(codes_of(bins[key], keys[key])), bins[key].count, bins[key].direction)
        for key in chosen
    ]
    weights = fit(columns, won)
    rules = [
        rule_of(shapes[key], bins[key], column, bin_weights, won)
        for key, column, bin_weights in zip(chosen, columns, weights.bins, strict=True)
    ]
    idle = [len(set(rule.points)) < 2 for rule in rules]
    left_out += [(rule.spec, NOTHING_ADDED) for rule in compress(rules, idle)]
    rules = list(compress(rules, map(not_, idle)))
    card = card_of(rules, weights, scores_of(rules, keys), won, how.cuts)
    return evolve(card, left_out=tuple(left_out))


def check_enough(outcomes: Sequence[bool]) -> None:
    """Raises UsageError for fewer closed customers than anything can be learned from."""
    total, won = len(outcomes), sum(map(bool, outcomes))
    if total < FEWEST or min(won, total - won) < FEWEST_EACH:
        raise UsageError(
            f"Too little history to learn from: {total} closed customers, {won} won and "
            f"{total - won} not. It takes at least {FEWEST}, with {FEWEST_EACH} won and "
            f"{FEWEST_EACH} not; until then use a scorecard written by hand."
        )
