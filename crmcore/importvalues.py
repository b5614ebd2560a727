"""What the drafts of an import state, checked as an edit by hand would be, many drafts at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain
from typing import Any

from crmcore.actions import Context, typed
from crmcore.errors import CrmError
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.hooktypes import Draft
from crmcore.money import Money, MoneyRange
from crmcore.text import clean, in_a_row, is_clean

UNMAPPED = "sheet."
"""The namespace of columns that are no field of ours."""
OWN_COLUMNS = ("crmcore.row", "crmcore.reason")
"""Columns of a file of rejects that are about the row, not in it."""

Values = dict[str, Any]
Stated = tuple[Values, Values, tuple[str, ...]]
"""What a draft says, what it says of a new customer alone, and what is wrong with it."""

_REMEMBERED = 20_000
"""How many different values of one column are remembered as checked."""
_ABSENT: Any = object()
_FEW = 64
"""So many values are looked at one by one; of more, those that are odd are looked for first."""
_EXACTLY: Mapping[Kind, frozenset[type]] = {
    Kind.INTEGER: frozenset({int}),
    Kind.NUMBER: frozenset({int, Decimal}),
    Kind.YES_NO: frozenset({bool}),
    Kind.MONEY: frozenset({Money}),
    Kind.MONEY_RANGE: frozenset({MoneyRange}),
}
_TEXTS = (Kind.TEXT, Kind.LONG_TEXT)


class Statements:
    """Checks what drafts state; *drop_unmapped* leaves out the columns that are no field."""

    def __init__(self, context: Context, *, drop_unmapped: bool) -> None:
        self._context = context
        self._drop_unmapped = drop_unmapped
        self._columns: dict[str, _Column] = {}

    def of(self, drafts: Sequence[Draft]) -> list[Stated]:
        """What each of *drafts* says."""
        kept: list[Values] = [{} if draft.problems else dict(draft.values) for draft in drafts]
        alone: set[int] = set()
        for key in dict.fromkeys(chain.from_iterable(kept)):
            try:
                column = self._of_key(key)
                odd = column.odd([row for row in kept if key in row])
                told = [(row, column.checked(row[key])) for row in odd]
            except CrmError:
                alone.update(at for at, row in enumerate(kept) if key in row)
                continue
            for row, value in told:
                if value is None or value == () or value == "":
                    del row[key]
                else:
                    row[key] = value
        return [
            self._alone(draft)
            if draft.problems or draft.only_new or at in alone
            else (kept[at], {}, ())
            for at, draft in enumerate(drafts)
        ]

    def _alone(self, draft: Draft) -> Stated:
        if draft.problems:
            return {}, {}, draft.problems
        try:
            only_new = self._typed(draft.only_new) if draft.only_new else {}
            return self._typed(draft.values), only_new, ()
        except CrmError as error:
            return {}, {}, (str(error),)

    def _typed(self, values: Mapping[str, Any]) -> Values:
        kept: Values = {}
        for key, value in values.items():
            column = self._of_key(key)
            known = column.checked(value)
            if known is not None and known != () and known != "":
                kept[key] = known
        return kept

    def _of_key(self, key: str) -> _Column:
        if (column := self._columns.get(key)) is None:
            left_out = key in OWN_COLUMNS or (self._drop_unmapped and key.startswith(UNMAPPED))
            spec = self._context.fields.named(key)
            column = self._columns[key] = _Column(key, spec, self._context, left_out=left_out)
        return column


class _Column:
    """The values of one column as they are kept, by what the importer gave."""

    __slots__ = ("_context", "_exactly", "_known", "_spec", "key", "left_out")

    def __init__(self, key: str, spec: FieldSpec, context: Context, *, left_out: bool) -> None:
        self.key = key
        self._spec = spec
        self._context = context
        self._exactly = None if spec.key == "satisfaction" else _EXACTLY.get(spec.kind)
        self.left_out = left_out
        self._known: dict[Any, Any] = {}

    def odd(self, rows: list[Values]) -> list[Values]:
        """Those of *rows*, which state this field, whose value `checked` may change or refuse."""
        if self.left_out or len(rows) <= _FEW:
            return rows
        if self._keeps([row[self.key] for row in rows]):
            return []
        half = len(rows) // 2
        return self.odd(rows[:half]) + self.odd(rows[half:])

    def _keeps(self, values: Sequence[Any]) -> bool:
        """Whether `checked` changes none of *values*, as far as that is told of all together."""
        types = set(map(type, values))
        if self._exactly is not None:
            return types <= self._exactly
        if types == {datetime}:
            return self._spec.kind is Kind.MOMENT and all(m.tzinfo is UTC for m in values)
        if types == {str}:
            if self._spec.kind in _TEXTS:
                return is_clean(in_a_row(values))
            if self._spec.kind is Kind.CHOICE:
                return all(self.checked(value) == value for value in set(values))
        return False

    def checked(self, value: Any) -> Any:
        """*value* as it is kept, None where it is not; remembered. Raises ValueRefusedError."""
        if self.left_out:
            return None
        # 1, True and 1.0 are one key of a dict, but not one value.
        name = value if type(value) is str else (type(value), value)
        with suppress(TypeError):  # a list is no key
            if (known := self._known.get(name, _ABSENT)) is not _ABSENT:
                return known
        if self._spec.kind is Kind.TEXT and type(value) is str:  # the ones that never repeat
            found: Any = " ".join(clean(value).split())
        else:
            found = typed(self._spec, value, self._context)
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        with suppress(TypeError):
            self._known[name] = found
        return found
