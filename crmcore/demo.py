"""The demo: half a year of a small software company's funnel, played through the façade.

Everybody meets the same gates as in earnest; the clock is the play's own, so that histories, due
dates and cycle times look as they would after months of work. The same day gives the same demo.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from attrs import define, frozen

from crmcore.bootstrap import open_crm
from crmcore.config import CONFIG_TEMPLATE, FILE_NAME, load_config
from crmcore.crm import Crm
from crmcore.moments import system_clock
from crmcore.money import Money, parse_money
from crmcore.records import ContractChange, Objection, Proposal
from crmcore.wording import Language, Text

T = Text
_PLACES = (T("上海", "Shanghai"), T("苏州", "Suzhou"), T("杭州", "Hangzhou"), T("宁波", "Ningbo"),
           T("深圳", "Shenzhen"), T("武汉", "Wuhan"), T("成都", "Chengdu"), T("青岛", "Qingdao"))  # fmt: skip
_REGIONS = (T("华东", "East"), T("华东", "East"), T("华东", "East"), T("华东", "East"),
            T("华南", "South"), T("华中", "Central"), T("西南", "Southwest"), T("华北", "North"))  # fmt: skip
_NAMES = (T("启明", "Qiming"), T("华锐", "Huarui"), T("远达", "Yuanda"), T("同创", "Tongchuang"),
          T("瑞丰", "Ruifeng"), T("博思", "Bosi"), T("立信", "Lixin"), T("金桥", "Jinqiao"),
          T("恒泰", "Hengtai"), T("新川", "Xinchuan"), T("海纳", "Haina"))  # fmt: skip
_TRADES = (
    (T("精密机械有限公司", "Precision Machinery"), T("制造业", "Manufacturing")),
    (T("电子科技有限公司", "Electronics"), T("制造业", "Manufacturing")),
    (T("网络科技有限公司", "Networks"), T("互联网", "Internet")),
    (T("连锁超市有限公司", "Supermarkets"), T("零售", "Retail")),
    (T("管理咨询有限公司", "Consulting"), T("专业服务", "Professional services")),
)
_PEOPLE = (T("王经理", "Grace Wang"), T("李总", "David Li"), T("张工", "Peter Zhang"),
           T("陈主任", "Helen Chen"), T("刘总监", "Frank Liu"), T("赵女士", "Amy Zhao"))  # fmt: skip
_POSITIONS = (T("采购总监", "Head of purchasing"), T("生产经理", "Production manager"),
              T("总经理", "General manager"), T("信息部主任", "Head of IT"))  # fmt: skip
_SOURCES = (T("展会", "Trade fair"), T("官网", "Website"), T("老客户介绍", "Referral"),
            T("电话营销", "Cold call"), T("小红书", "Social media"))  # fmt: skip
_NEEDS = (T("生产排程系统", "A production scheduling system"), T("门店库存管理", "Stock control for shops"),
          T("设备联网与看板", "Connected machines and a dashboard"), T("客户数据整理", "Order in customer data"),
          T("报表自动化", "Automatic reports"))  # fmt: skip
_OWNERS = (
    T("李娜", "Li Na"),
    T("王强", "Wang Qiang"),
    T("陈晨", "Chen Chen"),
    T("周敏", "Zhou Min"),
)
_CALLS = (T("电话沟通，对方有兴趣，约下周演示", "Called; interested, a demo next week"),
          T("上门拜访，看了产线", "Visited and saw the line"),
          T("发了案例，等回复", "Sent case studies, waiting for an answer"),
          T("和技术部开会确认接口", "Met their engineers about interfaces"))  # fmt: skip
_DOUBTS = (T("担心实施影响生产", "Worried that the rollout stops production"),
           T("觉得价格偏高", "Finds the price high"), T("怕员工不会用", "Fears that staff will not use it"))  # fmt: skip
_ANSWERS = (T("分两期上线，先试一条产线", "Two phases, one line first"),
            T("首年免维护费", "No maintenance fee in the first year"),
            T("现场培训三天", "Three days of training on site"))  # fmt: skip
_NEXT = (T("周四演示", "Demo on Thursday"), T("发送方案", "Send the proposal"),
         T("确认付款方式", "Agree on payment"), T("回访", "Call back"), T("约见总经理", "Meet the GM"))  # fmt: skip
_LOST = (
    T("价格过高", "Price too high"),
    T("选择了竞争对手", "Chose a competitor"),
    T("项目暂停", "Project paused"),
)

FILES = (FILE_NAME, "crm.json", "crm.json.log", "crm.json.lock", "inbox.jsonl", "inbox.jsonl.lock")
"""What a demo consists of, so that it can be made anew."""

_CUSTOMERS = 56
_DAYS = 170


@define
class _PlayClock:
    now: datetime

    def __call__(self) -> datetime:
        return self.now


@frozen(order=True)
class _Scene:
    at: datetime
    number: int
    play: Callable[[], object]


def build(directory: Path, language: Language) -> None:
    """Make a workspace with the demo's customers in *directory*, which must not hold one yet."""
    directory.mkdir(parents=True, exist_ok=True)
    text = CONFIG_TEMPLATE.format(store="tinydb:crm.json", language=language, timezone="")
    (directory / FILE_NAME).write_text(text, "utf-8")
    today = system_clock().replace(minute=0, second=0)
    clock = _PlayClock(today - timedelta(days=_DAYS))
    config = load_config(directory)
    with open_crm(clock=clock, actor=_OWNERS[0].in_(language), config=config) as crm:
        play = _Play(crm, clock, language, random.Random(20240501))  # noqa: S311 - a play, no secret
        scenes = sorted(scene for n in range(_CUSTOMERS) for scene in play.scenes(n, today))
        for scene in scenes:
            clock.now = scene.at
            scene.play()


class _Play:
    """Writes each customer's story and remembers the id it got."""

    def __init__(
        self, crm: Crm, clock: _PlayClock, language: Language, chance: random.Random
    ) -> None:
        self._crm = crm
        self._clock = clock
        self._language = language
        self._chance = chance
        self._ids: dict[int, str] = {}

    def _say(self, text: Text) -> str:
        return text.in_(self._language)

    def _pick(self, texts: tuple[Text, ...]) -> str:
        return self._say(self._chance.choice(texts))

    def _company(self, *parts: Text) -> str:
        return ("" if self._language == "zh" else " ").join(self._say(part) for part in parts)

    def scenes(self, number: int, today: datetime) -> Iterator[_Scene]:
        """The story of customer *number*, up to today."""
        far = self._chance.choices(range(1, 7), weights=(12, 11, 9, 7, 6, 8))[0]
        steps = self._story(number, far, today)
        span = min(6 + 9 * len(steps), _DAYS - 2)
        start = today - timedelta(days=span - self._chance.randint(-4, 4), hours=number % 7)
        gap = (today - start - timedelta(hours=20)) / len(steps)
        for index, step in enumerate(steps):
            at = (start + gap * index).replace(microsecond=0)
            yield _Scene(at, number * 100 + index, step)

    def _story(self, number: int, far: int, today: datetime) -> list[Callable[[], object]]:
        parts = [
            self._capture,
            self._screen,
            self._solve,
            self._negotiate,
            self._deliver,
            self._again,
        ]
        steps = [step for part in parts[:far] for step in part(number)]
        if number % 5 == 4 and far in (2, 3, 4):
            reason = self._pick(_LOST)
            steps.append(lambda: self._crm.lose(self._ids[number], reason))
        elif number % 7 == 5 and far <= 2:
            wrong = self._say(T("空号", "Empty number"))
            steps.append(lambda: self._crm.invalidate(self._ids[number], wrong))
        elif far < 5 and number % 3:
            due = today + timedelta(days=self._chance.choice((-2, 0, 1, 1, 2, 3, 5, 8)), hours=5)
            values = {"next_step": self._pick(_NEXT), "next_step_due": due}
            steps.append(lambda: self._crm.edit(self._ids[number], values))
        return steps

    def _capture(self, number: int) -> list[Callable[[], object]]:
        place = number % len(_PLACES)
        trade, industry = _TRADES[(number * 3 + number // 8) % len(_TRADES)]
        parts = (_PLACES[place], _NAMES[number % len(_NAMES)], trade)
        low = self._chance.choice((5, 8, 10, 20, 30, 50, 80))
        values = {
            "company": self._company(*parts),
            "contact": self._pick(_PEOPLE),
            "position": self._pick(_POSITIONS),
            "industry": self._say(industry),
            "region": self._say(_REGIONS[place]),
            "phone": f"139{number:04d}{(number * 7919) % 10000:04d}",
            "source": self._pick(_SOURCES),
            "initial_need": self._pick(_NEEDS),
            "budget": f"{low}万-{low * 2}万",
            "priority": self._chance.choice(("high", "medium", "low")),
        }

        def capture() -> None:
            self._ids[number] = self._crm.add(values).id

        return [capture]

    def _screen(self, number: int) -> list[Callable[[], object]]:
        crm, owner = self._crm, self._say(_OWNERS[number % len(_OWNERS)])
        answers = {
            "validity": "valid",
            "employees": str(self._chance.choice((40, 90, 180, 350, 800, 2000))),
            "annual_revenue": self._chance.choice(("800万", "3000万", "8000万", "2亿", "6亿")),
            "decision_authority": self._chance.choice(("decides", "influences", "uses")),
            "need_match": self._chance.choice(("high", "high", "medium", "low")),
            "budget_fit": self._chance.choice(("sufficient", "partial", "insufficient")),
        }
        if number % 5 == 2:
            del answers["annual_revenue"]
        call = self._pick(_CALLS)
        return [
            lambda: crm.move(self._ids[number], "screening"),
            lambda: crm.edit(self._ids[number], answers),
            lambda: crm.grade(self._ids[number]),
            lambda: crm.assign(self._ids[number], owner),
            lambda: crm.log(self._ids[number], call, "call"),
        ]

    def _solve(self, number: int) -> list[Callable[[], object]]:
        crm, doubt = self._crm, self._chance.randrange(len(_DOUBTS))
        price = parse_money(f"{self._chance.choice((6, 9, 12, 18, 28, 45, 68))}万")
        need, visit = self._pick(_NEEDS), self._pick(_CALLS)
        offer = self._say(T("标准版加实施服务", "Standard edition with rollout"))

        def propose() -> None:
            proposal = Proposal(offer, sent_at=self._clock.now, price=price)
            crm.append(self._ids[number], "proposals", proposal)

        def doubted() -> None:
            objection = Objection(self._say(_DOUBTS[doubt]), at=self._clock.now)
            crm.append(self._ids[number], "objections", objection)

        return [
            lambda: crm.move(self._ids[number], "solution"),
            lambda: crm.log(self._ids[number], visit, "visit"),
            lambda: crm.edit(self._ids[number], {"need_detail": need}),
            propose,
            doubted,
        ]

    def _negotiate(self, number: int) -> list[Callable[[], object]]:
        crm, answer = self._crm, self._pick(_ANSWERS)
        liked = self._say(
            T("方案可以，谈价格", "The solution fits; the price is to be talked about")
        )
        terms = self._chance.choice(("3-6-1", "5-5", "3-3-3-1"))
        discount = self._chance.choice((Decimal("0.95"), Decimal("0.9"), Decimal(1)))

        def agree() -> None:
            customer = crm.get(self._ids[number])
            assert customer.value is not None
            agreed = Money(customer.value.amount * discount, customer.value.currency)
            crm.edit(customer.id, {"price": agreed, "payment_terms": terms})

        return [
            lambda: crm.amend(self._ids[number], "objections", 1, response=answer, resolved=True),
            lambda: crm.amend(self._ids[number], "proposals", 1, feedback=liked),
            lambda: crm.move(self._ids[number], "negotiation"),
            agree,
            lambda: crm.edit(self._ids[number], {"contract_sent_at": self._clock.now}),
        ]

    def _deliver(self, number: int) -> list[Callable[[], object]]:
        crm = self._crm
        change = ContractChange(
            self._say(T("第 5 条 付款", "Clause 5, payment")),
            "5-5",
            "3-6-1",
            self._say(T("客户的付款制度", "The customer's payment rules")),
        )
        return [
            lambda: crm.append(self._ids[number], "contract_changes", change),
            lambda: crm.edit(self._ids[number], {"contract_signed_at": self._clock.now}),
            lambda: crm.move(self._ids[number], "after_sales"),
        ]

    def _again(self, number: int) -> list[Callable[[], object]]:
        crm, score = self._crm, self._chance.choice(("4", "5", "5"))
        steps: list[Callable[[], object]] = [
            lambda: crm.edit(self._ids[number], {"delivered_at": self._clock.now}),
            lambda: crm.edit(self._ids[number], {"acceptance": "accepted"}),
        ]
        if number % 3 == 2:
            return steps
        place, (trade, _) = _PLACES[(number + 3) % len(_PLACES)], _TRADES[number % len(_TRADES)]
        friend = {
            "company": self._company(place, T("合力", "Heli"), trade),
            "contact": self._pick(_PEOPLE),
            "phone": f"138{number:04d}0001",
        }
        wish = self._say(T("想在二厂也上一套", "They want the same for their second plant"))

        def again() -> None:
            crm.log(crm.repurchase(self._ids[number]).id, wish, "call")

        return [
            *steps,
            lambda: crm.edit(self._ids[number], {"satisfaction": score}),
            lambda: crm.move(self._ids[number]),
            again,
            lambda: crm.refer(self._ids[number], friend),
        ]
