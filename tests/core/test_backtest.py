"""Rules are tested on closed customers as they were when they were graded, and on nothing later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.bootstrap import open_crm
from crmcore.config import Config, GradingConfig
from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.errors import RefusedError
from crmcore.grading.backtest import Auc, Share, backtest
from crmcore.grading.closedcases import ClosedCase, closed_cases
from crmcore.hooktypes import Grader, Opinion
from crmcore.wording import Text

START = datetime(2024, 5, 1, tzinfo=UTC)
SETTINGS = GradingConfig()


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def later(self, days: float) -> None:
        """Let days pass."""
        self.now += timedelta(days=days)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def crm(tmp_path, clock) -> Crm:
    config = Config(store="memory:", timezone="UTC", language="en", directory=tmp_path, notify=())
    return open_crm(config=config, clock=clock, actor="tester")


def cases_of(crm: Crm, *after_the_fact: str) -> tuple[ClosedCase, ...]:
    """The closed cases of a workspace."""
    return closed_cases(crm.store, crm.fields, after_the_fact)


def by_need(customer: Customer, now: datetime) -> Opinion:
    """A for a high need, C for another or none."""
    good = customer.need_match == "high"
    return Opinion("A" if good else "C", (), "1", "d", score=float(good))


NEED = Grader("need", Text("n", "n"), by_need)


def test_what_became_known_after_grading_is_not_in_a_case(crm, clock) -> None:
    lead = crm.add(company="Acme", need_match="low", employees=10)
    crm.grade(lead.id, "C", "small")
    clock.later(20)
    crm.edit(lead.id, need_match="high", employees=900, price="10万")
    crm.lose(lead.id, "too dear")
    (case,) = cases_of(crm)
    assert (case.customer.need_match, case.customer.employees) == ("low", 10)
    assert (case.customer.price, case.customer.grade, case.customer.grading) == (None, None, None)
    assert (case.won, case.at, case.days, case.recorded_closed) == (False, START, 20, False)


def test_without_a_grade_it_is_as_it_left_screening_else_as_it_was_recorded(crm, clock) -> None:
    moved = crm.add(company="Moved", employees=1)
    crm.move(moved.id, force=True, reason="x")
    crm.edit(moved.id, employees=2)
    crm.move(moved.id, force=True, reason="x")
    new = crm.add(company="New", employees=1)
    clock.later(1)
    for one in (moved, new):
        crm.edit(one.id, employees=3)
        crm.lose(one.id, "gone")
    assert [case.customer.employees for case in cases_of(crm)] == [2, 1]


def test_one_recorded_when_closed_keeps_nothing_that_a_closed_one_knows(crm) -> None:
    closed = Customer(
        id="1", company="Old", employees=7, status="won", stage="after_sales", price=None,
        satisfaction=5, first_contact_at=START - timedelta(days=90),
        closed_at=START - timedelta(days=50), grade="A", close_reason="x",
    )  # fmt: skip
    from crmcore.changes import Write

    crm.writer.commit([Write(None, closed)], "import")
    (case,) = cases_of(crm)
    assert (case.recorded_closed, case.won, case.days) == (True, True, 40)
    kept = case.customer
    assert (kept.employees, kept.status, kept.stage) == (7, "open", "lead")
    assert (kept.satisfaction, kept.closed_at, kept.grade) == (None, None, None)


def test_fields_known_after_the_fact_are_unknown_and_open_ones_are_no_cases(crm) -> None:
    lead = crm.add(company="Acme", priority="high", employees=5)
    crm.add(company="Still open")
    crm.lose(lead.id, "gone")
    (case,) = cases_of(crm, "priority")
    assert (case.customer.priority, case.customer.employees) == (None, 5)


def test_a_column_that_nobody_has_is_told_when_it_should_have_been_hidden(crm) -> None:
    lead = crm.add(company="Acme", **{"sheet.Rating": "good"})
    hidden, absent = ("sheet.Rating", "sheet.Ratting", "satisfaction"), []
    closed_cases(crm.store, crm.fields, hidden, absent.append)
    assert absent == []  # nobody is closed yet
    crm.lose(lead.id, "gone")
    (case,) = closed_cases(crm.store, crm.fields, hidden, absent.append)
    assert (absent, dict(case.customer.extra)) == (["sheet.Ratting"], {})


def history(won: int, lost: int, *, told: bool = True) -> list[ClosedCase]:
    """Closed cases in which a high need wins (or tells nothing)."""
    return [
        ClosedCase(
            Customer(id=str(n), need_match="high" if told and n < won else "low"),
            START, n < won, START + timedelta(days=n % 90),
        )
        for n in range(won + lost)
    ]  # fmt: skip


def test_a_perfect_rule_and_a_useless_one_are_told_apart() -> None:
    perfect = backtest("x", history(30, 30), [NEED], SETTINGS)
    assert perfect.auc is not None and perfect.auc.value == 1
    best, middle, worst = perfect.grades
    assert (best.conversion.value, best.lift, worst.conversion.value) == (1, 2, 0)
    assert not middle.enough
    assert dict(perfect.matrix["A"]) == {"won 0-30": 30}
    useless = backtest("x", history(30, 30, told=False), [NEED], SETTINGS)
    assert useless.auc is not None and useless.auc.value == 0.5


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=60, max_size=80))
def test_figures_add_up(said) -> None:
    cases = [
        ClosedCase(Customer(id=str(n), need_match="high" if good else None), START, won, None)
        for n, (good, won) in enumerate(said)
    ]
    wins = sum(won for _, won in said)
    if min(wins, len(said) - wins) < 10:
        with pytest.raises(RefusedError, match="Not enough history"):
            backtest("x", cases, [NEED], SETTINGS)
        return
    result = backtest("x", cases, [NEED], SETTINGS)
    assert sum(figures.conversion.whole for figures in result.grades) == len(said)
    assert sum(figures.conversion.part for figures in result.grades) == wins == result.base.part
    assert sum(sum(row.values()) for row in result.matrix.values()) == len(said)
    pairs = [(a, b) for a, won in said if won for b, other in said if not other]
    expected = sum((a > b) + (a == b) / 2 for a, b in pairs) / len(pairs)
    assert result.auc is not None
    assert result.auc.value == pytest.approx(expected)
    low, high = result.auc.interval
    assert low <= result.auc.value <= high


def test_too_little_history_is_refused_in_words() -> None:
    with pytest.raises(RefusedError, match=r"25 won and 4 lost\. It takes 30 closed customers"):
        backtest("x", history(25, 4), [NEED], SETTINGS)


def test_those_nobody_serves_and_those_on_whom_a_grader_fails_are_counted_apart() -> None:
    def fails(customer: Customer, now: datetime) -> Opinion:
        if customer.id == "1":
            raise RuntimeError("broken")
        return by_need(customer, now)

    cases = history(40, 40)
    graders = [Grader("need", Text("n", "n"), fails, industries=("x",))]
    served = [
        ClosedCase(c.customer.with_values(industry="x" if n else "y"), c.at, c.won, c.closed_at)
        for n, c in enumerate(cases)
    ]
    result = backtest("x", served, graders, SETTINGS)
    assert (result.unserved, result.failed, result.base.whole) == (1, 1, 78)


@given(st.integers(0, 300), st.integers(1, 300))
def test_an_interval_holds_its_share_and_narrows(part, more) -> None:
    share = Share(part, part + more)
    low, high = share.interval
    assert 0 <= low <= share.value + 1e-12 and share.value - 1e-12 <= high <= 1
    wider = share.interval[1] - share.interval[0]
    ten = Share(part * 10, (part + more) * 10).interval
    assert ten[1] - ten[0] < wider


def test_known_intervals() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263.
    assert Share(81, 263).interval == pytest.approx((0.2553, 0.3662), abs=5e-5)
    # Hanley and McNeil (1982), table II: an area of 0.893, 51 abnormal and 58 normal, SE 0.032.
    low, high = Auc(0.893, 51, 58).interval
    assert (high - low) / 2 / 1.96 == pytest.approx(0.032, abs=1e-3)
