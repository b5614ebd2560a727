"""Customers as they are: Chinese and other ones, of every stage, some of whom hardly anything is known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from crmcore.customer import Customer
from crmcore.money import parse_money, parse_range
from crmcore.records import Activity, Objection, Proposal

_COLUMNS = (
    "company", "contact", "position", "industry", "region", "employees", "source", "phone",
    "budget", "decision_authority", "need_match", "purchase_timing", "stage", "status", "owner",
)  # fmt: skip
_ROWS: tuple[tuple[Any, ...], ...] = (
    ("某某科技有限公司", "张经理", "采购经理", "制造业", "华东", 120, "展会", "13812345678", "10万-20万",
     "decides", "high", "1个月内", "screening", "open", "李娜"),
    ("苏州华锐精密机械有限公司", "王总", "总经理", "制造业", "华东", 860, "老客户介绍", "13900000002", "80万-120万",
     "decides", "high", "本季度", "negotiation", "open", "王强"),
    ("瑞康医疗器械有限公司", "陈主任", "设备科主任", "医疗器械", "华南", 45, "官网", "13700000003", "30万",
     "influences", "medium", "3个月内", "solution", "open", "李娜"),
    ("博思管理咨询", "刘总监", None, "专业服务", "华中", 30, "电话营销", "13600000004", None,
     None, "low", None, "lead", "open", None),
    ("海纳连锁超市有限公司", "赵女士", "采购总监", "零售", "西南", 2300, "小红书", "13500000005", "15万-25万",
     "decides", "medium", "半年内", "after_sales", "won", "陈晨"),
    ("同创网络", "周敏", None, "互联网", "华北", 8, "官网", None, None,
     None, None, None, "lead", "lost", "周敏"),
    ("Acme Tools GmbH", "Grace Müller", "Head of purchasing", "Manufacturing", "East", 340, "Trade fair",
     "+49 30 1234567", "$22,700.00", "decides", "high", "this quarter", "solution", "open", "Li Na"),
    ("Northwind Traders", "Peter O'Neil", "CTO", "Retail", "North", 75, "Referral", "+44 20 7946 0000",
     "€40,000-€60,000", "influences", "medium", None, "screening", "open", "Li Na"),
    ("Contoso Medical", "Amy Zhao", "QA manager", "Medical devices", "West", 15, "Website", None,
     "HKD 500,000", None, "high", "next month", "negotiation", "won", "Peter"),
    ("東京精機株式会社", "田中様", None, "製造業", None, None, "Trade fair", "+81 3 1234 5678", None,
     None, None, None, "lead", "invalid", None),
    ("[bold]Robert'); DROP TABLE[/]", "=HYPERLINK(1)", None, "其他", None, 0, "官网", None, None,
     None, None, None, "lead", "open", None),
    ("一家名字非常非常长以至于在任何一列里都放不下的有限责任公司" * 2, "欧阳", None, None, None, None, None,
     "13400000012", None, None, None, None, "lead", "open", None),
    ("👩‍🔬 Laboratório Ångström", None, None, None, None, 1, None, None, "1亿", None, None, None, "solution",
     "open", "Li Na"),
)  # fmt: skip
_GRADES = ("A", "B", "C", None)


def sample_customers() -> tuple[Customer, ...]:
    """Some 14 customers of whom much is known, and one of whom nothing but the id is."""
    return tuple(_people())


def _people() -> Iterator[Customer]:
    for number, row in enumerate(_ROWS, 1):
        said = {key: value for key, value in zip(_COLUMNS, row, strict=True) if value is not None}
        if budget := said.get("budget"):
            said["budget"] = parse_range(budget)
        met = datetime(2024, 1 + number % 4, 1 + number, 3, tzinfo=UTC)
        grade = _GRADES[number % 4]
        yield Customer(id=f"20240501{number:03}", revision=number).with_values(
            **said,
            **(
                {"grade": grade, "grade_evidence": "负责人判断 / the owner's view"} if grade else {}
            ),
            **_work(number, said.get("stage", "lead"), met),
            first_contact_at=met,
            priority=("high", "medium", "low")[number % 3],
        )
    yield Customer(id="20240501999", revision=1)


def _work(number: int, stage: str, met: datetime) -> dict[str, Any]:
    if stage == "lead":
        return {}
    said = (Activity(met, "call", "电话沟通，对方有兴趣\n约下周演示", "李娜"),)
    if stage == "screening":
        return {"validity": "valid", "activities": said}
    price = parse_money("15万" if number % 2 else "$9,800")
    return {
        "validity": "valid",
        "activities": said * number,
        "need_detail": "生产排程系统；a dashboard for the line",
        "proposals": (Proposal("一期方案", met, price, "觉得价格偏高"),),
        "objections": (Objection("价格偏高", "首年免维护费", resolved=number % 2 == 0),),
        **({"price": price, "payment_terms": "3-3-4"} if stage == "negotiation" else {}),
    }
