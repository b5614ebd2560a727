"""Figures in one currency: at the rates given, and never without."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.config import load_config
from crmcore.crm import Crm
from crmcore.errors import ConfigError, RefusedError, UsageError
from crmcore.exchangerates import ExchangeRates, parse_rates
from crmcore.figures.gather import read_details, read_overview
from crmcore.hooktypes import Report
from crmcore.money import Money, MoneyRange
from crmcore.reports.request import ask
from crmcore.reports.running import customers_of, report, run_report
from crmcore.wording import Text

RATES = "USD=7.12, eur=7.8"


@pytest.fixture
def mixed(crm: Crm) -> Crm:
    for company, budget in (("A", "$1000"), ("B", "10万"), ("C", "€50"), ("D", "£3"), ("E", "")):
        crm.add(company=company, budget=budget)
    return crm


def cell(crm: Crm, name: str, key: str = "value", **options: str) -> dict[str, Decimal]:
    answer = report(crm, name, **options)
    return dict(answer.rows[0].cells[key].by_currency)


def test_currencies_stay_apart_unless_rates_are_given(mixed: Crm) -> None:
    apart = {"CNY": 100_000, "USD": 1000, "EUR": 50, "GBP": 3}
    assert cell(mixed, "funnel") == cell(mixed, "funnel", rates="none") == apart
    told = report(mixed, "funnel", rates=RATES)
    assert told.rows[0].cells["value"].by_currency == {"CNY": Decimal("107510"), "GBP": 3}
    (note,) = told.notes
    assert note.en == "Converted at the rates given: 1 USD = 7.12 CNY, 1 EUR = 7.8 CNY"
    assert not report(mixed, "funnel").notes


def test_every_report_tells_converted_money_alone(mixed: Crm) -> None:
    for name in mixed.host.reports().names:
        answer = report(mixed, name, rates=RATES)
        cells = [value for row in answer.rows for value in row.cells.values()]
        cells += [headline.value for headline in answer.headlines]
        codes = {code for one in cells for code in getattr(one, "by_currency", {})}
        assert codes <= {"CNY", "GBP"}, name


def test_the_forecast_adds_up_and_its_rows_lead_to_the_customers(mixed: Crm) -> None:
    request = ask(mixed, rates=RATES)
    answer = run_report(mixed.host.reports().named("forecast"), request)
    rows = {
        next(iter(row.cells["value"].by_currency)): row for row in answer.rows if row.cells["value"]
    }
    assert rows["CNY"].cells["value"].by_currency == {"CNY": Decimal("107510")}
    behind = list(customers_of(request.crm, rows["CNY"]))
    assert sorted(one.company for one in behind) == ["A", "B", "C"]
    assert {one.value.currency for one in behind} == {"CNY", "USD", "EUR"}  # as they are
    assert [one.company for one in customers_of(request.crm, rows["GBP"])] == ["D"]


def test_the_dashboard_agrees_with_the_reports(mixed: Crm) -> None:
    crm = mixed.in_one_currency(parse_rates(RATES, "CNY"))
    overview = read_overview(crm, crm.pipeline())
    details = read_details(crm, overview, lambda _: None)
    assert details.forecast.plain == {"CNY": Decimal("107510"), "GBP": 3}
    assert overview.standing["lead"].values == {"CNY": Decimal("107510"), "GBP": 3}


def test_a_plugins_report_reads_converted_money(mixed: Crm) -> None:
    def run(request):
        (group,) = request.groups(request.where, ("value", "budget"))
        (same,) = request.columns(request.where, ("value", "budget"))
        read = [(one.value, one.value_of("budget")) for one in group.people]
        assert sorted(map(str, read)) == sorted(map(str, same.values))
        return [{"value": one} for one, _ in read if one]

    made = Report("mine", Text("我的", "Mine"), Text("。", "."), run)
    answer = run_report(made, ask(mixed, rates="USD=7.12"))
    told = [row.cells["value"].by_currency for row in answer.rows]
    assert {"CNY": Decimal(7120)} in told and {"EUR": Decimal(50)} in told
    assert answer.notes


def test_rates_of_the_workspace_hold_unless_others_are_given(tmp_path) -> None:
    (tmp_path / "crm.toml").write_text('store = "memory:"\n[rates]\nUSD = "7.5"\nEUR = 8\n')
    crm = Crm.open(directory=tmp_path, actor="me")
    crm.add(company="A", budget="$1000")
    assert cell(crm, "funnel") == {"CNY": 7500}
    assert cell(crm, "funnel", rates="USD=7") == {"CNY": 7000}
    assert cell(crm, "funnel", rates="none") == {"USD": 1000}
    with pytest.raises(RefusedError, match="for reading"):
        crm.in_one_currency().add(company="B")


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ("", "gives no rates"), ("USD", "gives no rates"), ("USD=", "above 0"), ("USD=0", "above 0"),
        ("USD=-1", "above 0"), ("USD=nan", "above 0"), ("USD=1e99", "above 0"), ("XXQ=3", "no currency"),
        ("CNY=1", "always 1"), ("\x1b[31m=2", "no currency"),
    ],
)  # fmt: skip
def test_what_is_no_rate_is_refused(said: str, wrong: str) -> None:
    with pytest.raises(UsageError, match=wrong) as raised:
        parse_rates(said, "CNY")
    assert "\x1b" not in str(raised.value)


@pytest.mark.parametrize(
    "table", ["rates = 3", '[rates]\nUSD = "x"', "[rates]\nUSD = true", "[rates]\nCNY=1"]
)
def test_wrong_rates_in_crm_toml_are_named(tmp_path, table: str) -> None:
    (tmp_path / "crm.toml").write_text(table)
    with pytest.raises(ConfigError, match=r"crm\.toml.*rates"):
        load_config(tmp_path)


def test_money_that_gets_too_large_is_named(mixed: Crm) -> None:
    mixed.add(company="F", budget="USD 900000000000000000")
    with pytest.raises(UsageError, match="leave out that rate"):
        report(mixed, "forecast", rates="USD=7.12")


amounts = st.decimals(0, 10**9, places=2)


@given(st.lists(st.tuples(st.sampled_from(["CNY", "USD", "EUR", "GBP"]), amounts), max_size=20))
def test_sums_convert_to_the_sums_of_what_was_converted(values) -> None:
    rates = ExchangeRates("CNY", {"USD": Decimal("7.123456"), "EUR": Decimal("0.07")})
    before: dict[str, Decimal] = {}
    after: dict[str, Decimal] = {}
    for code, amount in values:
        before[code] = before.get(code, Decimal(0)) + amount
        money = rates.converted(Money(amount, code))
        after[money.currency] = after.get(money.currency, Decimal(0)) + money.amount
    assert rates.sums(before) == after
    budget = rates.converted(MoneyRange(None, Decimal(2), "USD"))
    assert (budget.low, budget.high, budget.currency) == (None, Decimal("14.246912"), "CNY")
