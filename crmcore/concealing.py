"""A customer as strangers may see it: who the contact is and how to reach them hidden, everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from operator import is_
from typing import Any

import attrs

from crmcore.customer import Customer
from crmcore.fieldspec import Kind, Verb, specs_of
from crmcore.masking import MASKS, mask_email, mask_phone
from crmcore.records import Activity, ContractChange, Objection, Proposal

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# A mobile number, or a land line with its area code: what people write into remarks.
_NUMBER = re.compile(
    r"(?<![\d.])(?:\+?\d{2}[ -]?)?(?:1\d{2}[ -]?\d{4}[ -]?\d{4}|0\d{2,3}-?\d{7,8})(?!\d)"
)
_DIGITS = re.compile(r"\d{3}")
_SHORTEST = 2
_SAID = (Kind.TEXT, Kind.LONG_TEXT, Kind.TAGS, Kind.RECORDS)
_OURS = frozenset({"owner", "external_id", "kind", "id", "by", "stage", "requirement", *MASKS})
"""Fields and parts of records that name our own people and things, or are masked by themselves."""


_PARTS = {
    record: tuple(part.name for part in attrs.fields(record) if part.name not in _OURS)
    for record in (Activity, Proposal, Objection, ContractChange)
}
"""The records in which people say things, and the parts they do it in."""


def concealed(customer: Customer) -> Customer:
    """*customer* with contact, phone, e-mail and WeChat masked, also where other texts repeat them."""
    hidden = {key: hide(value) for key, hide in MASKS.items() if (value := customer.value_of(key))}
    known = {
        customer.value_of(key): shown for key, shown in hidden.items()
        if len(customer.value_of(key)) >= _SHORTEST
    }  # fmt: skip
    words = sorted(known, key=len, reverse=True)
    said = re.compile("|".join(map(re.escape, words))) if words else None

    def hide(text: str) -> str:
        if said is not None:
            text = said.sub(lambda found: known[found.group()], text)
        if "@" in text:
            text = _EMAIL.sub(lambda found: mask_email(found.group()), text)
        if _DIGITS.search(text):  # nearly every text has too few of them
            text = _NUMBER.sub(lambda found: mask_phone(found.group()), text)
        return text

    changed = {
        key: hidden_value
        for key in _texts()
        if (value := getattr(customer, key))
        and (hidden_value := _through(value, hide)) is not value
    }
    extra = _through(customer.extra, hide)
    return attrs.evolve(customer, **{**changed, **hidden, "extra": extra})


@cache
def _texts() -> tuple[str, ...]:
    """The fields in which people say things."""
    return tuple(
        spec.key
        for spec in specs_of(Customer)
        if spec.kind in _SAID and spec.verb is not Verb.SYSTEM and spec.key not in _OURS
    )


def _through(value: Any, hide: Callable[[str], str]) -> Any:
    """*value* with every text in it hidden by *hide*; itself where there is nothing to hide."""
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, tuple):
        several = tuple(_through(one, hide) for one in value)
        return value if all(map(is_, several, value)) else several
    if isinstance(value, list):
        return [_through(one, hide) for one in value]
    if isinstance(value, Mapping):
        return {key: _through(one, hide) for key, one in value.items()}
    if (names := _PARTS.get(type(value))) is not None:
        parts = {name: _through(getattr(value, name), hide) for name in names}
        changed = {name: part for name, part in parts.items() if part is not getattr(value, name)}
        return attrs.evolve(value, **changed) if changed else value
    return value
