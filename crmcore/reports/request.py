"""What a report is asked: of whom, from when to when, as of when, by what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from crmcore.customer import Customer
from crmcore.errors import UsageError
from crmcore.exchangerates import ExchangeRates, parse_rates
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.figures.definition import Definition
from crmcore.moments import MomentError, parse_moment, show_moment
from crmcore.pipeline import Pipeline
from crmcore.query import (
    EVERYBODY,
    Bins,
    Bucket,
    Compare,
    Condition,
    Or,
    Whether,
    both,
    known,
    unknown,
)
from crmcore.reports.answer import Answer, Column, Headline, Named, Row
from crmcore.storage.bulk import no_collecting
from crmcore.values import show_value
from crmcore.wording import Text

if TYPE_CHECKING:
    from crmcore.crm import Crm

VALUE = ("value",)
UNKNOWN = Named("", Text("（未填）", "(unknown)"))
"""In place of a value that nobody filled in."""
_DAY = timedelta(days=1)


@frozen
class Group:
    """The customers who share one value of the field asked `by`; everybody, where none was asked.

    `name` is how the value is shown, None where it is unknown or nothing was asked.
    """

    name: str | None
    where: Condition
    people: tuple[Customer, ...] = ()
    buckets: tuple[Bucket, ...] = ()
    values: tuple[tuple[Any, ...], ...] = ()


@frozen
class ReportRequest:
    """What a report may look at.

    `crm` is the workspace, as it stood at `as_of` where that is given; it is for reading. `where` are
    the customers of `pipeline` that were asked for; `since` and `until` (exclusive) the window, each
    None for open; `by` the field that the answer is to be split by.
    """

    crm: Crm
    pipeline: Pipeline
    where: Condition
    since: datetime | None = None
    until: datetime | None = None
    by: FieldSpec | None = None
    as_of: datetime | None = None
    now: datetime = field(kw_only=True)

    @property
    def zone(self) -> tzinfo:
        """Whose days and months are meant."""
        return self.crm.dialect.zone

    @property
    def conversion(self) -> tuple[Text, ...]:
        """What is to be told of how money was put into one currency."""
        return (self.crm.rates.note,) if self.crm.rates else ()

    # the window

    def within(self, *keys: str) -> Condition:
        """Those for whom the first of the moments *keys* that is known lies within the window."""
        if self.since is None and self.until is None:
            return self.where
        ways, before = [], list[Condition]()
        for key in keys:
            inside: list[Condition] = [known(key)]
            if self.since is not None:
                inside.append(Compare(key, ">=", self.since))
            if self.until is not None:
                inside.append(Compare(key, "<", self.until))
            ways.append(both(*before, *inside))
            before.append(unknown(key))
        return both(self.where, ways[0] if len(ways) == 1 else Or(tuple(ways)))

    def began(self) -> Condition:
        """Those who came within the window: by their first contact, else by when they were recorded."""
        return self.within("first_contact_at", "created_at")

    def closed(self) -> Condition:
        """Those closed within the window: by when they were closed, else by their signature."""
        return self.within("closed_at", "contract_signed_at")

    def window(self, of: Text) -> Text:
        """The window in words; *of* says of what, as in `first contact from`."""
        since, until = self.since, self.until
        at = show_moment(self.now, self.zone)
        if since is None and until is None:
            return Text("有记录以来，截至 {at}", "all time on record, as of {at}").with_(at=at)
        first = "…" if since is None else show_moment(since, self.zone)
        last = "…" if until is None else show_moment(until - _DAY, self.zone)
        told = Text("{of} {first} 至 {last}，截至 {at}", "{of} {first} to {last}, as of {at}")
        return told.with_(of=of, first=first, last=last, at=at)

    # the customers

    def look(self, where: Condition, keys: Collection[str]) -> Iterator[Customer]:
        """Those *where* holds for, of whom the fields *keys* are known, and the one asked `by`."""
        return self.crm.look(where, tuple(dict.fromkeys((*keys, *self._by_keys()))))

    def _by_keys(self) -> tuple[str, ...]:
        return () if self.by is None else (self.by.key,)

    def groups(self, where: Condition, keys: Collection[str]) -> list[Group]:
        """Those *where* holds for, read by *keys*, by the field asked for; the largest group first."""
        with no_collecting():
            people = tuple(self.look(where, keys))
        if self.by is None:
            return [Group(None, where, people)]
        spec, fields = self.by, self.crm.fields
        found: dict[Any, list[Customer]] = {}
        for customer in people:
            for value in _values(fields.value(customer, spec.key)):
                found.setdefault(_part(spec, value, self.zone), []).append(customer)
        made = [
            Group(self._name(part), both(where, self._is(part)), people=tuple(mine))
            for part, mine in found.items()
        ]
        return sorted(made, key=lambda g: (g.name is None, -len(g.people), g.name or ""))

    def columns(self, where: Condition, keys: Sequence[str]) -> list[Group]:
        """`groups` as values of the fields *keys*, without making customers of them."""
        with no_collecting():
            found = tuple(self.crm.values(where, (*self._by_keys(), *keys)))
        if self.by is None:
            return [Group(None, where, values=found)]
        parts: dict[Any, list[tuple[Any, ...]]] = {}
        for whose, *rest in found:
            for value in _values(whose):
                parts.setdefault(_part(self.by, value, self.zone), []).append(tuple(rest))
        made = [
            Group(self._name(part), both(where, self._is(part)), values=tuple(mine))
            for part, mine in parts.items()
        ]
        return sorted(made, key=lambda g: (g.name is None, -len(g.values), g.name or ""))

    def tallied(self, where: Condition, keys: Sequence[str | Bins | Whether]) -> list[Group]:
        """`groups` by a tally by *keys*, without reading customers: what a store does best."""
        buckets = self.crm.tally(where, (*self._by_keys(), *keys))
        if self.by is None:
            return [Group(None, where, buckets=buckets)]
        found: dict[Any, list[Bucket]] = {}
        for bucket in buckets:
            rest = evolve(bucket, key=bucket.key[1:])
            for value in _values(bucket.key[0]):
                found.setdefault(_part(self.by, value, self.zone), []).append(rest)
        made = [
            Group(self._name(part), both(where, self._is(part)), buckets=tuple(mine))
            for part, mine in found.items()
        ]
        return sorted(
            made,
            key=lambda g: (g.name is None, -sum(b.count for b in g.buckets), g.name or ""),
        )

    def _name(self, part: Any) -> str | None:
        assert self.by is not None
        if part is None:
            return None
        if isinstance(part, datetime):
            return part.strftime("%Y-%m")
        if self.by.key in ("stage", "furthest_stage"):
            labels = {
                stage.key: self.crm.dialect.say(stage.label) for stage in self.pipeline.stages
            }
            return labels.get(part, str(part))
        return show_value(self.by, part, self.crm.dialect) or str(part)

    def _is(self, part: Any) -> Condition:
        assert self.by is not None
        if part is None:
            return unknown(self.by.key)
        if isinstance(part, datetime):
            after = (part.replace(day=1) + 32 * _DAY).replace(day=1)
            return both(Compare(self.by.key, ">=", part), Compare(self.by.key, "<", after))
        if self.by.kind is Kind.RECORDS:
            raise UsageError(f"--by {self.by.key}: a field of several parts cannot be split by.")
        return Compare(self.by.key, "=", part)

    # the answer

    def answer(
        self,
        definition: Definition,
        columns: Iterable[Column],
        groups: Iterable[tuple[Group, Iterable[Row]]],
        *,
        where: Condition,
        window: Text,
        headlines: Iterable[Headline] = (),
        notes: Iterable[Text] = (),
        bar: str | None = None,
    ) -> Answer:
        """The answer whose rows are those of *groups*, each told by its group's name where one was asked
        for."""
        rows: list[Row] = []
        for group, mine in groups:
            for row in mine:
                rows.append(row if self.by is None else _named(row, group))
        first = () if self.by is None else (Column("group", self.by.label),)
        return Answer(
            definition=definition,
            pipeline=self.pipeline,
            population=definition.population,
            window=window,
            where=where,
            at=self.now,
            columns=(*first, *columns),
            rows=tuple(rows),
            headlines=tuple(headlines),
            notes=(*notes, *self.conversion),
            bar=bar,
            by=None if self.by is None else self.by.key,
            as_of=self.as_of,
        )


def _named(row: Row, group: Group) -> Row:
    return Row({"group": UNKNOWN if group.name is None else group.name, **row.cells}, row.where)


def _values(value: Any) -> tuple[Any, ...]:
    """The values to count a customer under: each of several, once."""
    if value == () or value is None:
        return (None,)
    return tuple(dict.fromkeys(value)) if isinstance(value, tuple) else (value,)


def _part(spec: FieldSpec, value: Any, zone: tzinfo) -> Any:
    """What a value is grouped by: a moment by its month."""
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    return value


def ask(
    crm: Crm,
    *,
    pipeline: str | None = None,
    where: str | Condition = EVERYBODY,
    since: str | datetime | None = None,
    until: str | datetime | None = None,
    by: str | None = None,
    as_of: str | datetime | None = None,
    rates: str | ExchangeRates | None = None,
) -> ReportRequest:
    """A request of *crm*, from what people write.

    A date without a clock time is that whole day: *since* from its beginning, *until* and *as_of* to
    its end. *rates* put money into the workspace's currency, `USD=7.12`; left out, those of crm.toml do;
    `none` keeps currencies apart. Raises UsageError, NotFoundError for no such pipeline, RefusedError for a past that was
    dropped.
    """
    spec = None if by is None else crm.fields.named(by)
    if spec is not None and spec.kind in (Kind.RECORDS, Kind.RECORD):
        raise UsageError(f"--by {by}: {spec.key} holds records; name a field with plain values.")
    moment = _moment(crm, "--as-of", as_of, end=True)
    if moment is not None and as_of is not None:
        today = _moment(crm, "--as-of", "today", end=True)
        if moment == today:
            moment = crm.clock()  # the day that is not over yet: up to now
        crm = crm.as_of(moment)
    if isinstance(rates, str):
        rates = parse_rates(rates, crm.config.currency)
    crm = crm.in_one_currency(rates)
    own = crm.pipeline(pipeline)
    mine = both(Compare("pipeline", "=", own.name), crm.condition(where))
    first = _moment(crm, "--since", since)
    last = _moment(crm, "--until", until, end=True)
    if first is not None and last is not None and first >= last:
        raise UsageError("--since lies behind --until: nobody is between them.")
    if last is not None:
        last = last + timedelta(microseconds=1)
    return ReportRequest(crm, own, mine, first, last, spec, moment, now=crm.clock())


def _moment(
    crm: Crm, option: str, value: str | datetime | None, *, end: bool = False
) -> datetime | None:
    """The moment; of a day without a clock time its last one, if *end*."""
    if value is None or isinstance(value, datetime):
        return value
    zone = crm.dialect.zone
    try:
        moment = parse_moment(value, crm.clock(), zone)
    except MomentError as error:
        raise UsageError(f"{option}: {error}.") from error
    local = moment.astimezone(zone)
    if end and not (local.hour or local.minute or local.second) and ":" not in value:
        return (local.replace(tzinfo=None) + _DAY).replace(tzinfo=zone) - timedelta(microseconds=1)
    return moment


Run = Callable[[ReportRequest], Answer]
