"""An import as a plan: what each row would do, before anything is written, and what a person decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

from attrs import evolve, field, frozen

from crmcore.changes import Write
from crmcore.errors import UsageError
from crmcore.hooktypes import ColumnMapping
from crmcore.importrows import BLOCK, HELD, WRITTEN, Outcome, Overlaid, PlannedRow


@frozen
class Decision:
    """What a person wants of one row: `update` changes the customer `customer_id`, by default the
    one that the row is a twin of."""

    action: Literal["create", "skip", "update"]
    customer_id: str = ""

    def __str__(self) -> str:
        return f"{self.action}:{self.customer_id}" if self.customer_id else self.action


def parse_decision(text: str) -> Decision:
    """A decision as people write it. Raises UsageError.

    >>> parse_decision("update:20240501001")
    Decision(action='update', customer_id='20240501001')
    """
    word, _, customer_id = text.strip().partition(":")
    action = word.strip().casefold()
    match action:
        case "update":
            return Decision("update", customer_id.strip())
        case "create" | "skip" if customer_id:
            raise UsageError(f"{text!r}: only update names a customer.")
        case "create":
            return Decision("create")
        case "skip":
            return Decision("skip")
    raise UsageError(f"{text!r} is no decision: create, skip, update or update:CUSTOMER.")


@frozen
class ImportPlan:
    """All the rows of one or several files, and the revision of the store they were compared with.

    `headers` are the columns of each file as they stand in it; `mapping` how they were understood,
    `columns` the same by header, `profile` a mapping profile (TOML) that does it again, "" for none.
    `checked_by` is who found nothing against its rows as they are, None where that is not known.
    """

    rows: Sequence[PlannedRow]
    base_revision: int
    source: str
    columns: Mapping[str, str | None] = field(factory=dict)
    notes: tuple[str, ...] = ()
    mapping: tuple[ColumnMapping, ...] = ()
    headers: Mapping[str, tuple[str, ...]] = field(factory=dict)
    profile: str = ""
    replan: Callable[[PlannedRow, Decision], PlannedRow] | None = field(
        default=None, repr=False, eq=False
    )
    checked_by: object = field(default=None, repr=False, eq=False)

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many rows have each outcome."""
        assert isinstance(self.rows, Overlaid)
        return self.rows.counts

    def some(self, *outcomes: Outcome) -> Iterator[PlannedRow]:
        """The rows that have one of *outcomes*."""
        return (row for row in self.rows if row.outcome in outcomes)

    def with_override(self, number: int, decision: str | Decision, source: str = "") -> ImportPlan:
        """This plan with another decision for the row *number* of *source* (the only file, if left
        out): `create`, `skip`, `update` or `update:CUSTOMER`.

        Raises UsageError for a row that is not there or cannot be so, UnknownCustomerError.
        """
        rows = self.rows
        assert isinstance(rows, Overlaid) and self.replan is not None
        wanted = parse_decision(decision) if isinstance(decision, str) else decision
        if not source and len(rows.rows.sources) > 1:
            raise UsageError(f"Say which file row {number} is in: {', '.join(rows.rows.sources)}.")
        source = source or self.source
        place = rows.rows.place(source, number)
        if place is None:
            raise UsageError(f"There is no row {number} in {source}.")
        row = self.replan(rows[place], wanted)
        return evolve(self, rows=Overlaid(rows.rows, {**rows.instead, place: row}))


class PlannedWrites(Sequence[Write]):
    """What a large plan writes, read from its rows each time it is asked for: it does not fit memory."""

    def __init__(self, plan: ImportPlan) -> None:
        self._plan = plan
        self._count = sum(plan.counts.get(outcome, 0) for outcome in WRITTEN)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Write]:
        return (Write(row.before, row.after) for row in self._plan.some(*WRITTEN))

    def __getitem__(self, place):  # type: ignore[no-untyped-def]  # as a tuple does
        return tuple(self)[place]


def writes_of(plan: ImportPlan) -> Sequence[Write]:
    """What *plan* writes, in the order of its rows."""
    writes = PlannedWrites(plan)
    return tuple(writes) if len(plan.rows) <= HELD * BLOCK else writes
