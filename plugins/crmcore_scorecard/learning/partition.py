"""Cutting an ordered row of cells into the few stretches that tell outcomes apart best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

BIN_COST = 2.0
"""What a further bin must gain in log-likelihood: twice as much as AIC asks."""


def likelihood(counts: Floats, won: Floats) -> Floats:
    """The log-likelihood of *won* of *counts* at their own rate, which half a win and half a loss
    keep away from 0 and 1."""
    rate = (won + 0.5) / (counts + 1)
    result: Floats = won * np.log(rate) + (counts - won) * np.log1p(-rate)
    return result


def best_stretches(counts: Floats, won: Floats, most: int, smallest: float) -> list[int]:
    """Where the best up to *most* stretches of the cells end, each of *smallest* customers or more;
    one stretch where there are too few. Exact, by dynamic programming."""
    cells = len(counts)
    before_n, before_won = (np.concatenate([[0.0], np.cumsum(x)]) for x in (counts, won))
    best = np.full((most + 1, cells + 1), -np.inf)
    best[0, 0] = 0.0
    came_from = np.zeros((most + 1, cells + 1), dtype=np.intp)
    for end in range(1, cells + 1):
        held = before_n[end] - before_n[:end]
        gains = likelihood(held, before_won[end] - before_won[:end])
        gains[held < smallest] = -np.inf
        for used in range(1, most + 1):
            totals = best[used - 1, :end] + gains
            start = int(np.argmax(totals))
            best[used, end], came_from[used, end] = totals[start], start
    values = best[1:, cells] - BIN_COST * np.arange(1, most + 1)
    if not np.isfinite(values).any():
        return [cells]
    ends, end = [], cells
    for used in range(int(np.argmax(values)) + 1, 0, -1):
        ends.append(end)
        end = int(came_from[used, end])
    return ends[::-1]


def rising_blocks(counts: Floats, won: Floats) -> list[int]:
    """Where the blocks end that make the rates of the cells rise from block to block: neighbours
    that fall are pooled (pool adjacent violators)."""
    blocks: list[tuple[float, float, int]] = []
    for end, (n, w) in enumerate(zip(counts.tolist(), won.tolist(), strict=True), start=1):
        block = (n, w, end)
        while blocks and blocks[-1][1] * block[0] >= block[1] * blocks[-1][0]:
            previous = blocks.pop()
            block = (previous[0] + block[0], previous[1] + block[1], end)
        blocks.append(block)
    return [end for _, _, end in blocks]


def counted(places: Ints, weights: Floats | None, size: int) -> Floats:
    """How many of *places*, or what *weights* of theirs together, there are of each from 0."""
    return np.asarray(np.bincount(places, weights=weights, minlength=size), dtype=float)


def summed(values: Floats, ends: list[int]) -> Floats:
    """The sums of the stretches of *values* that end at *ends*."""
    return np.diff(np.concatenate([[0.0], np.cumsum(values)[np.array(ends) - 1]]))
