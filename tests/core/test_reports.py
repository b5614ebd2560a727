"""The reports: by populations counted by hand, by laws that always hold, and as they were in the past."""

from __future__ import annotations

import doctest
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmcore import hookimpl, hookspecs
from crmcore.bootstrap import open_crm
from crmcore.changes import Batch, Write
from crmcore.config import Config
from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.errors import CrmError, PluginError, RefusedError, UsageError
from crmcore.figures.definition import NOT_ENOUGH
from crmcore.figures.rates import Rate
from crmcore.hooktypes import Report
from crmcore.money import Money
from crmcore.query import EVERYBODY
from crmcore.records import Activity, Link
from crmcore.reports import aftersales, cycles, hits, load, lost, response, standings, trend, wins
from crmcore.reports.answer import Amounts, Answer
from crmcore.reports.catalogue import REPORTS
from crmcore.reports.load import fairness
from crmcore.reports.request import ask
from crmcore.reports.running import customers_of, report, run_report
from crmcore.reports.shown import answer_document, cell_text, rate_text
from crmcore.storage.base import Span
from crmcore.wording import Text

ROOT = Path(__file__).parents[2]
NAMES = [one.name for one in REPORTS]
NOW = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)


def day(number: int, hour: int = 0) -> datetime:
    """So many days before the moment the tests stand at."""
    return NOW - timedelta(days=number) + timedelta(hours=hour)


def worth(amount: int, currency: str = "CNY") -> Money:
    return Money(Decimal(amount), currency)


def put(crm, *customers: Customer, action: str = "import") -> None:
    """Store *customers* as they are."""
    writes = tuple(Write(None, one) for one in customers)
    crm.store.commit(Batch(writes, crm.clock(), "test", action))


def many(count: int, first: int = 0, /, **fields: object) -> list[Customer]:
    return [Customer(id=f"N{n:04}", **fields) for n in range(first, first + count)]  # type: ignore[arg-type]


def cells(answer: Answer, *keys: str) -> list[tuple[object, ...]]:
    """The rows by *keys*, what has a key by its key."""
    rows = answer_document(answer, SimpleNamespace(say=lambda text: text.en))["rows"]  # type: ignore[arg-type]
    return [tuple(row[key] for key in keys) for row in rows]


def documents(crm, names: list[str] = NAMES, **asked: str) -> dict[str, str]:
    """What every report says, but not when it was asked."""
    said = {}
    for name in names:
        document = answer_document(report(crm, name, **asked), crm.dialect)
        said[name] = json.dumps(
            {k: v for k, v in document.items() if k not in ("at", "as_of", "window")}, default=str
        )
    return said


@pytest.fixture
def company(crm):
    """A team's customers of every kind, and of the kinds that are wrong."""
    put(
        crm,
        *many(3, 0, stage="lead", owner="A", region="East", tags=("x", "y"), source="s",
              entered_stage_at=day(100), budget=None, first_contact_at=day(90)),
        *many(35, 10, stage="after_sales", status="won", owner="A", region="East", price=worth(100),
              first_contact_at=day(60), contract_signed_at=day(20), closed_at=day(20), source="s",
              delivered_at=day(10), satisfaction=5),
        *many(15, 50, stage="solution", status="lost", owner="B", region="West", price=worth(7, "USD"),
              first_contact_at=day(40), closed_at=day(30), close_reason="too dear"),
        *many(2, 70, stage="negotiation", status="lost", owner="B", first_contact_at=day(10),
              closed_at=day(30)),
        *many(4, 80, stage="negotiation", owner="B", price=worth(1000), expected_close_at=day(-40),
              next_step_due=day(3), assigned_at=day(5), first_contact_at=day(200), tags=("x",),
              activities=(Activity(day(5, 2), "call", "hello"),)),
        *many(1, 90, stage="gone", owner=None, price=worth(5)),
        *many(2, 95, stage="lead", status="invalid"),
    )  # fmt: skip
    return crm


# every report is right about whom it counts

COUNTED = {
    "funnel": ("count",), "conversion": ("reached",), "cohort": ("reached",),
    "win-rate": ("won", "lost"), "won": ("count",), "forecast": ("count",), "ageing": ("count",),
    "overdue": ("count",), "stale": ("count",), "lost": ("count",), "owners": ("open", "won", "lost"),
    "sources": ("open", "won", "lost"), "survey": ("count",), "referrals": ("count",),
    "grades": ("count",), "first-response": ("count", "waiting", "never", "left_out"),
    "cycle": ("count", "left_out"), "velocity": ("count",), "trend": ("count",),
}  # fmt: skip


@pytest.mark.parametrize("by", [None, "region", "tags", "owner", "first_contact_at", "value"])
def test_every_row_finds_exactly_whom_it_counted(company, by) -> None:
    counted = 0
    for name, keys in COUNTED.items():
        request = ask(company, by=by)
        for row in run_report(company.host.reports().named(name), request).rows:
            told = sum(row.cells[key] for key in keys)
            assert len(list(customers_of(request.crm, row))) == told, (name, by, row)
            counted += told
    assert counted


def test_the_rows_of_the_funnel_are_everybody(company) -> None:
    for by in (None, "owner", "region"):
        rows = report(company, "funnel", by=by).rows
        assert sum(row.cells["count"] for row in rows) == 62
    rows = cells(report(company, "funnel"), "stage", "count")
    assert ("elsewhere", 1) in rows and ("invalid", 2) in rows and ("lost", 17) in rows


def test_the_forecast_is_the_sum_of_its_rows(company) -> None:
    answer = report(company, "forecast")
    total = {h.label.en: h.value for h in answer.headlines}
    plain = sum(r.cells["value"].by_currency.get("CNY", 0) for r in answer.rows if r.cells["value"])
    assert Amounts({"CNY": plain}) == total["Value"] == Amounts({"CNY": Decimal(4005)})
    weighted = sum(
        r.cells["weighted"].by_currency["CNY"]
        for r in answer.rows
        if isinstance(r.cells["weighted"], Amounts)
    )
    assert total["Weighted"].by_currency == {"CNY": weighted}
    assert sum(r.cells["count"] for r in answer.rows) == total["Open"] == 8


def test_what_is_won_by_region_within_a_window(company) -> None:
    answer = report(company, "won", by="region", since=day(21), until=day(19))
    assert cells(answer, "group", "count", "value", "mean") == [
        ("East", 35, {"CNY": "3500"}, {"CNY": "100"})
    ]
    assert report(company, "won", until=day(21)).rows[0].cells["count"] == 0
    assert "2024" in report(company, "won", since="2024-04-01").window.en
    with pytest.raises(UsageError, match="--since"):
        report(company, "won", since="2024-04-02", until="2024-04-01")
    with pytest.raises(UsageError, match="records"):
        report(company, "won", by="activities")
    with pytest.raises(UsageError, match="yet to come"):
        report(company, "won", as_of="2030-01-01")


def test_a_day_is_the_whole_day_of_the_workspace_and_no_moment_more(company) -> None:
    midnight = datetime(2024, 4, 11, 16, tzinfo=UTC)  # the 12th begins in Shanghai
    put(company, *many(1, 900, status="won", closed_at=midnight, price=worth(1)))
    count = {
        "until 10": report(company, "won", until="2024-04-10").rows[0].cells["count"],
        "until 11": report(company, "won", until="2024-04-11").rows[0].cells["count"],
        "until 12": report(company, "won", until="2024-04-12").rows[0].cells["count"],
        "since 12": report(company, "won", since="2024-04-12").rows[0].cells["count"],
    }
    assert count == {"until 10": 0, "until 11": 35, "until 12": 36, "since 12": 1}


# each counted by hand


def test_lost_reasons_keep_currencies_apart_and_tell_who_gave_none(company) -> None:
    answer = report(company, "lost")
    assert cells(answer, "reason", "count", "value", "unknown") == [
        ("too dear", 15, {"USD": "105"}, 0),
        (None, 2, {}, 2),
    ]
    assert answer.rows[0].cells["share"] == Rate(15, 17)
    assert rate_text(Rate(15, 17), company.dialect) == "15/17 (not enough history)"


def test_the_cycle_tells_who_ended_before_they_began(company) -> None:
    answer = report(company, "cycle")
    assert cells(answer, "what", "count", "median", "left_out") == [
        ("won", 35, 40.0, 0),
        ("lost", 15, NOT_ENOUGH.en, 2),
        ("closed", 50, 40.0, 2),
    ]
    assert [note.en for note in answer.notes] == ["2 left out: the times are the wrong way round"]


def test_a_length_of_nothing_is_a_length(crm) -> None:
    put(crm, *many(30, status="lost", first_contact_at=day(3), closed_at=day(3)))
    assert cells(report(crm, "cycle"), "what", "median", "left_out")[1] == ("lost", 0.0, 0)


def test_owners_carry_and_share() -> None:
    assert fairness([5, 5, 5]) == 1
    assert fairness([9, 0, 0]) == pytest.approx(1 / 3)
    assert fairness([]) is fairness([0, 0]) is fairness([3]) is None


def test_owners_tell_what_lies_about(company) -> None:
    answer = report(company, "owners")
    assert cells(answer, "owner", "open", "overdue", "stale", "new", "won", "lost") == [
        ("A", 3, 0, 3, 0, 35, 0),
        ("B", 4, 4, 0, 4, 0, 17),
        (None, 1, 0, 0, 0, 0, 0),
    ]
    assert {h.label.en: h.value for h in answer.headlines}["Fairness (1 is even)"] == pytest.approx(
        49 / 50
    )


def test_the_first_response_counts_from_the_assignment(crm) -> None:
    call = Activity(day(1), "call", "x")
    put(
        crm,
        *many(30, 0, first_contact_at=day(9), assigned_at=day(1, -4), activities=(call,)),
        *many(1, 40, first_contact_at=day(2), activities=(call,)),
        *many(2, 50, first_contact_at=day(2)),
        *many(3, 60, first_contact_at=day(2), status="lost"),
        *many(4, 70, assigned_at=day(0), activities=(call,)),
        *many(5, 80, activities=(call,)),
    )
    answer = report(crm, "first-response")
    assert cells(answer, "count", "median", "most", "waiting", "never", "left_out") == [
        (31, 4.0, 4.0, 2, 3, 9)
    ]
    assert answer.rows[0].cells["soon"] == Rate(31, 31)
    assert len(answer.notes) == 2


def test_a_survey_of_few_has_no_mean_and_an_odd_score_is_in_none(crm) -> None:
    put(
        crm,
        *many(29, 0, satisfaction=4),
        *many(1, 40, satisfaction=9),
        *many(2, 50, delivered_at=day(1)),
    )
    answer = report(crm, "survey")
    assert dict(cells(answer, "score", "count")) == {
        "5": 0, "4": 29, "3": 0, "2": 0, "1": 0, "9": 1, None: 2,
    }  # fmt: skip
    heads = {h.label.en: h.value for h in answer.headlines}
    assert heads == {"Answered": Rate(30, 32), "Mean score": NOT_ENOUGH}
    put(crm, *many(1, 90, satisfaction=1))
    heads = {h.label.en: h.value for h in report(crm, "survey").headlines}
    assert heads["Mean score"] == pytest.approx((29 * 4 + 1) / 30)
    assert heads["95 % interval, low"] < heads["Mean score"] < heads["95 % interval, high"]


def test_what_was_won_is_credited_to_who_referred_it(crm) -> None:
    first = crm.add(company="First", source="s")
    put(
        crm,
        *many(1, 1, status="won", price=worth(70), links=(Link("referred_by", first.id),) * 2),
        *many(1, 2, status="won", price=worth(5, "USD"), links=(Link("referred_by", first.id),)),
        *many(1, 3, status="lost", price=worth(900), links=(Link("referred_by", first.id),)),
        *many(1, 4, links=(Link("repurchase_of", "N0001"),)),
        *many(1, 5, links=(Link("repurchase_of", "N0005"), Link("referral", "N0001"))),
    )
    answer = report(crm, "referrals")
    assert cells(answer, "customer", "title", "kind", "count", "won", "value") == [
        (first.id, "First", "referral", 3, 2, {"CNY": "70", "USD": "5"}),
        ("N0001", "N0001", "repurchase", 1, 0, {}),
    ]
    rates = [h.value for h in answer.headlines]
    assert rates == [Rate(1, 2), Rate(0, 2)]


def test_a_grade_is_judged_from_when_it_was_first_given(crm, clock) -> None:
    names = ["early", "late", "lost", "young", "raised", "undone"]
    ids = {name: crm.add(company=name, source="s", phone=name).id for name in names}
    put(crm, Customer(id="IMPORTED", grade="A", status="won", closed_at=day(-1)))
    for name in names[:4]:
        crm.grade(ids[name], "A", "sure")
    crm.grade(ids["raised"], "B", "perhaps")
    crm.grade(ids["undone"], "A", "a slip")
    crm.undo()
    clock.forward(days=29)
    crm.grade(ids["raised"], "A", "signs tomorrow")
    closes = (("early", "won", 30), ("late", "won", 31), ("lost", "lost", 5), ("raised", "won", 30))
    for name, status, days in closes:
        customer = crm.get(ids[name])
        after = customer.with_values(status=status, closed_at=NOW + timedelta(days=days))
        crm.store.commit(Batch((Write(customer, after),), crm.clock(), "test", "edit"))
    rows = cells(report(crm, "grades"), "grade", "count", "hit", "waiting", "left_out")
    found = {
        grade: (count, hit["part"], hit["whole"], w, out) for grade, count, hit, w, out in rows
    }
    assert found == {"A": (5, 1, 3, 1, 1), "B": (1, 1, 1, 0, 0), "C": (0, 0, 0, 0, 0)}
    clock.forward(days=1)
    rows = cells(report(crm, "grades"), "grade", "hit", "waiting")
    assert (rows[0][1]["whole"], rows[0][2]) == (4, 0)


def test_time_in_a_stage_knows_imports_and_undone_moves(crm, clock) -> None:
    lead = crm.add(company="A", source="s", phone="1")
    put(crm, Customer(id="IMPORTED", stage="lead"))
    clock.forward(days=3)
    for customer_id in (lead.id, "IMPORTED"):
        crm.move(customer_id, force=True, reason="r")
    clock.forward(days=2)
    crm.move(lead.id, force=True, reason="too early")
    crm.undo()
    clock.forward(days=5)
    crm.move(lead.id, force=True, reason="now")
    found = cycles.visits(crm.store.turns(crm.store._codec, "stage"))
    stays = [(stage, since and (until - since).days) for stage, since, until in found[lead.id]]
    assert stays == [("lead", 3), ("screening", 7)]
    assert cells(report(crm, "stage-time"), "stage", "count", "left_out")[:2] == [
        ("lead", 1, 1),
        ("screening", 1, 0),
    ]


def test_a_cohort_says_what_may_yet_come(crm) -> None:
    put(
        crm,
        *many(10, 0, stage="after_sales", status="won", first_contact_at=day(50)),
        *many(20, 20, stage="screening", first_contact_at=day(50)),
        *many(10, 50, stage="solution", status="lost", first_contact_at=day(50)),
        *many(9, 70, stage="lead", first_contact_at=day(5)),
    )
    answer = report(crm, "cohort", since=day(51), until=day(49))
    heads = {h.label.en: h.value for h in answer.headlines}
    assert heads == {
        "In the cohort": 40,
        "Won so far": Rate(10, 40),
        "Open, outcome not known yet": 20,
        "If all open ones were won": Rate(30, 40),
    }
    assert cells(answer, "stage", "reached", "open")[:3] == [
        ("lead", 40, 0), ("screening", 40, 20), ("solution", 20, 0),
    ]  # fmt: skip
    months = cells(report(crm, "cohort", by="first_contact_at"), "group", "stage", "reached")
    assert ("2024-03", "lead", 40) in months and ("2024-04", "lead", 9) in months


# nothing, little, and other pipelines


def test_an_empty_store_has_an_answer_to_everything(crm) -> None:
    for name in NAMES:
        for by in (None, "owner"):
            answer = report(crm, name, by=by)
            for row in answer.rows:
                for column in answer.columns:
                    text = cell_text(row.cells.get(column.key), column.kind, crm.dialect)
                    assert "%" not in text, (name, column.key, text)


def test_no_share_of_few_is_ever_told_bare(crm) -> None:
    put(crm, *many(3, status="won", first_contact_at=day(3), contract_signed_at=day(1), satisfaction=5,
                   price=worth(1), stage="after_sales", owner="A"))  # fmt: skip
    for name in NAMES:
        answer = report(crm, name)
        told = [(r.cells.get(c.key), c) for r in answer.rows for c in answer.columns]
        for value, column in told:
            assert "%" not in cell_text(value, column.kind, crm.dialect), (name, column.key)
            assert column.kind != "days" or value in (None, NOT_ENOUGH) or name == "ageing"
        for document in answer_document(answer, crm.dialect)["rows"]:
            shares = [
                cell for cell in document.values() if isinstance(cell, dict) and "share" in cell
            ]
            assert all(cell["share"] is None for cell in shares)


def test_another_pipeline_has_its_own_stages(tmp_path, clock) -> None:
    from crmcore.bootstrap import open_crm
    from crmcore.pipeline import Pipeline, Stage

    with open_crm("memory:", directory=tmp_path, clock=clock) as crm:
        stages = (Stage("call", Text("电话", "Call")), Stage("done", Text("完成", "Done")))
        short = Pipeline("short", Text("简易", "Short"), stages)
        crm.pipelines = SimpleNamespace(named=lambda name: short)
        put(crm, *many(2, stage="call", pipeline="short"), *many(1, 9, stage="lead"))
        for name in NAMES:
            answer = report(crm, name, pipeline="short")
            assert answer.pipeline.name == "short"
        assert cells(report(crm, "funnel", pipeline="short"), "stage", "count") == [
            ("call", 2), ("done", 0), ("lost", 0), ("invalid", 0),
        ]  # fmt: skip


# as it was


VERBS = ["edit", "move", "assign", "lose", "reopen", "grade", "log", "undo", "redo", "add"]


def act(crm, ids: list[str], verb: str, number: int) -> None:
    """Do something to one of *ids*; what is refused is not done."""
    one = ids[number % len(ids)]
    verbs = {
        "edit": lambda: crm.edit(one, budget=f"{number + 1}万", satisfaction=str(number % 5 + 1)),
        "move": lambda: crm.move(one, force=True, reason="why not"),
        "assign": lambda: crm.assign(one, f"owner {number}"),
        "lose": lambda: crm.lose(one, f"reason {number}"),
        "reopen": lambda: crm.reopen(one, "back"),
        "grade": lambda: crm.grade(one, "ABC"[number % 3], "seen"),
        "log": lambda: crm.log(one, "hello"),
        "undo": crm.undo,
        "redo": crm.redo,
        "add": lambda: ids.append(crm.refer(one, {"company": f"R{number}"}).id),
    }
    try:
        verbs[verb]()
    except CrmError:
        return


def state(crm) -> dict[str, Customer]:
    from attrs import evolve

    return {one.id: evolve(one, revision=0) for one in crm.find(EVERYBODY).customers}


STEPS = st.lists(st.tuples(st.sampled_from(VERBS), st.integers(0, 5)), min_size=1, max_size=6)
FEW = settings(  # each asks every report many times over
    max_examples=settings.default.max_examples // 12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(params=["memory:", "sqlite:crm.db"])
def stored(request, clock, tmp_path) -> Iterator[Crm]:
    """A workspace whose store lives the past again, and one whose store remembers it."""
    config = Config(
        store=request.param, language="en", timezone="Asia/Shanghai", directory=tmp_path,
        disable=("followup",),
    )  # fmt: skip
    with open_crm(config=config, clock=clock, actor="Li Na") as crm:
        yield crm


def shown_of(crm: Crm) -> list[object]:
    """Every figure, of all, of some, and by fields that a database does and does not remember."""
    options = ({}, {"where": "owner:OWNER satisfaction=1,2", "by": "owner"}, {"by": "company"})
    return [documents(crm, **one) for one in options]


@FEW
@given(STEPS)
def test_the_past_is_what_was_shown_then_and_now_is_now(stored, clock, steps) -> None:
    crm = stored
    ids = [crm.add(company=f"C{n}", source="s", phone=str(n)).id for n in range(2)]
    shown = []
    for verb, number in steps:
        act(crm, ids, verb, number)
        shown.append((clock(), state(crm), shown_of(crm)))
        clock.forward(days=number, hours=1)
    for moment, customers, said in shown:
        then = crm.as_of(moment)
        assert state(then) == customers
        assert shown_of(then) == said
    assert documents(crm.as_of(clock())) == documents(crm)
    assert state(crm.as_of(clock())) == state(crm)


@FEW
@given(STEPS, st.sampled_from(["edit", "move", "assign", "lose", "grade", "log", "add"]))
def test_undo_restores_every_figure(crm, clock, steps, verb) -> None:
    ids = [crm.add(company=f"C{n}", source="s", phone=str(n)).id for n in range(2)]
    for one, number in steps:
        act(crm, ids, one, number)
        clock.forward(hours=5)
    before, revision = documents(crm), crm.revision
    act(crm, ids, verb, 1)
    if crm.revision > revision:
        crm.undo()
    assert documents(crm) == before


def test_both_ways_to_the_past_lead_to_the_same(crm, clock) -> None:
    from crmcore.storage.past import _lived, _taken_back, revision_at

    store, codec = crm.store, crm.store._codec
    ids = [crm.add(company=f"C{n}", source="s").id for n in range(3)]
    for number, verb in enumerate(VERBS * 2):
        act(crm, ids, verb, number)
        clock.forward(hours=7)
    for revision in range(crm.revision + 1):
        lived = _lived(store, codec, {}, 0, revision)
        newest, docs = store.documents(codec)
        back = _taken_back(store, codec, docs, newest, revision)
        drop = [{k: {**d, "revision": 0} for k, d in found.items()} for found in (lived, back)]
        assert drop[0] == drop[1]
    first = next(store.raw_history(codec))
    assert revision_at(store, codec, NOW - timedelta(days=1)) == 0
    assert revision_at(store, codec, NOW) == 4 and first["revision"] == 1


def test_a_clock_that_was_put_back_is_told_by_the_last_commit_dated_so(crm, clock) -> None:
    crm.add(company="A")
    clock.forward(days=10)
    crm.add(company="B")
    clock.forward(days=-8)
    crm.add(company="C")
    clock.forward(days=20)
    crm.add(company="D")
    then = crm.as_of(NOW + timedelta(days=5))
    assert sorted(c.company for c in then.find(EVERYBODY).customers) == ["A", "B", "C"]
    assert len(crm.as_of(clock()).find(EVERYBODY).customers) == 4


def test_two_past_days_may_be_asked_in_turn(stored, clock) -> None:
    moments = []
    for number in range(3):
        stored.add(company=f"C{number}", source="s", phone=str(number))
        moments.append(clock())
        clock.forward(days=1)
    days = [stored.as_of(moment) for moment in moments]
    for _ in range(2):
        assert [day.tally()[0].count for day in days] == [1, 2, 3]


def test_the_past_is_for_reading(crm, clock) -> None:
    lead = crm.add(company="A", source="s")
    clock.forward(days=2)
    crm.edit(lead.id, remarks="later")
    then = crm.as_of(NOW + timedelta(days=1))
    assert then.get(lead.id).remarks is None
    assert then.clock() == NOW + timedelta(days=1)
    assert [commit.revision for commit in then.history(lead.id)] == [1]
    assert [
        raw["revision"] for raw in then.store.raw_history(crm.store._codec, Span(newest_first=True))
    ] == [1]
    with pytest.raises(RefusedError, match="past"):
        then.edit(lead.id, remarks="x")
    answer = report(crm, "funnel", as_of="2024-05-02")
    assert answer.as_of == datetime(2024, 5, 2, 16, tzinfo=UTC) - timedelta(microseconds=1)
    assert report(crm, "funnel", as_of="today").at == crm.clock()


# month by month


def test_the_trend_counts_who_came_and_who_was_won_in_each_month(company) -> None:
    told = cells(report(company, "trend"), "what", "month", "count")
    assert [month for what, month, _ in told if what == "new"] == [
        *(f"2023-{n:02}" for n in range(6, 13)), *(f"2024-{n:02}" for n in range(1, 6))
    ]  # fmt: skip
    assert [row for row in told if row[2]] == [
        ("new", "2023-10", 4), ("new", "2024-02", 3), ("new", "2024-03", 50), ("new", "2024-04", 2),
        ("won", "2024-04", 35),
    ]  # fmt: skip
    part = report(company, "trend", since="2024-03-15", until="2024-04-15")
    assert cells(part, "what", "month", "count") == [
        ("new", "2024-03", 15), ("new", "2024-04", 0), ("won", "2024-03", 0), ("won", "2024-04", 35),
    ]  # fmt: skip
    split = cells(report(company, "trend", by="owner"), "group", "what", "month", "count")
    assert ("A", "won", "2024-04", 35) in split and ("B", "new", "2024-03", 15) in split
    assert len(cells(report(company, "trend", since="1990-01-01"), "what")) == 2 * 36


# what they mean, and the plugins'


def test_every_report_of_its_own_stands_in_the_docs_in_both_languages() -> None:
    text = (ROOT / "docs" / "figures.md").read_text("utf-8")
    own = (
        standings.FUNNEL, standings.COHORT, wins.WON, cycles.CLOSING, cycles.STAGE_TIME, lost.LOST,
        load.LOAD, hits.HITS, response.FIRST_RESPONSE, aftersales.SURVEY, aftersales.REFERRALS, trend.TREND,
    )  # fmt: skip
    for one in own:
        words = (one.label, one.meaning, one.population, one.window)
        told = " | ".join(f"{word.en}<br>{word.zh}" for word in words)
        assert f"| report `{one.key}` | {told} |" in text, one.key


def plugin(crm, run) -> None:
    """Register a plugin with one report that runs *run*."""

    def crm_reports():
        return [Report("mine", Text("我的", "Mine"), Text("我的图表", "My figure"), run)]

    crm.host.register(SimpleNamespace(crm_reports=hookimpl(crm_reports)), "other")


def test_a_plugins_rows_become_an_answer_with_the_request_in_hand(company) -> None:
    def run(request):
        for group in request.groups(request.began(), ("price",)):
            prices = [c.value.amount for c in group.people if c.value is not None]
            row = {
                "region": group.name,
                "count": len(group.people),
                "best": max(prices, default=None),
            }
            yield row | {"where": group.where, "price": worth(3)}

    plugin(company, run)
    answer = report(company, "mine", by="region", since=day(300), until=day(20))
    assert {c.key: c.kind for c in answer.columns} == {
        "region": "text", "count": "count", "best": "number", "price": "money",
    }  # fmt: skip
    row = next(row for row in answer.rows if row.cells["region"] == "East")
    assert len(list(customers_of(company, row))) == row.cells["count"] == 38
    assert answer.bar == "count" and answer.by == "region"


def test_the_example_of_the_hook_is_a_report_like_any_other(crm) -> None:
    names: dict[str, object] = {"hookimpl": hookimpl}
    [example] = doctest.DocTestFinder(recurse=False).find(
        hookspecs.crm_reports, "example", globs=names
    )
    doctest.DocTestRunner(verbose=False).run(example, clear_globs=False)
    crm.host.register(SimpleNamespace(crm_reports=example.globs["crm_reports"]), "example")
    put(crm, *many(3, priority="high", owner="A"), *many(2, 10, owner="B"))
    assert "priorities" in [one.name for one in crm.host.reports().values]
    answer = report(crm, "priorities", by="owner")
    assert cells(answer, "group", "priority", "count") == [("A", "high", 3), ("B", None, 2)]
    assert len(list(customers_of(crm, answer.rows[0]))) == 3
    assert cells(report(crm, "priorities", since="2024-05-02"), "count") == [] != answer.rows


@pytest.mark.parametrize("run", [lambda request: 7, lambda request: [3], lambda request: 1 / 0])
def test_a_report_that_fails_is_named_with_its_plugin(crm, run) -> None:
    plugin(crm, run)
    with pytest.raises(PluginError, match=r"mine of other"):
        report(crm, "mine")
