"""A lead on one line: `上海某某科技 / 王经理 / 13800138000 #高意向 !高 10万-20万`.

Parts stand between slashes with space around them (or `／`): the company, the person, then what else is known; what
looks like a telephone number or an e-mail address is taken for one wherever it stands. In any part:

- `#tag`, `!priority` by any of its names, `@owner`;
- an amount or a range with its unit: `10万-20万`, `$5k`, `≥50万` is the budget;
- `field:value` for any field by any of its names, in quotes where it has spaces: `source:"trade fair"`;
- `>` begins the next step, up to the next part: `>Demo on Thursday`.

Whatever else is said goes to the initial need. Nothing that is typed is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from attrs import frozen

from crmcore.dialect import Dialect
from crmcore.errors import UnknownFieldError, UsageError, ValueRefusedError
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.text import clean
from crmcore.values import parse_value

_PARTS = re.compile(r"(?:(?<=\s)|^)/(?=\s|$)|／")
_DATE = re.compile(r"\d{4}([-/.])\d{1,2}\1\d{1,2}")
_TOKEN = re.compile(r'[^\s":：]+[:：]"[^"]*"|\S+')
_FIELD = re.compile(r"([^\s\d#!@>：:/][^\s：:/]*)[:：](?!//)(.+)", re.DOTALL)
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_PHONE = re.compile(r"\+?\(?\d[\d()\-]{5,}\d")
_AMOUNT = re.compile(r"[¥￥$€£万亿千百元kKmMwW]|CNY|USD|EUR")
_FEWEST_DIGITS = 7
_BY_PLACE = ("company", "contact")


@frozen
class QuickAdd:
    """What a line says: texts by field key, as a person would fill them in."""

    values: Mapping[str, str]


def parse_quick_add(line: str, fields: FieldCatalogue, dialect: Dialect, now: datetime) -> QuickAdd:
    """What *line* says of a new lead. Raises UsageError when it says nothing."""
    said = _Said(fields, dialect, now)
    for place, part in enumerate(_PARTS.split(clean(line).replace("\n", " ").strip())):
        said.part(place, part.strip())
    values = said.values()
    if not values:
        raise UsageError(
            "A lead on one line is a company, a person and how to reach them: "
            "上海某某科技 / 王经理 / 13800138000 #tag !high 10万-20万"
        )
    return QuickAdd(values)


class _Said:
    """Gathers what the tokens say; a second word for a field that has one joins the need."""

    def __init__(self, fields: FieldCatalogue, dialect: Dialect, now: datetime) -> None:
        self._fields = fields
        self._dialect = dialect
        self._now = now
        self._values: dict[str, str] = {}
        self._tags: list[str] = []
        self._rest: list[str] = []

    def values(self) -> dict[str, str]:
        """Everything said."""
        values = dict(self._values)
        if self._tags:
            values["tags"] = ", ".join(self._tags)
        if self._rest:
            need = [values["initial_need"]] if "initial_need" in values else []
            values["initial_need"] = " ".join([*need, *self._rest])
        return values

    def part(self, place: int, text: str) -> None:
        """Take in one part."""
        words = [token for token in self._tokens(text) if not self._means(token)]
        if not words:
            return
        key = _BY_PLACE[place] if place < len(_BY_PLACE) else ""
        if key and key not in self._values:
            self._values[key] = " ".join(words)
        else:
            self._rest += words

    def _tokens(self, text: str) -> Iterator[str]:
        before, mark, step = (
            text.partition(" >") if not text.startswith(">") else ("", ">", text[1:])
        )
        if mark and step.strip():
            if not self._keep("next_step", step.strip()):
                self._rest.append(step.strip())
            text = before
        for found in _TOKEN.finditer(text):
            yield found[0]

    def _means(self, token: str) -> bool:
        """Whether *token* says something by how it looks."""
        mark, word = token[0], token[1:]
        if mark in "#＃" and word:
            if word not in self._tags:
                self._tags.append(word)
            return True
        if mark in "!！" and word and self._fields.named("priority").choice(word):
            return self._keep("priority", word)
        if mark == "@" and word:
            return self._keep("owner", word)
        if _EMAIL.fullmatch(token):
            return self._keep("email", token)
        if _looks_like_a_phone(token):
            return self._keep("phone", token)
        if found := _FIELD.fullmatch(token):
            return self._named(found[1], found[2])
        return self._amount(token)

    def _keep(self, key: str, text: str) -> bool:
        if key in self._values:
            return False
        self._values[key] = text
        return True

    def _named(self, name: str, text: str) -> bool:
        try:
            spec = self._fields.named(name)
        except UnknownFieldError:
            return False
        value = text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
        if spec.key not in self._fields or not spec.editable or not self._reads(spec, value):
            return False
        if spec.kind is Kind.TAGS:
            self._tags.append(value)
            return True
        return self._keep(spec.key, value)

    def _amount(self, token: str) -> bool:
        return (
            any(map(str.isdigit, token))
            and _AMOUNT.search(token) is not None
            and self._reads(self._fields.named("budget"), token)
            and self._keep("budget", token)
        )

    def _reads(self, spec: FieldSpec, text: str) -> bool:
        try:
            return parse_value(spec, text, self._dialect, self._now) not in (None, ())
        except ValueRefusedError:
            return False


def _looks_like_a_phone(token: str) -> bool:
    digits = sum(map(str.isdigit, token))
    return bool(_PHONE.fullmatch(token)) and digits >= _FEWEST_DIGITS and not _DATE.fullmatch(token)
