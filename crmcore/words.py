"""All the words of a customer, as one text: what free words of a filter are looked for in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

WORDS = "words"
"""The computed field that holds them."""

SEARCHED = (
    "id", "external_id", "company", "contact", "phone", "email", "wechat", "tags", "initial_need",
    "need_detail", "remarks",
)  # fmt: skip
"""The fields they come from: texts, and tags."""

BETWEEN = "\x1f"
"""Stands between two texts; no text that is kept has it, and so nothing is found across two."""


def words_of(get: Callable[[str], Any]) -> str:
    """The words of the record that *get* reads, letter case folded; a document reads like a customer.

    >>> words_of({"id": "20240501001", "company": "Acme", "tags": ("VIP", "展会")}.get).split(BETWEEN)
    ['20240501001', 'acme', 'vip', '展会']
    """
    texts: list[str] = []
    for key in SEARCHED:
        value = get(key)
        if isinstance(value, str):
            texts.append(value)
        elif value:
            texts += value
    return BETWEEN.join(texts).casefold()
