"""From the values of one field and how its customers ended to a few bins a person can read."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise
from typing import cast

import numpy as np
from attrs import frozen

from crmcore_scorecard.learning.columns import Form, Key, Shape
from crmcore_scorecard.learning.partition import (
    best_stretches,
    counted,
    likelihood,
    rising_blocks,
    summed,
)

MOST_BINS = 6
"""Bins a field may have, the one for unknown values included."""
_MOST_KNOWN = MOST_BINS - 1
_FINE = 50
"""Cells of about equal size that numbers are first laid out in."""
_SMALLEST_SHARE = 0.01
_SMALLEST = 10
_RARE_SHARE = 0.003
_RARE = 10
_PRIOR = 10
"""Customers at the mean rate that are added to each word's, so that few do not say much."""


@frozen
class NumberBins:
    """Numbers by rising `cuts`, each the least number of the bin above it. `direction`: whether
    larger numbers win more (1) or less (-1), 0 where any order may be."""

    cuts: tuple[Decimal, ...]
    direction: int

    @property
    def count(self) -> int:
        """How many bins there are."""
        return len(self.cuts) + 1

    def place(self, key: Key) -> int:
        """The bin *key* falls in, the lowest numbers first."""
        return bisect_right(self.cuts, cast("Decimal", key))


@frozen
class WordBins:
    """Words in `groups`, those worth least first; the group `rest` takes unlisted ones too."""

    groups: tuple[tuple[str, ...], ...]
    rest: int

    direction = 0

    @property
    def count(self) -> int:
        """How many bins there are."""
        return len(self.groups)

    def place(self, key: Key) -> int:
        """The bin *key* falls in."""
        return next((n for n, words in enumerate(self.groups) if key in words), self.rest)


@frozen
class TagBins:
    """Tags in `groups`: a customer is in the first group one of its tags is in, else in the last
    bin, which has none."""

    groups: tuple[tuple[str, ...], ...]

    direction = 0

    @property
    def count(self) -> int:
        """How many bins there are."""
        return len(self.groups) + 1

    def place(self, key: Key) -> int:
        """The bin of a customer with the tags *key*."""
        held = frozenset(cast("tuple[str, ...]", key))
        return next(
            (n for n, tags in enumerate(self.groups) if not held.isdisjoint(tags)),
            len(self.groups),
        )


Bins = NumberBins | WordBins | TagBins
_Cell = tuple[tuple[str, ...], int, int]
"""Words (none: the rare ones), how many customers have them, and how many of those won."""


def find_bins(
    shape: Shape, keys: Sequence[Key | None], outcomes: Sequence[bool], monotone: bool = True
) -> Bins:
    """The bins of known *keys*, at most five (the sixth is for unknown values).

    Numbers are cut at round places, and rise or fall in one direction where *monotone*; words and
    tags that win about alike are put together, rare ones with the rest.
    """
    known = [(key, won) for key, won in zip(keys, outcomes, strict=True) if key is not None]
    size = len(keys)
    match shape.form:
        case Form.NUMBERS:
            numbers = [(cast("Decimal", key), won) for key, won in known]
            return _number_bins(numbers, size, monotone)
        case Form.TAGS:
            tags = [(cast("tuple[str, ...]", key), won) for key, won in known]
            return _tag_bins(shape, tags, size)
        case _:
            return _word_bins(shape, [(cast("str", key), won) for key, won in known], size)


def _smallest(size: int) -> float:
    return max(_SMALLEST, _SMALLEST_SHARE * size)


def _rare(size: int) -> float:
    return max(_RARE, _RARE_SHARE * size)


def _number_bins(known: list[tuple[Decimal, bool]], size: int, monotone: bool) -> NumberBins:
    if not known:
        return NumberBins((), 0)
    cuts = _fine_cuts(sorted(number for number, _ in known))
    places = np.array([bisect_right(cuts, number) for number, _ in known])
    ends = np.array([won for _, won in known], dtype=float)
    counts, won = counted(places, None, len(cuts) + 1), counted(places, ends, len(cuts) + 1)
    if not monotone:
        stretches = best_stretches(counts, won, _MOST_KNOWN, _smallest(size))
        return NumberBins(tuple(cuts[end - 1] for end in stretches[:-1]), 0)
    rising, falling = rising_blocks(counts, won), rising_blocks(counts, counts - won)
    fits = [likelihood(summed(counts, e), summed(won, e)).sum() for e in (rising, falling)]
    blocks, direction = (rising, 1) if fits[0] >= fits[1] else (falling, -1)
    stretches = best_stretches(
        summed(counts, blocks), summed(won, blocks), _MOST_KNOWN, _smallest(size)
    )
    kept = [blocks[end - 1] for end in stretches[:-1]]
    return NumberBins(tuple(cuts[end - 1] for end in kept), direction if kept else 0)


def _fine_cuts(numbers: list[Decimal]) -> list[Decimal]:
    """Round numbers that divide *numbers*, which are sorted, into cells of about equal size."""
    distinct = sorted(set(numbers))
    if len(distinct) <= _FINE:
        return [roundest(low, high) for low, high in pairwise(distinct)]
    half = len(numbers) / _FINE / 2
    cuts: list[Decimal] = []
    for cell in range(1, _FINE):
        low, high = (numbers[round((2 * cell + step) * half) - 1] for step in (-0.5, 0.5))
        if low == high:  # one number fills the cell; it is cut off from those below
            place = bisect_right(distinct, low) - 1
            low = distinct[place - 1] if place else low
        if low < high:
            cuts.append(roundest(low, high))
    return sorted(set(cuts))


def roundest(low: Decimal, high: Decimal) -> Decimal:
    """The number with the fewest digits that is above *low* and at most *high*.

    >>> roundest(Decimal(93), Decimal(118)), roundest(Decimal("1.3"), Decimal("1.75"))
    (Decimal('100'), Decimal('1.5'))
    """
    if low < 0 <= high:
        return Decimal(0)
    exponent = (high - low).adjusted() + 1
    finest = high.as_tuple().exponent
    assert isinstance(finest, int), "infinities and NaNs are no values"
    while exponent >= finest:
        for step in (Decimal(10), Decimal(5), Decimal(2), Decimal(1)):
            unit = step.scaleb(exponent)
            number = (high / unit).to_integral_value("ROUND_FLOOR") * unit
            if low < number <= high:
                return _plain(number)
        exponent -= 1
    return _plain(high)


def _plain(number: Decimal) -> Decimal:
    """*number* without needless zeros behind the point, and without an exponent."""
    return Decimal(f"{number.normalize():f}")


def _word_bins(shape: Shape, known: list[tuple[str, bool]], size: int) -> WordBins:
    spellings: dict[str, set[str]] = defaultdict(set)
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for word, won in known:
        plain = word.casefold() if shape.free else word
        spellings[plain].add(word)
        tally[plain][0] += 1
        tally[plain][1] += won
    cells: list[_Cell] = []
    rare = [0, 0]
    for plain, (count, wins) in tally.items():
        if count >= _rare(size) and all(map(shape.can_ask_for, spellings[plain])):
            cells.append(((plain,), count, wins))
        else:
            rare = [rare[0] + count, rare[1] + wins]
    if rare[0]:
        cells.append(((), rare[0], rare[1]))
    if not cells:
        return WordBins(((),), 0)
    groups = _alike(cells, _MOST_KNOWN, size)
    rest = next((n for n, (_, others, _) in enumerate(groups) if others), None)
    if rest is None:
        rest = max(range(len(groups)), key=lambda n: groups[n][2])
    listed = tuple(
        tuple(sorted(spelling for word in words for spelling in spellings[word]))
        for words, _, _ in groups
    )
    return WordBins(listed, rest)


def _tag_bins(shape: Shape, known: list[tuple[tuple[str, ...], bool]], size: int) -> TagBins:
    tally: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for tags, won in known:
        for tag in dict.fromkeys(tags):
            tally[tag][0] += 1
            tally[tag][1] += won
    cells: list[_Cell] = [
        ((tag,), count, wins)
        for tag, (count, wins) in tally.items()
        if count >= _rare(size) and shape.can_ask_for(tag)
    ]
    if not cells:
        return TagBins(())
    groups = _alike(cells, _MOST_KNOWN - 1, size)
    mean = sum(won for _, won in known) / len(known)
    rates = {tag: wins / count for tag, (count, wins) in tally.items()}

    def distance(tags: Sequence[str]) -> float:
        return abs(sum(rates[tag] for tag in tags) / len(tags) - mean)

    listed = [tuple(sorted(tags)) for tags, _, _ in groups]
    # The tags that say most are asked for first, since a customer is in one bin alone.
    return TagBins(tuple(sorted(listed, key=lambda tags: (-distance(tags), tags))))


def _alike(cells: list[_Cell], most: int, size: int) -> list[tuple[tuple[str, ...], bool, int]]:
    """*cells* in groups that win about alike: their words, whether the rare ones are among them, and
    how many customers have them."""
    total = sum(count for _, count, _ in cells)
    mean = sum(won for _, _, won in cells) / total
    cells = sorted(cells, key=lambda c: ((c[2] + _PRIOR * mean) / (c[1] + _PRIOR), c[0]))
    counts = np.array([count for _, count, _ in cells], dtype=float)
    won = np.array([won for _, _, won in cells], dtype=float)
    groups, begin = [], 0
    for end in best_stretches(counts, won, most, _smallest(size)):
        part = cells[begin:end]
        words = tuple(word for words, _, _ in part for word in words)
        groups.append((words, any(not words for words, _, _ in part), sum(c[1] for c in part)))
        begin = end
    return groups


def codes_of(bins: Bins, keys: Sequence[Key | None]) -> list[int]:
    """The bin of each of *keys*; unknown ones are in the bin behind the last."""
    return [bins.count if key is None else bins.place(key) for key in keys]
