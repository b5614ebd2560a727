"""Filters as people type them, on the command line, on the board and for gates in `crm.toml`.

    李娜 上海               both words, anywhere in the fields of `words.SEARCHED`
    "two words"            this phrase
    grade:A value>10万      a field by key, label or alias, compared with a value of its kind
    owner:李娜,王强          any of these
    budget:? phone:*       not known; known
    due<3d  closed:今天      before three days from now; on that day
    stage:谈判 #展会 @李娜    a stage by any of its names; a tag; an owner
    -invalid  not (a or b)  what is not so

`:` finds text, tags and records that contain the value in any letter case, and other kinds that
equal it; `=` is exact. A date means all of that day. Terms next to each other must all be true.
A field that is not known is neither equal nor unequal: `-owner:李娜` finds other owners', while
the free words, `#tag` and `@owner` count what is not known as not containing: `-@李娜` finds
everybody who is not hers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from typing import Any

from attrs import frozen

from crmcore.dialect import Dialect
from crmcore.errors import UnknownFieldError, UsageError, ValueRefusedError
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.moments import MomentError, parse_offset
from crmcore.query import (
    EVERYBODY,
    And,
    Compare,
    Condition,
    Not,
    Op,
    Or,
    both,
    known,
    unknown,
)
from crmcore.querylex import Mark, Term, tokens
from crmcore.text import clean
from crmcore.values import parse_value
from crmcore.words import WORDS

LONGEST = 10_000
DEEPEST = 40
"""How long a filter text may be, and how deep its parentheses."""

_CONTAINING = (Kind.TEXT, Kind.LONG_TEXT, Kind.TAGS, Kind.RECORDS, Kind.RECORD)
_GROUPED = (Kind.MONEY, Kind.MONEY_RANGE, Kind.INTEGER, Kind.NUMBER)
_ORDERED = (*_GROUPED, Kind.MOMENT, Kind.TEXT, Kind.LONG_TEXT)
_FIELD_NAME = re.compile(r"[^\W\d][\w.\- /()（）]*")
_DAY = timedelta(days=1)


def parse_query(
    text: str,
    fields: FieldCatalogue,
    dialect: Dialect,
    now: datetime,
    stages: Callable[[str], str] | None = None,
) -> Condition:
    """The condition that *text* asks; everybody for an empty one.

    Relative dates count from *now*; *stages* gives the key of a stage by any word for it. Raises
    UnknownFieldError, ValueRefusedError, and UsageError naming the position of what is unfinished.
    """
    cleaned = clean(text)
    if len(cleaned) > LONGEST:
        raise UsageError(f"A filter of more than {LONGEST} characters is too long.")
    parser = _Parser(list(tokens(cleaned)), _Terms(fields, dialect, now, stages))
    return parser.everything()


class _Parser:
    """Puts terms together: `or` binds weakest, then terms side by side, then `not`."""

    def __init__(self, found: list[Mark | Term], terms: _Terms) -> None:
        self._tokens = found
        self._terms = terms
        self._at = 0

    def everything(self) -> Condition:
        if not self._tokens:
            return EVERYBODY
        condition = self._any(definite=False, depth=0)
        if left := self._mark(")"):
            raise UsageError(f"The parenthesis at position {left.at} closes nothing.")
        return condition

    def _next(self) -> Mark | Term | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _mark(self, kind: str) -> Mark | None:
        """The next token, taken, if it is this mark."""
        token = self._next()
        if isinstance(token, Mark) and token.kind == kind:
            self._at += 1
            return token
        return None

    def _any(self, definite: bool, depth: int) -> Condition:
        parts = [self._all(definite, depth)]
        while self._mark("or"):
            parts.append(self._all(definite, depth))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self, definite: bool, depth: int) -> Condition:
        parts = [self._one(definite, depth)]
        while self._more():
            self._mark("and")
            parts.append(self._one(definite, depth))
        return both(*parts)

    def _more(self) -> bool:
        token = self._next()
        return token is not None and not (isinstance(token, Mark) and token.kind in (")", "or"))

    def _one(self, definite: bool, depth: int) -> Condition:
        negated = False
        while self._mark("not"):
            negated = not negated
            definite = True
        if opened := self._mark("("):
            if depth == DEEPEST:
                raise UsageError(f"The parentheses at position {opened.at} are too deep.")
            found = self._any(definite, depth + 1)
            if not self._mark(")"):
                raise UsageError(f"The parenthesis at position {opened.at} is not closed.")
        else:
            found = self._terms.condition(self._term(), definite)
        return Not(found) if negated else found

    def _term(self) -> Term:
        token = self._next()
        if token is None:
            raise UsageError("The filter ends where something to look for is missing.")
        if isinstance(token, Mark):
            raise UsageError(
                f"Something to look for is missing before {token.kind!r} at position {token.at}. "
                f'To look for the word itself, write it in quotes: "{token.kind}".'
            )
        self._at += 1
        return token


@frozen
class _Terms:
    """What one term means. `definite` is asked under a `not`: unknown counts as not containing."""

    fields: FieldCatalogue
    dialect: Dialect
    now: datetime
    stages: Callable[[str], str] | None

    def condition(self, term: Term, definite: bool) -> Condition:
        if term.op and (spec := self._spec(term)):
            return self._field(spec, term)
        if not term.phrase and len(term.raw) > 1 and term.raw[0] in "#＃":
            tags = parse_value(self.fields.named("tags"), term.raw, self.dialect, self.now)
            if tags:
                return _sure(Compare("tags", "in", tags), definite)
        if not term.phrase and len(term.raw) > 1 and term.raw[0] in "@＠":
            return _sure(Compare("owner", "contains", term.raw[1:]), definite)
        word = clean(term.raw)
        if not word:
            return EVERYBODY
        return Compare(WORDS, "contains", word)  # who has an id has words: never unknown

    def _spec(self, term: Term) -> FieldSpec | None:
        """The field that a term names; None when it is rather a word such as `10:30`, `http://…`."""
        like_a_name = _FIELD_NAME.fullmatch(term.field) and not term.rest.startswith("//")
        try:
            spec = self.fields.named(term.field)
        except UnknownFieldError:
            if like_a_name:
                raise
            return None
        return spec if spec.key in self.fields or like_a_name else None

    def _field(self, spec: FieldSpec, term: Term) -> Condition:
        if not term.values:
            raise UsageError(
                f"{term.raw} needs a value behind it. {spec.key}:* finds what is known, "
                f"{spec.key}:? what is not."
            )
        if term.op in ("<", "<=", ">", ">="):
            return self._ordered(spec, term.op, term)
        if term.rest in ("*", "＊", "?", "？"):
            is_known = (term.rest in "*＊") != (term.op == "!=")
            return known(spec.key) if is_known else unknown(spec.key)
        found = self._equal(spec, term)
        return Not(found) if term.op == "!=" else found

    def _equal(self, spec: FieldSpec, term: Term) -> Condition:
        texts = [value.text for value in term.values]
        if spec.key == "stage" and self.stages:
            return _among(spec, map(self.stages, texts))
        if spec.kind in _CONTAINING and term.op == ":":
            return _or(Compare(spec.key, "contains", clean(text)) for text in texts)
        if spec.kind in (Kind.RECORDS, Kind.RECORD):
            raise UsageError(f"{spec.key} is searched with a colon, as in {spec.key}:word.")
        if spec.kind is Kind.MOMENT:
            return _or(self._on(spec, text) for text in texts)
        parsed = [self._value(spec, text) for text in self._listed(spec, term)]
        if spec.kind is Kind.TAGS:
            return _among(spec, (tag for tags in parsed for tag in tags))
        return _among(spec, parsed)

    def _listed(self, spec: FieldSpec, term: Term) -> list[str]:
        """The values a term lists; `¥100,000` is one."""
        if spec.kind in _GROUPED and not any(value.quoted for value in term.values):
            with suppress(ValueRefusedError):
                self._value(spec, term.rest)
                return [term.rest]
        return [value.text for value in term.values]

    def _value(self, spec: FieldSpec, text: str) -> Any:
        value = parse_value(spec, text, self.dialect, self.now)
        if value is None or value == ():
            raise UsageError(f"{spec.key}: there is nothing to compare with in {text!r}.")
        return value

    def _ordered(self, spec: FieldSpec, op: Op, term: Term) -> Condition:
        if spec.kind not in _ORDERED or spec.key == "stage":
            raise UsageError(
                f"{spec.key} has no smaller and greater; list what you want, as in {spec.key}:a,b."
            )
        text = term.rest if len(term.values) > 1 else term.values[0].text
        value = self._value(spec, text)
        if spec.kind is Kind.MOMENT and _offset(text) is None and (day := self._day(text, value)):
            # The day itself is not after that day, and it is up to and including that day.
            ends: dict[Op, tuple[Op, datetime]] = {">": (">=", day[1]), "<=": ("<", day[1])}
            op, value = ends.get(op, (op, day[0]))
        return Compare(spec.key, op, value)

    def _on(self, spec: FieldSpec, text: str) -> Condition:
        """At the moment *text* names; on that day if it names a day."""
        moment = self._value(spec, text)
        day = self._day(text, moment)
        if day is None:
            return Compare(spec.key, "=", moment)
        return both(Compare(spec.key, ">=", day[0]), Compare(spec.key, "<", day[1]))

    def _day(self, text: str, moment: datetime) -> tuple[datetime, datetime] | None:
        """Where the day that *text* names begins and ends here; None when it names a moment."""
        local = moment.astimezone(self.dialect.zone)
        offset = _offset(text)
        if local.time() != time() if offset is None else offset % _DAY:
            return None
        start = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        return start.astimezone(UTC), (start + _DAY).astimezone(UTC)


def _offset(text: str) -> timedelta | None:
    try:
        return parse_offset(text)
    except MomentError:
        return None


def _sure(contains: Compare, definite: bool) -> Condition:
    return And((known(contains.field), contains)) if definite else contains


def _or(parts: Iterable[Condition]) -> Condition:
    every = tuple(parts)
    return every[0] if len(every) == 1 else Or(every)


def _among(spec: FieldSpec, values: Iterable[Any]) -> Condition:
    every = tuple(dict.fromkeys(values))
    return Compare(spec.key, "=", every[0]) if len(every) == 1 else Compare(spec.key, "in", every)
