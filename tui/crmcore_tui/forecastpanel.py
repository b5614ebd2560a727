"""The forecast of the dashboard: plain and weighted by month, with a bar for both; pure."""

from __future__ import annotations

from decimal import Decimal

from crmcore.figures.forecast import FORECAST, ForecastRow
from crmcore.money import Money, round_money
from crmcore.wording import Text
from crmcore_tui import figurewordings as fw
from crmcore_tui.cells import Part
from crmcore_tui.figuretext import BLANK, Drill, Row, Source, head, plain_rows, share_bar
from crmcore_tui.tabling import GAP, table

_BAR = 16
_NARROWEST_TABLE = 44


def forecast_rows(source: Source, width: int) -> list[Row]:
    """The months, their totals, and who could not be counted."""
    details = source.details
    if details is None:
        return plain_rows([(Part(source.say(fw.READING), "dim"),)], FORECAST)
    forecast = details.forecast
    heads = head(source, BLANK, fw.CUSTOMERS_HEAD, fw.PLAIN, fw.WEIGHTED_HEAD)
    body = [_forecast_cells(row, source) for row in forecast.rows]
    totals = [
        (
            Part(f"{source.say(fw.TOTAL)} {code}", "label"),
            Part(f"{sum(row.customers for row in forecast.rows if row.currency == code):,}"),
            Part(round_money(Money(plain, code), source.dialect.language), "value"),
            _weighted(forecast.weighted.get(code), code, source),
        )
        for code, plain in forecast.plain.items()
    ]
    room = width - _BAR - GAP
    drawn = room >= _NARROWEST_TABLE
    lines = table([heads, *body, *totals], room if drawn else width)
    most = {
        code: max((row.plain for row in forecast.rows if row.currency == code), default=Decimal(0))
        for code in forecast.plain
    }
    rows = [Row(lines[0], None, FORECAST)]
    for row, line in zip(forecast.rows, lines[1:], strict=False):
        if drawn:
            line = (
                *line,
                Part(" " * GAP),
                *share_bar(row.weighted, row.plain, most[row.currency], _BAR),
            )
        rows.append(Row(line, Drill(_expected(row, source), row.where), FORECAST))
    rows += plain_rows(lines[1 + len(forecast.rows) :], FORECAST)
    notes = [
        source.say(text, n=f"{count:,}")
        for text, count in (
            (fw.NO_CHANCE, forecast.no_chance),
            (fw.NO_VALUE, forecast.unknown_value),
        )
        if count
    ]
    if not forecast.customers:
        notes.append(source.say(fw.NOBODY))
    return rows + plain_rows([(Part(note, "dim"),) for note in notes], FORECAST)


def _forecast_cells(row: ForecastRow, source: Source) -> tuple[Part, ...]:
    return (
        Part(source.dialect.say(_when(row)), "company"),
        Part(f"{row.customers:,}"),
        Part(round_money(Money(row.plain, row.currency), source.dialect.language), "value"),
        _weighted(row.weighted if row.known else None, row.currency, source),
    )


def _weighted(amount: Decimal | None, currency: str, source: Source) -> Part:
    if amount is None:
        return Part("p?", "dim")
    return Part(round_money(Money(amount, currency), source.dialect.language), "count")


def _when(row: ForecastRow) -> Text:
    match row.when:
        case "past":
            return fw.PAST
        case "later":
            return fw.LATER
        case "unknown":
            return fw.NO_DATE
        case "month":
            assert row.month is not None
            month = f"{row.month:%Y-%m}"
            return Text(month, month)


def _expected(row: ForecastRow, source: Source) -> Text:
    return fw.EXPECTED.with_(month=_when(row), currency=row.currency)
