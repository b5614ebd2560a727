"""What plugins give the host: frozen, named values, one class for each catalogue hook.

Each value has a `name` that is unique in its catalogue; two plugins offering one name is an error
that names both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from attrs import frozen

from crmcore.changes import Commit
from crmcore.codec import Codec
from crmcore.customer import Customer
from crmcore.fieldspec import FieldSpec
from crmcore.pipeline import Stage
from crmcore.query import EVERYBODY, Condition
from crmcore.records import RuleEvidence
from crmcore.sheettypes import (
    ColumnMapping as ColumnMapping,
)
from crmcore.sheettypes import (
    Draft as Draft,
)
from crmcore.sheettypes import (
    Exporter as Exporter,
)
from crmcore.sheettypes import (
    Importer as Importer,
)
from crmcore.sheettypes import (
    Reading as Reading,
)
from crmcore.sheettypes import (
    ReadRequest as ReadRequest,
)
from crmcore.sheettypes import (
    WriteRequest as WriteRequest,
)
from crmcore.storage.address import Address
from crmcore.storage.base import Store
from crmcore.wording import Text

if TYPE_CHECKING:
    from crmcore.config import Config
    from crmcore.deadlines import Deadlines
    from crmcore.grading.closedcases import ClosedCase
    from crmcore.reports.answer import Answer
    from crmcore.reports.request import ReportRequest

Severity = Literal["error", "warning"]


@frozen
class Problem:
    """What a `crm_check` hook objects to; an "error" refuses the change, a "warning" is shown.

    `plugin` is filled in by the host.
    """

    message: Text
    field: str | None = None
    severity: Severity = "error"
    plugin: str = ""


@frozen
class Event:
    """A commit that is durable, and the customers it touched as they are now (removed ones: not).

    They are made when they are first looked at: a large import is told of, and mostly nobody asks.
    """

    commit: Commit
    customers: Sequence[Customer]


@frozen
class StoreType:
    """A storage backend: `scheme` is the beginning of its addresses, `tinydb` in `tinydb:crm.json`."""

    name: str
    label: Text
    open: Callable[[Address, Codec], Store]


@frozen
class IdRequest:
    """What an ID scheme may look at: the new customer, the moment (in the workspace's zone), and
    `last_id(prefix)`, the longest-then-greatest id ever used that begins with a prefix."""

    customer: Customer
    now: datetime
    last_id: Callable[[str], str | None]


@frozen
class IdScheme:
    """Makes ids of new customers. `new` is called again when another process took its answer."""

    name: str
    label: Text
    new: Callable[[IdRequest], str]


@frozen
class Opinion:
    """What a grader says of one customer: the grade, and each rule's evidence.

    Rules whose value is unknown are in `rules` with `points` None. `digest` identifies the exact
    rules; `raise_with` names the unknown fields that could lead to a better grade, and `raise_to`,
    when it is not empty, the grade each of them alone could lead to, in the same order ("" for one
    that lifts nothing alone). `share_unknown` is the part (0 to 1) of the points within reach that
    rules which could not speak hold; `best` is the most points the rules can give.
    """

    grade: str
    rules: tuple[RuleEvidence, ...]
    version: str
    digest: str
    score: float | None = None
    raise_with: tuple[str, ...] = ()
    share_unknown: float | None = None
    best: float | None = None
    raise_to: tuple[str, ...] = ()


@frozen
class Grader:
    """Grades customers: pure, deterministic. Without `industries` it serves every industry, without
    `pipelines` every pipeline.

    `trouble` is why it cannot grade at present, a mistake in its rules, say: `grade` raises it, so
    that whom it serves keep their grades and are graded by nobody else. "" is none.

    `gives_way`: it is for those without rules of their own. Rules a team puts in force, or tries, take
    the place of it for the industries they name, and for everybody where they name nobody.
    """

    name: str
    label: Text
    grade: Callable[[Customer, datetime], Opinion]
    industries: tuple[str, ...] = ()
    pipelines: tuple[str, ...] = ()
    trouble: str = ""
    gives_way: bool = False


@frozen
class LearnRequest:
    """Closed customers to learn a grader from, by *fields* and nothing else; what became known after
    they were graded, or after the fact, is not in them.

    `name` and `label` are the new grader's, `industries` and `pipelines` whom it is to serve; `on` is
    today in the workspace's zone, `currency` the workspace's.
    """

    cases: Sequence[ClosedCase]
    fields: Sequence[FieldSpec]
    name: str
    label: Text
    on: date
    currency: str
    most_fields: int
    industries: tuple[str, ...] = ()
    pipelines: tuple[str, ...] = ()


@frozen
class LearnedFile:
    """A file that describes a grader, and what there is to say of it, a line each."""

    text: str
    told: tuple[Text, ...]


@frozen
class GraderFormat:
    """A kind of file, by its suffixes, that describes a grader.

    `read` raises ConfigError with the file, the line and what was expected. `learn`, for a format that
    can be learned, raises UsageError when there is too little to learn from, and ConfigError where an
    extra is not installed.
    """

    name: str
    label: Text
    suffixes: tuple[str, ...]
    read: Callable[[Path, Config], Grader]
    learn: Callable[[LearnRequest], LearnedFile] | None = None


@frozen
class PassedOver:
    """A candidate who was not chosen, and why."""

    owner: str
    reason: Text


@frozen
class Assignment:
    """Whom an assigner chose, why, and who was passed over; `owner` None when nobody could be."""

    owner: str | None
    reason: Text
    passed_over: tuple[PassedOver, ...] = ()


@frozen
class AssignRequest:
    """What an assigner may look at.

    `now` is in the workspace's zone; `load(owner)` how many open customers the owner has, those given
    earlier in the same run included; `holds(filter)` whether a filter text is true of the customer
    (raises UsageError); `deadlines.calendar` knows the working days; `without` are nobody's choice,
    who left, say.
    """

    customer: Customer
    now: datetime
    load: Callable[[str], int]
    holds: Callable[[str], bool]
    deadlines: Deadlines
    without: tuple[str, ...] = ()


@frozen
class Assigner:
    """Chooses an owner for a customer: deterministic; None when no rule of its own applies."""

    name: str
    label: Text
    choose: Callable[[AssignRequest], Assignment | None]


@frozen
class WorkCalendar:
    """Knows working days; `is_workday` answers None for a day that is not published yet."""

    name: str
    label: Text
    is_workday: Callable[[date], bool | None]


@frozen
class DueItem:
    """Something that is to be done for a customer by a moment (UTC)."""

    customer_id: str
    title: str
    owner: str | None
    what: Text
    due: datetime


@frozen
class RemindRequest:
    """What a reminder rule may look at; `now` is in the workspace's zone, `stage` the customer's."""

    customer: Customer
    now: datetime
    stage: Stage

    def item(self, what: Text, due: datetime) -> DueItem:
        """Something to do for the customer by *due*."""
        own = self.customer
        return DueItem(own.id, own.title, own.owner, what, due)


@frozen
class ReminderRule:
    """Finds what is due for one customer at a moment; only those *among* whom it may find something
    are asked about."""

    name: str
    label: Text
    due: Callable[[RemindRequest], Iterable[DueItem]]
    among: Condition = EVERYBODY


@frozen
class Notification:
    """A message to a person. `key` is the same whenever the same thing is said again; what it begins
    with, up to a colon, is the `kind` of what happened: assigned, won, lost, invalid, import, due…"""

    key: str
    at: datetime
    to: str
    title: Text
    body: Text
    customer_id: str | None = None

    @property
    def kind(self) -> str:
        """What kind of thing happened."""
        return self.key.partition(":")[0]


@frozen
class Notifier:
    """A channel. `send` raises when it could not; `recent` reads back the newest, where it can.

    Messages are kept and sent by `crmcore notify run`, again and again until `send` returns; each
    time `key` is the same, so that a receiver can tell what it has already. A RefusedError says that
    this message cannot be sent, any other error that the channel is down. `at_once` is for what is
    quick and stays on this machine: it is sent by the program that made the commit. `trouble` tells
    in a line why the channel is not working at present, "" when it is.
    """

    name: str
    label: Text
    send: Callable[[Notification], None]
    recent: Callable[[int], Sequence[Notification]] | None = None
    at_once: bool = False
    trouble: Callable[[], str] | None = None


@frozen
class Report:
    """A figure, listed by `crmcore report list`.

    `run` gets the pipeline and customers asked for, the window, the field to split by, and the workspace
    as it stood (`ReportRequest`), and answers with an `Answer`, or with rows of plain values, of which
    one is made. `where` in a bare row is the condition that finds the customers behind it.
    """

    name: str
    label: Text
    definition: Text
    run: Callable[[ReportRequest], Answer | Sequence[Mapping[str, Any]]]


@frozen
class Command:
    """A command of the CLI: `load` returns a `click.Command`, so that listing it costs nothing."""

    name: str
    help: Text
    load: Callable[[], Any]
