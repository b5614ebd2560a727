"""Hiding who a customer is and how to reach them, and telling what was hidden when it comes back.

A masked text stands for something known that must not be seen; read back, it says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from crmcore.text import half_width

_STARS = "***"
_TWO_SURNAMES = frozenset(
    ("欧阳", "司马", "上官", "诸葛", "夏侯", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "宇文", "长孙",
     "轩辕", "端木", "独孤", "南宫", "司空", "百里", "呼延", "西门")
)  # fmt: skip
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_][^\s]*")
_DIGIT = re.compile(r"\d")
_SHOWN_FIRST, _SHOWN_LAST = 3, 4
# One star is an extension in some numbers (85551234*801); crosses hide digits in others' files.
_HIDDEN_DIGITS = re.compile(r"[*•●·]{2,}|(?<![A-Za-z])[Xx×]{3,}(?![A-Za-z])")
_HIDDEN = re.compile(r"[*•●]")


def mask_name(name: str) -> str:
    """*name* without the surname, or of each word of a Latin one the first letter.

    >>> mask_name("王经理"), mask_name("欧阳小明"), mask_name("Jane Doe")
    ('*经理', '*小明', 'J*** D***')
    """
    name = " ".join(name.split())
    if not name or is_masked("contact", name):
        return name
    if _HAN.match(name):
        surname = 2 if name[:2] in _TWO_SURNAMES and len(name) > 2 else 1
        return "*" + name[surname:]
    hidden = _WORD.sub(lambda word: word.group()[0] + _STARS, name)
    return hidden if hidden != name else _STARS


def mask_phone(phone: str) -> str:
    """*phone* with the digits in the middle hidden, what stands between digits kept.

    >>> mask_phone("13800138000"), mask_phone("021-5555 1234"), mask_phone("12345")
    ('138****8000', '021-**** 1234', '*****')
    """
    if is_masked("phone", phone):
        return phone
    phone = half_width(phone)
    digits = len(_DIGIT.findall(phone))
    if digits < _SHOWN_FIRST + _SHOWN_LAST + 2:
        # So short a number would be shown by what is left of it.
        first, last = 0, (2 if digits > _SHOWN_LAST + 2 else 0)
    else:
        first, last = _SHOWN_FIRST, _SHOWN_LAST
    place = 0

    def hide(_: re.Match[str]) -> str:
        nonlocal place
        place += 1
        return _.group() if place <= first or place > digits - last else "*"

    hidden = _DIGIT.sub(hide, phone)
    return hidden if is_masked("phone", hidden) else _STARS if phone else phone


def mask_email(email: str) -> str:
    """*email* with its first letter and its domain left.

    >>> mask_email("wang.li@example.com"), mask_email("nonsense")
    ('w***@example.com', 'n***')
    """
    if not email or is_masked("email", email):
        return email
    who, at, domain = email.partition("@")
    return who[:1] + _STARS + at + domain


def mask_wechat(wechat: str) -> str:
    """*wechat* with its first and last letters left, of a short one the first.

    >>> mask_wechat("wang_jl"), mask_wechat("ab")
    ('w***l', 'a***')
    """
    if not wechat or is_masked("wechat", wechat):
        return wechat
    return wechat[:1] + _STARS + (wechat[-1:] if len(wechat) > len(_STARS) else "")


MASKS: Mapping[str, Callable[[str], str]] = MappingProxyType(
    {"contact": mask_name, "phone": mask_phone, "email": mask_email, "wechat": mask_wechat}
)
"""The fields that say who somebody is or how to reach them, and what hides each."""


def is_masked(key: str, value: Any) -> bool:
    """Whether *value*, of the field *key*, hides what it stands for: `138****8000`, `*经理`.

    >>> is_masked("phone", "138****8000"), is_masked("phone", "85551234*801")
    (True, False)
    >>> is_masked("contact", "*经理"), is_masked("remarks", "5*24 h")
    (True, False)
    """
    if key not in MASKS or not isinstance(value, str):
        return False
    # An import asks for each: most are numbers, or addresses that hide nothing.
    if value.isascii() and (value.isdigit() or (key != "phone" and "*" not in value)):
        return False
    sought = _HIDDEN_DIGITS if key == "phone" else _HIDDEN
    return sought.search(half_width(value)) is not None
