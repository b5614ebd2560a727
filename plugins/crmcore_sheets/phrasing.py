"""Other words for what a header says: courtesy left out, short forms written out, whose it is told apart.

What is left is still looked up as a whole name: nothing is taken for a field because a word occurs in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from crmcore.text import half_width
from crmcore_sheets.compounds import compounds
from crmcore_sheets.englishnames import english_names

_COURTESY = re.compile(
    r"(?:please\s+)?(?:(?:enter|provide|select|choose|type|give|share)\s+)?"
    r"(?:what(?:'s|\s+is|\s+are)\s+)?(?:your|my)\s+",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"Q?\d{1,2}\s*[、.:)]\s*(?=\D)")
_ASKED = re.compile(r"请您?(?:填写|输入|选择|留下|提供)(?:您的?|你的?)?|您的?|你的")
_TOKENS = re.compile(r"[A-Z]{2,}(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\da-zA-Z_]+")
_PLAIN_WORDS = re.compile(r"[\w\s.#-]+", re.ASCII)
_SHORT = {
    "acct": "account", "amt": "amount", "cust": "customer", "desc": "description", "dt": "date",
    "est": "estimated", "exp": "expected", "mgr": "manager", "no": "number", "num": "number",
    "opp": "opportunity", "oppty": "opportunity", "opty": "opportunity", "org": "organization", "ph": "phone",
    "rev": "revenue", "src": "source",
}  # fmt: skip
_SAME = (
    ("销售线索", "线索"), ("业务机会", "商机"), ("销售机会", "商机"), ("销售商机", "商机"), ("机会", "商机"),
    ("预期", "预计"), ("预估", "预计"), ("预测", "预计"), ("目前", "当前"), ("所在的", "所在"),
)  # fmt: skip
_DATES = {"时间": "日期", "日期": "时间"}
# The day of a follow-up may be the next one, a time to buy is a plan and a date to buy on is none.
_SAID_OTHERWISE = ("跟进", "采购", "备案")
_NUMBER_OF = re.compile(r"(?:#|No\.?)\s*(?:of\s+)?([A-Za-z ]+)|([A-Za-z ]+?)\s*#")
_NAMED = frozenset({"region", "industry", "source", "owner", "stage", "grade", "tags"})

_FIRST_OF_SEVERAL = frozenset({"primary", "main", "default"})

_REACHED = frozenset({"phone", "wechat", "email"})
_COMPANYS = _REACHED | {
    "industry",
    "employees",
    "tags",
    "source",
    "grade",
    "region",
    "remarks",
    "position",
}
_DEALS = frozenset(
    {
        "tags", "source", "region", "remarks", "priority", "first_contact_at", "next_step", "next_step_due",
        "expected_close_at", "closed_at", "close_reason", "budget", "contact", "assigned_at",
    }
)  # fmt: skip
_PERSONS = _REACHED | {"tags", "source", "region", "remarks", "contact", "first_contact_at"}
# Fields whose name means the same when the header says whose it is: 联系人电话, 公司邮箱, 客户来源.
_CHINESE = {
    "联系人": _COMPANYS,
    **dict.fromkeys(("公司", "企业"), _COMPANYS | {"annual_revenue", "credit_code"}),
    **dict.fromkeys(
        ("单位", "机构", "商户", "商家", "厂家", "工厂", "采购方", "买方"),
        _COMPANYS - {"grade", "source"} | {"contact"},
    ),
    "客户": _COMPANYS | {"first_contact_at", "next_step", "next_step_due", "annual_revenue", "assigned_at", "status"},
    **dict.fromkeys(("线索", "商机"), _COMPANYS | _DEALS),
    "询盘": frozenset({"source", "initial_need", "first_contact_at", "remarks"}),
    **dict.fromkeys(("当前", "目前"), frozenset({"stage", "status", "owner", "grade", "tags", "region"})),
    **dict.fromkeys(
        (
            "访客", "用户", "会员", "学员", "学生", "家长", "买家", "患者", "业主", "车主", "咨询人", "咨询者", "顾客",
            "潜客", "意向人", "意向客户", "粉丝", "农户", "雇主", "家属", "报名人", "预约人",
        ),
        _PERSONS,
    ),
    **dict.fromkeys(
        ("关键人", "关键联系人", "关键决策人", "决策人", "对接人", "采购人", "采购负责人", "采购", "受访人", "老板", "店主",
         "KP", "甲方"),
        _REACHED | {"position"},
    ),
    **dict.fromkeys(("注册", "预留", "留资", "报名", "预约", "报修", "联系", "联络"), _REACHED | {"source"}),
    "最终用户": _COMPANYS - {"grade", "source"} | {"contact"},
}  # fmt: skip
_ENGLISH = {
    **dict.fromkeys(("deal", "opportunity"), _DEALS | {"company", "industry", "grade", "email", "phone"}),
    **dict.fromkeys(
        ("lead", "prospect"), _DEALS | _COMPANYS - {"position"} | {"company", "annual_revenue"}
    ),
    **dict.fromkeys(
        ("contact", "person"), _PERSONS | {"company", "position", "industry"}
    ),
    **dict.fromkeys(("customer", "client"), _COMPANYS - {"position", "grade"} | {"contact", "first_contact_at"}),
    **dict.fromkeys(("company", "organization", "organisation"), _COMPANYS | {"annual_revenue", "contact"}),
    **dict.fromkeys(("hq", "headquarters"), frozenset({"region", "phone"})),
    "account": _COMPANYS - {"position"} | {"contact", "stage"},
    **dict.fromkeys(
        ("poc", "buyer", "homeowner", "borrower", "insured", "student", "patient", "parent", "guest", "applicant",
         "visitor", "attendee", "member", "founder", "enquirer", "inquirer"),
        _PERSONS | {"position"},
    ),
}  # fmt: skip
# Of a deal or a lead they are its own title, of an account its number or its balance.
_ITS_OWN = frozenset({"name", "名称", "title", "account"})


def reworded(header: str) -> Iterator[str]:
    """*header* in other words that mean the same, if there are any, the nearest first.

    >>> list(reworded("what_is_your_budget?")), list(reworded("Est. Revenue")), list(reworded("Date Won"))
    (['budget'], ['Estimated Revenue'], ['Won Date'])
    """
    asked = " ".join(half_width(header).replace("_", " ").split())
    plain = _NUMBERED.sub("", asked, count=1).rstrip("?:* ")
    bare = _ASKED.sub("", _COURTESY.sub("", plain, count=1), count=1)
    if bare and bare != asked:
        yield bare
    if bare[-1:] == "1" and not bare[-2:-1].isdigit() and bare[:-1].strip():
        yield bare[:-1].strip()
    yield from compounds(bare)
    if bare[-2:] in _DATES and not bare.startswith(_SAID_OTHERWISE):
        yield bare[:-2] + _DATES[bare[-2:]]
    for long, short in _SAME:
        if long in bare:
            other = bare.replace(long, short)
            yield other
            yield from compounds(other)
    if numbered := _NUMBER_OF.fullmatch(bare):
        yield (
            f"number of {numbered.group(1)}" if numbered.group(1) else f"{numbered.group(2)} number"
        )
    yield from english_names(bare)
    if not _PLAIN_WORDS.fullmatch(bare):
        return
    tokens = _TOKENS.findall(bare)
    full = [_written_out(token) for token in tokens] if len(tokens) > 1 else tokens
    if "1" in full[1:]:
        # An address book numbers what there may be several of: Phone 1 - Value.
        full = [word for word in full if word != "1"]
        full = full[:-1] if full[1:] and full[-1].casefold() == "value" else full
    if full and full != tokens:
        yield " ".join(full)
    if len(full) > 1 and full[0].casefold() in _FIRST_OF_SEVERAL:
        yield " ".join(full[1:])
    if len(full) > 1 and full[0].casefold() == "date":
        rest = full[2:] if full[1].casefold() == "of" else full[1:]
        yield " ".join([*rest, full[0]])


def _written_out(token: str) -> str:
    full = _SHORT.get(token.casefold())
    if full is None:
        return token
    return full.capitalize() if token[0].isupper() else full


def whose(header: str) -> Iterator[tuple[str, frozenset[str]]]:
    """What *header* says of whom, without whose it is, and the fields that may then be meant.

    >>> [rest for rest, _ in whose("Deal - Contact person")], [rest for rest, _ in whose("访客电话")]
    (['Contact person'], ['电话'])
    """
    plain = half_width(header).strip("* ")
    if not plain.isascii():
        for prefix, keys in _CHINESE.items():
            if plain.startswith(prefix):
                rest = plain.removeprefix(prefix).strip()
                if rest and rest not in _ITS_OWN:
                    yield rest, keys
        if plain.endswith("名称"):
            yield plain.removesuffix("名称"), _NAMED
    elif _PLAIN_WORDS.fullmatch(plain):
        tokens = _TOKENS.findall(plain)
        if len(tokens) > 1 and (allowed := _ENGLISH.get(tokens[0].casefold())):
            rest = " ".join(tokens[1:])
            if rest.casefold() not in _ITS_OWN:
                yield rest, allowed
