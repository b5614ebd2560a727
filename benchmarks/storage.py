"""The measurements of storage: bulk loading, opening, then rounds of everybody's operations."""

from __future__ import annotations

import gc
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import islice
from pathlib import Path

from attrs import evolve, frozen

from benchmarks.baselines import RawFile, ShippedTinyDb, Sqlite3
from benchmarks.contender import Contender, Setting
from benchmarks.customers import customers
from benchmarks.figures import Figure, medians
from benchmarks.opening import openings
from benchmarks.ours import FILES, Ours
from benchmarks.readyrows import ReadyRows
from benchmarks.timing import Step, interleaved, seconds_of
from crmcore.codec import Codec
from crmcore.fields import FieldCatalogue

MILLION = 1_000_000
CHUNK = 100_000
"""Customers in one bulk commit: the most that is asked of one."""

SMALL = 1_000
"""Customers in the stores beside, which tell in the same rounds how commits grow with the size."""

ROUND = ("update", "find", "create", "tally", "get", "edit", "add")
"""The operations of one round. A commit lies between two asks, so that no kept answer is flattered."""


@frozen
class Effort:
    """How often things are measured: rounds, at most so many seconds of them for each contender."""

    rounds: int = 200
    seconds: float = 15
    loads: int = 3
    openings: int = 3


Build = Callable[[Setting], Contender]


def measure(
    size: int, kinds: Sequence[str], folder: Path, effort: Effort, say: Callable[[str], None]
) -> list[Figure]:
    """All figures with *size* customers, for the stores *kinds*; *folder* is theirs to fill."""
    setting = Setting(folder, Codec(FieldCatalogue()), size)
    builds: list[Build] = [RawFile, Sqlite3]
    if size < MILLION:
        builds.append(ShippedTinyDb)
    if size <= CHUNK and "sqlite" in kinds:
        builds.append(ReadyRows)
    builds += [partial(Ours, kind) for kind in kinds]
    if size > CHUNK:
        effort = evolve(effort, loads=1)
    with ExitStack() as closing:
        say(f"{size:,} customers: loading them")
        contenders, figures = load(builds, setting, effort.loads)
        for contender in contenders:
            closing.callback(contender.close)
        stores = [one for one in contenders if isinstance(one, Ours)]
        say(f"{size:,} customers: opening")
        for store in stores:
            store.close()
        for (key, who), taken in openings(stores, effort.openings).items():
            figures += medians(key, who, size, taken)
        for store in stores:
            store.reopen()
        say(f"{size:,} customers: rounds of commits and questions")
        beside: list[Contender] = []
        if SMALL < size < MILLION:
            builds = [partial(Ours, kind) for kind in kinds if kind in FILES]
            beside, _ = load(
                builds, evolve(setting, size=SMALL, folder=folder / f"{size}-beside"), 1
            )
        for contender in beside:
            closing.callback(contender.close)
        turns = _turns(contenders, beside)
        for (key, who), taken in interleaved(turns, effort.rounds, effort.seconds).items():
            figures += medians(key, who, size, taken)
    return figures


def _turns(contenders: Sequence[Contender], beside: Sequence[Contender]) -> list[list[Step]]:
    """A round: an operation a turn, for everybody; commits for the stores *beside* as well."""
    for one in (*contenders, *beside):
        if isinstance(one, Ours):
            one.show()
    turns = []
    for key in ROUND:
        turn = [_step(key, key, c) for c in contenders if key in c.operations]
        if key in ("update", "create"):
            turn += [_step(f"small {key}", key, c) for c in beside]
        turns.append(turn)
    return turns


def _step(measure: str, operation: str, one: Contender) -> Step:
    return Step(measure, one.name, one.operations[operation], one.settle)


def load(
    builds: Sequence[Build], setting: Setting, times: int
) -> tuple[list[Contender], list[Figure]]:
    """Load everybody *times* in turn; those of the last time are kept, closed and opened again."""
    taken: dict[str, list[float]] = defaultdict(list)
    kept: list[Contender] = []
    for number in range(times):
        kept = []
        for place, build in enumerate(builds):
            folder = setting.folder / f"{setting.size}-{number}-{place}"
            folder.mkdir(parents=True)
            contender = build(evolve(setting, folder=folder))
            taken[contender.name].append(setting.size / sum(_loading(contender)))
            if number + 1 < times:
                contender.close()
                shutil.rmtree(folder)
            else:
                contender.reopen()
                contender.settle()
                kept.append(contender)
    found = (medians("bulk", who, setting.size, rates) for who, rates in taken.items())
    return kept, [figure for figures in found for figure in figures]


def _loading(contender: Contender) -> Iterator[float]:
    rest = customers(contender.setting.size)
    while chunk := tuple(islice(rest, CHUNK)):
        work = contender.load(chunk)
        gc.collect()
        yield seconds_of(work)
