"""Whole files in and out of a workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from crmcore.changes import Commit
from crmcore.customer import Customer
from crmcore.errors import ConflictError, UsageError
from crmcore.hooktypes import Reading, ReadRequest
from crmcore.importplan import Decision, ImportPlan, writes_of
from crmcore.importrows import Overlaid, PlannedRow, Rows
from crmcore.importtwins import Twins
from crmcore.intake import Planner
from crmcore.query import EVERYBODY, Condition, Query
from crmcore.storage.bulk import no_collecting

if TYPE_CHECKING:
    from crmcore.crm import Crm

Progress = Callable[[int, int | None], None]
"""Told how many rows were planned, and of how many, where that is known."""
_PAGE = 2000


def plan_import(
    crm: Crm,
    path: Path | Sequence[Path],
    *,
    profile: Path | None = None,
    sheet: str | None = None,
    strict: bool = False,
    keep_duplicates: bool = False,
    drop_unmapped: bool = False,
    decisions: Mapping[tuple[str, int], Decision] | None = None,
    progress: Progress | None = None,
) -> ImportPlan:
    """What importing *path*, one file or several, would do; nothing is written.

    *profile* is a mapping file, *sheet* which one of a workbook. *strict* refuses rows that stand
    behind a gate they do not meet instead of keeping the debt; *keep_duplicates* takes rows that are
    like others, but for those of one external id; *drop_unmapped* leaves out the columns that are no
    field. *decisions* say what is to be done with some rows, by file (as named in *path*) and number.
    Raises UsageError and what the importer raises.
    """
    paths = [path] if isinstance(path, Path) else list(path)
    names = [str(one) for one in paths]
    if len(set(names)) < len(names):
        raise UsageError("One file is named twice.")
    context, pipeline = crm.writer.context(), crm.pipeline()
    request = ReadRequest(crm.fields, crm.dialect, context.now, pipeline, profile, sheet)
    with no_collecting():
        readings = [(str(one), crm.host.importer_for(one).read(one, request)) for one in paths]
        return plan_readings(
            crm, readings, strict=strict, keep_duplicates=keep_duplicates,
            drop_unmapped=drop_unmapped, decisions=decisions, progress=progress,
        )  # fmt: skip


def plan_readings(
    crm: Crm,
    readings: Sequence[tuple[str, Reading]],
    *,
    strict: bool = False,
    keep_duplicates: bool = False,
    drop_unmapped: bool = False,
    decisions: Mapping[tuple[str, int], Decision] | None = None,
    progress: Progress | None = None,
) -> ImportPlan:
    """`plan_import` of what importers have read, by name."""
    base, context = crm.refresh(), crm.writer.context()
    empty = not crm.page(Query(limit=1)).customers
    unused = empty and crm.store.last_id("") is None
    planner = Planner(
        context,
        crm.pipeline(),
        Twins(_finder(crm), lambda: _everybody(crm), empty=empty),
        crm.writer.numbering(unused=unused),
        crm.get,
        crm.writer.objections,
        crm.writer.renewed,
        strict=strict,
        keep_duplicates=keep_duplicates,
        drop_unmapped=drop_unmapped,
        decisions=decisions,
    )
    rows = Rows()
    totals = [reading.total for _, reading in readings]
    total = None if None in totals else sum(one for one in totals if one is not None)
    with no_collecting():
        for source, reading in readings:
            for batch in planner.rows(reading, source, several=len(readings) > 1):
                for row in batch:
                    rows.append(row)
                if progress is not None:
                    progress(len(rows), total)
    if planner.unheard:
        source, number = planner.unheard[0]
        raise UsageError(f"There is no row {number} in {source}.")
    readings_of = dict(readings)
    renumbered = _renumbered(planner, rows)
    return ImportPlan(
        Overlaid(rows, renumbered),
        base,
        ", ".join(readings_of),
        {header: key for one in readings_of.values() for header, key in one.columns.items()},
        tuple(_notes(readings_of)),
        tuple(column for one in readings_of.values() for column in one.mapping),
        {source: one.header for source, one in readings_of.items()},
        next(iter(readings_of.values())).profile if len(readings_of) == 1 else "",
        planner.replan,
        None if renumbered else crm.writer,
    )


def _renumbered(planner: Planner, rows: Rows) -> dict[int, PlannedRow]:
    """The rows whose id another row turned out to come with, under new ones."""
    if not planner.taken:
        return {}
    return {
        place: planner.renumbered(row)
        for place, row in enumerate(rows)
        if row.outcome == "create"
        and row.after is not None
        and row.after.id in planner.taken
        and row.stated.get("id") != row.after.id
    }


def _notes(readings: Mapping[str, Reading]) -> Iterator[str]:
    for source, reading in readings.items():
        for note in reading.notes:
            yield note if len(readings) == 1 else f"{source}: {note}"


def _finder(crm: Crm) -> Callable[[Condition], Sequence[Customer]]:
    return lambda condition: crm.page(Query(condition)).customers


def _everybody(crm: Crm) -> Iterator[Customer]:
    query = Query(EVERYBODY, limit=_PAGE)
    while True:
        page = crm.page(query)
        yield from page.customers
        if page.next is None:
            return
        query = query.next(page.next)


def apply_plan(crm: Crm, plan: ImportPlan) -> Commit | None:
    """Do what *plan* says, as one commit. Raises ConflictError when the data changed since."""
    if crm.refresh() != plan.base_revision:
        raise ConflictError(
            f"The data changed since the import of {plan.source} was planned (revision "
            f"{plan.base_revision}, now {crm.revision}). Plan it again.",
            expected=plan.base_revision,
            found=crm.revision,
        )
    # At the same revision, the workspace's own rules say what they said; plugins may think again.
    checked = plan.checked_by is crm.writer and not crm.host.checks
    with no_collecting(len(plan.rows)):
        writes = writes_of(plan)
        if not writes:
            return None
        return crm.writer.commit(writes, "import", plan.source, checked=checked, warned=True)
