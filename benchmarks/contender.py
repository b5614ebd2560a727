"""What takes part: something that keeps customers, and the operations of it that are timed."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random

from attrs import frozen

from benchmarks.customers import customer, customer_id
from benchmarks.timing import Work
from crmcore.codec import Codec
from crmcore.customer import Customer


@frozen
class Setting:
    """Where a contender keeps its files, how customers become documents, how many there are."""

    folder: Path
    codec: Codec
    size: int


class Contender(ABC):
    """Keeps customers its own way. `operations` are by measure; each gets the round's number.

    What an operation returns is timed, what it does itself is not.
    """

    name: str
    operations: Mapping[str, Callable[[int], Work]]

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    @abstractmethod
    def load(self, customers: Sequence[Customer]) -> Work:
        """What adds all of *customers* at once, durably."""

    @abstractmethod
    def close(self) -> None:
        """Let go of files and connections."""

    def reopen(self) -> None:  # noqa: B027 - most need not
        """Close and open again, where that makes a difference."""

    def settle(self) -> None:  # noqa: B027 - most need not
        """Sync what an operation left unsynced, so that the next one's sync does not pay for it."""

    def chosen(self, number: int) -> int:
        """Which of the customers loaded round *number* changes."""
        return Random(number).randrange(self.setting.size)

    def sought(self, number: int) -> str:
        """The id that round *number* gets: seldom the same twice."""
        return customer_id(Random(-1 - number).randrange(self.setting.size))

    def fresh(self, number: int) -> Customer:
        """The new customer of round *number*."""
        return customer(self.setting.size + number)
