"""Who a sheet's contact is where no column is called so: somebody who stands beside a number of theirs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

# Not those who brought the customer, are brought along, stand between, work for us or only sign.
_NOT_THEM = (
    "推荐|介绍|紧急|备用|第二|其他|其它|供应|代理|渠道|我方|我司|厂家|物流|售后|安装|施工|司机|业务|销售|客户|区域|大区|"
    "城市|招商|市场|产品|项目|课程|孩子|宝宝|子女|配偶|宠物|被保|老人|长者|法人|法定|员工|创建|录入|报备|提报|审批|审核|"
    "操作|分配|修改|更新|收货|付款|签收|发货"
)
_OUTSIDERS = re.compile(f"{_NOT_THEM}|师|教练|医生|导购|客服|助理|员$|公司|企业|单位")
_PERSON = re.compile(
    f"(?!.*(?:{_NOT_THEM}))(?:[\u4e00-\u9fff]{{0,6}}(?:人|主任|老师|科长|处长|院长|校长|厂长|园长|店长|主管|经理|总监)|hr)"
    "(?:姓名)?"
)
_WAYS = {
    "phone": ("电话", "手机", "手机号", "手机号码", "联系电话", "联系方式", "电话号码"),
    "wechat": ("微信", "微信号"),
    "email": ("邮箱", "电子邮箱"),
    "position": ("职务", "职位"),
}
_ABOUT = {way: key for key, ways in _WAYS.items() for way in ways} | {"姓名": "contact"}
_APART = re.compile("(.+?)(" + "|".join(sorted(_ABOUT, key=len, reverse=True)) + ")")


def person_beside(words: Sequence[str], keys: Sequence[str | None]) -> dict[int, str]:
    """By place, the contact (采购主管 beside 采购主管电话, or the only 姓名) and what else is said of them.

    *words* are the headers as they are compared, *keys* the fields that they are known to be.

    >>> person_beside(["采购主管", "采购主管电话"], [None, None])
    {0: 'contact', 1: 'phone'}
    """
    told = [
        (at, *parts)
        for at, word in enumerate(words)
        if keys[at] is None and (parts := _told_of(word))
    ]
    contact = keys.index("contact") if "contact" in keys else _contact(words, keys)
    if contact is not None:
        whose = words[contact].removesuffix("姓名")
        found = {} if keys[contact] else {contact: "contact"}
        theirs = [(at, way) for at, stem, way in told if whose.endswith(stem) and len(stem) > 1]
    else:
        times = Counter(stem for _, stem, _ in told)
        whose = next((stem for stem, count in times.items() if count > 1), "")
        found = {}
        theirs = [(at, way) for at, stem, way in told if stem == whose]
    for at, way in theirs:
        if (key := _ABOUT[way]) not in keys and key not in found.values():
            found[at] = key
    return found


def _told_of(word: str) -> tuple[str, str] | None:
    """Of whom *word* says what: their name, a number of theirs, what they are; None for another."""
    parts = _APART.fullmatch(word)
    if parts is None or _OUTSIDERS.search(parts.group(1)):
        return None
    return parts.group(1), parts.group(2)


def _contact(words: Sequence[str], keys: Sequence[str | None]) -> int | None:
    known = set(words)
    people = [at for at, word in enumerate(words) if keys[at] is None and _PERSON.fullmatch(word)]
    for place in people:
        stem = words[place].removesuffix("姓名")
        if stem.endswith("联系人") or any(
            stem[start:] + way in known
            for start in range(max(len(stem) - 1, 1))
            for way in _WAYS["phone"]
        ):
            return place
    named = [place for place in people if words[place].endswith("姓名")]
    return named[0] if len(named) == 1 else None
