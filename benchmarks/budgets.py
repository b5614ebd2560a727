"""What the stores may cost, and whether they keep to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from attrs import frozen

from benchmarks.figures import Figures, named
from benchmarks.ours import FILE_STORES
from benchmarks.storage import SMALL
from benchmarks.wordings import amount

FULL = 100_000
"""The size that budgets speak of. A run without it is judged at its largest size."""

BUDGETED = (*FILE_STORES, "sqlite")


@frozen
class Verdict:
    """A budget line. `kept` is None when the run did not measure what it needs."""

    what: str
    store: str
    size: int
    target: str
    measured: str
    kept: bool | None

    @property
    def word(self) -> str:
        """`pass`, `miss`, or `not measured`."""
        return "not measured" if self.kept is None else "pass" if self.kept else "miss"


def verdicts(figures: Figures, kinds: tuple[str, ...]) -> Iterator[Verdict]:
    """Every budget of every store among *kinds* that has budgets."""
    sizes = [size for size in figures.sizes if size <= FULL]
    large = max(sizes)
    for store in (kind for kind in BUDGETED if kind in kinds):
        judge = _Judge(figures, store, large)
        in_file = store in FILE_STORES
        yield judge.times("update", 5)
        yield judge.times("create", 5)
        yield judge.growth("update", 1.5)
        yield judge.growth("create", 1.5)
        yield judge.under("get", 0.001)
        yield judge.under("find", 0.001 if in_file else 0.003)
        yield judge.under("tally", 0.005 if in_file else 0.020)
        yield judge.times("open", 2) if in_file else judge.under("open", 0.050)
        yield judge.at_least("bulk", 20_000)
        if in_file:
            yield judge.times("memory", 4)


@frozen
class _Judge:
    figures: Figures
    store: str
    size: int

    def under(self, key: str, most: float) -> Verdict:
        """Less than so many seconds."""
        return self._told(
            key, f"< {amount(most, 'seconds')}", self._value(key), lambda v: v < most,
            lambda v: amount(v, "seconds"),
        )  # fmt: skip

    def at_least(self, key: str, least: float) -> Verdict:
        """So many a second."""
        return self._told(
            key, f"≥ {amount(least, 'per second')}", self._value(key), lambda v: v >= least,
            lambda v: amount(v, "per second"),
        )  # fmt: skip

    def times(self, key: str, most: float) -> Verdict:
        """A multiple of what the measure is against."""
        against = {"raw": "raw append + fsync", "snapshot": "the snapshot's bytes"}
        other = named(key).against
        ratio = self.figures.ratio(named(key), self.store, self.size)
        target = f"≤ {most:g}× {against.get(other, 'json.load of its file')}"
        return self._told(key, target, ratio, lambda v: v <= most, lambda v: f"{v:.2f}×")

    def growth(self, key: str, most: float) -> Verdict:
        """A multiple of its own figure with few customers, taken in the same rounds."""
        least = self._value(f"small {key}")
        now = self._value(key)
        grown = now / least if now is not None and least else None
        target = f"≤ {most:g}× its own at {SMALL:,}"
        return self._told(key, target, grown, lambda v: v <= most, lambda v: f"{v:.2f}×")

    def _value(self, key: str) -> float | None:
        return self.figures.value(key, self.store, self.size)

    def _told(
        self,
        key: str,
        target: str,
        value: float | None,
        keeps: Callable[[float], bool],
        say: Callable[[float], str],
    ) -> Verdict:
        measured, kept = ("—", None) if value is None else (say(value), keeps(value))
        return Verdict(named(key).title, self.store, self.size, target, measured, kept)
