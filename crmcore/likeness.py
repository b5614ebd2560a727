"""Which companies are likely the same: names without what people write differently.

上海华锐科技有限公司 · （上海）华锐科技股份有限公司 · 华锐科技      → 华锐科技
Acme Co., Ltd. · ACME Inc · Acme GmbH                       → acme
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import repeat
from operator import contains
from typing import NamedTuple

SAME_LETTERS = 0.98
"""The score of two names that differ in case, width, blanks and punctuation alone."""
SAME_PLACE = 0.95
"""Of two that name the same place but another legal form."""
SAME_CORE = 0.9
"""Of two of which one leaves the place out."""

_COMPANY_FORMS = ("股份", "责任", "控股")
_OTHER_FORMS = ("集团", "控股", "有限合伙", "合伙企业", "个体工商户")
_WORDS = frozenset({
    "co", "company", "corp", "corporation", "inc", "incorporated", "ltd", "limited", "llc", "llp", "lp", "plc", "gmbh",
    "mbh", "ag", "kg", "kgaa", "ug", "ohg", "ev", "se", "sa", "sas", "sarl", "srl", "spa", "sl", "bv", "nv", "ab", "as",
    "aps", "oy", "oyj", "pty", "pte", "kk", "sdn", "bhd", "pvt", "zoo", "group", "holding", "holdings",
})  # fmt: skip
_SIGNS = re.compile(r"[\s\"'“”‘’.,;:_\-–—/\\·•!?()\[\]{}<>《》【】〔〕「」『』]+")
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?")
_AND = re.compile(r"[&+]|\b[au]nd\b")
_ANDS = ("&", "+", "nd")
_PLACES = (
    "北京|上海|天津|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|"
    "陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门|石家庄|太原|沈阳|大连|长春|哈尔滨|南京|苏州|无锡|常州|南通|"
    "徐州|扬州|杭州|宁波|温州|嘉兴|绍兴|金华|合肥|福州|厦门|泉州|南昌|济南|青岛|烟台|郑州|武汉|长沙|广州|深圳|佛山|东莞|"
    "珠海|中山|惠州|海口|成都|贵阳|昆明|西安|兰州|南宁|乌鲁木齐|呼和浩特|银川|西宁|拉萨"
)
_KNOWN_PLACES = frozenset(_PLACES.split("|"))
_KINDS_OF_PLACE = ("特别行政区", "自治区", "省", "市")
_ANY = f"({_PLACES})(?:{'|'.join(_KINDS_OF_PLACE)})?"
_BRACKETED = re.compile(rf"[(\[【]\s*{_ANY}\s*[)\]】]")
_LEFT = 3
"""How many letters must be left of a name without its place: 北京银行 is not 银行."""


class CompanyName(NamedTuple):
    """A company's name taken apart: all its letters, those that tell it from others, and its place."""

    letters: str
    core: str
    place: str


def taken_apart(name: str) -> CompanyName:
    """*name* taken apart; every part is "" for a name without a letter or a digit.

    >>> taken_apart("（上海）华锐科技股份有限公司")
    CompanyName(letters='上海华锐科技股份有限公司', core='华锐科技', place='上海')
    >>> taken_apart("ACME Co., Ltd.").core, taken_apart("Ａｃｍｅ  GmbH").core
    ('acme', 'acme')
    """
    text = name.casefold()
    place = ""
    if not text.isalnum():
        text = unicodedata.normalize("NFKC", text).casefold()
        if bracketed := _BRACKETED.search(text):
            place = bracketed.group(1)
            text = text[: bracketed.start()] + text[bracketed.end() :]
        if "." in text:
            text = _DOTTED.sub(lambda found: found.group().replace(".", ""), text)
        if any(map(contains, repeat(text), _ANDS)):  # as few names have
            text = _AND.sub(" ", text)
    elif not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    words = text.split() if text.isalnum() else _SIGNS.sub(" ", text).split()
    letters = place + "".join(words)
    while len(words) > 1 and words[-1] in _WORDS:
        words.pop()
    core = "".join(words)
    if not core.isascii():
        core = _without_form(core)
        if not place:
            core, place = _without_place(core)
    return CompanyName(letters, core, place)


company_name = lru_cache(maxsize=4_096)(taken_apart)
"""The same, remembered: for names that are asked for again and again."""


def _without_place(text: str) -> tuple[str, str]:
    """*text* without the places it begins with, and the last of them."""
    place, end = "", 0
    while found := _place_at(text, end):
        place = found
        end += len(found)
        if text.startswith(_KINDS_OF_PLACE, end):
            end += next(len(kind) for kind in _KINDS_OF_PLACE if text.startswith(kind, end))
    return (text[end:], place) if place and len(text) - end >= _LEFT else (text, "")


def _place_at(text: str, begin: int) -> str:
    for length in (2, 3, 4):
        if (place := text[begin : begin + length]) in _KNOWN_PLACES:
            return place
    return ""


def _without_form(text: str) -> str:
    """*text* without the legal form at its end: (集团)(股份|责任|控股)…(有限)(责任)(总)公司, or another."""
    at = len(text)
    if text.endswith("公司"):  # by hand: a pattern takes as long as all the rest of a name
        at -= 3 if text.endswith("总公司") else 2
        at -= 2 * text.endswith("责任", 0, at)
        at -= 2 * text.endswith("有限", 0, at)
        while text.endswith(_COMPANY_FORMS, 0, at):
            at -= 2
        at -= 2 * text.endswith("集团", 0, at)
    else:
        at -= next((len(form) for form in _OTHER_FORMS if text.endswith(form)), 0)
    return text[:at] if at > 1 else text


def likeness(one: str, other: str) -> float:
    """How sure it is, 0 to 1, that two names are one company's; 0 is "not known to be".

    >>> likeness("华锐科技", "上海华锐科技有限公司"), likeness("上海华锐科技", "北京华锐科技")
    (0.9, 0.0)
    >>> likeness("ACME, Inc.", "Acme inc"), likeness("Acme Ltd", "Apex Ltd")
    (0.98, 0.0)
    """
    if one == other:
        return 1.0 if one else 0.0
    mine, theirs = company_name(one), company_name(other)
    if not mine.core or mine.core != theirs.core:
        return 0.0
    if mine.letters == theirs.letters:
        return SAME_LETTERS
    if mine.place == theirs.place:
        return SAME_PLACE
    return 0.0 if mine.place and theirs.place else SAME_CORE
