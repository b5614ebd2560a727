"""A pipeline as other programs export it, imported without a profile: the figures are those plain Python counts."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from statistics import fmean, median

import pytest
from attrs import frozen
from click.testing import CliRunner

from crmcore.cli import cli

REGIONS = {"Dana Cole": "West", "Lee Wong": "East", "Mia Song": "West"}
SOURCES = ("Web", "Trade Show", "Partner Referral")
REASONS = ("Price", "Competitor", "No budget")
WON, LOST = "Closed Won", "Closed Lost"
OPEN = {
    "Prospecting": "lead",
    "Qualification": "screening",
    "Value Proposition": "solution",
    "Proposal/Price Quote": "solution",
    "Negotiation/Review": "negotiation",
}
IN_CHINESE = {
    "Qualification": "初步接洽", "Value Proposition": "需求确定", "Proposal/Price Quote": "方案报价",
    "Negotiation/Review": "谈判审核", "Prospecting": "线索", WON: "赢单", LOST: "输单",
}  # fmt: skip


@frozen
class Deal:
    """One deal of another program."""

    account: str
    owner: str
    stage: str
    amount: Decimal
    created: date
    closed: date
    source: str
    reason: str

    @property
    def days(self) -> int:
        return (self.closed - self.created).days


@cache
def deals() -> list[Deal]:
    """150 deals; those that are open close in the next months."""
    chance = random.Random(7)
    next_month = (datetime.now(UTC).date().replace(day=1) + timedelta(days=45)).replace(day=15)
    made = []
    for number in range(150):
        stage = [WON, LOST, chance.choice(list(OPEN))][number % 3]
        created = date(2025, 1, 6) + timedelta(days=chance.randrange(300))
        closed = created + timedelta(days=chance.randrange(3, 120))
        made.append(
            Deal(
                f"{chance.choice(['Alder', 'Birch', 'Cedar'])} {chr(65 + number // 26)}{chr(65 + number % 26)}{number}",
                chance.choice(list(REGIONS)), stage, Decimal(chance.randrange(10_000, 9_000_000)) / 100, created,
                closed if stage in (WON, LOST) else next_month + timedelta(days=30 * chance.randrange(4)),
                chance.choice(SOURCES), chance.choice(REASONS) if stage == LOST else "",
            )
        )  # fmt: skip
    return made


def american(day: date) -> str:
    return f"{day.month}/{day.day}/{day.year}"


def report(deal: Deal) -> dict[str, object]:
    return {
        "Opportunity ID": f"006{deal.account[-3:]}", "Opportunity Name": f"{deal.account} deal",
        "Account Name": deal.account, "Opportunity Owner": deal.owner, "Region": REGIONS[deal.owner],
        "Stage": deal.stage, "Amount": f"${deal.amount:,}", "Created Date": american(deal.created),
        "Close Date": american(deal.closed), "Lead Source": deal.source, "Loss Reason": deal.reason,
        "Closed": deal.stage in (WON, LOST), "Probability (%)": 50,
    }  # fmt: skip


def board(deal: Deal) -> dict[str, object]:
    """As programs do that keep the outcome and the currency apart."""
    return {
        "Name": f"{deal.account} deal", "Organization": deal.account, "Deal owner": deal.owner,
        "Country/Region": REGIONS[deal.owner], "Pipeline Stage": "Negotiation" if deal.stage in (WON, LOST) else deal.stage,
        "Status": {WON: "Won", LOST: "Lost"}.get(deal.stage, "Open"), "Deal Amount": deal.amount, "Currency": "USD",
        "Create Date": deal.created, "Close Date": deal.closed, "Original Source": deal.source,
        "Closed Lost Reason": deal.reason, "Title": "x",
    }  # fmt: skip


def chinese(deal: Deal) -> dict[str, object]:
    day = deal.created
    return {
        "商机名称": f"{deal.account}项目", "客户名称": deal.account, "商机所有人": deal.owner, "大区": REGIONS[deal.owner],
        "销售阶段": IN_CHINESE[deal.stage], "商机金额（美元）": f"{deal.amount:,}",
        "创建日期": f"{day.year}年{day.month}月{day.day}日", "结单日期": deal.closed, "商机来源": deal.source,
        "输单原因": deal.reason, "赢率": "50%",
    }  # fmt: skip


@pytest.fixture(scope="module", params=[report, board, chinese], ids=lambda layout: layout.__name__)
def told(request, tmp_path_factory) -> Callable[..., list[dict]]:
    """The rows that a report tells of the deals, imported from this layout."""
    folder: Path = tmp_path_factory.mktemp("pipeline")
    (folder / "crm.toml").write_text('store = "sqlite:crm.db"\ntimezone = "Asia/Shanghai"\n')
    rows = [request.param(deal) for deal in deals()]
    with (folder / "deals.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)

    def run(*words: str) -> str:
        done = CliRunner().invoke(cli, ["-C", str(folder), "--lang", "en", *words])
        if done.exception is not None:
            raise done.exception
        return done.output

    run("import", str(folder / "deals.csv"), "--yes")
    return lambda *words: json.loads(run("report", *words, "--format", "json"))["rows"]


def total(some: list[Deal]) -> Decimal:
    return sum((deal.amount for deal in some), Decimal(0))


def test_what_was_won_and_lost(told) -> None:
    won, lost = ([deal for deal in deals() if deal.stage == stage] for stage in (WON, LOST))
    (rate,) = told("win-rate")
    assert (rate["won"], rate["lost"]) == (len(won), len(lost)) == (50, 50)
    (value,) = told("won")
    assert {key: Decimal(sum_) for key, sum_ in value["value"].items()} == {"USD": total(won)}
    assert Decimal(value["median"]["USD"]) == median(deal.amount for deal in won)
    reasons = {row["reason"]: row["count"] for row in told("lost")}
    assert reasons == {r: sum(deal.reason == r for deal in lost) for r in REASONS}
    cycle = {row["what"]: row for row in told("cycle")}
    for what, some in (("won", won), ("lost", lost), ("closed", won + lost)):
        days = [deal.days for deal in some]
        assert cycle[what]["median"] == median(days)
        assert cycle[what]["mean"] == pytest.approx(fmean(days))


@pytest.mark.parametrize(
    ("by", "of"),
    [
        ("owner", lambda deal: deal.owner),
        ("region", lambda deal: REGIONS[deal.owner]),
        ("source", lambda deal: deal.source),
    ],
)
def test_by_whom_where_and_whence(told, by: str, of: Callable[[Deal], str]) -> None:
    won, lost = ([deal for deal in deals() if deal.stage == stage] for stage in (WON, LOST))
    groups = {of(deal) for deal in won}
    rates = {row["group"]: (row["won"], row["lost"]) for row in told("win-rate", "--by", by)}
    assert rates == {
        g: (sum(of(d) == g for d in won), sum(of(d) == g for d in lost)) for g in groups
    }
    values = {row["group"]: Decimal(row["value"]["USD"]) for row in told("won", "--by", by)}
    assert values == {g: total([d for d in won if of(d) == g]) for g in groups}


def test_what_is_open_and_when_it_is_expected(told) -> None:
    left = [deal for deal in deals() if deal.stage in OPEN]
    stages = {row["stage"]: row["count"] for row in told("funnel", "status:open") if row["count"]}
    assert stages == {
        key: sum(OPEN[deal.stage] == key for deal in left) for key in dict.fromkeys(OPEN.values())
    }
    months = {row["when"]: Decimal(row["value"]["USD"]) for row in told("forecast")}
    expected = {f"{deal.closed:%Y-%m}" for deal in left}
    assert months == {m: total([d for d in left if f"{d.closed:%Y-%m}" == m]) for m in expected}
