"""Whole files in and out of a workspace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from crmcore.changes import Commit, Write
from crmcore.customer import Customer
from crmcore.due import due_items
from crmcore.errors import ConflictError, UsageError
from crmcore.hooktypes import DueItem, ReadRequest, WriteRequest
from crmcore.intake import ImportPlan, Planner
from crmcore.query import EVERYBODY, Condition, Query
from crmcore.wording import Language, Text

if TYPE_CHECKING:
    from crmcore.crm import Crm

_A_PAGE = 1000


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


@frozen
class _Found:
    """The customers a condition holds, by id, read a page at a time whenever they are iterated."""

    crm: Crm
    where: Condition
    shown: Callable[[Customer], Customer]

    def __iter__(self) -> Iterator[Customer]:
        query: Query | None = Query(self.where, limit=_A_PAGE)
        while query is not None:
            page = self.crm.page(query)
            yield from map(self.shown, page.customers)
            query = None if page.next is None else query.next(page.next)


def export(
    crm: Crm,
    path: Path,
    where: str | Condition = EVERYBODY,
    columns: Sequence[str] = (),
    *,
    form: str | None = None,
    mask: bool = False,
    language: Language | None = None,
    tell: Callable[[Text], None] = lambda note: None,
) -> int:
    """Write the customers *where* holds to *path*, by id; returns how many.

    *form* names an exporter where the file's name does not tell it; *mask* hides who the contacts are
    and how to reach them; *language* is that of headers and words, *tell* takes what is to be known of
    the file. Raises UsageError.
    """
    exporter = crm.host.exporters().named(form) if form else crm.host.exporter_for(path)
    wanted = tuple(crm.fields.named(name).key for name in columns)
    found = _Found(crm, crm.condition(where), _concealed if mask else _as_it_is)
    return exporter.write(path, found, _request(crm, wanted, language, tell))


def template(crm: Crm, path: Path, *, language: Language | None = None) -> None:
    """Write to *path* an empty file to fill in and import. Raises UsageError."""
    exporter = crm.host.exporter_for(path)
    if exporter.template is None:
        able = [s for one in crm.host.exporters().values if one.template for s in one.suffixes]
        raise UsageError(
            f"There is no template of the kind of {path.name}; name a file that ends in "
            f"{' or '.join(able) or 'a suffix that a plugin has one for'}."
        )
    exporter.template(path, _request(crm, (), language, lambda note: None))


def _request(
    crm: Crm, columns: tuple[str, ...], language: Language | None, tell: Callable[[Text], None]
) -> WriteRequest:
    now, own = crm.clock(), crm.pipeline()
    others = (one for one in crm.host.pipelines().values if one.name != own.name)
    dialect = crm.dialect if language is None else crm.dialect.speaking(language)

    def due_for(customer: Customer) -> Iterator[DueItem]:
        yield from due_items(customer)
        yield from crm.host.remind(customer, now)

    return WriteRequest(crm.fields, columns, dialect, now, (own, *others), due_for, tell)


def _concealed(customer: Customer) -> Customer:
    from crmcore.concealing import concealed  # only a masked file needs it

    return concealed(customer)


def _as_it_is(customer: Customer) -> Customer:
    return customer
