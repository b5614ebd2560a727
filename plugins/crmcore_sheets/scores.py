"""How satisfied a customer is, in the words of other programs: 非常满意, 4分, 5星, ★★★, Very satisfied."""

from __future__ import annotations

import re
from types import MappingProxyType

from crmcore.text import half_width
from crmcore_sheets.standings import squeezed

_WORDS = {
    5: "非常满意|很满意|十分满意|特别满意|极满意|very satisfied|extremely satisfied|excellent",
    4: "满意|比较满意|较满意|satisfied|somewhat satisfied|good",
    3: "一般|一般满意|基本满意|尚可|中立|neutral|neither satisfied nor dissatisfied|average",
    2: "不满意|不太满意|较不满意|比较不满意|dissatisfied|unsatisfied|somewhat dissatisfied|poor",
    1: "非常不满意|很不满意|十分不满意|极不满意|very dissatisfied|very unsatisfied|extremely dissatisfied|very poor",
}
_BY_WORD = MappingProxyType(
    {squeezed(word): score for score, text in _WORDS.items() for word in text.split("|")}
)
_NUMERALS = dict(zip("一二三四五", range(1, 6), strict=True))
_COUNTED = re.compile(
    r"([1-5一二三四五])\s*(?:分|星级?|颗星|stars?)|([1-5])\s*/\s*5", re.IGNORECASE
)
_STARS = re.compile("([★⭐\ufe0f]{1,10})☆*")


def score_of(text: str) -> int | None:
    """The score, 1 to 5, that *text* stands for; None where it is no word for one, or of another scale.

    >>> score_of("非常满意"), score_of("4分"), score_of("★★★☆☆"), score_of("9分")
    (5, 4, 3, None)
    """
    plain = half_width(text).strip()
    if (score := _BY_WORD.get(squeezed(plain))) is not None:
        return score
    if counted := _COUNTED.fullmatch(plain):
        number = counted.group(1) or counted.group(2)
        return _NUMERALS.get(number) or int(number)
    if stars := _STARS.fullmatch(plain):
        count = sum(sign != "\ufe0f" for sign in stars.group(1))
        return count if count in _WORDS else None
    return None
