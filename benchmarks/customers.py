"""The customers that are measured with: made up, always the same, like a sales team's own.

Two in three are written in Chinese. They stand in all five stages and all outcomes, and their
documents have about 1.2 KB, more the further they got.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from attrs import evolve

from crmcore.changes import Batch, Write
from crmcore.codec import Codec
from crmcore.customer import Customer
from crmcore.money import Money, MoneyRange
from crmcore.records import Activity, Objection, Proposal
from crmcore.wording import Language, Text

T = Text
START = datetime(2018, 1, 1, 1, tzinfo=UTC)
PER_DAY = 400
"""How many customers a day brings, so that ids rise with time as a team's do."""

STAGES = ("lead", "screening", "solution", "negotiation", "after_sales")
_SHARES = (34, 26, 18, 10, 12)
"""Of a hundred customers, how many got to each of `STAGES`."""

_PLACES = (T("上海", "Shanghai"), T("苏州", "Suzhou"), T("杭州", "Hangzhou"), T("深圳", "Shenzhen"),
           T("武汉", "Wuhan"), T("成都", "Chengdu"), T("青岛", "Qingdao"), T("西安", "Xi'an"))  # fmt: skip
_NAMES = (T("启明", "Qiming"), T("华锐", "Huarui"), T("远达", "Yuanda"), T("同创", "Tongchuang"),
          T("瑞丰", "Ruifeng"), T("博思", "Bosi"), T("恒泰", "Hengtai"), T("海纳", "Haina"))  # fmt: skip
_TRADES = (T("精密机械有限公司", "Precision Machinery Ltd"), T("电子科技股份有限公司", "Electronics plc"),
           T("连锁超市有限公司", "Supermarkets Ltd"), T("管理咨询有限公司", "Consulting Ltd"))  # fmt: skip
_INDUSTRIES = (T("制造业", "Manufacturing"), T("互联网", "Internet"), T("零售", "Retail"),
               T("专业服务", "Professional services"), T("医疗", "Health care"))  # fmt: skip
_REGIONS = (T("华东", "East"), T("华南", "South"), T("华中", "Central"), T("西南", "Southwest"))
_PEOPLE = (T("王经理", "Grace Wang"), T("李总", "David Li"), T("张工", "Peter Zhang"),
           T("陈主任", "Helen Chen"), T("赵女士", "Amy Zhao"))  # fmt: skip
_POSITIONS = (T("采购总监", "Head of purchasing"), T("生产经理", "Production manager"),
              T("信息部主任", "Head of IT"))  # fmt: skip
_SOURCES = (T("展会", "Trade fair"), T("官网", "Website"), T("老客户介绍", "Referral"),
            T("电话营销", "Cold call"))  # fmt: skip
_OWNERS = tuple(T(f"销售{n:02}", f"Seller {n:02}") for n in range(1, 25))
_NEEDS = (T("三条产线的排程与看板，要和现有 ERP 对接", "Scheduling and a board for three lines, tied to their ERP"),
          T("门店库存管理，总部每天看到各店的数", "Stock control for shops, seen daily at the head office"),
          T("报表自动化，月底不再加班", "Automatic reports, no more nights at the end of the month"))  # fmt: skip
_PAINS = (T("排程靠手工，交期常延误", "Plans are made by hand and deliveries slip"),
          T("数据散在各人的表格里", "Data is scattered over everybody's sheets"))  # fmt: skip
_OFFERS = (
    T("标准版加实施服务", "Standard edition with rollout"),
    T("专业版，含两年维护", "Professional, two years of care"),
)
_DOUBTS = (T("担心实施影响生产", "Worried that the rollout stops production"),
           T("觉得价格偏高", "Finds the price high"))  # fmt: skip
_ANSWERS = (T("分两期上线，先试一条产线", "Two phases, one line first"),
            T("首年免维护费", "No maintenance fee in the first year"))  # fmt: skip
_TALKS = (T("电话沟通，对方有兴趣，约下周演示", "Called; interested, a demo next week"),
          T("上门拜访，看了产线，见到了生产经理", "Visited, saw the line and met the production manager"),
          T("发了同行案例，等回复", "Sent case studies of their trade, waiting for an answer"),
          T("和技术部开会确认接口", "Met their engineers about the interfaces"))  # fmt: skip
_STEPS = (T("周四演示", "Demo on Thursday"), T("发送方案", "Send the proposal"),
          T("确认付款方式", "Agree on payment"), T("约见总经理", "Meet the general manager"))  # fmt: skip
_LOST = (T("价格过高", "Price too high"), T("选择了竞争对手", "Chose a competitor"))


def customers(count: int, start: int = 0) -> Iterator[Customer]:
    """The customers number *start* and on, *count* of them."""
    return map(customer, range(start, start + count))


def customer_id(number: int) -> str:
    """The id of customer *number* (from 0): the day it came, and a sequence."""
    day, sequence = divmod(number, PER_DAY)
    return f"{START + timedelta(days=day):%Y%m%d}{sequence + 1:03}"


def customer(number: int) -> Customer:
    """Customer *number* (from 0), the same each time."""
    return _Maker(number).customer()


def creation(new: Customer) -> Batch:
    """The commit that adds *new*."""
    return Batch((Write(None, new),), START, "bench", "add")


def called(before: Customer, number: int) -> Customer:
    """*before* after call *number*: one more activity, another next step and its due date."""
    chance = Random(number)
    at = START + timedelta(days=3000, seconds=number)
    language = _language(number)
    talk = Activity(at, "call", chance.choice(_TALKS).in_(language), _OWNERS[0].in_(language))
    return evolve(
        before,
        # The newest ten: a customer called in every round would otherwise outgrow the others.
        activities=(*before.activities, talk)[-10:],
        next_step=chance.choice(_STEPS).in_(language),
        next_step_due=at + timedelta(days=chance.randint(-2000, 30)),
    )


def call(before: Customer, number: int) -> Batch:
    """The commit that changes *before* as `called` does."""
    return Batch((Write(before, called(before, number)),), START, "bench", "log")


def as_json(codec: Codec, shown: Customer) -> str:
    """The document of *shown* as compact JSON."""
    return json.dumps(codec.encode(shown), ensure_ascii=False, separators=(",", ":"))


def _language(number: int) -> Language:
    return "en" if number % 3 == 2 else "zh"


class _Maker:
    """Makes one customer from its number."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._chance = Random(number)
        self._came = START + timedelta(days=number // PER_DAY, seconds=number % PER_DAY)
        self._far = self._chance.choices(range(5), weights=_SHARES)[0]

    def _pick(self, texts: tuple[Text, ...]) -> str:
        return self._chance.choice(texts).in_(_language(self._number))

    def _after(self, least: int, most: int) -> datetime:
        return self._came + timedelta(hours=self._chance.randint(least * 24, most * 24))

    def _money(self, least: int, most: int) -> Money:
        currency = "USD" if self._number % 17 == 0 else "CNY"
        return Money(Decimal(self._chance.randint(least, most) * 1000), currency)

    def customer(self) -> Customer:
        """Each stage reached adds what its gate asked for."""
        parts = (self._lead, self._screening, self._solution, self._negotiation, self._after_sales)
        values: dict[str, Any] = {}
        for part in parts[: self._far + 1]:
            values |= part()
        return Customer(**values | self._outcome())

    def _lead(self) -> dict[str, Any]:
        low, number = self._chance.choice((5, 8, 10, 20, 30, 50, 80)) * 10_000, self._number
        talks = tuple(
            Activity(self._after(0, 40), kind, self._pick(_TALKS), self._pick(_OWNERS))
            for kind in ("call", "visit", "message")[: 1 + self._far // 2]
        )
        company = self._pick(_PLACES), self._pick(_NAMES), str(number), self._pick(_TRADES)
        return {
            "id": customer_id(number),
            "company": ("" if _language(number) == "zh" else " ").join(company),
            "contact": self._pick(_PEOPLE),
            "position": self._pick(_POSITIONS),
            "industry": self._pick(_INDUSTRIES),
            "employees": self._chance.choice((40, 90, 180, 350, 800, 2000)),
            "region": self._pick(_REGIONS),
            "phone": f"139{number % 100_000_000:08d}",
            "email": f"contact{number}@example.com" if number % 3 == 0 else None,
            "source": self._pick(_SOURCES),
            "first_contact_at": self._came,
            "initial_need": self._pick(_NEEDS),
            "budget": MoneyRange(Decimal(low), Decimal(low * 2)),
            "priority": self._chance.choice(("high", "medium", "low")),
            "tags": tuple(
                self._chance.sample(("vip", "展会2024", "renewal", "华东重点"), number % 3)
            ),
            "activities": talks,
            "next_step": self._pick(_STEPS),
            "next_step_due": self._after(1, 90) if number % 5 else None,
            "remarks": self._pick(_PAINS) if number % 4 == 0 else None,
            "created_at": self._came,
            "entered_stage_at": self._after(0, 5),
        }

    def _screening(self) -> dict[str, Any]:
        return {
            "annual_revenue": self._money(1000, 600_000),
            "validity": "valid",
            "decision_authority": self._chance.choice(("decides", "influences", "uses")),
            "need_match": self._chance.choice(("high", "medium", "low")),
            "budget_fit": self._chance.choice(("sufficient", "partial", "insufficient")),
            "grade": self._chance.choice(("A", "B", "C")),
            "grade_evidence": "500 人以上企业 +20; 预算充足 +25; 决策者 +15",
            "owner": self._pick(_OWNERS),
            "assigned_at": self._after(0, 2),
            "first_follow_up_due": self._after(1, 3),
            "expected_close_at": self._after(20, 120),
        }

    def _solution(self) -> dict[str, Any]:
        offer = Proposal(self._pick(_OFFERS), self._after(5, 20), self._money(50, 900))
        doubt = Objection(self._pick(_DOUBTS), self._pick(_ANSWERS), "", True, self._after(6, 30))
        return {
            "need_detail": self._pick(_NEEDS),
            "pain_points": self._pick(_PAINS),
            "proposals": (offer,),
            "objections": (doubt,),
        }

    def _negotiation(self) -> dict[str, Any]:
        return {
            "price": self._money(40, 800),
            "payment_terms": self._chance.choice(("3-6-1", "5-5", "3-3-3-1")),
            "contract_sent_at": self._after(25, 40),
        }

    def _after_sales(self) -> dict[str, Any]:
        signed = self._after(40, 60)
        return {
            "contract_signed_at": signed,
            "closed_at": signed,
            "delivered_at": self._after(70, 90),
            "acceptance": self._chance.choice(("accepted", "pending")),
        }

    def _outcome(self) -> dict[str, Any]:
        """Most are open; of the rest some are won, some have closed their round, some are lost."""
        stage = {"stage": STAGES[self._far]}
        if self._far == 4:
            finished = self._after(95, 120) if self._number % 2 else None
            return stage | {"status": "won", "completed_at": finished}
        if self._chance.random() < 0.8:
            return stage | {"status": "open"}
        status = "invalid" if self._far == 0 else "lost"
        return stage | {
            "status": status,
            "closed_at": self._after(10, 60),
            "close_reason": self._pick(_LOST),
        }
