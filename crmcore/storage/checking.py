"""Whether what a store says now is what its history leads to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from crmcore.codec import Codec
from crmcore.errors import CrmError
from crmcore.query import Cursor, Query
from crmcore.storage.chronicle import Chronicle
from crmcore.storage.replaying import Replay

if TYPE_CHECKING:
    from crmcore.storage.base import Store

RESTORE = "Restore the store from a backup: `crmcore store restore FILE`."
"""What to do where nothing tells any more what was true."""

_PAGE = 500


def relive(past: Replay, chronicle: Chronicle, advice: str) -> Iterator[str]:
    """Let *past* live *chronicle*; what is wrong with it, each with *advice*.

    Damage of any kind ends it with a problem: what lies behind cannot be told.
    """
    try:
        past.begin(chronicle.base)
        for raw in chronicle.commits:
            for wrong in past.apply(raw):
                yield sentence(wrong, advice)
    except CrmError as error:
        yield str(error)
    except Exception as error:  # of any kind: damaged JSON fails in many ways
        yield sentence(
            f"what follows revision {past.revision} cannot be read "
            f"({type(error).__name__}: {error})",
            advice,
        )


def compare(
    past: Replay, held: Iterable[tuple[str, Mapping[str, Any]]], advice: str
) -> Iterator[str]:
    """Where the documents *held*, by id, differ from what *past* came to."""
    for customer_id, doc in held:
        if wrong := past.difference(customer_id, doc):
            yield sentence(wrong, advice)
    for customer_id in past.missing():
        yield sentence(f"customer {customer_id} of the history is not there", advice)


def check_by_asking(store: Store, codec: Codec) -> Iterator[str]:
    """What a store's answers show of it: all that can be told of a store of any kind."""
    with Replay(codec) as past:
        problems = list(relive(past, store.chronicle(codec), RESTORE))
        yield from problems
        if problems:
            return
        revisions: set[int] = set()
        wrong = list(compare(past, _everybody(store, codec, revisions), RESTORE))
        if revisions == {past.revision}:
            yield from wrong
        else:
            yield "Others changed the store while it was checked. Check it again when it is quiet."


def _everybody(
    store: Store, codec: Codec, revisions: set[int]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everybody's document, a page at a time; *revisions* takes those the pages were true at."""
    after: Cursor | None = None
    while True:
        page = store.find(Query(limit=_PAGE, after=after))
        revisions.add(page.revision)
        yield from ((customer.id, codec.encode(customer)) for customer in page.customers)
        if page.next is None:
            return
        after = page.next


def sentence(wrong: str, advice: str) -> str:
    """*wrong* as a sentence, with what to do."""
    return f"{wrong[:1].upper()}{wrong[1:]}. {advice}"
