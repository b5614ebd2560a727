"""Contenders measured in turn, so that what the machine does meanwhile befalls all of them alike."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Sequence
from random import Random
from time import perf_counter

from attrs import field, frozen

Work = Callable[[], object]

AT_LEAST = 3
"""Rounds each contender takes part in, however slow it is."""


@frozen
class Step:
    """One operation of one contender: `prepare` gets the round's number and returns what is timed.

    `settle`, not timed, ends what the operation left for later, which others would pay for.
    """

    measure: str
    contender: str
    prepare: Callable[[int], Work] = field(eq=False)
    settle: Callable[[], None] = field(eq=False)

    @property
    def key(self) -> Key:
        """What its figures are kept under."""
        return self.measure, self.contender


Key = tuple[str, str]
Taken = dict[Key, list[float]]
"""Seconds of each round, by measure and contender."""


def seconds_of(work: Work) -> float:
    """How long *work* takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def interleaved(turns: Sequence[Sequence[Step]], rounds: int, seconds: float) -> Taken:
    """In each round every turn, the steps of a turn shuffled: none is always behind a slow one.

    A contender that used up *seconds* leaves, with all its steps. Garbage is collected before, and
    as Python does by itself meanwhile, for everybody.
    """
    taken: Taken = {step.key: [] for turn in turns for step in turn}
    spent: dict[str, float] = defaultdict(float)
    gc.collect()
    for number in range(rounds):
        gone = {name for name, used in spent.items() if used > seconds and number >= AT_LEAST}
        for turn in turns:
            for step in Random(number).sample(turn, len(turn)):
                if step.contender not in gone:
                    used = seconds_of(step.prepare(number))
                    step.settle()
                    taken[step.key].append(used)
                    spent[step.contender] += used
    return taken
