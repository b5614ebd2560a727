"""Regular expressions that cannot hang: which ones a card may use.

From any place in a text, an allowed expression takes at most linear time. It is worked out from the
expression alone, on the safe side: how many ways its repeats and alternatives have to share out a
text of the greatest length tried, and how many steps all of them take.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from attrs import frozen

from crmcore.wording import Text

LONGEST_TEXT = 500
"""Characters of a text that an expression is tried on; a longer one cannot be compared."""
LONGEST_PATTERN = 200
_MOST_STEPS = 12 * LONGEST_TEXT
_MOST_REPEATS = 1000
_FEW = 300
_FLAGS = re.IGNORECASE | re.MULTILINE | re.DOTALL | re.UNICODE
_FLAGS_ALLOWED = Text(
    "标志只能用 (?i)、(?m) 和 (?s)",
    "of the flags, only (?i), (?m) and (?s) can be used",
)

# The parser that `re` itself uses: what it understands is what will run.
_parser: Any = import_module("re._parser")
_ops: Any = import_module("re._constants")
_extra_cases: Any = import_module("re._casefix")._EXTRA_CASES

Item = tuple[Any, Any]
"""An operation of the parsed expression and what it holds."""


class PatternError(ValueError):
    """An expression that is wrong or could hang; `told` says which, and what to write instead."""

    def __init__(self, told: Text) -> None:
        super().__init__(told.en)
        self.told = told


def compiled(pattern: str) -> re.Pattern[str]:
    """*pattern*, ignoring letter case. Raises PatternError for one that is not allowed."""
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError(
            Text(
                "它超过 {most} 个字符；请分成几档",
                "it is longer than {most} characters; use several bands",
            ).with_(most=LONGEST_PATTERN)
        )
    try:
        with warnings.catch_warnings():
            # Not all of them: what is collected meanwhile may warn of something else.
            for category in (FutureWarning, DeprecationWarning):
                warnings.simplefilter("error", category)
            parsed = _parser.parse(pattern, re.IGNORECASE)
            expression = re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise PatternError(
            Text("不是正则表达式：{error}", "it is not a regular expression: {error}").with_(
                error=str(error)
            )
        ) from error
    if expression.flags & ~_FLAGS:
        raise PatternError(_FLAGS_ALLOWED)
    if _effort(list(parsed), _Next([], ends=True)).steps > _MOST_STEPS:
        raise PatternError(
            Text(
                "可能卡死：它的重复和分支对同一段文字有太多种分法；只留一个 .* 这样的重复，或分成几档",
                "it could hang: its repeats and alternatives can share out one text in too many ways; "
                "keep one repeat such as .* in it, or use several bands",
            )
        )
    return expression


class _Next:
    """What may come behind a part: the first characters, and whether the expression may end there."""

    def __init__(self, firsts: list[Item], *, ends: bool) -> None:
        self.firsts = firsts
        self.ends = ends

    def before(self, items: Sequence[Item]) -> _Next:
        """What may come where *items* stand before this."""
        firsts, empty = _firsts(items)
        return _Next(firsts + self.firsts, ends=self.ends) if empty else _Next(firsts, ends=False)


@frozen
class _Effort:
    """At most how many ways a part can match from one place, and the steps that trying all takes."""

    ways: int = 1
    steps: int = 1


def _effort(items: Sequence[Item], behind: _Next) -> _Effort:
    """Of *items* one after the other, before what comes *behind*: each is tried in all the ways
    that those before it leave."""
    ways, steps = 1, 0
    for place, item in enumerate(items):
        one = _item_effort(item, behind.before(items[place + 1 :]))
        steps += ways * one.steps
        ways *= one.ways
    return _Effort(ways, steps)


def _item_effort(item: Item, behind: _Next) -> _Effort:
    op, value = item
    if op in _SINGLE or op is _ops.AT:
        return _Effort()
    if op is _ops.SUBPATTERN:
        _, on, off, inner = value
        if (on | off) & ~_FLAGS:
            raise PatternError(_FLAGS_ALLOWED)
        return _effort(list(inner), behind)
    if op is _ops.ATOMIC_GROUP:
        return _effort(list(value), behind)
    if op is _ops.BRANCH:
        branches = [list(branch) for branch in value[1]]
        efforts = [_effort(branch, behind) for branch in branches]
        ways = [effort.ways for effort in efforts]
        apart = _apart([behind.before(branch).firsts for branch in branches])
        return _Effort(max(ways) if apart else sum(ways), sum(e.steps + 1 for e in efforts))
    if op in _REPEATS:
        return _repeat_effort(*value, behind=behind)
    if op in (_ops.GROUPREF, _ops.GROUPREF_EXISTS):
        raise PatternError(
            Text(
                r"可能卡死：去掉对分组的引用，如 \1",
                r"it could hang: leave out the reference to a group, such as \1",
            )
        )
    if op in (_ops.ASSERT, _ops.ASSERT_NOT):
        raise PatternError(
            Text(
                "可能卡死：去掉前后查看，如 (?=…)、(?<!…)",
                "it could hang: leave out looking ahead or back, (?=…) or (?<!…)",
            )
        )
    raise PatternError(Text("这里不能使用 {op}", "{op} cannot be used here").with_(op=op))


def _repeat_effort(least: int, most: int, body: Any, *, behind: _Next) -> _Effort:
    inner = list(body)
    endless = most is _ops.MAXREPEAT
    if max(least, 0 if endless else most) > _MOST_REPEATS:
        raise PatternError(
            Text("重复次数最多 {most}", "a repeat may count to {most} at most").with_(
                most=_MOST_REPEATS
            )
        )
    shortest, longest = body.getwidth()
    if shortest == 0:
        raise PatternError(
            Text(
                "可能卡死：重复的内容不能为空，如 (a?)*",
                "it could hang: what a repeat holds must not be empty, as in (a?)*",
            )
        )
    once = _effort(inner, _Next(behind.firsts + _firsts(inner)[0], ends=behind.ends))
    steady = once.ways == 1 and shortest == longest
    if not steady and (endless or most > 1):
        raise PatternError(
            Text(
                "可能卡死：重复中套重复，如 (a+)*；请去掉里面的重复",
                "it could hang: a repeat in a repeat, as in (a+)*; write it without the inner one",
            )
        )
    times = LONGEST_TEXT if endless else min(most, LONGEST_TEXT)
    steps = times * once.steps + 1
    if least == most or not steady:
        return _Effort(once.ways + (least != most), steps)
    # Giving back what it took cannot help where the next character is none that it takes.
    decided = behind.ends or _disjoint(_firsts(inner)[0], behind.firsts)
    return _Effort(1 if decided else times - min(least, times) + 1, steps)


def _firsts(items: Sequence[Item]) -> tuple[list[Item], bool]:
    """The characters that *items* can begin with, and whether they can be empty."""
    firsts: list[Item] = []
    for op, value in items:
        empty = False
        if op is _ops.AT:
            at_end = value in (_ops.AT_END, _ops.AT_END_STRING)
            firsts.append((_ops.LITERAL, ord("\n")) if at_end else _ANYTHING)
        elif op is _ops.SUBPATTERN or op is _ops.ATOMIC_GROUP:
            inner, empty = _firsts(list(value[3] if op is _ops.SUBPATTERN else value))
            firsts += inner
        elif op is _ops.BRANCH:
            branches = [_firsts(list(branch)) for branch in value[1]]
            firsts += [first for inner, _ in branches for first in inner]
            empty = any(e for _, e in branches)
        elif op in _REPEATS:
            inner, empty = _firsts(list(value[2]))
            empty = empty or value[0] == 0
            firsts += inner
        else:
            firsts.append((op, value) if op in _SINGLE else _ANYTHING)
        if not empty:
            return firsts, False
    return firsts, True


_SINGLE = (_ops.LITERAL, _ops.NOT_LITERAL, _ops.ANY, _ops.IN)
_REPEATS = (_ops.MAX_REPEAT, _ops.MIN_REPEAT, _ops.POSSESSIVE_REPEAT)
_ANYTHING: Item = (_ops.ANY_ALL, None)
_DIGITS = {_ops.CATEGORY_DIGIT}
_LETTERS = {_ops.CATEGORY_DIGIT, _ops.CATEGORY_WORD}
_SPACES = {_ops.CATEGORY_SPACE}


def _apart(sets: Sequence[list[Item]]) -> bool:
    return all(_disjoint(a, b) for n, a in enumerate(sets) for b in sets[n + 1 :])


def _disjoint(some: list[Item], others: list[Item]) -> bool:
    """Whether no character is in *some* and in *others*; False where that cannot be told."""
    return all(_no_common(a, b) for a in some for b in others)


def _no_common(one: Item, other: Item) -> bool:
    for a, b in ((one, other), (other, one)):
        few = _few(a)
        if few is not None:
            return not any(_holds(b, v) for c in few for v in (c, *_cases(c)))
    kinds, other_kinds = _categories(one), _categories(other)
    if not kinds or not other_kinds:
        return False
    return (kinds <= _LETTERS and other_kinds <= _SPACES) or (
        kinds <= _SPACES and other_kinds <= _LETTERS
    )


def _cases(char: str) -> Iterator[str]:
    """What *char* also is to `re` when letter case is ignored."""
    yield from (c for c in (char.lower(), char.upper(), char.swapcase()) if len(c) == 1)
    yield from map(chr, _extra_cases.get(ord(char.lower()[0]), ()))
    yield from _SIGNS.get(char.lower(), "")


# Letters that are written as such a sign too, which no change of case leads to.
_SIGNS = {"k": "\u212a", "å": "\u212b", "ω": "\u2126", "θ": "\u03f4", "ß": "\u1e9e"}


def _few(item: Item) -> list[str] | None:
    """The characters of a small set; None for a large one."""
    op, value = item
    if op is _ops.LITERAL:
        return [chr(value)]
    if op is not _ops.IN:
        return None
    chars: list[str] = []
    for kind, inner in value:
        if kind is _ops.LITERAL:
            chars.append(chr(inner))
        elif kind is _ops.RANGE and inner[1] - inner[0] < _FEW:
            chars += map(chr, range(inner[0], inner[1] + 1))
        else:
            return None
    return chars


def _categories(item: Item) -> set[Any]:
    """The character classes that make up the whole of a set; none for other sets."""
    op, value = item
    kinds = {inner for kind, inner in value if kind is _ops.CATEGORY} if op is _ops.IN else set()
    return kinds if op is _ops.IN and len(kinds) == len(value) else set()


def _holds(item: Item, char: str) -> bool:
    op, value = item
    if op is _ops.LITERAL:
        return chr(value) == char
    if op is _ops.NOT_LITERAL:
        return chr(value) != char
    if op is _ops.ANY:
        return True  # with (?s) the end of a line too
    if op is not _ops.IN:
        return True
    negated = value[0][0] is _ops.NEGATE
    found = any(_in_part(kind, inner, char) for kind, inner in value if kind is not _ops.NEGATE)
    return found != negated


def _in_part(kind: Any, inner: Any, char: str) -> bool:
    if kind is _ops.LITERAL:
        return chr(inner) == char
    if kind is _ops.RANGE:
        return bool(inner[0] <= ord(char) <= inner[1])
    return re.match(_CLASS[inner], char) is not None


_CLASS = {
    _ops.CATEGORY_DIGIT: r"\d", _ops.CATEGORY_NOT_DIGIT: r"\D", _ops.CATEGORY_SPACE: r"\s",
    _ops.CATEGORY_NOT_SPACE: r"\S", _ops.CATEGORY_WORD: r"\w", _ops.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip
