"""Who gets whom by the rules, why, and who was passed over; owners and links that cannot be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crmcore.bootstrap import open_crm
from crmcore.config import load_config
from crmcore.crm import Crm
from crmcore.errors import CheckError, ConfigError, ConflictError, UsageError
from crmcore.records import Link
from crmcore_territory.rules import territory

MONDAY = datetime(2024, 5, 6, 2, tzinfo=UTC)  # 10:00 in Shanghai
Opened = Callable[..., Crm]
RULES = """
team = ["李娜", "王强", "赵敏", "孙丽"]
assigner = "territory"

[[plugin.territory.rules]]
name = "华东大客户"
when = "region:华东 value>50万"
owners = ["李娜", "王强"]

[[plugin.territory.rules]]
name = "华东"
when = "region:华东"
owners = ["赵敏", "王强"]

[plugin.territory.people."李娜"]
capacity = 1

[plugin.territory.people."王强"]
away = ["2024-05-01..2024-05-05", "2024-06-01"]

[plugin.territory.people."赵敏"]
hours = "09:00-12:00"
"""


class Clock:
    now = MONDAY

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    made: list[Crm] = []

    def open_one(text: str = RULES, clock: Callable[[], datetime] = lambda: MONDAY) -> Crm:
        head = 'store = "memory:"\nlanguage = "en"\ntimezone = "Asia/Shanghai"\nnotify = []\n'
        (tmp_path / "crm.toml").write_text(head + text, "utf-8")
        made.append(open_crm(config=load_config(tmp_path), clock=clock, actor="孙丽"))
        return made[-1]

    yield open_one
    for crm in made:
        crm.close()


def told(crm: Crm, where: str = "owner:?") -> list[tuple[str | None, str, list[str]]]:
    return [
        (
            row.owner,
            row.assignment.reason.en if row.assignment else row.problem,
            [f"{p.owner}: {p.reason.en}" for p in row.assignment.passed_over]
            if row.assignment
            else [],
        )
        for row in crm.plan_assignment(where).rows
    ]


def test_the_first_rule_that_holds_chooses_and_explains(opened: Opened) -> None:
    crm = opened()
    for company, budget in (("A", "60万"), ("B", "80万"), ("C", None)):
        crm.add(company=company, region="华东", budget=budget)
    crm.add(company="D", region="西北")
    full, free = (
        "李娜: has 1 already, all they can take",
        "王强: has more customers, or comes later",
    )
    assert told(crm) == [
        ("李娜", "rule 华东大客户, has 0 customers", [free]),
        ("王强", "rule 华东大客户, has 0 customers", [full]),
        ("赵敏", "rule 华东, has 0 customers", [free]),
        (None, "", []),
    ]
    done = crm.apply_assignment(crm.plan_assignment("owner:?"))
    assert [customer.owner for customer in done.changed] == ["李娜", "王强", "赵敏"]
    assert done.changed[0].first_follow_up_due == datetime(2024, 5, 7, 2, tzinfo=UTC)
    assert done.changed[0].assigned_at == MONDAY
    crm.undo()
    assert {customer.owner for customer in crm.find().customers} == {None}


def test_who_is_away_or_not_at_work_is_passed_over(opened: Opened) -> None:
    clock = Clock()
    crm = opened(clock=clock)
    crm.add(company="C", region="华东")
    clock.now = datetime(2024, 5, 6, 5, tzinfo=UTC)  # 13:00
    assert told(crm) == [("王强", "rule 华东, has 0 customers", ["赵敏: not at work now"])]
    clock.now = datetime(2024, 5, 5, 2, tzinfo=UTC)  # a Sunday, 王强 away
    reason = "nobody of the rules that fit is free"
    assert told(crm) == [(None, reason, ["赵敏: not at work now", "王强: away"])]


def test_who_left_is_replaced_everywhere_as_one_change(opened: Opened) -> None:
    crm = opened()
    for number in range(4):
        crm.assign(crm.add(company=str(number), region="华东").id, "孙丽")
    lost = crm.lose(crm.add(company="x", owner="孙丽").id, "no budget")
    done = crm.apply_assignment(crm.plan_assignment("owner:孙丽"), "left")
    assert [customer.owner for customer in done.changed] == ["赵敏", "王强", "赵敏", "王强"]
    assert crm.get(lost.id).owner == "孙丽"  # out of the funnel: theirs for good
    assert next(crm.history(newest_first=True)).reason == "left"
    crm.undo()
    assert crm.tally("status:open", ("owner",))[0].count == 4


def test_a_plan_is_not_applied_to_data_that_changed(opened: Opened) -> None:
    crm = opened()
    crm.add(company="A", region="华东")
    plan = crm.plan_assignment()
    crm.add(company="B", region="华东")
    with pytest.raises(ConflictError, match="Choose again"):
        crm.apply_assignment(plan)


def test_an_owner_who_is_not_on_the_team_is_refused_on_every_path(
    opened: Opened, tmp_path: Path
) -> None:
    crm = opened()
    acme = crm.add(company="Acme")
    for act in (
        lambda: crm.assign(acme.id, "李呐"),
        lambda: crm.edit(acme.id, owner="李呐"),
        lambda: crm.add(company="B", owner="李呐"),
    ):
        with pytest.raises(
            CheckError, match=r"李呐 is not on the team of crm\.toml; it is 李娜, 王强"
        ):
            act()
    done = crm.apply_assignment(crm.plan_assignment("", to="李呐"))
    assert list(done.refused) == [acme.id]
    assert crm.get(acme.id).owner is None


def test_links_that_lead_in_a_circle_are_refused(opened: Opened) -> None:
    crm = opened()
    first = crm.add(company="A")
    second = crm.refer(first.id, {"company": "B"})
    circle = lambda customer, context: customer.with_values(  # noqa: E731
        links=(Link("referred_by", second.id),)
    )
    with pytest.raises(CheckError, match=f"referred_by leads in a circle to {first.id}"):
        crm.writer.change(first.id, "link", circle, "", None)


def test_a_next_step_in_the_past_is_flagged(opened: Opened) -> None:
    crm = opened()
    crm.add(company="A", next_step="call", next_step_due="2024-05-01")
    assert any("due in the past" in warning for warning in crm.warnings)


def test_a_rule_whose_filter_cannot_be_read_is_told_and_changes_nothing(opened: Opened) -> None:
    crm = opened(RULES.replace("region:华东 value>50万", "regoin:华东"))
    acme = crm.add(company="Acme")
    assert "There is no field 'regoin'" in told(crm)[0][1]
    with pytest.raises(UsageError, match="No assigner is chosen"):
        opened(RULES.replace('assigner = "territory"', "")).plan_assignment()
    assert crm.get(acme.id).owner is None


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "there are no rules"),
        ({"ruels": []}, "did you mean rules"),
        ({"rules": [{"owners": []}]}, "rule 1: owners is a list"),
        ({"rules": [{"owners": ["李呐"]}]}, "rule 1: 李呐 is not on the team"),
        ({"rules": [{"owners": ["李娜"], "wen": "x"}]}, "rule 1: unknown setting 'wen'; did you mean when"),
        ({"rules": [{"owners": ["李娜"]}], "people": {"李娜": {"capacity": -1}}}, "people 李娜: capacity is"),
        ({"rules": [{"owners": ["李娜"]}], "people": {"李娜": {"hours": "18-9"}}}, "hours are written"),
        ({"rules": [{"owners": ["李娜"]}], "people": {"李娜": {"away": ["2024-13-01"]}}}, "away"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_rules_is_told(settings: dict[str, object], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        territory("crm.toml", settings, ["李娜"])
