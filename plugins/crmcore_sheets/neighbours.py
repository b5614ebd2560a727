"""What a bare name means beside the other columns of its sheet: the customer, the person or the deal."""

from __future__ import annotations

import re
from collections.abc import Sequence

YIELDING = frozenset({"客户名称", "name", "title"})
"""Headers that give way to any other column for the same field: beside it they mean another thing."""

# They name the customer where no other column names a company; 名称 only beside a column for the person.
_CUSTOMER = {
    "客户", "客户名", "customer", "customername", "client", "clientname", "partyname", "拜访客户", "对应客户", "最终客户",
    "终端客户", "报备客户", "签约客户", "来访客户", "客户/单位", "最终用户", "最终用户名称", "最终用户单位", "注册企业",
    "注册公司", "业主单位", "参观单位", "来访单位", "拜访单位", "受访单位", "医院名称", "诊所名称", "药店名称", "餐厅名称",
    "幼儿园名称", "场地方名称", "招标单位", "招标人", "建设单位", "使用单位", "用户单位", "项目单位", "发包方", "发包单位",
    "开发商", "开发商名称", "经销商名称", "采购商名称", "enduser", "endusername", "practicename", "facilityname", "shipper",
}  # fmt: skip
_ANYTHING = "名称"
# Not those who brought the customer, are brought along, stand between, work for us or only sign.
_PERSON = re.compile(
    "(?!.*(?:推荐|介绍|紧急|备用|第二|其他|其它|供应|代理|渠道|我方|我司|厂家|物流|售后|安装|施工|司机|业务|销售|孩子|宝宝|"
    "子女|配偶|宠物|被保|老人|长者|法人|法定|员工|创建|录入|报备|提报|审批|审核|操作|分配|修改|更新|收货|付款|签收|发货))"
    "[\u4e00-\u9fff]{0,6}(?:人|主任|老师|科长|处长|院长|校长|厂长|园长|店长|主管)(?:姓名)?"
)
_NUMBERS = ("电话", "手机", "手机号", "手机号码", "联系电话", "联系方式", "电话号码")
_DECIDER = "decisionmaker"
_ENDING = {"结束日期", "结束时间"}
_FOLLOWED = {"跟进日期", "跟进时间"}
_IN_CHARGE = {"负责人", "负责人姓名"}
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
    if (
        "contact" not in keys
        and _NAME_PARTS.isdisjoint(words)
        and "phone" in keys
        and _DECIDER in words
    ):
        decided[words.index(_DECIDER)] = "contact"
    if "contact" not in keys and keys.count("owner") > 1:
        # Who is in charge beside our own seller is in charge at the customer's.
        for place, word in enumerate(words):
            if word in _IN_CHARGE and keys[place] == "owner":
                decided[place] = "contact"
                break
    decided |= _person_and_number(words, [decided.get(at, key) for at, key in enumerate(keys)])
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
        elif word == "role" and key is None and "contact" in kinds and "position" not in keys:
            decided[place] = "position"
        elif word in _FOLLOWED and key == "next_step_due" and keys.count("next_step_due") > 1:
            decided[place] = None  # beside the next one it is the day of this one
        elif word in _ENDING and key is None and sum(signs) > 1 and "closed_at" not in keys:
            decided[place] = "closed_at"
        elif word == "name" and key == "contact" and deals and not kinds.isdisjoint(_IDENTIFYING):
            decided[place] = None
        person = person or "contact" in (key, decided.get(place)) or word in _NAME_PARTS
    return decided


def _person_and_number(words: Sequence[str], keys: Sequence[str | None]) -> dict[int, str]:
    """Who is named beside a number of theirs (后勤主任, 后勤主任电话), where no column is the contact or the phone."""
    found: dict[int, str] = {}
    contact = keys.index("contact") if "contact" in keys else None
    for place, word in enumerate(words):
        if contact is None and keys[place] is None and _PERSON.fullmatch(word):
            stem = word.removesuffix("姓名")
            if word.endswith("联系人") or any(stem + number in words for number in _NUMBERS):
                contact, found[place] = place, "contact"
    named = [at for at, word in enumerate(words) if word.endswith("姓名") and keys[at] is None]
    if contact is None and len(named) == 1 and _PERSON.fullmatch(words[named[0]]):
        contact, found[named[0]] = named[0], "contact"
    if contact is not None and "phone" not in keys:
        stem = words[contact].removesuffix("姓名")
        theirs = [at for at, word in enumerate(words) if word in {stem + n for n in _NUMBERS}]
        if theirs and keys[theirs[0]] is None:
            found[theirs[0]] = "phone"
    return found
