"""What the texts of one column state, for many rows at once: nearly all texts state a value and no more.

Most columns repeat a few texts, which are understood once. In those that never repeat, nearly every
text is its own value: that is told of hundreds of texts together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from itertools import repeat
from operator import contains
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from crmcore.fieldspec import FieldSpec, Kind
from crmcore.moments import EARLIEST, LATEST
from crmcore.text import in_a_row, is_clean
from crmcore_sheets.guard import UNKNOWN

Pairs = tuple[tuple[str, Any], ...]
"""What a text states, as fields and values."""
AtOnce = Callable[[Sequence[str]], Sequence[Any] | None]
"""The values that texts stand for, or None where one of them has to be looked at by itself."""

_MANY = 1_000
_FEW = 8
_MOBILES = re.compile(r"\|(?:1[3-9]\d{9}\|)*", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?", re.ASCII)


_NO_VALUES: Mapping[str, Any] = MappingProxyType({})


class Cell(NamedTuple):
    """What a cell says. `hints` hold where nothing else in the row says otherwise; `copies` are
    fields to be read from other columns of the row, by header; `only_new` holds for a new customer."""

    values: Mapping[str, Any] = _NO_VALUES
    hints: Mapping[str, Any] = _NO_VALUES
    note: str = ""
    copies: Mapping[str, str] = _NO_VALUES
    only_new: Mapping[str, Any] = _NO_VALUES


BLANK = Cell()


class ManyTexts(dict[str | None, Pairs]):
    """What each text of one column states, None being a cell that is not there.

    `hints` and `more` hold what texts say beside values: what they imply, and the cells that have more
    to say. `understand` reads a text that is not read together with others.
    """

    def __init__(
        self,
        key: str,
        understand: Callable[[str], Cell],
        at_once: AtOnce | None,
    ) -> None:
        self._key = key
        self._understand = understand
        self._at_once = at_once
        self._differ = False
        self.hints: dict[str | None, Pairs] = {}
        self.more: dict[str | None, Cell] = {}

    def stated(self, column: Sequence[str | None]) -> list[Pairs]:
        """What each cell of *column* states."""
        if self._differ and (found := self._together(column)) is not None:
            return list(found)
        new = set(column).difference(self)
        if new and len(self) + len(new) > _MANY:  # all different: they shall not stay in memory
            self._differ = True
            self.clear()
            self.hints.clear()
            self.more.clear()
            new = set(column)
        if None in new:
            new.discard(None)
            self[None] = ()
        if new:
            self._learn([text for text in new if text is not None])
        return list(map(self.__getitem__, column))

    def _together(self, texts: Sequence[str | None]) -> Iterable[Pairs] | None:
        """What each of *texts* states, where that is told of all at once."""
        if self._at_once is None or None in texts:
            return None
        values = self._at_once(cast(Sequence[str], texts))
        return None if values is None else zip(zip(repeat(self._key), values, strict=False))

    def _learn(self, texts: list[str]) -> None:
        if (found := self._together(texts)) is not None:
            self.update(zip(texts, found, strict=True))
        elif self._at_once and len(texts) > _FEW:
            half = len(texts) // 2
            self._learn(texts[:half])
            self._learn(texts[half:])
        else:
            for text in texts:
                cell = self._understand(text)
                self[text] = tuple(cell.values.items())
                if cell.hints:
                    self.hints[text] = tuple(cell.hints.items())
                if cell.note or cell.copies or cell.only_new:
                    self.more[text] = cell


def at_once(spec: FieldSpec, country: str, zone: tzinfo) -> AtOnce | None:
    """How many texts of the field *spec* are read together; None where each is read by itself."""
    if spec.key == "phone":
        return _mobiles if country == "CN" else None
    if spec.key == "email":
        return _addresses
    if spec.key in ("contact", "wechat"):
        return _unhidden
    if spec.kind in (Kind.TEXT, Kind.LONG_TEXT) and spec.key not in _READ_APART:
        return plain_texts
    if spec.kind is Kind.MOMENT:
        return lambda texts: _moments(texts, zone)
    return None


_READ_APART = ("stage", "pipeline", "credit_code")


def plain_texts(texts: Sequence[str]) -> Sequence[str] | None:
    """*texts*, if each is kept as it stands: clean, on one line, not guarded, and not "unknown"."""
    return _plain(texts, ("|=", "|'"))


def _unhidden(texts: Sequence[str]) -> Sequence[str] | None:
    return _plain(texts, ("|=", "|'", "*", "＊"))


def _plain(texts: Sequence[str], odd: Sequence[str]) -> Sequence[str] | None:
    row = in_a_row(texts)
    if (
        is_clean(row)
        and not any(map(contains, repeat(row), odd))
        and UNKNOWN.isdisjoint(map(str.casefold, texts))
    ):
        return texts
    return None


def _addresses(texts: Sequence[str]) -> Sequence[str] | None:
    return _unhidden(texts) if all(map(contains, texts, repeat("@"))) else None


def _mobiles(texts: Sequence[str]) -> Sequence[str] | None:
    # Two of them with a | between in one cell are kept as they stand as well.
    return texts if _MOBILES.fullmatch(in_a_row(texts)) else None


def _moments(texts: Sequence[str], zone: tzinfo) -> Sequence[datetime] | None:
    """The moments that ISO dates and times of the wall clock in *zone* are."""
    if not all(map(_MOMENT.fullmatch, texts)):
        return None
    try:
        local = [datetime.fromisoformat(text).replace(tzinfo=zone) for text in texts]
        moments = [moment.astimezone(UTC) for moment in local]
    except (ValueError, OverflowError):
        return None
    return moments if min(moments) >= EARLIEST and max(moments) <= LATEST else None
