"""A column of few different values, a byte for each customer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import compress
from typing import Any, TypeVar

T = TypeVar("T")

_MOST = 255
_FEW = 10  # one in so many is sooner found than all are gone through
_KINDS = {str, bool, type(None)}  # of which none equals one of another


class Coded:
    """Values by row, of texts, yes and no, and None; kept true while rows change."""

    def __init__(self, different: list[Any], codes: bytearray) -> None:
        self.different = different
        self.codes = codes
        self._codes_of = {value: code for code, value in enumerate(different)}

    def __len__(self) -> int:
        return len(self.codes)

    def values(self) -> list[Any]:
        """The value of each row."""
        return list(map(self.different.__getitem__, self.codes))

    def truths(self, holds: Callable[[Any], bool]) -> int:
        """For which rows *holds* says yes to their value; see `bits`."""
        told = bytes(map(holds, self.different))
        return number(self.codes.translate(told.ljust(256, b"\0")))

    def only(self, chosen: bytes) -> Coded:
        """The rows that have a 1 in *chosen*."""
        return Coded(self.different, bytearray(compress(self.codes, chosen)))

    def code_of(self, value: Any) -> int | None:
        """The code for a value, old or new; None where it cannot have one."""
        if type(value) not in _KINDS:
            return None
        code = self._codes_of.get(value)
        if code is None and len(self.different) < _MOST:
            code = self._codes_of[value] = len(self.different)
            self.different.append(value)
        return code


class _Codes(dict[Any, int]):
    """The code for each value, a new one for a new value."""

    def __missing__(self, value: Any) -> int:
        code = self[value] = len(self)
        return code


def coded(column: Sequence[Any]) -> Coded | None:
    """*column* in bytes; None where its values are too many or of other kinds."""
    of_each = _Codes()
    try:
        codes = bytearray(map(of_each.__getitem__, column))
    except (TypeError, ValueError):  # lists and objects, which do not hash; more than a byte tells
        return None
    kinds = set(map(type, of_each))
    if bool in kinds:  # which a number may equal
        kinds = set(map(type, column))
    if len(of_each) > _MOST or not kinds <= _KINDS:
        return None
    return Coded(list(of_each), codes)


def bits(truths: Iterable[bool]) -> int:
    """Truths as one number that has a byte, 1 or 0, for each: all are joined with others at once."""
    return number(bytes(truths))


def number(truths: bytes | bytearray) -> int:
    """A 1 or 0 for each as one number."""
    return int.from_bytes(truths, "little")


def picked(items: Sequence[T], chosen: bytes) -> list[T]:
    """Those of *items* that have a 1 in *chosen*."""
    if chosen.count(1) * _FEW > len(chosen):
        return list(compress(items, chosen))
    found, place = [], chosen.find(1)
    while place >= 0:
        found.append(items[place])
        place = chosen.find(1, place + 1)
    return found
