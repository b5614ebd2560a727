"""The words of a filter text: terms, parentheses and the small words between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from attrs import frozen

from crmcore.errors import UsageError

_OPENING, _CLOSING = "(（", ")）"
_QUOTES = {'"': '"', "“": "”"}
_OPERATOR = re.compile(r"[:：]?(?:[<＜>＞][=＝]?|[≤≥])|[!！][=＝]|≠|[:：]|[=＝]{1,2}")
_ASCII_OPERATOR = str.maketrans("＜＞＝！", "<>=!", ":：")
_ONE_SIGN = {"≤": "<=", "≥": ">=", "≠": "!=", "==": "=", "": ":"}
_SHORT = "#＃@＠"
_COMMA = re.compile(r"[,，、]")
_WORDS = {
    "or": "or", "或": "or", "或者": "or", "and": "and", "且": "and", "并且": "and", "not": "not",
    "非": "not",
}  # fmt: skip
_WORD_BEFORE_GROUP = re.compile(rf"({'|'.join(_WORDS)})(?=[{_OPENING}])", re.IGNORECASE)


@frozen
class Mark:
    """A parenthesis or a small word; `at` is its place in the text, from 1."""

    at: int
    kind: str


@frozen
class Value:
    """One of a term's values; a quoted one means just what it says."""

    text: str
    quoted: bool = False


@frozen
class Term:
    """One thing to look for.

    `raw` is all of it as typed (a phrase without its quotes). With an operator, `field` stands
    before it, `rest` behind it, and `values` is what `rest` lists.
    """

    at: int
    raw: str
    phrase: bool = False
    field: str = ""
    op: Literal["", ":", "=", "!=", "<", "<=", ">", ">="] = ""
    rest: str = ""
    values: tuple[Value, ...] = ()


def tokens(text: str) -> Iterator[Mark | Term]:
    """The tokens of *text*. Raises UsageError with the position of a quote that is not closed."""
    at = 0
    while at < len(text):
        sign = text[at]
        if sign.isspace():
            at += 1
        elif sign in _OPENING or sign in _CLOSING:
            yield Mark(at + 1, "(" if sign in _OPENING else ")")
            at += 1
        elif sign == "-" and text[at + 1 : at + 2].strip():
            yield Mark(at + 1, "not")
            at += 1
        elif found := _WORD_BEFORE_GROUP.match(text, at):
            yield Mark(at + 1, _WORDS[found.group().lower()])
            at = found.end()
        else:
            token, at = _term(text, at)
            yield token


def _term(text: str, start: int) -> tuple[Mark | Term, int]:
    if text[start] in _QUOTES:
        left, at = _quoted(text, start)
    elif text[start] in _SHORT and text[start + 1 : start + 2] in _QUOTES:
        left, at = _quoted(text, start + 1)
        return Term(start + 1, text[start] + left), at
    else:
        at = _bare_end(text, start, _OPERATOR)
        left = text[start:at]
    operator = _OPERATOR.match(text, at)
    if operator and left:
        return _comparison(text, start, left, operator)
    if text[start] in _QUOTES:
        return Term(start + 1, left, phrase=True), at
    if left.lower() in _WORDS:
        return Mark(start + 1, _WORDS[left.lower()]), at
    if not left:  # it begins with an operator, which compares nothing
        at = _bare_end(text, start, None)
    return Term(start + 1, text[start:at]), at


def _comparison(text: str, start: int, field: str, operator: re.Match[str]) -> tuple[Term, int]:
    sign = operator.group().translate(_ASCII_OPERATOR)
    begin = at = operator.end()
    values = []
    while True:
        if text[at : at + 1] in _QUOTES:
            value, at = _quoted(text, at)
            values.append(Value(value, quoted=True))
        else:
            end = _bare_end(text, at, _COMMA)
            values.append(Value(text[at:end]))
            at = end
        if not _COMMA.match(text, at):
            break
        at += 1
    term = Term(
        start + 1,
        text[start:at],
        field=field,
        op=_ONE_SIGN.get(sign, sign),  # type: ignore[arg-type]
        rest=text[begin:at],
        values=tuple(value for value in values if value.text.strip()),
    )
    return term, at


def _bare_end(text: str, at: int, stop: re.Pattern[str] | None) -> int:
    """Where the word from *at* ends: at a space, an unopened parenthesis, or *stop* outside of any."""
    depth = 0
    while at < len(text) and not text[at].isspace():
        if text[at] in _OPENING:
            depth += 1  # within a word they belong to it: 某某(上海)公司
        elif text[at] in _CLOSING:
            if not depth:
                break
            depth -= 1
        elif stop and not depth and stop.match(text, at):
            break
        at += 1
    return at


def _quoted(text: str, start: int) -> tuple[str, int]:
    """The text in the quotes that open at *start*, with `\\"` for a quote in it; and where it ends."""
    closing = _QUOTES[text[start]]
    inside: list[str] = []
    at = start + 1
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] in ("\\", closing):
            at += 1
        elif text[at] == closing:
            return "".join(inside), at + 1
        inside.append(text[at])
        at += 1
    raise UsageError(f"The quote at position {start + 1} is not closed.")
