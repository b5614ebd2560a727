"""What stands in brackets or behind the name in a header: a unit of money, a currency, how to fill it in."""

from __future__ import annotations

import re

from crmcore.money import is_currency, is_sign

SHAPE_OF_A_DATE = re.compile(r"(?:格式[: ]*)?[ymdhs年月日时分秒:/. -]+", re.IGNORECASE)
_REMARKS = frozenset(
    {
        "必填", "选填", "可选", "必填项", "required", "optional", "人", "元", "人民币", "cny", "rmb", "含税",
        "单选", "多选", "lcy", "local currency", "company currency", "utc", "gmt", "month",
        "一级", "h/m/l", "y/n", "naics", "sic",
    }
)  # fmt: skip

_TELLS_HOW = re.compile(
    r".*(?:必须|填写|请|格式|一致|逗号|分隔|隔开|不超过|以内|脱敏|老系统"
    r"|字典|下拉|自动|系统|同号|同微信|同手机).*|\d+\s*[-~–至到]\s*\d+\s*[分星级]?",
    re.DOTALL,
)

_UNITS = {
    "元": "元", "人民币": "元", "rmb": "元", "万元": "万", "万": "万", "w": "万", "万人民币": "万", "千元": "千",
    "百万元": "百万", "百万": "百万", "亿元": "亿", "k": "k", "m": "m", "美元": "美元", "usd": "美元", "万美元": "万美元",
    "$": "美元", "欧元": "欧元", "eur": "欧元",
}  # fmt: skip
_SCALES = {
    "k": "k",
    "000s": "k",
    "'000": "k",
    "thousand": "k",
    "m": "m",
    "mn": "m",
    "million": "m",
    "万": "万",
}
_SCALE_BEFORE = re.compile(r"(万|k|m)\s*([a-z]{3})")
_PER_TIME = re.compile(r"/(?:年|月|季度?|mo|month|yr|year)$")
_BEHIND = re.compile(
    r"(.+?)(?:[\s_/:-]+(?:in\s+)?([a-z]{3}|[^\w\s]{1,3})|[\s_/:-]*(万元|千元|百万元|亿元|万美元|美元|元))",
    re.IGNORECASE,
)


def remark(text: str) -> str:
    """What stands in the brackets of a header, as it is compared."""
    return text.strip().casefold().removeprefix("单位").strip(": ")


def is_remark(word: str) -> bool:
    """Whether *word* beside a name leaves its meaning as it is: how to fill it in, from what to what.

    >>> is_remark("必填"), is_remark("1-5星"), is_remark("多个用逗号隔开"), is_remark("备用")
    (True, True, True, False)
    """
    return word in _REMARKS or _TELLS_HOW.fullmatch(word) is not None


def unit_of(word: str) -> str:
    """The unit or currency that *word* names, as it is written behind a number; "" for none.

    >>> unit_of("万元"), unit_of("usd k"), unit_of("吨")
    ('万', 'k USD', '')
    """
    word = _PER_TIME.sub("", word)
    if word in _UNITS:
        return _UNITS[word]
    if is_currency(word.upper()):
        return word.upper()
    if apart := _SCALE_BEFORE.fullmatch(word):
        word = " ".join(apart.groups())
    return word if is_sign(word) else _scaled(word.removeprefix("in ").split())


def _scaled(parts: list[str]) -> str:
    """A thousand or a million of a currency, in whichever order they stand."""
    for scale, currency in (parts, parts[::-1]) if len(parts) == 2 else ():
        if scale in _SCALES and is_currency(currency.upper()):
            return f"{_SCALES[scale]} {currency.upper()}"
    return ""


def unit_behind(header: str) -> tuple[str, str] | None:
    """A header with a unit behind its name, taken apart.

    >>> unit_behind("amount_usd"), unit_behind("预计金额/万元"), unit_behind("amount")
    (('amount', 'usd'), ('预计金额', '万元'), None)
    """
    found = _BEHIND.fullmatch(header)
    word = found and (found.group(2) or found.group(3))
    return (found.group(1), word) if found and word and unit_of(remark(word)) else None
