"""Answers that stand: worked out once, then kept true by every commit.

A board asks the same few questions after each change. Looking at all customers again would cost it
what there are of them; a change costs it what was changed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from crmcore.evaluate import Getter, Group, group_key, order_keys, place, place_of
from crmcore.fields import FieldCatalogue
from crmcore.query import By, Condition, Cursor, Order

KEPT = 32
"""How many answers stand; the one that was not asked for the longest falls first."""

Read = Callable[[str], Getter]


class Answer(Protocol):
    """An answer about the customers a condition holds for; told of each that enters or leaves."""

    def enter(self, customer_id: str) -> None:
        """This customer is one of them from now on."""

    def leave(self, customer_id: str) -> None:
        """This customer, still read as before, is none of them any more."""


A = TypeVar("A", bound=Answer)


class Ranking:
    """Ids in an order. Only ids are kept: places are worked out for the few that a search meets."""

    def __init__(
        self, ids: Iterable[str], order: tuple[Order, ...], read: Read, fields: FieldCatalogue
    ) -> None:
        self._order, self._read, self._fields = order, read, fields
        self._ids = sorted(ids, key=self._place)

    def _place(self, customer_id: str) -> tuple[Any, ...]:
        return place(self._order, self.keys(customer_id), customer_id)

    def keys(self, customer_id: str) -> tuple[Any, ...]:
        """What the customer is ordered by, as a cursor has it."""
        return order_keys(self._order, self._read(customer_id), self._fields)

    def enter(self, customer_id: str) -> None:
        """Put the customer where it belongs."""
        self._ids.insert(self._at(customer_id), customer_id)

    def leave(self, customer_id: str) -> None:
        """Take the customer out."""
        del self._ids[self._at(customer_id)]

    def _at(self, customer_id: str) -> int:
        return bisect_left(self._ids, self._place(customer_id), key=self._place)

    def page(self, after: Cursor | None, limit: int | None) -> tuple[Sequence[str], bool]:
        """The ids behind *after*, at most *limit*; and whether there are more."""
        start = 0
        if after is not None:
            start = bisect_right(self._ids, place_of(self._order, after), key=self._place)
        end = len(self._ids) if limit is None else min(start + limit, len(self._ids))
        return self._ids[start:end], end < len(self._ids)


class Tally:
    """Counts and values by group."""

    def __init__(
        self, groups: dict[tuple[Any, ...], Group], by: By, read: Read, fields: FieldCatalogue
    ) -> None:
        self.groups = groups
        self._by, self._read, self._fields = by, read, fields

    def enter(self, customer_id: str) -> None:
        """Count the customer in."""
        get = self._read(customer_id)
        self.groups.setdefault(group_key(get, self._by, self._fields), Group()).add(get("value"))

    def leave(self, customer_id: str) -> None:
        """Count the customer out."""
        get = self._read(customer_id)
        key = group_key(get, self._by, self._fields)
        group = self.groups[key]
        group.remove(get("value"))
        if not group.count:
            del self.groups[key]


class Standing:
    """The answers that stand, by what was asked."""

    def __init__(self, holds: Callable[[Condition, str], bool]) -> None:
        self._holds = holds
        self._answers: dict[tuple[Condition, Any], Any] = {}

    def answer(self, where: Condition, how: Any, make: Callable[[], A]) -> A:
        """The answer to a question about those *where* holds for, made if it does not stand yet.

        *how* tells questions with one condition apart.
        """
        question = (where, how)
        try:
            hash(question)
        except TypeError:  # a condition with a value that does not hash cannot be looked up
            return make()
        answer = self._answers.pop(question, None) or make()
        self._answers[question] = answer
        if len(self._answers) > KEPT:
            del self._answers[next(iter(self._answers))]
        return answer

    def leave(self, customer_id: str) -> None:
        """The customer's document is about to change, or to go."""
        for (where, _), answer in self._answers.items():
            if self._holds(where, customer_id):
                answer.leave(customer_id)

    def enter(self, customer_id: str) -> None:
        """The customer's document is there, or has changed."""
        for (where, _), answer in self._answers.items():
            if self._holds(where, customer_id):
                answer.enter(customer_id)

    def fall(self) -> None:
        """Let all go: so much changes that asking again costs less."""
        self._answers.clear()
