"""What a bare name means beside the other columns of its sheet: the customer, the person or the deal."""

from __future__ import annotations

import re
from collections.abc import Sequence

from crmcore_sheets.people import person_beside

YIELDING = frozenset({"客户名称", "name", "title"})
"""Headers that give way to any other column for the same field: beside it they mean another thing."""

# They name the customer where no other column names a company; 名称 only beside a column for the person.
_CUSTOMER = {
    "客户", "客户名", "customer", "customername", "client", "clientname", "partyname", "拜访客户", "对应客户", "最终客户",
    "终端客户", "咨询客户", "报备客户", "签约客户", "来访客户", "客户/单位", "最终用户", "最终用户名称", "最终用户单位",
    "注册企业", "注册公司", "招标人", "发包方", "开发商", "开发商名称", "广告主", "经销商名称", "采购商名称", "enduser",
    "endusername", "practicename", "facilityname", "shipper", "shippername", "institution", "institutionname",
}  # fmt: skip
_HOUSE = re.compile(
    "(?:业主|主办|招标|建设|使用|用户|项目|发包|参观|来访|拜访|受访|走访|送检|投保|参保|委托|需求|购买|订货|签约|询价|咨询|用能|用工|"
    "招聘|参训)单位(?:名称)?|[\u4e00-\u9fff]{0,2}(?:医院|酒店|宾馆|诊所|门诊|药店|餐厅|饭店|幼儿园|工厂|农场|场地方|品牌方|需求方)名称|"
    "(?:物业|采购|客户|签约|咨询|意向|来访|用工|招聘|投保)(?:公司|企业)(?:名称)?|客户(?:名称)?/[\u4e00-\u9fff]{2,4}(?:名称)?"
)
_PRIVATE = re.compile(
    "婚|出行|入住|患者|业主|学员|宝宝|家长|宠物|车主|小区|户型|年龄|性别|身份证|生日"
)
_ANYTHING = {"名称", "用户名称"}
_DECIDER = "decisionmaker"
_ENDING = {"结束日期", "结束时间"}
_FOLLOWED = {"跟进日期", "跟进时间"}
_IN_CHARGE = {"负责人", "负责人姓名"}
_THEIR_NUMBER = {"负责人电话", "负责人手机", "负责人手机号", "负责人联系电话", "负责人联系方式"}
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
        wanted = _CUSTOMER | _ANYTHING if "contact" in keys else _CUSTOMER
        free = [(at, word) for at, word in enumerate(words) if keys[at] is None]
        places = [at for at, word in free if word in wanted]
        if not any(map(_PRIVATE.search, words)):  # whose hotel or hospital is no customer
            places += [at for at, word in free if _HOUSE.fullmatch(word)]
        if places:
            decided[places[0]] = "company"
    if (
        "contact" not in keys
        and _NAME_PARTS.isdisjoint(words)
        and "phone" in keys
        and _DECIDER in words
    ):
        decided[words.index(_DECIDER)] = "contact"
    reached = not _THEIR_NUMBER.isdisjoint(words)
    if "contact" not in keys and keys.count("owner") > 1 and reached:
        # Who is in charge beside our own seller is in charge at the customer's.
        for place, word in enumerate(words):
            if word in _IN_CHARGE and keys[place] == "owner":
                decided[place] = "contact"
                break
    decided |= person_beside(words, [decided.get(at, key) for at, key in enumerate(keys)])
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
