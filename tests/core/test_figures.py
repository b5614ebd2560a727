"""The funnel's figures: by small populations that can be counted by hand, and by laws that always hold."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from crmcore.changes import Write
from crmcore.customer import Customer
from crmcore.evaluate import matches, tally
from crmcore.fields import FieldCatalogue
from crmcore.figures.ageing import ageing
from crmcore.figures.amounts import weigh
from crmcore.figures.catalogue import DEFINITIONS
from crmcore.figures.chances import chances, win_rate
from crmcore.figures.cycle import cycle
from crmcore.figures.forecast import forecast
from crmcore.figures.gather import read_details, read_history, read_overview
from crmcore.figures.progress import progress, progress_of, reached
from crmcore.figures.rates import FEWEST, Rate
from crmcore.figures.velocity import velocity
from crmcore.money import Money
from crmcore.pipeline import STANDARD
from crmcore.query import EVERYBODY, Condition, known
from crmcore.records import Activity

FIELDS = FieldCatalogue()
NOW = datetime(2024, 5, 15, 2, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
STAGES = [stage.key for stage in STANDARD.stages]
ROOT = Path(__file__).parents[2]


def somebody(stage: str = "lead", status: str = "open", **more: object) -> Customer:
    return Customer(stage=stage, status=status, **more)  # type: ignore[arg-type]


def worth(amount: int | str, currency: str = "CNY") -> Money:
    return Money(Decimal(amount), currency)


def whom(where: Condition, customers: Iterable[Customer]) -> list[Customer]:
    return [c for c in customers if matches(where, lambda k, c=c: FIELDS.value(c, k), FIELDS)]


def past(won: int, lost: int, stage: str = "lead") -> list[Customer]:
    """So many won, and so many lost in *stage*."""
    return [
        *(somebody("after_sales", "won") for _ in range(won)),
        *(somebody(stage, "lost") for _ in range(lost)),
    ]


# how far they came


def test_a_later_stage_implies_the_earlier_ones_and_lost_is_no_advance() -> None:
    found = progress_of(
        STANDARD,
        EVERYBODY,
        [
            somebody("lead"),
            somebody("screening", "lost"),
            somebody("solution"),
            somebody("after_sales", "won"),
            somebody("screening", "invalid"),
        ],
    )
    assert [row.reached for row in found.stages] == [4, 3, 2, 1, 1]
    assert [row.onward for row in found.stages] == [3, 2, 1, 1, 0]
    assert [row.open for row in found.stages] == [1, 0, 1, 0, 0]
    assert [row.lost for row in found.stages] == [0, 1, 0, 0, 0]
    assert found.invalid == 1
    assert found.stages[1].conversion == Rate(2, 3)


def test_who_was_moved_back_had_been_there_and_counts_once() -> None:
    back = somebody("lead", furthest_stage="solution")
    found = progress_of(STANDARD, EVERYBODY, [back])
    assert [row.reached for row in found.stages] == [1, 1, 1, 0, 0]
    assert found.stages[2].open == 1
    assert found.stages[0].conversion == Rate(1, 1)


def test_being_won_implies_the_stage_that_is_won_by_leaving_it_and_no_more() -> None:
    found = progress_of(STANDARD, EVERYBODY, [somebody("lead", "won")])
    assert [row.reached for row in found.stages] == [1, 1, 1, 1, 0]
    assert found.stages[3].won == 1


STANDING = st.builds(
    somebody,
    stage=st.sampled_from([*STAGES, "gone"]),
    status=st.sampled_from(["open", "won", "lost", "invalid", "odd"]),
    furthest_stage=st.none() | st.sampled_from([*STAGES, "gone"]),
)


@given(st.lists(STANDING, max_size=30))
def test_the_laws_of_progress(customers: list[Customer]) -> None:
    found = progress_of(STANDARD, EVERYBODY, customers)
    counted = [c for c in customers if c.status in ("open", "won", "lost")]
    assert found.total == len(counted)
    assert sum(row.open + row.lost + row.won for row in found.stages) == len(counted)
    for row, following in zip(found.stages, [*found.stages[1:], None], strict=True):
        assert row.reached == row.onward + row.open + row.lost + row.won
        assert row.onward == (following.reached if following else 0)
        assert 0 <= (row.conversion.share or 0) <= 1
        assert row.ever_won + row.ever_lost <= row.reached


@given(st.lists(STANDING, max_size=30))
def test_tallies_tell_the_same_as_the_customers_and_so_do_the_conditions(
    customers: list[Customer],
) -> None:
    def tallied(by: tuple[str, ...], where: Condition = EVERYBODY) -> list:
        rows = [lambda key, c=c: FIELDS.value(c, key) for c in whom(where, customers)]
        return list(tally(rows, by, FIELDS))

    counted = progress(
        STANDARD,
        EVERYBODY,
        tallied(("stage", "status")),
        tallied(("stage", "furthest_stage", "status"), known("furthest_stage")),
    )
    one_by_one = progress_of(STANDARD, EVERYBODY, customers)
    assert counted == one_by_one
    known_stages = [c for c in customers if c.stage != "gone"]
    again = progress_of(STANDARD, EVERYBODY, known_stages)
    for row in again.stages:
        assert len(whom(reached(STANDARD, row.stage), known_stages)) == row.reached


# how likely they are won


def test_win_probabilities_come_from_the_closed_who_ever_reached_the_stage() -> None:
    customers = [*past(20, 20), *past(0, 10, "solution"), somebody("solution")]
    found = chances(progress_of(STANDARD, EVERYBODY, customers))
    assert found.rates["lead"] == Rate(20, 50)
    assert found.rates["solution"] == Rate(20, 30)
    assert found.of("lead") == Fraction(2, 5)
    assert found.of("solution") == Fraction(2, 3)
    low, high = found.rates["solution"].interval
    assert low < 2 / 3 < high


@pytest.mark.parametrize(("won", "lost"), [(0, 0), (10, 19), (30, 0), (0, 100)])
def test_without_enough_history_the_chance_is_unknown_never_0_or_1(won: int, lost: int) -> None:
    assert chances(progress_of(STANDARD, EVERYBODY, past(won, lost))).of("lead") is None


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_chance_is_always_between_0_and_1(won: int, lost: int) -> None:
    rate = Rate(won, won + lost)
    assert rate.chance is None or 0 < rate.chance < 1
    assert (rate.chance is None) == (won + lost < FEWEST or not won or not lost)
    low, high = rate.interval
    assert 0 <= low <= (rate.share or 0) + 1e-12
    assert (rate.share or 0) - 1e-12 <= high <= 1


def test_invalid_customers_were_no_chance() -> None:
    customers = [*past(15, 15), *(somebody("lead", "invalid") for _ in range(50))]
    assert win_rate(progress_of(STANDARD, EVERYBODY, customers)).rate == Rate(15, 30)


# what they weigh

AMOUNTS = st.decimals(0, 10**9, places=2, allow_nan=False)


@given(AMOUNTS, st.fractions(0, 1))
def test_nothing_weighs_more_than_it_is(amount: Decimal, chance: Fraction) -> None:
    weighed = weigh(Money(amount).amount, chance)
    assert 0 <= weighed <= amount
    assert abs(Fraction(weighed) - Fraction(amount) * chance) <= Fraction(1, 2)


def test_values_are_rounded_half_up_one_by_one() -> None:
    assert weigh(Decimal(1), Fraction(1, 2)) == 1
    assert weigh(Decimal(101), Fraction(1, 2)) == 51
    assert weigh(Decimal("0.01"), Fraction(1, 2)) == Decimal("0.01")


EVEN = chances(progress_of(STANDARD, EVERYBODY, past(20, 20)))


def test_the_forecast_adds_up_keeps_currencies_apart_and_tells_what_it_leaves_out() -> None:
    customers = [
        somebody(price=worth(101), expected_close_at=NOW + timedelta(days=3)),
        somebody(price=worth(101), expected_close_at=NOW + timedelta(days=3)),
        somebody(price=worth(10, "USD"), expected_close_at=NOW + timedelta(days=40)),
        somebody(price=worth(7), expected_close_at=NOW - timedelta(days=1)),
        somebody(price=worth(9), expected_close_at=NOW + timedelta(days=900)),
        somebody("after_sales", price=worth(1000)),  # nobody was lost from there: p is unknown
        somebody(),
        somebody(status="won", price=worth(5000)),
    ]
    found = forecast(customers, EVERYBODY, EVEN, NOW, ZONE)
    rows = [(r.when, r.currency, r.customers, r.plain, r.weighted) for r in found.rows]
    assert rows == [
        ("past", "CNY", 1, 7, 4),
        ("month", "CNY", 2, 202, 102),
        ("month", "USD", 1, 10, 5),
        ("later", "CNY", 1, 9, 5),
        ("unknown", "CNY", 1, 1000, 0),
    ]
    assert not found.rows[-1].known
    assert (found.customers, found.no_chance, found.unknown_value) == (7, 1, 1)
    assert found.plain == {"CNY": 1218, "USD": 10}
    assert found.weighted == {"CNY": 111, "USD": 5}


VALUED = st.builds(
    somebody,
    stage=st.sampled_from(STAGES),
    status=st.sampled_from(["open", "won", "lost"]),
    price=st.none() | st.builds(Money, AMOUNTS, st.sampled_from(["CNY", "USD"])),
    expected_close_at=st.none()
    | st.integers(-900, 900).map(lambda hours: NOW + timedelta(hours=hours)),
)


@given(st.lists(VALUED, max_size=30))
def test_the_laws_of_the_forecast(customers: list[Customer]) -> None:
    found = forecast(customers, EVERYBODY, EVEN, NOW, ZONE)
    for code, plain in found.plain.items():
        mine = [row for row in found.rows if row.currency == code]
        assert sum(row.plain for row in mine) == plain
        assert sum(row.weighted for row in mine) == found.weighted.get(code, 0) <= plain
    assert sum(row.customers for row in found.rows) + found.unknown_value == found.customers
    for row in found.rows:
        behind = whom(row.where, customers)
        assert len(behind) == row.customers
        assert sum(c.price.amount for c in behind if c.price) == row.plain


# how long it takes


def won(days: float | None, signed: bool = True) -> Customer:
    begun = None if days is None else NOW - timedelta(days=days)
    return somebody(
        "after_sales", "won", first_contact_at=begun, contract_signed_at=NOW if signed else None
    )


def test_the_cycle_is_from_first_contact_to_signature() -> None:
    found = cycle([won(10), won(20), won(60), won(None), won(5, False), won(-3)], EVERYBODY)
    assert (found.count, found.median, found.mean, found.left_out) == (3, 20, 30, 3)
    assert not found.enough
    assert cycle([], EVERYBODY).median is None


def test_velocity_is_what_the_open_ones_bring_a_day_or_unknown() -> None:
    rate = win_rate(progress_of(STANDARD, EVERYBODY, past(20, 20)))
    pace = cycle([won(50)] * FEWEST, EVERYBODY)
    found = velocity({"CNY": Decimal(1000)}, rate, pace, EVERYBODY)
    assert found.a_day == {"CNY": Decimal(10)}
    few = cycle([won(50)] * (FEWEST - 1), EVERYBODY)
    assert velocity({"CNY": Decimal(1000)}, rate, few, EVERYBODY).a_day is None
    at_once = cycle([won(0)] * FEWEST, EVERYBODY)
    assert velocity({"CNY": Decimal(1000)}, rate, at_once, EVERYBODY).a_day is None


def test_ages_are_medians_of_the_open_in_each_stage() -> None:
    def since(days: int | None, **more: str) -> Customer:
        entered = None if days is None else NOW - timedelta(days=days)
        return somebody(entered_stage_at=entered, **more)

    found = ageing(
        [since(1), since(3), since(20), since(None), since(9, status="lost")],
        STANDARD,
        EVERYBODY,
        NOW,
    )
    assert (found.stages[0].count, found.stages[0].median) == (4, 3)
    assert (found.stages[1].count, found.stages[1].median) == (0, None)


# asked of a workspace


def store(crm, customers: Iterable[Customer]) -> None:
    writes = [Write(None, evolve(c, id=f"x{n:04}")) for n, c in enumerate(customers)]
    crm.writer.commit(writes, "import")


def test_moving_back_and_undoing_it_keep_how_far_a_customer_came(crm) -> None:
    lead = crm.add(company="A", phone="1", source="fair")
    crm.move(lead.id)
    assert crm.get(lead.id).furthest_stage is None
    crm.move(lead.id, "lead", reason="wrong number")
    assert crm.get(lead.id).furthest_stage == "screening"
    crm.lose(lead.id, "gone")
    (_, screening, *_) = read_history(crm, crm.pipeline()).progress.stages
    assert (screening.reached, screening.lost) == (1, 1)
    crm.reopen(lead.id, "back")
    crm.move(lead.id)
    assert crm.get(lead.id).furthest_stage is None
    crm.undo()
    assert crm.get(lead.id).furthest_stage == "screening"
    for _ in range(3):
        crm.undo()
    assert crm.get(lead.id).furthest_stage is None


def test_what_the_dashboard_counts_is_whom_its_conditions_find(crm, clock) -> None:
    quiet = clock.now - timedelta(days=30)
    late = clock.now - timedelta(days=2)
    midnight = clock.now.astimezone(ZONE).replace(hour=0)
    call = Activity(quiet, "call", "hello")
    store(
        crm,
        [
            somebody(entered_stage_at=quiet, owner="李娜", source="fair"),  # stale
            somebody(entered_stage_at=quiet, activities=(call,)),  # stale
            somebody(entered_stage_at=quiet, activities=(evolve(call, at=late),)),
            somebody(entered_stage_at=quiet, next_step_due=midnight),  # planned, for today
            somebody(entered_stage_at=quiet, next_step_due=late),  # stale and overdue
            somebody("after_sales", entered_stage_at=quiet + timedelta(days=1)),
            somebody(),  # nobody knows since when
            somebody(owner="Bo", first_follow_up_due=late, assigned_at=quiet),  # overdue
            somebody(
                owner="Bo", first_follow_up_due=late, assigned_at=quiet, activities=(call,)
            ),  # it was made
            somebody(status="won", next_step_due=late, source="fair", owner="李娜"),
            somebody(status="lost", next_step_due=late, source="fair"),
        ],
    )
    found = read_overview(crm, crm.pipeline())
    attention = found.attention
    assert (attention.overdue["lead"], attention.stale["lead"]) == (2, 4)
    assert len(crm.find(attention.overdue_where).customers) == 2
    assert len(crm.find(attention.stale_where).customers) == 4
    due = {item.customer_id for item in crm.due() if item.due < clock.now}
    late_ones = {customer.id for customer in crm.find(attention.overdue_where).customers}
    assert late_ones <= due
    for parts in (found.owners.parts, found.sources.parts):
        for part in parts:
            counted = part.open.count + part.won.count + part.lost
            assert len(crm.find(part.where).customers) == counted
    (fair,) = (part for part in found.sources.parts if part.name == "fair")
    assert (fair.open.count, fair.won.count, fair.lost) == (1, 1, 1)
    assert fair.win_rate == Rate(1, 2)


def test_details_are_read_in_chunks_and_can_be_given_up(crm, monkeypatch) -> None:
    monkeypatch.setattr("crmcore.figures.gather.CHUNK", 10)
    store(crm, [somebody(price=worth(100)) for _ in range(25)] + past(20, 20))
    overview = read_overview(crm, crm.pipeline())
    limits = []
    page = crm.page
    monkeypatch.setattr(crm, "page", lambda query: limits.append(query.limit) or page(query))
    seen: list[int] = []
    found = read_details(crm, overview, seen.append)
    assert (seen, set(limits)) == ([10, 20, 25, 35, 45], {10})
    assert seen[-1] == overview.to_read
    assert found.forecast.weighted == {"CNY": 25 * 50}
    assert not found.moved_on

    def stop(count: int) -> None:
        crm.add(company="meanwhile")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_details(crm, overview, stop)
    assert read_details(crm, overview, seen.append).moved_on


def test_a_sample_like_a_sales_team_s_gives_the_figures_that_were_put_in(crm) -> None:
    """As sheets of closed deals are: everybody lands where it says, with no history behind it."""
    closed = NOW - timedelta(days=1)
    store(
        crm,
        [
            *(
                somebody(
                    "after_sales", "won", price=worth(100 + n, "USD"), owner=f"o{n % 3}",
                    first_contact_at=closed - timedelta(days=40 + n), contract_signed_at=closed,
                )
                for n in range(63)
            ),
            *(somebody("solution", "lost", owner=f"o{n % 3}") for n in range(37)),
            *(somebody("solution", price=worth(1000, "USD")) for _ in range(16)),
            *(somebody("lead") for _ in range(5)),
        ],
    )  # fmt: skip
    overview = read_overview(crm, crm.pipeline())
    assert overview.win_rate.rate == Rate(63, 100)
    assert [row.reached for row in overview.progress.stages] == [121, 116, 116, 63, 63]
    assert overview.history.chances.of("negotiation") is None
    details = read_details(crm, overview, lambda count: None)
    assert details.cycle.median == 71
    assert details.forecast.weighted == {"USD": 16 * 630}
    assert details.velocity.a_day == {
        "USD": (Decimal(16000) * 63 / 100 / 71).quantize(Decimal("0.01"))
    }
    assert sum(part.won.count for part in overview.owners.parts) == 63


def test_a_filter_narrows_the_figures_but_not_the_history_they_are_weighed_by(crm) -> None:
    store(crm, [*past(20, 20), somebody(owner="李娜", price=worth(100)), somebody(owner="Bo")])
    overview = read_overview(crm, crm.pipeline(), crm.condition("owner:李娜"))
    assert overview.progress.total == 1
    assert overview.win_rate.rate == Rate(0, 0)
    details = read_details(crm, overview, lambda count: None)
    assert details.forecast.weighted == {"CNY": 50}


# what they mean


def test_every_definition_stands_in_the_docs_in_both_languages() -> None:
    text = (ROOT / "docs" / "figures.md").read_text("utf-8")
    rows = {
        cells[1].strip("` "): [cell.strip() for cell in cells[2:-1]]
        for cells in (line.split("|") for line in text.splitlines() if line.startswith("| `"))
    }
    said = {
        d.key: [
            f"{d.label.en}<br>{d.label.zh}",
            f"{d.meaning.en}<br>{d.meaning.zh}",
            f"{d.population.en}<br>{d.population.zh}",
            f"{d.window.en}<br>{d.window.zh}",
        ]
        for d in DEFINITIONS
    }
    assert rows == said


def test_no_two_figures_share_a_name() -> None:
    assert len({definition.key for definition in DEFINITIONS}) == len(DEFINITIONS)
