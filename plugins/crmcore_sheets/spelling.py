"""How headers are spelled: on one line, each once, and without what spelling varies in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crmcore.text import clean, half_width
from crmcore_sheets.guard import unguard

LONGEST_NAME = 80
"""Characters of a header that its column is called by."""

_SPELLING = re.compile(r"[\s_\-]+")


def spelled(header: str) -> str:
    """*header* without what spelling varies in: case, width, blanks, `_`, `-`, `*` and colons.

    >>> spelled(" *Company_Name："), spelled("联 系 人")
    ('companyname', '联系人')
    """
    return _SPELLING.sub("", half_width(header).casefold().strip("*: "))


def header_text(cell: str) -> str:
    """A header cell on one line."""
    return " ".join(clean(unguard(cell)).split())


def unique(headers: Sequence[str]) -> list[str]:
    """*headers*, each once: blank ones are named by their column, repeated ones numbered."""
    seen: set[str] = set()
    names: list[str] = []
    for place, header in enumerate(headers, 1):
        base = header[:LONGEST_NAME] or f"column_{place}"
        name, again = base, 1
        while name in seen:
            again += 1
            name = f"{base} {again}"
        seen.add(name)
        names.append(name)
    return names
