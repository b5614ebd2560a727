"""Which charts show an answer: by the kinds of its columns, so that a plugin's report is drawn as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from attrs import frozen

from crmcore.dialect import Dialect
from crmcore.figures.rates import Rate
from crmcore.pages.charts import Bar, Span, bars, funnel, shares
from crmcore.pages.markup import Safe
from crmcore.reports.answer import Amounts, Answer, Column, Row
from crmcore.reports.shown import cell_text, rate_text

MOST = 24
"""Rows that are drawn; the table beside the chart holds more."""
_CURRENCIES = 3


@frozen
class Chart:
    """A drawing and what it is of."""

    title: str
    drawn: Safe


def charts(answer: Answer, dialect: Dialect, name: str) -> list[Chart]:
    """The charts of *answer*; their ids begin with *name*. None where there is nothing to compare."""
    rows = answer.rows[:MOST]
    return [Chart(title, drawn) for title, drawn in _drawn(answer, rows, dialect, name)]


def _drawn(
    answer: Answer, rows: Sequence[Row], dialect: Dialect, name: str
) -> Iterator[tuple[str, Safe]]:
    own = dialect.say(answer.definition.label)

    def titled(column: Column, more: str = "") -> str:
        return f"{own}: {dialect.say(column.label)}{more}"

    columns = {column.key: column for column in answer.columns}
    if answer.bar is not None and answer.bar in columns and len(rows) > 1:
        column = columns[answer.bar]
        lines = [
            Bar(label_of(answer, row, dialect), _number(cell), cell_text(cell, "count", dialect))
            for row in rows
            if (cell := row.cells.get(column.key)) is not None
        ]
        title = titled(column)
        if answer.bar == "reached" and answer.by is None:
            yield title, funnel(f"{name}-a", title, lines, _between(answer, rows, dialect))
        else:
            yield title, bars(f"{name}-a", title, lines)
    money = [column for column in answer.columns if column.kind == "money"]
    if money and len(rows) > 1:
        for place, code in enumerate(_codes(rows, money[0])[:_CURRENCIES]):
            title = titled(money[0], f" ({code})")
            if len(money) > 1 and money[1].key == "weighted":
                title = titled(money[0], f" · {dialect.say(money[1].label)} ({code})")
            yield (
                title,
                bars(f"{name}-m{place}", title, list(_amounts(answer, rows, money, code, dialect))),
            )
    for place, column in enumerate(c for c in answer.columns if c.kind == "share"):
        spans = [
            _span(label_of(answer, row, dialect), rate, dialect)
            for row in rows
            if isinstance(rate := row.cells.get(column.key), Rate) and rate.whole
        ]
        if spans:
            yield titled(column), shares(f"{name}-s{place}", titled(column), spans)
    lengths = next((c for c in answer.columns if c.kind in ("days", "hours")), None)
    if lengths is not None and len(rows) > 1:
        lines = [
            Bar(
                label_of(answer, row, dialect),
                _number(cell),
                cell_text(cell, lengths.kind, dialect),
            )
            for row in rows
            if isinstance(cell := row.cells.get(lengths.key), (int, float, Decimal))
        ]
        if lines:
            yield titled(lengths), bars(f"{name}-d", titled(lengths), lines)


def label_of(answer: Answer, row: Row, dialect: Dialect) -> str:
    """What *row* is of: its first cells that are text."""
    words = []
    for column in answer.columns:
        if column.kind != "text":
            break
        words.append(cell_text(row.cells.get(column.key), "text", dialect))
    return " · ".join(word for word in words if word) or dialect.say(answer.population)


def _between(answer: Answer, rows: Sequence[Row], dialect: Dialect) -> list[str]:
    """The conversion from each stage to the next, where the answer tells it."""
    if all(column.key != "conversion" for column in answer.columns):
        return []
    rates = [row.cells.get("conversion") for row in rows]
    return [rate_text(rate, dialect) if isinstance(rate, Rate) else "–" for rate in rates]


def _codes(rows: Sequence[Row], column: Column) -> list[str]:
    cells = (row.cells.get(column.key) for row in rows)
    return sorted(
        {code for cell in cells if isinstance(cell, Amounts) for code in cell.by_currency}
    )


def _amounts(
    answer: Answer, rows: Sequence[Row], money: Sequence[Column], code: str, dialect: Dialect
) -> Iterator[Bar]:
    for row in rows:
        whole = row.cells.get(money[0].key)
        if not isinstance(whole, Amounts) or code not in whole.by_currency:
            continue
        amount = whole.by_currency[code]
        told = cell_text(Amounts({code: amount}), "money", dialect)
        part = None
        if len(money) > 1 and money[1].key == "weighted":
            weighted = row.cells.get("weighted")
            known = isinstance(weighted, Amounts) and code in weighted.by_currency
            part = float(weighted.by_currency[code]) if known else 0.0  # type: ignore[union-attr]
            shown = Amounts({code: weighted.by_currency[code]}) if known else weighted  # type: ignore[union-attr]
            told = f"{told} → {cell_text(shown, 'money', dialect) or 'p?'}"
        yield Bar(label_of(answer, row, dialect), float(amount), told, part)


def _span(label: str, rate: Rate, dialect: Dialect) -> Span:
    low, high = rate.interval
    return Span(label, low, high, rate_text(rate, dialect), rate.share if rate.enough else None)


def _number(cell: object) -> float:
    return float(cell) if isinstance(cell, (int, float, Decimal)) else 0.0
