"""Whom a row of an import is about, and which rows and customers it is a twin of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, compress
from typing import Any

from attrs import frozen

from crmcore.customer import Customer
from crmcore.importseen import Seen
from crmcore.likeness import likeness, taken_apart
from crmcore.masking import is_masked
from crmcore.query import Compare, Condition
from crmcore.text import half_width
from crmcore.wording import Text

Find = Callable[[Condition], Sequence[Customer]]
"""All stored customers that a condition is true of, by id."""
Values = Mapping[str, Any]

CANDIDATES = 20
"""How many customers of one name a row is compared with."""

_CREDIT_NAMES = frozenset(
    {"统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码", "纳税人识别号", "税号", "uscc", "creditcode",
     "unifiedsocialcreditcode", "socialcreditcode"}
)  # fmt: skip
_SPELLING = re.compile(r"[\s_\-]+")
_NOT_DIGITS = re.compile(r"\D+")
_CHINA, _MOBILE = "86", 13
_PERSON = ("contact", "phone", "email", "wechat", "external_id")


@frozen
class Twin:
    """What a row is like: `key` is the field that says so, `customer` the stored one's id or ""."""

    key: str
    reason: Text
    score: float
    customer: str = ""


def phone_key(phone: str) -> str:
    """What is left of a telephone number when it is compared.

    >>> phone_key("+86 138-0013-8000"), phone_key("０２１ 5555")
    ('13800138000', '0215555')
    """
    if phone.isdecimal() and phone.isascii() and len(phone) != _MOBILE:
        return phone
    digits = _NOT_DIGITS.sub("", half_width(phone))
    if len(digits) == _MOBILE and digits.startswith(_CHINA):
        return digits[len(_CHINA) :]
    return digits or phone.casefold()


def _phone_compared(phone: str) -> str:
    return "" if is_masked("phone", phone) else phone_key(phone)


def _email_compared(email: str) -> str:
    if is_masked("email", email):
        return ""
    return email if email.isascii() and email.islower() else email.casefold()


_COMPARED = {"phone": _phone_compared, "email": _email_compared}


def credit_field(key: str) -> bool:
    """Whether the field *key* holds a company's credit code."""
    name = key.rpartition(".")[2]
    return _SPELLING.sub("", name.casefold()) in _CREDIT_NAMES


class Twins:
    """Finds them, a batch of rows at a time; remembers the rows it was asked about."""

    def __init__(
        self, find: Find, everybody: Callable[[], Iterator[Customer]], *, empty: bool
    ) -> None:
        self._find = find
        self._everybody = everybody
        self._empty = empty
        self._seen = {key: Seen() for key in _KEY_NAMES}
        self._companies = Seen()
        self._namesakes = Seen()
        self._heard: set[str] = set()
        self._credit: list[str] = []
        self._known: dict[str, dict[str, Customer]] = {}
        self._cores: dict[str, list[str]] | None = None
        self._odd: dict[str, str] = {}
        self._near: dict[str, Customer] = {}

    # the store

    def look_up(self, rows: Iterable[Values]) -> None:
        """Read what the store knows of a batch of rows."""
        rows = list(rows)
        self._hear(chain.from_iterable(rows))
        if self._empty:
            return
        self._known = {
            key: self._ask(key, [text for row in rows if (text := row.get(key))])
            for key in ("external_id", "id")
        }
        new = [row for row in rows if self.known(row) is None]
        self._known["phone"] = self._ask("phone", _phones(new), phone_key)
        emails = [text for row in new if (email := row.get("email")) for text in _spellings(email)]
        self._known["email"] = self._ask("email", emails, str.casefold)
        wanted: set[str] = set()
        for row in new:
            cores = self._index()
            wanted.update(cores.get(taken_apart(row.get("company") or "").core, ()))
            names = (f"{key}\0{text}" for key, text, _ in self._keys(row))
            wanted.update(self._odd[name] for name in names if name in self._odd)
        self._near = self._ask("id", sorted(wanted))

    def _ask(
        self, key: str, texts: Sequence[str], plain: Callable[[str], str] = str
    ) -> dict[str, Customer]:
        found: dict[str, Customer] = {}
        if texts:
            for one in self._find(Compare(key, "in", tuple(dict.fromkeys(texts)))):
                found.setdefault(plain(one.value_of(key)), one)
        return found

    def _index(self) -> dict[str, list[str]]:
        """Ids by what no store can be asked for: what is left of companies' names, credit codes, and
        numbers and addresses that are not written as they are compared."""
        if self._cores is None:
            self._cores = {}
            for one in self._everybody():
                if one.company and (core := taken_apart(one.company).core):
                    ids = self._cores.setdefault(core, [])
                    if len(ids) < CANDIDATES:
                        ids.append(one.id)
                held = {"phone": one.phone, "email": one.email, "credit_code": one.credit_code}
                held |= one.extra
                self._hear(held)
                for key, text, shown in self._keys(held):
                    if text != shown or key == "credit_code":
                        self._odd.setdefault(f"{key}\0{text}", one.id)
        return self._cores

    def known(self, values: Values) -> Customer | None:
        """The stored customer that a row of the batch names by its external id or id."""
        if self._empty:
            return None
        for key in ("external_id", "id"):
            if (text := values.get(key)) and (found := self._known.get(key, {}).get(text)):
                return found
        return None

    # the file, and both

    def _hear(self, keys: Iterable[str]) -> None:
        """Learn which fields hold credit codes before rows with these are asked about."""
        new = [key for key in dict.fromkeys(keys) if key not in self._heard]
        self._heard.update(new)
        self._credit += [key for key in new if credit_field(key)]

    def _code(self, values: Values) -> str:
        for key in self._credit:
            if isinstance(value := values.get(key), str):
                return "".join(half_width(value).split()).upper()
        return ""

    def _compared(self, key: str, rows: Sequence[Values]) -> Sequence[str | None]:
        """What each of *rows* says of *key*, as it is compared; None or "" for nothing."""
        if key == "credit_code":
            return [self._code(values) for values in rows] if self._credit else ()
        texts = [values.get(key) for values in rows]
        plain = _COMPARED.get(key)
        return [text and plain(text) for text in texts] if plain else texts

    def _keys(self, values: Values) -> list[tuple[str, str, str]]:
        """Field, text as it is compared, text as it is shown, of all that one row alone should have."""
        return [
            (key, text, _shown(key, values, text))
            for key in _KEY_NAMES
            for text in self._compared(key, (values,))
            if text
        ]

    def of_all(
        self, rows: Sequence[Values], names: Sequence[str], known: Sequence[Customer | None]
    ) -> list[list[Twin]]:
        """`of` for each of *rows*, in order; *names* is what they call themselves."""
        same: list[list[Twin]] = [[] for _ in rows]
        for key in _KEY_NAMES:
            self._same_rows(key, self._compared(key, rows), rows, names, same)
        cores = [taken_apart(name).core if (name := v.get("company")) else "" for v in rows]
        near = self._near_rows(cores, rows, names)
        return [
            self._all(*each) if each[0] or each[1] or not self._empty else []
            for each in zip(same, near, cores, rows, known, strict=True)
        ]

    def of(self, values: Values, here: str, before: Customer | None) -> list[Twin]:
        """The twins of a row that calls itself *here* and is about *before*, the surest first.

        It is asked about for itself: what it says is not remembered.
        """
        same = [
            _same(key, row, shown)
            for key, text, shown in self._keys(values)
            if (row := self._seen[key].get(text)) not in (None, here)
        ]
        core = taken_apart(values.get("company") or "").core
        near = self._near_row(core, _stating(here, values), remember=False) if core else None
        return self._all(same, near, core, values, before)

    def _same_rows(
        self,
        key: str,
        texts: Sequence[str | None],
        rows: Sequence[Values],
        names: Sequence[str],
        same: Sequence[list[Twin]],
    ) -> None:
        """Add to *same* what earlier rows say of *key* as well."""
        seen = self._seen[key]
        said = [text for text in texts if text]
        if not said or seen.all_new(said, list(compress(names, texts))):
            return
        for text, values, here, twins in zip(texts, rows, names, same, strict=True):
            if text and (row := seen.first(text, here)) not in (None, here):
                twins.append(_same(key, row, _shown(key, values, text)))

    def _all(
        self,
        twins: list[Twin],
        near: Twin | None,
        core: str,
        values: Values,
        before: Customer | None,
    ) -> list[Twin]:
        """The twins of a row, of which the same and the nearest rows are known."""
        if before is not None:
            return twins
        if not self._empty:
            twins += [
                _same(key, f"{one.id} {one.title}", shown, one.id)
                for key, text, shown in self._keys(values)
                if (one := self._stored(key, text))
            ]
        if not twins and core:
            twins = [twin for twin in (near, self._near_customer(core, values)) if twin]
            twins.sort(key=lambda twin: -twin.score)
        return twins

    def _stored(self, key: str, text: str) -> Customer | None:
        found = self._known.get(key, {}).get(text) if key in ("phone", "email") else None
        return found or self._near.get(self._odd.get(f"{key}\0{text}", ""))

    def _near_rows(
        self, cores: Sequence[str], rows: Sequence[Values], names: Sequence[str]
    ) -> list[Twin | None]:
        """For each of *rows* the nearest of those before it; of the companies' names *cores* are left."""
        mine = list(map(_stating, names, rows))
        if self._companies.all_new(list(filter(None, cores)), list(compress(mine, cores))):
            return [None] * len(rows)
        return [
            self._near_row(core, one) if core else None
            for core, one in zip(cores, mine, strict=True)
        ]

    def _near_row(self, core: str, mine: tuple[Any, ...], *, remember: bool = True) -> Twin | None:
        here, company = mine[:2]
        first = self._companies.first(core, mine) if remember else self._companies.get(core)
        if first is None:
            return None
        person = mine[2:]
        contact, firsts = (person[0] or "").casefold(), (first[2] or "").casefold()
        found = [first]
        if contact != firsts:
            name = f"{core}\0{contact}"
            again = self._namesakes.first(name, mine) if remember else self._namesakes.get(name)
            found.insert(0, again)
        if contact:
            found.append(self._namesakes.get(f"{core}\0") if firsts else first)
        for other in found:
            if other is not None and other[0] != here and _agree(person, other[2:]):
                score = likeness(company, other[1])
                if score:
                    return _alike(other[0], other[1], score)
        return None

    def _near_customer(self, core: str, values: Values) -> Twin | None:
        if self._cores is None:
            return None
        company = values["company"]
        person = [values.get(key) for key in _PERSON]
        best: Twin | None = None
        for customer_id in self._cores.get(core, ()):
            other = self._near.get(customer_id)
            if other is None or not _agree(person, [other.value_of(key) for key in _PERSON]):
                continue
            score = likeness(company, other.company or "")
            if score and (best is None or score > best.score):
                best = _alike(customer_id, other.company or "", score, customer_id)
        return best


def _stating(here: str, values: Values) -> tuple[Any, ...]:
    """What a row that calls itself *here* says its company is, and who it is about."""
    return here, values.get("company"), *map(values.get, _PERSON)


def _shown(key: str, values: Values, text: str) -> str:
    """What a row says of *key*, which is compared as *text*, as it is shown."""
    return text if key == "credit_code" else values[key]


def _phones(rows: Sequence[Values]) -> list[str]:
    phones = [row["phone"] for row in rows if row.get("phone")]
    plain = [phone_key(phone) for phone in phones]
    return [*phones, *plain, *(f"+{_CHINA}{one}" for one in plain)]


def _spellings(email: str) -> tuple[str, str]:
    return email, email.casefold()


def _agree(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Whether nothing that both know speaks against their being the same."""
    for place, (mine, theirs) in enumerate(zip(one, other, strict=True)):
        if not mine or not theirs or mine == theirs:
            continue
        key = _PERSON[place]
        if is_masked(key, mine) or is_masked(key, theirs):
            continue
        if key == "phone" and phone_key(mine) == phone_key(theirs):
            continue
        if mine.casefold() != theirs.casefold():
            return False
    return True


_KEY_NAMES = {
    "external_id": Text("外部编号", "external_id"),
    "id": Text("客户编号", "id"),
    "phone": Text("电话", "phone"),
    "email": Text("邮箱", "email"),
    "credit_code": Text("统一社会信用代码", "credit code"),
}


def _same(key: str, whose: str, shown: str, customer: str = "") -> Twin:
    name = _KEY_NAMES[key]
    reason = Text("{name}与 {whose} 相同：{shown}", "same {name} as {whose}: {shown}").with_(
        name=name, whose=whose, shown=shown
    )
    return Twin(key, reason, 1.0, customer)


def _alike(whose: str, company: str, score: float, customer: str = "") -> Twin:
    percent = f"{score:.0%}"
    reason = Text(
        "企业名称与 {whose} 相近（{percent}）：{company}",
        "company like that of {whose} ({percent}): {company}",
    ).with_(whose=whose, percent=percent, company=company)
    return Twin("company", reason, score, customer)
