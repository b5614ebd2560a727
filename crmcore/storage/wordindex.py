"""Everybody's words at hand: who has what is being typed is found without looking at anything else."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from crmcore.codec import Doc
from crmcore.query import EVERYBODY, And, Compare, Condition
from crmcore.words import WORDS, words_of

Keep = Callable[[str], bool]
"""Whether somebody, by id, is among those looked for."""


def words_apart(where: Condition) -> tuple[Condition, tuple[str, ...]]:
    """*where* without the free words that must all be found, and these, letter case folded.

    A filter that is typed keeps the rest from key to key: what was worked out for that is used again.
    """
    parts = where.parts if isinstance(where, And) else (where,)
    rest = tuple(part for part in parts if not _looks_for_words(part))
    if len(rest) == len(parts):
        return where, ()
    words = [str(p.value).casefold() for p in parts if isinstance(p, Compare) and p not in rest]
    return (rest[0] if len(rest) == 1 else And(rest) if rest else EVERYBODY), tuple(words)


def _looks_for_words(part: Condition) -> bool:
    return isinstance(part, Compare) and part.field == WORDS and part.op == "contains"


class WordIndex:
    """The words of everybody in *docs*; made when they are first looked for, then kept true."""

    def __init__(self, docs: Mapping[str, Doc]) -> None:
        self._docs = docs
        self._words: dict[str, str] | None = None

    def read(self) -> Mapping[str, str]:
        """Everybody's words by id; not to be changed, nor kept beyond the next change."""
        if self._words is None:
            self._words = {i: words_of(doc.get) for i, doc in self._docs.items()}
        return self._words

    def having(self, sought: tuple[str, ...]) -> Keep:
        """Tells who has all the words *sought*, which are folded."""
        words = self.read()
        if len(sought) == 1:
            word = sought[0]
            return lambda customer_id: word in words[customer_id]
        return lambda customer_id: all(word in words[customer_id] for word in sought)

    def add(self, customer_id: str, doc: Doc) -> None:
        """Take in a document, in place of one it replaces."""
        if self._words is not None:
            self._words[customer_id] = words_of(doc.get)

    def remove(self, customer_id: str) -> None:
        """Forget somebody."""
        if self._words is not None:
            self._words.pop(customer_id, None)
