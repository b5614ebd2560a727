"""Whole files in and out of a workspace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve

from crmcore.changes import Commit, Write
from crmcore.customer import Customer
from crmcore.errors import ConflictError
from crmcore.hooktypes import ReadRequest, WriteRequest
from crmcore.intake import ImportPlan, Planner
from crmcore.query import Condition, Order, Query

if TYPE_CHECKING:
    from crmcore.crm import Crm


def plan_import(
    crm: Crm,
    path: Path,
    *,
    profile: Path | None = None,
    strict: bool = False,
    keep_duplicates: bool = False,
) -> ImportPlan:
    """What importing *path* would do; nothing is written.

    *profile* is a mapping file; *strict* refuses rows that stand behind a gate they do not meet
    instead of keeping the debt; *keep_duplicates* takes rows whose phone or e-mail is known.
    """
    base, context, pipeline = crm.refresh(), crm.writer.context(), crm.pipeline()
    importer = crm.host.importer_for(path)
    request = ReadRequest(crm.fields, crm.dialect, context.now, pipeline, profile)

    def find_one(condition: Condition) -> Customer | None:
        return next(iter(crm.page(Query(condition, limit=1)).customers), None)

    planner = Planner(context, pipeline, find_one, strict=strict, keep_duplicates=keep_duplicates)
    return planner.plan(importer.read(path, request), str(path), base)


def apply_plan(crm: Crm, plan: ImportPlan) -> Commit | None:
    """Do what *plan* says, as one commit. Raises ConflictError when the data changed since."""
    if crm.refresh() != plan.base_revision:
        raise ConflictError(
            f"The data changed since the import of {plan.source} was planned (revision "
            f"{plan.base_revision}, now {crm.revision}). Plan it again.",
            expected=plan.base_revision,
            found=crm.revision,
        )
    numbering = crm.writer.numbering()
    writes = [
        Write(row.before, row.after if row.after.id else _numbered(row.after, numbering.next))
        for row in plan.rows
        if row.outcome in ("create", "update") and row.after is not None
    ]
    return crm.writer.commit(writes, "import", plan.source) if writes else None


def _numbered(customer: Customer, next_id: Callable[[Customer], str]) -> Customer:
    return evolve(customer, id=next_id(customer))


def export(crm: Crm, path: Path, where: str | Condition, columns: Sequence[str]) -> int:
    """Write the customers *where* holds to *path*, by id; returns how many."""
    exporter = crm.host.exporter_for(path)
    wanted = tuple(crm.fields.named(name).key for name in columns)
    customers = crm.find(where, order=(Order("id"),)).customers
    return exporter.write(path, customers, WriteRequest(crm.fields, wanted, crm.dialect))
