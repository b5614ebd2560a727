"""Reading JSON so that customers share the texts they have in common: a third less memory."""

from __future__ import annotations

from collections.abc import Callable
from sys import intern
from typing import Any

from crmcore.customer import Customer
from crmcore.fieldspec import Kind, specs_of
from crmcore.moneyjson import said_by
from crmcore.storage.gathered import KEYS, Gathered, contacts_of

_COMMON = (
    "owner", "industry", "region", "source", "position", "pipeline", "stage", "furthest_stage",
)  # fmt: skip
_OF_CUSTOMERS = tuple(
    spec.key for spec in specs_of(Customer) if spec.kind is Kind.CHOICE or spec.key in _COMMON
)
_OF_ACTIVITIES = ("kind", "by")
_ONLY = frozenset((str, type(None)))  # nothing else equals one of them
_MOST_SHARED = 10_000

Hook = Callable[[dict[str, Any]], dict[str, Any]]


def sharing(gathered: Gathered) -> Hook:
    """An `object_hook` for one `json.loads`: keeps one copy of texts that most documents repeat, and of
    sums of money. What it makes is not to be changed. Documents are told to *gathered*."""
    # At once, while it is read: what is given back later leaves holes too small for anything else.
    known: dict[Any, dict[str, Any]] = {}
    docs, meet = gathered.docs, gathered.contacts.append
    extend, say = gathered.fields.extend, gathered.said.append

    # Called for each object of a file, so that every look and call in it is felt.
    def share(found: dict[str, Any]) -> dict[str, Any]:
        if "by" in found:
            if type(text := found["by"]) is str:
                found["by"] = intern(text)
            if type(text := found.get("kind")) is str:
                found["kind"] = intern(text)
        elif "stage" in found:
            get = found.get
            for key in _OF_CUSTOMERS:
                if type(text := get(key)) is str:
                    found[key] = intern(text)
            if (customer_id := get("id")) is None:  # a debt, which has a stage as well
                return found
            try:
                docs[customer_id] = found
                contacts = contacts_of(get("activities"))
                worth = said_by(get("price"), get("proposals"), get("budget"))
            except (TypeError, KeyError, AttributeError):  # no customer
                return found
            meet(contacts)
            say(worth)
            extend(map(get, KEYS))
        elif "amount" in found or "low" in found:
            # Of one form only are a text, of another only three: the others are an even number.
            said: Any
            size = len(found)
            if size == 1 and "amount" in found:
                said = found["amount"]
            elif size == 2 and "high" in found:
                said = (found["low"], found["high"], None)
            else:
                said = (*found.values(), *found)
            try:
                same = known.get(said)
            except TypeError:  # no money
                return found
            if same is not None:
                return same
            if len(known) < _MOST_SHARED and _ONLY.issuperset(map(type, found.values())):
                known[said] = found
        return found

    return share
