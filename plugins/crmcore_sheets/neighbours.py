"""What a bare name means beside the other columns of its sheet: the customer, the person or the deal."""

from __future__ import annotations

from collections.abc import Sequence

YIELDING = frozenset({"客户名称", "name", "title"})
"""Headers that give way to any other column for the same field: beside it they mean another thing."""

# They name the customer where no other column names a company; 名称 only beside a column for the person.
_CUSTOMER = {"客户", "客户名", "customer", "customername", "client", "clientname", "partyname"}
_ANYTHING = "名称"
_NAME_PARTS = {"firstname", "lastname", "givenname", "familyname", "surname"}
_SUMS = {"budget", "price"}
_VALUES = {"value", "amount", "金额"}
_CLOSINGS = {"expected_close_at", "closed_at"}
_CHANCES = {"probability", "probability(%)", "winprobability", "confidence", "赢率", "概率"}
_ABOUT_PEOPLE = {"phone", "email", "wechat", "position"}
_IDENTIFYING = {"company", "external_id"}


def named_beside(words: Sequence[str], keys: Sequence[str | None]) -> dict[int, str | None]:
    """By place, the fields of headers that the others decide; None for one that is no field after all.

    *words* are the headers as they are compared, *keys* what each means by itself.

    >>> named_beside(["customer", "stage"], [None, "stage"])
    {0: 'company'}
    >>> named_beside(["title", "contact", "stage"], ["position", "contact", "stage"])
    {0: None}
    """
    decided: dict[int, str | None] = {}
    if "company" not in keys:
        wanted = _CUSTOMER | {_ANYTHING} if "contact" in keys else _CUSTOMER
        known = zip(words, keys, strict=True)
        place = next((at for at, (w, key) in enumerate(known) if key is None and w in wanted), None)
        if place is not None:
            decided[place] = "company"
    kinds = {*keys, *decided.values()}
    # A list of deals calls their own title Name, one of people the person's.
    signs = (
        "stage" in kinds,
        not kinds.isdisjoint(_SUMS) or not _VALUES.isdisjoint(words),
        not kinds.isdisjoint(_CLOSINGS),
        not _CHANCES.isdisjoint(words),
    )
    deals = sum(signs) > 1 and kinds.isdisjoint(_ABOUT_PEOPLE)
    person = False
    for place, (word, key) in enumerate(zip(words, keys, strict=True)):
        if word == "title" and key == "position" and not person:
            decided[place] = None  # what stands before the person's name is no position of theirs
        elif word == "name" and key == "contact" and deals and not kinds.isdisjoint(_IDENTIFYING):
            decided[place] = None
        person = person or key == "contact" or word in _NAME_PARTS
    return decided
