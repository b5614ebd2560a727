"""Conditions and orders as SQL; what SQL cannot say exactly is left to the evaluator."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
)

from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.query import And, Bins, Compare, Condition, Cursor, Not, Or, Order
from crmcore.words import WORDS
from crmcore_sql.keys import (
    MONEYS,
    RANK,
    SEVERAL,
    TEXTS,
    indexable,
    json_name,
    key_text,
    moment_text,
    rank_text,
    stands_in_document,
)
from crmcore_sql.schema import CUSTOMERS

Sql = ColumnElement[Any]

AS_JSON = ("links",)
"""Fields of which the tables keep the JSON, in a column of the field's name."""


class Conditions:
    """Says conditions in the SQL of one dialect; None is "not exactly, ask the evaluator"."""

    def __init__(self, fields: FieldCatalogue, dialect: str, table: FromClause = CUSTOMERS) -> None:
        self._fields = fields
        self.columns = table.c
        self._whole = "keys" in table.c
        self._postgres = dialect == "postgresql"
        self._in_document = {s.key for s in fields if stands_in_document(s, dialect)}

    def where(self, condition: Condition) -> Sql | None:
        """*condition* with unknown as NULL."""
        match condition:
            case And(parts) | Or(parts):
                said = [self.where(part) for part in parts]
                if any(part is None for part in said):
                    return None
                whole = [part for part in said if part is not None]
                if isinstance(condition, And):
                    return and_(true(), *whole)
                return or_(false(), *whole)
            case Not(part):
                inner = self.where(part)
                return None if inner is None else not_(inner)
            case Compare():
                return self._compare(condition)

    def _compare(self, compare: Compare) -> Sql | None:
        spec = self._fields.get(compare.field)
        if spec is None or not indexable(spec):
            return None
        if compare.op == "known" and spec.key in AS_JSON:
            return self.columns[spec.key].is_not(None)
        if not self.tells(spec.key):
            return None
        if spec.kind in SEVERAL:
            return self._several(compare, spec)
        key = self.key(spec.key)
        if compare.op == "known":
            return key.is_not(None)
        if compare.op == "contains":
            return self._contains(spec, key, str(compare.value).casefold())
        if compare.op == "in":
            if spec.kind not in MONEYS and compare.value:
                texts = [key_text(spec, value) for value in compare.value]
                if all(text is not None for text in texts):
                    return key.in_(texts)  # an index answers this, and it is as short as it gets
            found = [self._relation("=", spec, key, value) for value in compare.value]
            if any(part is None for part in found):
                return None
            # Nobody is in nothing, but who is unknown stays so.
            none = case((key.is_(None), null()), else_=false())
            return or_(none, *(part for part in found if part is not None))
        return self._relation(compare.op, spec, key, compare.value)

    def tells(self, name: str) -> bool:
        """Whether the table has the key of the field *name*."""
        return self._whole or name == "id" or f"k_{name}" in self.columns

    def key(self, name: str) -> Sql:
        """The key text of a field with one value that the table tells, NULL when unknown."""
        columns = self.columns
        if name == "id":
            return columns.id
        if f"k_{name}" in columns:
            return columns[f"k_{name}"]
        if name in self._in_document:
            return func.json_extract(columns.doc, f'$."{name}"')
        return self._by_code_point(columns["keys"][json_name(name)].as_string())

    def span(self, bins: Bins) -> Sql | None:
        """The number of the span; None where that cannot be said."""
        specs = [self._fields.get(name) for name in bins.fields]
        if not all(spec and spec.kind is Kind.MOMENT and not spec.namespaced for spec in specs):
            return None
        if not all(map(self.tells, bins.fields)) or not bins.edges:
            return None
        keys = [self.key(name) for name in bins.fields]
        moment = keys[0] if len(keys) == 1 else func.coalesce(*keys)
        spans = [(moment < moment_text(edge), place) for place, edge in enumerate(bins.edges)]
        return case((moment.is_(None), null()), *spans, else_=len(bins.edges))

    def _by_code_point(self, text: Sql) -> Sql:
        return text.collate("C") if self._postgres else text

    def _relation(self, op: str, spec: FieldSpec, key: Sql, value: Any) -> Sql | None:
        if spec.kind is Kind.CHOICE and isinstance(value, str):
            if op == "=":
                return key == key_text(spec, value)
            return _ordered(op, func.substr(key, 1, RANK - 1), rank_text(spec, value))
        text = key_text(spec, value)
        if text is None:
            return None
        if spec.kind in MONEYS:
            currency = text.split(" ")[0] + " "
            same = func.substr(key, 1, len(currency)) == currency
            return case((same, _ordered(op, key, text)), else_=null())
        return _ordered(op, key, text)

    def _contains(self, spec: FieldSpec, key: Sql, needle: str) -> Sql | None:
        if spec.kind not in (*TEXTS, Kind.CHOICE):
            return None
        if spec.key == WORDS:  # they are folded
            return self._position(key, needle) > 0
        text: Sql
        if self._whole:
            text = func.coalesce(self.columns.folded[json_name(spec.key)].as_string(), key)
        else:
            text = func.casefold(key)
        if spec.kind is Kind.CHOICE:
            text = func.substr(text, RANK + 1)
        return self._holds(text, needle)

    def _holds(self, text: Sql, needle: str) -> Sql:
        """Whether *text*, in which what databases cannot fold is folded, has *needle* in it."""
        lowered = func.lower(self._by_code_point(text))  # the letters of ASCII alone
        return self._position(lowered, needle) > 0

    def _position(self, text: Sql, needle: str) -> ColumnElement[int]:
        return (func.strpos if self._postgres else func.instr)(text, needle)

    def _several(self, compare: Compare, spec: FieldSpec) -> Sql | None:
        name = json_name(spec.key)
        known: Sql = self.columns["keys"][name].as_string().is_not(None)
        if compare.op == "known":
            return known
        if compare.op == "contains":
            items = self._items(name, folded=True)
            needle = str(compare.value).casefold()
            holds = self._holds(items.c.value, needle)
            found = exists(select(literal(1)).select_from(items).where(holds))
        else:
            items = self._items(name, folded=False)
            value = self._by_code_point(items.c.value)
            wanted = compare.value if compare.op == "in" else (compare.value,)
            if not all(isinstance(one, str) for one in wanted):
                return None
            op = "=" if compare.op == "in" else compare.op
            any_of = or_(false(), *(_ordered(op, value, one) for one in wanted))
            found = exists(select(literal(1)).select_from(items).where(any_of))
        return case((known, found), else_=null())

    def _items(self, name: str, *, folded: bool) -> Any:
        """The values of a field of several, as a table with a column `value`."""
        keys = self.columns["keys"]
        if self._postgres:
            whole: Sql = keys[name]
            if folded:
                whole = func.coalesce(self.columns.folded[name], whole)
            return func.jsonb_array_elements_text(whole).table_valued("value").render_derived()
        path = f'$."{name}"'
        whole = func.json_extract(keys, path)
        if folded:
            whole = func.coalesce(func.json_extract(self.columns.folded, path), whole)
        return func.json_each(whole).table_valued("value")

    def order(self, orders: tuple[Order, ...]) -> list[tuple[Sql, bool]] | None:
        """Each of *orders* as what to sort by and whether descending."""
        said: list[tuple[Sql, bool]] = []
        for order in orders:
            spec = self._fields.get(order.field)
            if spec is None or not indexable(spec) or spec.kind in SEVERAL:
                return None
            if not self.tells(spec.key):
                return None
            key = self.key(spec.key)
            if spec.kind is Kind.CHOICE:
                key = func.substr(key, 1, RANK - 1)
            said.append((key, order.descending))
        return said


def _ordered(op: str, left: Sql, right: str) -> Sql:
    match op:
        case "=":
            return left == right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case _:
            return left >= right


def sorting(keys: list[tuple[Sql, bool]], customer_id: Sql) -> list[Sql]:
    """ORDER BY: unknown last either way, ties by id."""
    said: list[Sql] = []
    for key, descending in keys:
        said += [key.is_(None), key.desc() if descending else key.asc()]
    return [*said, customer_id.asc()]


def behind(keys: list[tuple[Sql, bool]], cursor: Cursor, customer_id: Sql) -> Sql:
    """What stands after *cursor* in that order."""
    after: Sql = customer_id > cursor.id
    for (key, descending), value in reversed(list(zip(keys, cursor.keys, strict=True))):
        if value is None:
            after = and_(key.is_(None), after)
            continue
        further = key < value if descending else key > value
        after = or_(key.is_(None), further, and_(key == value, after))
    return after
