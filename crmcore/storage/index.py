"""Who has which value in one field: what keeps questions from scanning everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from itertools import chain

from crmcore.codec import Doc
from crmcore.query import And, Compare, Condition

INDEXED = ("external_id", "phone", "email")
"""Fields of text that imports compare for equality, and by which few are found."""

_NOBODY: frozenset[str] = frozenset()


class Index:
    """Ids by the value of one field. `usable` turns false when a document holds something else."""

    def __init__(self, docs: Mapping[str, Doc], value: Callable[[Doc], object]) -> None:
        self._value = value
        # Most phones belong to one customer: a set for each would outweigh the documents.
        self._ids: dict[str | bool, str | set[str]] = {}
        self.usable = True
        for customer_id, doc in docs.items():
            self.add(customer_id, doc)

    def add(self, customer_id: str, doc: Doc) -> None:
        """Take in a document."""
        value = self._value(doc)
        if value is None:
            return
        if not isinstance(value, str | bool):
            self.usable = False
            return
        held = self._ids.get(value)
        if held is None:
            self._ids[value] = customer_id
        elif isinstance(held, set):
            held.add(customer_id)
        else:
            self._ids[value] = {held, customer_id}

    def remove(self, customer_id: str, doc: Doc) -> None:
        """Forget a document that was taken in."""
        value = self._value(doc)
        if not isinstance(value, str | bool):
            return
        held = self._ids[value]
        if isinstance(held, set):
            held.remove(customer_id)
        if held in (set(), customer_id):
            del self._ids[value]

    def ids(self, value: str | bool) -> set[str] | frozenset[str]:
        """Whose field is *value*; not to be changed."""
        held = self._ids.get(value, _NOBODY)
        return {held} if isinstance(held, str) else held

    def known(self) -> set[str]:
        """Whose field has a value."""
        held = self._ids.values()
        return set(chain.from_iterable([one] if isinstance(one, str) else one for one in held))


class Indexes:
    """The indexes of a table, each made when it is first asked."""

    def __init__(
        self, docs: Mapping[str, Doc], value: Callable[[str], Callable[[Doc], object]]
    ) -> None:
        """*value* tells, of a field, how it is read in a document."""
        self._docs = docs
        self._value = value
        self._made: dict[str, Index] = {}

    def add(self, customer_id: str, doc: Doc) -> None:
        """Take in a document."""
        for index in self._made.values():
            index.add(customer_id, doc)

    def remove(self, customer_id: str, doc: Doc) -> None:
        """Forget a document that was taken in."""
        for index in self._made.values():
            index.remove(customer_id, doc)

    def narrow(self, where: Condition) -> tuple[set[str] | frozenset[str] | None, Condition]:
        """Whom the parts of *where* that indexes can answer hold for, and the parts that are left.

        None stands for everybody.
        """
        found: list[list[set[str] | frozenset[str]]] = []
        left: list[Condition] = []
        for part in where.parts if isinstance(where, And) else (where,):
            answer = self._answer(part)
            if answer is None:
                left.append(part)
            else:
                found.append(answer)
        if not found:
            return None, where
        found.sort(key=lambda sets: sum(map(len, sets)))
        ids = reduce(
            lambda kept, sets: _union(kept & one for one in sets), found[1:], _union(found[0])
        )
        return ids, And(tuple(left))

    def _answer(self, part: Condition) -> list[set[str] | frozenset[str]] | None:
        if not isinstance(part, Compare) or part.field not in (*INDEXED, "id"):
            return None
        if part.op == "known" and part.field != "id":
            index = self._index(part.field)
            return [index.known()] if index.usable else None
        values = part.value if part.op == "in" else (part.value,)
        if part.op not in ("=", "in") or not all(isinstance(value, str | bool) for value in values):
            return None
        if part.field == "id":
            return [frozenset(value for value in values if value in self._docs)]
        index = self._index(part.field)
        return [index.ids(value) for value in dict.fromkeys(values)] if index.usable else None

    def _index(self, key: str) -> Index:
        index = self._made.get(key)
        if index is None:
            index = self._made[key] = Index(self._docs, self._value(key))
        return index


def _union(sets: Iterable[set[str] | frozenset[str]]) -> set[str] | frozenset[str]:
    several = list(sets)
    return several[0] if len(several) == 1 else _NOBODY.union(*several)
