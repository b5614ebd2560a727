"""What is to be done, written: sections with a heading, and a line for each customer; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import frozen
from rich.cells import cell_len

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.due import due_items
from crmcore.fields import last_activity
from crmcore.funnel import Standing
from crmcore.money import round_money
from crmcore.text import one_line
from crmcore.wording import Text
from crmcore_tui import tablewordings as tw
from crmcore_tui import wordings as words
from crmcore_tui.boardstate import Column
from crmcore_tui.cells import Line, Part, fit, spread
from crmcore_tui.presenter import due_words, grade_badge, money_words, name_of
from crmcore_tui.tabling import padded

_ROLES = {"overdue": "overdue", "today": "today", "stale": "stale"}
_MARKS = {"overdue": "!", "today": "•", "soon": "›", "unplanned": "·", "stale": "~"}
_WHEN = 16
_STAGE_FROM = 96
"""How wide it must be for the stage to be told as well."""


@frozen
class Place:
    """What stands on one line: a section's heading, a customer's row in it, or how many more there are."""

    section: int
    row: int | None = None
    more: bool = False


@frozen
class Placed:
    """Where the sections' headings and rows stand, one below the other with a blank line between."""

    counts: tuple[int, ...]
    cut: tuple[bool, ...]

    @classmethod
    def of(cls, columns: Sequence[Column]) -> Placed:
        """The sections of *columns*."""
        counts = tuple(column.count for column in columns)
        return cls(
            counts, tuple(c.standing.count > n for c, n in zip(columns, counts, strict=True))
        )

    def start(self, section: int) -> int:
        """The line of a section's heading."""
        pairs = zip(self.counts[:section], self.cut[:section], strict=True)
        return sum(count + cut + 2 for count, cut in pairs)

    @property
    def lines(self) -> int:
        """How many lines there are; none where there is nobody."""
        return self.start(len(self.counts)) - 1 if any(self.counts) else 0

    def at(self, line: int) -> Place | None:
        """What stands on *line*; None for a blank."""
        for section, (count, cut) in enumerate(zip(self.counts, self.cut, strict=True)):
            if line == 0:
                return Place(section)
            if line <= count:
                return Place(section, line - 1)
            if cut and line == count + 1:
                return Place(section, more=True)
            line -= count + cut + 2
            if line < 0:
                return None
        return None

    def go(self, section: int, row: int, step: int) -> tuple[int, int]:
        """The section and row *step* rows further, through all sections; it stops at the ends."""
        everybody = sum(self.counts)
        place = sum(self.counts[:section]) + row + step
        place = max(0, min(place, everybody - 1))
        for number, count in enumerate(self.counts):
            if place < count:
                return number, place
            place -= count
        return section, row


def section_line(
    number: int, key: str, label: Text, standing: Standing, here: bool, dialect: Dialect, width: int
) -> Line:
    """The heading of a section: its number and name, how many, and what they are worth."""
    role = "dim" if not standing.count else "label-here" if here else "label"
    money = money_words(standing, dialect) if standing.count else ""
    return spread(
        (
            Part(f"{number + 1} ", "number"),
            Part(f"{_MARKS.get(key, '·')} ", _ROLES.get(key, "dim") if standing.count else "dim"),
            Part(one_line(dialect.say(label)), role),
            Part(f"  {standing.count:,}", "count" if standing.count else "dim"),
        ),
        (Part(money + " ", "value"),) if money else (),
        width,
    )


def more_line(hidden: int, key: str, dialect: Dialect, width: int) -> Line:
    """That there are *hidden* more in the section; *key* shows them all."""
    said = dialect.say(tw.MORE).format(n=f"{hidden:,}", key=key)
    return spread((Part("    "), Part(fit(said, max(width - 4, 1)), "dim")), (), width)


@frozen
class TodayWriter:
    """Writes customers as lines of a section; *stages* are the stages' names by key."""

    stages: Mapping[str, str]
    dialect: Dialect
    now: datetime
    owners: bool = True

    def row(self, key: str, customer: Customer, marked: bool, width: int) -> Line:
        """A line of *width* cells: when, who, what; at the right stage, value and owner."""
        when, role, what = self._due(key, customer)
        right = self._right(customer, width)
        taken = sum(cell_len(part.text) for part in right) + 3
        room = max(width - _WHEN - 7 - taken, 10)
        name = max(min(room // 2, 30), 8)
        left = [
            Part("✓ " if marked else "  ", "mark"),
            *padded(Part(when, role), _WHEN),
            Part(" "),
            *padded(grade_badge(customer), 4),
            *padded(Part(name_of(customer), "company"), name),
            Part("  "),
            Part(fit(what, max(room - name - 2, 1)), "step"),
        ]
        return spread(left, right, width)

    def _due(self, key: str, customer: Customer) -> tuple[str, str, str]:
        say, now = self.dialect.say, self.now
        if key in ("unplanned", "stale"):
            latest = last_activity(customer)
            step = one_line((customer.next_step or customer.initial_need or "")[:200])
            role = "stale" if key == "stale" else "dim"
            if latest is None:
                return say(tw.NEVER_SPOKEN), role, step
            days = max((now - latest).days, 0)
            quiet = say(words.QUIET_FOR.with_(n=days)) if days else say(tw.SPOKE_TODAY)
            return quiet, role, step
        item = min(due_items(customer), key=lambda item: item.due, default=None)
        if item is None:
            return "", "dim", ""
        mark, role, when = due_words(item.due, now, self.dialect)
        what = customer.next_step if item.due == customer.next_step_due else None
        return f"{mark} {when}", role, one_line((what or say(item.what))[:200])

    def _right(self, customer: Customer, width: int) -> list[Part]:
        stage = one_line(self.stages.get(customer.stage, customer.stage)[:80])
        parts = [*padded(Part(stage, "dim"), 14), Part(" ")] if width >= _STAGE_FROM else []
        value = customer.value
        worth = round_money(value, self.dialect.language) if value is not None else "·"
        parts += padded(Part(worth, "value" if value is not None else "dim"), 9, right=True)
        if self.owners:
            owner = Part(
                customer.owner or self.dialect.say(words.NO_OWNER),
                "owner" if customer.owner else "dim",
            )
            parts += [Part("  "), *padded(owner, 9)]
        return [*parts, Part(" ")]
