"""Which customers are likely one and the same, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from attrs import frozen

from crmcore.customer import Customer
from crmcore.likeness import company_name, likeness
from crmcore.query import Compare, Condition, Not, Query, both
from crmcore.text import half_width
from crmcore.wording import Text

if TYPE_CHECKING:
    from crmcore.questions import Questions

EXACT = ("phone", "email", "wechat", "credit_code")
"""The fields of which two customers do not share a value by chance."""

KNOWN_PAIRS = ("duplicate_of", "repurchase_of", "repurchase")
"""Links between two records that somebody has made of one customer on purpose."""

_PAGE = 2_000
_LARGEST = 50
"""How many may share one value and still be told pair by pair: a switchboard's number is nobody's."""


@frozen
class Likely:
    """Two customers that are likely one: how sure it is (0 to 1), and what says so."""

    first: str
    second: str
    score: float
    reasons: tuple[Text, ...]


@frozen
class _Seen:
    id: str
    company: str
    linked: frozenset[str]


def likely_pairs(crm: Questions, where: Condition) -> list[Likely]:
    """The likely pairs among those *where* holds, the surest first; those known to be two are left out.

    Customers that are out of the funnel as invalid are nobody's twins.
    """
    seen: dict[str, _Seen] = {}
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for customer in _all(crm, both(where, Not(Compare("status", "=", "invalid")))):
        linked = frozenset(link.id for link in customer.links if link.kind in KNOWN_PAIRS)
        seen[customer.id] = _Seen(customer.id, customer.company or "", linked)
        for group in _groups(customer):
            groups[group].append(customer.id)
    found: dict[tuple[str, str], list[tuple[float, Text]]] = defaultdict(list)
    for group, ids in groups.items():
        if 1 < len(ids) <= _LARGEST:
            for pair, score, why in _pairs(crm, group, [seen[each] for each in ids]):
                found[pair].append((score, why))
    pairs = [
        Likely(*pair, max(score for score, _ in why), tuple(text for _, text in why))
        for pair, why in found.items()
    ]
    return sorted(pairs, key=lambda pair: (-pair.score, pair.first, pair.second))


def _all(crm: Questions, where: Condition) -> Iterator[Customer]:
    query: Query | None = Query(where, limit=_PAGE)
    while query is not None:
        page = crm.page(query)
        yield from page.customers
        query = None if page.next is None else query.next(page.next)


def _groups(customer: Customer) -> Iterator[tuple[str, str]]:
    for key in EXACT:
        value = getattr(customer, key, None)
        if value and (plain := _plain(key, value)):
            yield key, plain
    if customer.company and (core := company_name(customer.company).core):
        yield "company", core


def _plain(key: str, value: str) -> str:
    text = half_width(value).casefold().strip()
    if key != "phone":
        return text
    digits = "".join(filter(str.isdigit, text))
    return digits.removeprefix("86") if len(digits) == 13 else digits


def _pairs(
    crm: Questions, group: tuple[str, str], members: list[_Seen]
) -> Iterator[tuple[tuple[str, str], float, Text]]:
    key, value = group
    label = crm.fields.named(key).label
    for place, one in enumerate(members):
        for other in members[place + 1 :]:
            if other.id in one.linked or one.id in other.linked:
                continue
            pair = (min(one.id, other.id), max(one.id, other.id))
            if key != "company":
                yield (
                    pair,
                    1.0,
                    Text("{field}相同：{value}", "same {field}: {value}").with_(
                        field=label.lower(), value=value
                    ),
                )
            elif one.company == other.company:
                yield (
                    pair,
                    1.0,
                    Text("名称相同：{company}", "same name: {company}").with_(company=one.company),
                )
            elif score := likeness(one.company, other.company):
                names = f"{one.company} ≈ {other.company}"
                yield (
                    pair,
                    score,
                    Text("名称相近：{names}", "similar names: {names}").with_(names=names),
                )
