"""What more could come of a customer: how much is unknown, and what to ask next."""

from __future__ import annotations

import math

from attrs import frozen

from crmcore.fields import FieldCatalogue
from crmcore_scorecard.card import DECIMALS, Rule, Scorecard
from crmcore_scorecard.reach import best_together


@frozen
class Look:
    """The fields to ask for, the grade each alone leads to ("": none), the share that is unknown."""

    ask: tuple[str, ...]
    leads_to: tuple[str, ...]
    share_unknown: float


class Outlook:
    """What the unknown fields of a card's customers could give."""

    def __init__(self, card: Scorecard, fields: FieldCatalogue) -> None:
        self._card = card
        by_field: dict[str, list[Rule]] = {}
        for rule in card.rules:
            by_field.setdefault(rule.field, []).append(rule)
        self._best = {f: best_together(fields.named(f), rules) for f, rules in by_field.items()}
        self._fields = [rule.field for rule in card.rules]
        self._reach = [rule.reach for rule in card.rules]
        self._whole = math.fsum(self._reach)
        self._highest = card.thresholds[0].points

    def look(
        self,
        score: float,
        silent: tuple[int, ...],
        asked: tuple[int, ...],
        given: tuple[float, ...],
    ) -> Look:
        """From a customer's *score* on.

        *silent* are the places of the rules whose value is not known, *asked* of all on the same
        fields, *given* the points these give now.
        """
        gains: dict[str, float] = {}
        for place, points in zip(asked, given, strict=True):
            field = self._fields[place]
            gains[field] = gains.get(field, self._best[field]) - points
        unknown = math.fsum([self._reach[place] for place in silent])
        share = round(unknown / self._whole, 4) if self._whole else 0.0
        return Look(*self._asking(score, gains), share)

    def _asking(
        self, score: float, gains: dict[str, float]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The fields any one of which could lift the grade alone; else the fewest that could
        together, which lead to nothing alone. The most valuable first."""
        now = self._card.grade(score)
        if score >= self._highest:
            return (), ()
        hopeful = sorted([(-gain, field) for field, gain in gains.items() if gain > 0])
        alone = {}
        for loss, field in hopeful:  # the first that does not lift it ends them
            grade = self._card.grade(round(score - loss, DECIMALS))
            if grade == now:
                break
            alone[field] = grade
        if alone:
            return tuple(alone), tuple(alone.values())
        for count, (loss, _) in enumerate(hopeful, 1):
            score = round(score - loss, DECIMALS)
            if self._card.grade(score) != now:
                return tuple(field for _, field in hopeful[:count]), ("",) * count
        return (), ()
