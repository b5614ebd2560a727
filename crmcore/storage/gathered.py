"""Fields that most questions begin with, gathered while a snapshot is read: each document is at hand then,
and looking at all of them once more costs a first question half of its time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from operator import is_, itemgetter
from typing import Any

from crmcore.codec import Doc
from crmcore.moneyjson import said_of

_at = itemgetter("at")

KEYS = ("pipeline", "status", "stage", "owner", "grade", "furthest_stage")
"""Fields of texts whose JSON is gathered."""

SAID = "value said"
"""What stands for the JSON that says what a customer is worth, as `said_of` tells it: no field has a
space in its name."""

CONTACTS = "activities at"
"""What stands for the moments of a customer's activities, as the texts that tell them."""

Gathering = dict[str, list[Any]]
"""The JSON of `KEYS`, `SAID` and `CONTACTS`, by row of the documents."""


class Gathered:
    """Documents as they were met, by id, and of each the JSON of some fields."""

    def __init__(self) -> None:
        self.docs: dict[Any, Doc] = {}
        self.fields: list[Any] = []
        self.said: list[Any] = []
        self.contacts: list[tuple[str, ...]] = []

    def by_id(self, docs: Collection[Any]) -> dict[str, Doc]:
        """*docs* by their ids. Raises TypeError or KeyError for what are no documents."""
        return self.docs if self._are(docs) else {doc["id"]: doc for doc in docs}

    def of(self, docs: dict[str, Doc]) -> Gathering:
        """What was gathered, by row of *docs*; nothing where others were met than these."""
        if docs is not self.docs and not self._are(docs.values()):
            return {}
        found = {key: self.fields[place :: len(KEYS)] for place, key in enumerate(KEYS)}
        return found | {SAID: self.said, CONTACTS: self.contacts}

    def _are(self, docs: Collection[Any]) -> bool:
        if not len(self.docs) == len(docs) == len(self.contacts):
            return False
        return all(map(is_, docs, self.docs.values()))


def gathered_of(doc: Mapping[str, Any], key: str) -> Any:
    """What is gathered of one document under *key*."""
    if key == SAID:
        return said_of(doc)
    return contacts_of(doc.get("activities")) if key == CONTACTS else doc.get(key)


def contacts_of(activities: Iterable[Mapping[str, Any]] | None) -> tuple[str, ...]:
    """The texts that tell when *activities* were. Raises TypeError or KeyError for what are none."""
    return tuple(map(_at, activities or ()))
