"""Customers out of a workspace: to files of any kind a plugin writes, whole or masked, and templates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import frozen

from crmcore.customer import Customer
from crmcore.due import due_for
from crmcore.errors import UsageError
from crmcore.hooktypes import DueItem, WriteRequest
from crmcore.query import EVERYBODY, Condition, Query
from crmcore.storage.bulk import no_collecting
from crmcore.wording import Language, Text

if TYPE_CHECKING:
    from crmcore.crm import Crm

_A_PAGE = 1000


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
    the file. Raises UsageError, NotFoundError.
    """
    exporter = crm.host.exporters().named(form) if form else crm.host.exporter_for(path)
    wanted = tuple(crm.fields.named(name).key for name in columns)
    found = _Found(crm, crm.condition(where), _concealed if mask else _as_it_is)
    with no_collecting():
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
    others = (one for one in crm.pipelines.values if one.name != own.name)
    dialect = crm.dialect if language is None else crm.dialect.speaking(language)

    local = now.astimezone(crm.dialect.zone)

    def due(customer: Customer) -> Iterator[DueItem]:
        return due_for(crm, customer, local)

    return WriteRequest(crm.fields, columns, dialect, now, (own, *others), due, tell)


def _concealed(customer: Customer) -> Customer:
    from crmcore.concealing import concealed  # only a masked file needs it

    return concealed(customer)


def _as_it_is(customer: Customer) -> Customer:
    return customer
