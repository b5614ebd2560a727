"""A quarter of a sales team on a simulated clock: every deadline is where a calendar on paper has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from crmcore.bootstrap import open_crm
from crmcore.config import load_config
from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.gates import unmet
from crmcore.screening import Finding

pytest.importorskip("chinese_calendar")
SHANGHAI = ZoneInfo("Asia/Shanghai")
OWNERS = ("李娜", "王强", "赵敏", "孙丽", "周杰", "吴磊")
CONFIG = f"""
store = "memory:"
language = "zh"
timezone = "Asia/Shanghai"
calendar = "china"
assigner = "territory"
team = {list(OWNERS)}
notify = []

[deadlines]
first_follow_up = "8 working hours"
survey = "3 workdays"
working_hours = "09:00-12:00, 13:00-18:00"

[[plugin.territory.rules]]
name = "华东"
when = "region:华东"
owners = {list(OWNERS[:3])}

[[plugin.territory.rules]]
name = "其余"
owners = {list(OWNERS[3:])}
"""

# By hand, from the notice for 2026: off are Jan 1-3, Feb 15-23, Apr 4-6; worked are Jan 4, Feb 14, Feb 28.
FOLLOW_UPS = {
    "01-05 09:00": "01-05 18:00", "01-05 14:00": "01-06 14:00", "01-04 10:00": "01-05 10:00",
    "01-03 10:00": "01-04 18:00", "01-09 17:00": "01-12 17:00", "02-13 13:00": "02-14 12:00",
    "02-14 13:00": "02-24 12:00", "02-14 18:30": "02-24 18:00", "02-20 08:00": "02-24 18:00",
    "02-27 17:00": "02-28 17:00", "02-28 17:00": "03-02 17:00", "03-06 12:30": "03-09 12:00",
}  # fmt: skip
SURVEYS = {
    "01-02 10:00": "01-06 10:00", "01-08 10:00": "01-13 10:00", "02-11 10:00": "02-14 10:00",
    "02-12 16:00": "02-24 16:00", "02-14 09:00": "02-26 09:00", "02-18 11:00": "02-26 11:00",
    "02-26 10:00": "03-02 10:00", "02-28 10:00": "03-04 10:00", "03-27 10:00": "04-01 10:00",
    "03-31 10:00": "04-03 10:00", "04-01 10:00": "04-07 10:00", "04-02 10:00": "04-08 10:00",
}  # fmt: skip


class Clock:
    """Stands where the test puts it."""

    now = datetime(2026, 1, 4, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def at(self, text: str) -> datetime:
        """Go to this moment of 2026 in Shanghai."""
        self.now = datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI).astimezone(UTC)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def crm(tmp_path: Path, clock: Clock) -> Iterator[Crm]:
    (tmp_path / "crm.toml").write_text(CONFIG, "utf-8")
    crm = open_crm(config=load_config(tmp_path), clock=clock, actor="李娜")
    yield crm
    crm.close()


def local(moment: datetime | None) -> str:
    assert moment is not None
    return f"{moment.astimezone(SHANGHAI):%m-%d %H:%M}"


def test_follow_ups_and_surveys_are_due_as_worked_out_by_hand(crm: Crm, clock: Clock) -> None:
    for assigned, due in FOLLOW_UPS.items():
        clock.at(assigned)
        customer = crm.assign(crm.add(company=assigned).id, "李娜")
        assert (assigned, local(customer.first_follow_up_due)) == (assigned, due)
    for delivered, due in SURVEYS.items():
        clock.at(delivered)
        customer = crm.add(company=delivered, delivered_at=f"2026-{delivered}")
        assert (delivered, local(customer.survey_due)) == (delivered, due)


PASSED = {
    kind: Finding("pass") for kind in ("company_exists", "contact_decides", "number_reachable")
}


def test_two_hundred_customers_go_through_a_quarter(crm: Crm, clock: Clock) -> None:
    chance = Random(4)
    ids: list[str] = []
    for day in range(90):
        clock.now = datetime(2026, 1, 4, 1, tzinfo=UTC) + timedelta(
            days=day, hours=chance.randrange(8)
        )
        while len(ids) < min(200, (day + 1) * 3):
            ids.append(_lead(crm, len(ids), chance))
        for customer_id in chance.sample(ids, min(12, len(ids))):
            _work(crm, crm.get(customer_id), chance)
    crm.apply_assignment(crm.plan_assignment("owner:李娜", without=["李娜"]), "离职")
    _standing(crm, ids)


def _lead(crm: Crm, number: int, chance: Random) -> str:
    region = chance.choice(("华东", "华北", "华南"))
    lead = crm.add(
        company=f"客户{number}", phone=f"138{number:08}", source="展会", region=region,
        budget=f"{chance.randrange(5, 90)}万",
    )  # fmt: skip
    crm.apply_assignment(crm.plan_assignment(f"id={lead.id}"))
    return lead.id


def _work(crm: Crm, customer: Customer, chance: Random) -> None:
    if customer.status in ("lost", "invalid") or customer.completed_at:
        return
    crm.log(customer.id, "聊了聊", "call")
    if chance.random() < 0.05:
        crm.lose(customer.id, "价格过高")
        return
    if customer.stage == "screening" and customer.validity != "valid":
        failed = {"number_reachable": Finding("fail", "空号")} if chance.random() < 0.1 else {}
        if crm.screen(customer.id, {**PASSED, **failed}).status == "invalid":
            return
    needed = {
        "lead": {},
        "screening": {"grade": "A", "grade_evidence": "预算已批"},
        "solution": {"need_detail": "三条产线", "proposals": "方案一"},
        "negotiation": {
            "price": "20万", "payment_terms": "3-6-1", "contract_sent_at": "今天",
            "contract_signed_at": "今天",
        },
        "after_sales": {"delivered_at": "今天", "acceptance": "accepted", "satisfaction": "5"},
    }[customer.stage]  # fmt: skip
    crm.move(customer.id, values=needed)


def _standing(crm: Crm, ids: list[str]) -> None:
    customers = [crm.get(each) for each in ids]
    assert len(customers) == 200
    by_status = {c.status for c in customers}
    assert {"open", "won", "lost", "invalid"} == by_status
    pipeline = crm.pipeline()
    for customer in customers:
        here = pipeline.index(customer.stage)
        assert unmet(pipeline.stages[:here], customer, crm.fields) == []
        assert customer.debts == ()
        if customer.status == "open":
            wanted = OWNERS[1:3] if customer.region == "华东" else OWNERS[3:]
            assert customer.owner in wanted
            assert customer.first_follow_up_due > customer.assigned_at
        if customer.delivered_at:
            assert customer.survey_due == crm.deadlines.survey(customer.delivered_at)
    assert all("未公布" not in item.what.zh for item in crm.due())
    loads = [crm.tally(f"status:open owner:{owner}", ())[0].count for owner in OWNERS[3:]]
    assert max(loads) - min(loads) <= 12
