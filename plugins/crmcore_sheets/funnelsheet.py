"""The funnel of the customers in a workbook: figures by stage, and a chart that a spreadsheet draws."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from crmcore.customer import Customer
from crmcore.funnel import DEFINITION, Funnel, snapshot
from crmcore.hooktypes import WriteRequest
from crmcore.money import Money, format_money
from crmcore.pipeline import Pipeline
from crmcore.query import Bucket
from crmcore.wording import Text
from crmcore_sheets.booksheets import Book

FUNNEL = Text("漏斗", "Funnel")
_COUNT, _UNKNOWN = Text("客户数", "Customers"), Text("金额未知", "Value unknown")
_OTHERS, _OF_THIS_FILE = (
    Text("其他币种", "Other currencies"),
    Text("本文件中的客户", "The customers in this file"),
)
_OUT = {"lost": Text("流失", "Lost"), "invalid": Text("无效", "Invalid")}


class FunnelCount:
    """Counts customers as they pass."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, str, str], int] = defaultdict(int)
        self._values: dict[tuple[str, str, str], dict[str, Decimal]] = defaultdict(dict)
        self._unknown: dict[tuple[str, str, str], int] = defaultdict(int)

    def add(self, customer: Customer) -> None:
        """Count *customer*."""
        key = customer.pipeline, customer.stage, customer.status
        self._counts[key] += 1
        if (value := customer.value) is None:
            self._unknown[key] += 1
        else:
            sums = self._values[key]
            sums[value.currency] = sums.get(value.currency, Decimal(0)) + value.amount

    def funnel(self, pipeline: Pipeline) -> Funnel:
        """What `Crm.funnel` would say of these customers."""
        buckets = (
            Bucket(key[1:], count, dict(self._values.get(key, {})), self._unknown.get(key, 0))
            for key, count in self._counts.items()
            if key[0] == pipeline.name
        )
        return snapshot(pipeline, buckets, 0)


def write_funnels(sheet: Any, book: Book, counted: FunnelCount, request: WriteRequest) -> None:
    """The funnel of each pipeline that has customers, the workspace's own first and in any case."""
    say = book.dialect.say
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 4, 16)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    title = book.style(bold=True, font_size=14)
    row = 0
    for place, pipeline in enumerate(request.pipelines):
        funnel = counted.funnel(pipeline)
        if place and not funnel.total:
            continue
        sheet.write_string(row, 0, say(pipeline.label), title)
        sheet.write_string(row + 1, 0, f"{say(_OF_THIS_FILE)}: {funnel.total}")
        sheet.write_string(row + 2, 0, say(DEFINITION))
        row = _table(sheet, book, funnel, row + 4) + 1
        _chart(sheet, book, funnel, row - 2 - len(funnel.stages) - len(_OUT), row)
        row += 18


def _table(sheet: Any, book: Book, funnel: Funnel, row: int) -> int:
    """The figures, from *row* on; returns the row below them."""
    say, currency = book.dialect.say, book.dialect.currency
    value = Text("金额（{currency}）", "Value ({currency})").with_(currency=currency)
    stage = Text("阶段", "Stage")
    for column, label in enumerate((stage, _COUNT, value, _UNKNOWN, _OTHERS)):
        sheet.write_string(row, column, say(label), book.heading)
    amount = book.style(num_format="#,##0.##")
    labels: Mapping[str, Text] = {one.key: one.label for one in funnel.pipeline.stages}
    rows = [(labels[key], standing) for key, standing in funnel.stages.items()]
    rows += [(label, funnel.statuses[key]) for key, label in _OUT.items()]
    for label, standing in rows:
        row += 1
        sheet.write_string(row, 0, say(label))
        sheet.write_number(row, 1, standing.count)
        sheet.write_number(row, 2, float(standing.values.get(currency, Decimal(0))), amount)
        sheet.write_number(row, 3, standing.unknown_value)
        if others := [one for one in standing.money() if one.currency != currency]:
            sheet.write_string(row, 4, _said(others, book))
    return row + 1


def _said(amounts: list[Money], book: Book) -> str:
    language, currency = book.dialect.language, book.dialect.currency
    return "; ".join(format_money(one, language, currency) for one in amounts)


def _chart(sheet: Any, book: Book, funnel: Funnel, header: int, below: int) -> None:
    """Bars by stage, from the first at the top: what is in the table's first two columns."""
    first, last = header + 1, header + len(funnel.stages)
    say, name = book.dialect.say, sheet.get_name()
    chart = book.book.add_chart({"type": "bar"})
    chart.add_series(
        {
            "name": say(_COUNT),
            "categories": [name, first, 0, last, 0],
            "values": [name, first, 1, last, 1],
            "data_labels": {"value": True},
            "gap": 30,
            "fill": {"color": "#4472C4"},
        }
    )
    chart.set_title({"name": say(funnel.pipeline.label)})
    chart.set_y_axis({"reverse": True})
    chart.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
    chart.set_legend({"none": True})
    sheet.insert_chart(below, 0, chart, {"x_scale": 1.4})
