"""Headers that are nearly a known name: a slip of typing, not another word.

Rather no field than a wrong one: only letters may be missing, doubled or swapped, each word must stay
recognisable by itself, and no other field may have a name about as near.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_ALIKE = 88.0
_WORD_ALIKE = 75.0
_CLEARLY = 4.0
_SHORTEST = 6
_SHORTEST_CHINESE = 5
_LONGEST = 40
_LONG = 12
"""Shorter names with two slips in them may be other words: a destination is no designation."""
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_WORDS = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+")
# What may be put into a Chinese name without changing what it names; any other sign makes another word
# of it (上次跟进时间, 最近跟进人, 联系方式).
_FILLERS = set("的之")


def words_in(name: str) -> list[str]:
    """The English words of *name*, in small letters."""
    return [word.casefold() for word in _WORDS.findall(name)]


def similar(name: str, known: Mapping[str, tuple[int, str]]) -> tuple[str, str, float] | None:
    """The field, the known name and the likeness (0 to 1) of the *spelled* header *name*; or None.

    *known* gives rank and field by name. Without rapidfuzz nothing is similar.
    """
    try:
        from rapidfuzz import fuzz, process
    except ImportError:
        return None
    chinese = _CHINESE.search(name) is not None
    if not (_SHORTEST_CHINESE if chinese else _SHORTEST) <= len(name) <= _LONGEST:
        return None
    near = process.extract(
        name, known.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE - 2 * _CLEARLY, limit=20
    )
    if not near or near[0][1] < _ALIKE:
        return None
    best, score, _ = near[0]
    key = known[best][1]
    rivals = (other for other, likeness, _ in near if likeness > score - _CLEARLY)
    if any(known[other][1] != key for other in rivals) or not _slip(name, best, chinese):
        return None
    return key, best, score / 100


def _slip(name: str, known: str, chinese: bool) -> bool:
    """Whether *name* is *known* with a slip in it."""
    if chinese:
        return "".join(sign for sign in name if sign not in _FILLERS) == known
    from rapidfuzz import fuzz
    from rapidfuzz.distance import OSA

    half = len(known) // 2
    return (
        not any(c.isdigit() for c in name + known)
        and name[0] == known[0]
        and OSA.distance(name, known) <= (2 if len(known) >= _LONG else 1)
        and fuzz.ratio(name[:half], known[:half]) >= _WORD_ALIKE
        and fuzz.ratio(name[half:], known[half:]) >= _WORD_ALIKE
    )
