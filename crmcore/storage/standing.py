"""Answers that stand: worked out once, then kept true by every commit.

A board asks the same few questions after each change. Looking at all customers again would cost it
what there are of them; a change costs it what was changed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, Protocol, TypeVar

from crmcore.evaluate import (
    Group,
    group_key,
    order_keys,
    place,
    place_of,
)
from crmcore.fields import FieldCatalogue
from crmcore.money import Money
from crmcore.query import By, Condition, Cursor, Order
from crmcore.storage.columnar import Columns
from crmcore.storage.ranking import ranked
from crmcore.storage.verdicts import fields_grouping

KEPT = 32
"""How many answers stand; the one that was not asked for the longest falls first."""

Read = Callable[[str], Callable[[str], Any]]
"""Gives, for a field, what reads it of a customer by id."""


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
        self, columns: Columns, order: tuple[Order, ...], read: Read, fields: FieldCatalogue
    ) -> None:
        self._order, self._read, self._fields = order, read, fields
        self._ids = ranked(columns, order, fields)

    def _place(self, customer_id: str) -> tuple[Any, ...]:
        return place(self._order, self.keys(customer_id), customer_id)

    def keys(self, customer_id: str) -> tuple[Any, ...]:
        """What the customer is ordered by, as a cursor has it."""
        read = self._read
        return order_keys(self._order, lambda key: read(key)(customer_id), self._fields)

    def enter(self, customer_id: str) -> None:
        """Put the customer where it belongs."""
        self._ids.insert(self._at(customer_id), customer_id)

    def leave(self, customer_id: str) -> None:
        """Take the customer out."""
        del self._ids[self._at(customer_id)]

    def _at(self, customer_id: str) -> int:
        return bisect_left(self._ids, self._place(customer_id), key=self._place)

    def page(
        self, after: Cursor | None, limit: int | None, keep: Callable[[str], bool] | None = None
    ) -> tuple[Sequence[str], bool]:
        """The ids behind *after*, at most *limit* of those to *keep*; and whether there are more."""
        start = 0
        if after is not None:
            start = bisect_right(self._ids, place_of(self._order, after), key=self._place)
        if keep is not None:
            wanted = filter(keep, islice(self._ids, start, None))
            found = list(islice(wanted, None if limit is None else limit + 1))
            return found[:limit], limit is not None and len(found) > limit
        end = len(self._ids) if limit is None else min(start + limit, len(self._ids))
        return self._ids[start:end], end < len(self._ids)


def grouping(by: By, read: Read, fields: FieldCatalogue) -> Callable[[str], tuple[Any, ...]]:
    """Tells the group of a customer."""
    return lambda customer_id: group_key(lambda key: read(key)(customer_id), by, fields)


class Tally:
    """Counts and values by group."""

    def __init__(
        self, groups: dict[tuple[Any, ...], Group], by: By, read: Read, fields: FieldCatalogue
    ) -> None:
        self.groups = groups
        self._group, self._worth = grouping(by, read, fields), read("value")

    def enter(self, customer_id: str) -> None:
        """Count the customer in."""
        group = self.groups.setdefault(self._group(customer_id), Group())
        group.add(self._worth(customer_id))

    def leave(self, customer_id: str) -> None:
        """Count the customer out."""
        key = self._group(customer_id)
        group = self.groups[key]
        group.remove(self._worth(customer_id))
        if not group.count:
            del self.groups[key]


class Members:
    """Who is in which group, with their words and what they are worth: counts those with any words."""

    def __init__(
        self,
        columns: Columns,
        by: By,
        read: Read,
        fields: FieldCatalogue,
        words: Callable[[], Mapping[str, str]],
    ) -> None:
        self._group, self._worth, self._words = grouping(by, read, fields), read("value"), words
        # By group and currency, None for an unknown worth: there are few of these, and many ids.
        self._held: dict[tuple[Any, ...], dict[str | None, _Held]] = {}
        columns.read(("value", *fields_grouping(by)))
        said, worths = words(), columns.column("value")
        for customer_id, key, worth in zip(columns.ids, columns.keys(by), worths, strict=True):
            held, amount = self._of(key, worth)
            held[customer_id] = (said[customer_id], amount)

    def _of(self, key: tuple[Any, ...], worth: Money | None) -> tuple[_Held, Decimal]:
        currency, amount = (None, _NOTHING) if worth is None else (worth.currency, worth.amount)
        return self._held.setdefault(key, {}).setdefault(currency, {}), amount

    def enter(self, customer_id: str) -> None:
        """Take the customer in."""
        held, amount = self._of(self._group(customer_id), self._worth(customer_id))
        held[customer_id] = (self._words()[customer_id], amount)

    def leave(self, customer_id: str) -> None:
        """Let the customer go."""
        held, _ = self._of(self._group(customer_id), self._worth(customer_id))
        del held[customer_id]

    def groups(self, sought: Sequence[str]) -> dict[tuple[Any, ...], Group]:
        """Those with all the words *sought*, which are folded, counted by group."""
        counted: dict[tuple[Any, ...], Group] = {}
        first, *others = sought
        for key, group in self._held.items():
            for currency, held in group.items():
                found = [each for each in held.values() if first in each[0]]
                for word in others:
                    found = [each for each in found if word in each[0]]
                if found:
                    amounts = [amount for _, amount in found]
                    counted.setdefault(key, Group()).add_all(currency, amounts)
        return counted


_Held = dict[str, tuple[str, Decimal]]
_NOTHING = Decimal(0)


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
