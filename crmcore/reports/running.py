"""The core's reports: a name for each figure, and what it is asked with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from crmcore.customer import Customer
from crmcore.errors import CrmError, PluginError
from crmcore.figures.definition import Definition
from crmcore.figures.rates import Rate
from crmcore.hooktypes import Report
from crmcore.money import Money
from crmcore.query import Condition, Query
from crmcore.reports.answer import Amounts, Answer, Column, Headline, Kind, Named, Row
from crmcore.reports.request import ReportRequest, ask
from crmcore.reports.words import POPULATION
from crmcore.storage.bulk import no_collecting
from crmcore.wording import Text

if TYPE_CHECKING:
    from crmcore.crm import Crm

_CHUNK = 500


def run_report(report: Report, request: ReportRequest) -> Answer:
    """What *report* answers to *request*; rows that a plugin returns bare are made an answer of.

    Raises PluginError where it fails or gives neither.
    """
    try:
        with no_collecting():
            found = report.run(request)
        if isinstance(found, Answer):
            return found
        rows = [dict(row) for row in found]
    except CrmError:
        raise
    except Exception as error:  # of any kind: a plugin's own mistake must be named as its
        plugin = request.crm.host.reports().provider(report) or report.name
        raise PluginError(
            plugin, f"The report {report.name} of {plugin} failed: {type(error).__name__}: {error}"
        ) from error
    return _of_rows(report, request, rows)


def report(crm: Crm, name: str, **options: Any) -> Answer:
    """What the report *name* says of *crm*, asked as `crmcore.reports.request.ask` takes it."""
    found = crm.host.reports().named(name)
    return run_report(found, ask(crm, **options))


def customers_of(crm: Crm, row: Row | Headline) -> Iterator[Customer]:
    """The customers behind *row*, of the *crm* that was asked (`ReportRequest.crm`)."""
    ids = getattr(row, "ids", None)
    if ids is not None:
        yield from (one for one in map(crm.store.get, ids) if one is not None)
    elif row.where is not None:
        yield from _found(crm, row.where)


def _found(crm: Crm, where: Condition) -> Iterator[Customer]:
    query = Query(where, limit=_CHUNK)
    while True:
        page = crm.page(query)
        yield from page.customers
        if page.next is None:
            return
        query = query.next(page.next)


_KINDS: tuple[tuple[type | tuple[type, ...], Kind], ...] = (
    (bool, "text"),
    (int, "count"),
    ((float, Decimal), "number"),
    ((Amounts, Money), "money"),
    (Rate, "share"),
)


def _of_rows(report: Report, request: ReportRequest, rows: Sequence[Mapping[str, Any]]) -> Answer:
    keys = list(dict.fromkeys(str(key) for row in rows for key in row if key != "where"))
    columns = []
    for key in keys:
        values = [row[key] for row in rows if row.get(key) is not None]
        spec = request.crm.fields.get(key)
        label = Text(key, key) if spec is None else spec.label
        columns.append(Column(key, label, _kind(values)))
    made = [
        Row({key: _cell(row.get(key)) for key in keys}, _condition(row.get("where")))
        for row in rows
    ]
    counts = [column.key for column in columns if column.kind == "count"]
    definition = Definition(
        report.name,
        report.label,
        report.definition,
        POPULATION,
        request.window(Text("首次接触于", "first contact from")),
    )
    return Answer(
        definition=definition,
        pipeline=request.pipeline,
        population=definition.population,
        window=definition.window,
        where=request.where,
        at=request.now,
        columns=tuple(columns),
        rows=tuple(made),
        notes=request.conversion,
        bar=counts[0] if counts else None,
        by=None if request.by is None else request.by.key,
        as_of=request.as_of,
    )


def _condition(value: Any) -> Condition | None:
    from crmcore.query import And, Compare, Not, Or

    return value if isinstance(value, (And, Compare, Not, Or)) else None


def _kind(values: Sequence[Any]) -> Kind:
    for types, kind in _KINDS:
        if values and all(isinstance(value, types) for value in values):
            return kind
    return "text"


def _cell(value: Any) -> Any:
    if isinstance(value, Money):
        return Amounts({value.currency: value.amount})
    if value is None or isinstance(value, (int, float, Decimal, Amounts, Rate, Text, Named)):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
