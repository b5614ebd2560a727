"""What a commit is: who changed which fields of which customers, from what to what, when and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any, Generic, Literal, TypeVar, overload

from attrs import frozen

from crmcore.customer import Customer

EditKind = Literal["create", "update", "remove"]
T = TypeVar("T")


class Deferred(Sequence[T], Generic[T]):
    """A tuple that is made when somebody looks into it; its length is known before.

    A commit of 100,000 customers changes millions of fields, and mostly nobody asks which. *one* makes
    what stands at one place, for who looks at a few.
    """

    __slots__ = ("_count", "_items", "_make", "_one")

    def __init__(
        self,
        count: int,
        make: Callable[[], tuple[T, ...]],
        one: Callable[[int], T] | None = None,
    ) -> None:
        self._count = count
        self._one = one
        self._make: Callable[[], tuple[T, ...]] | None = make
        self._items: tuple[T, ...] = ()

    def _all(self) -> tuple[T, ...]:
        if (make := self._make) is not None:
            self._items, self._make = make(), None
        return self._items

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...
    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        if self._make is None or self._one is None:
            return self._all()[place]
        places = range(self._count)[place]
        return self._one(places) if isinstance(places, int) else tuple(map(self._one, places))

    def __iter__(self) -> Iterator[T]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (tuple, Deferred)) and self._all() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return repr(self._all())


@frozen
class FieldChange:
    """One field, before and after; None is unknown."""

    field: str
    before: Any
    after: Any


@frozen
class Edit:
    """What one commit did to one customer."""

    id: str
    kind: EditKind
    changes: tuple[FieldChange, ...]


@frozen
class Commit:
    """A change that is durable: revisions count from 1 without gaps; `at` is UTC.

    `action` is the façade's verb (add, edit, move, …); `undoes` the revision that it took back.
    """

    revision: int
    at: datetime
    actor: str
    action: str
    reason: str
    edits: Sequence[Edit]
    undoes: int | None = None


@frozen
class Write:
    """One customer as it was read and as it shall be; None on a side is "does not exist".

    The store refuses it unless the customer's revision is still that of `before`.
    """

    before: Customer | None
    after: Customer | None

    @property
    def id(self) -> str:
        """The customer's id."""
        found = self.after or self.before
        assert found is not None
        return found.id

    @property
    def kind(self) -> EditKind:
        """What it does to the customer."""
        if self.before is None:
            return "create"
        return "remove" if self.after is None else "update"


@frozen
class Batch:
    """A proposed commit: all of `writes` or none."""

    writes: Sequence[Write]
    at: datetime
    actor: str
    action: str
    reason: str = ""
    undoes: int | None = None


@frozen
class Change:
    """One customer's part of a proposed commit, as `crm_check` sees it before anything is stored."""

    before: Customer | None
    after: Customer | None
    action: str
    actor: str
    reason: str
    at: datetime
