"""Which order the day, the month and the year stand in, decided for a column from all of its cells.

`03/04/2024` alone is March or April; a column that also holds `03/25/2024` is not in doubt. What the
whole column leaves open is decided by the other columns of the sheet, else by habit (`/` month first,
`-` and `.` day first), and said aloud.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from attrs import define, field, frozen

from crmcore.moments import MONTHS
from crmcore.text import half_width

ORDERS = ("ymd", "mdy", "dmy")
"""The orders dates are written in, by the first letters of year, month and day."""
WORDS = {"ymd": "year-month-day", "mdy": "month/day/year", "dmy": "day/month/year"}
EPOCHS = (1900, 1904)
"""The years from which spreadsheets count their days."""

_MOST = 5_000
_FAR_MORE = 50
_PIVOT = 69
_NUMBERS = re.compile(
    r"(\d{1,4})\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{1,4})(?![\d/.-])(?:[ T,]+(\S.*))?$", re.ASCII
)
_MONTH = re.compile(r"((?:19|20)\d\d)\s*[-/.年]\s*(\d{1,2})\s*月?(?:份|底|末|前)?", re.ASCII)
_NAMED_MONTH = re.compile(
    rf"((?:{'|'.join(MONTHS)})[a-z]*)\.?[\s,-]+((?:19|20)\d\d)", re.ASCII | re.IGNORECASE
)
_QUARTER = re.compile(
    r"((?:19|20)\d\d)\s*(?:年|-|/)?\s*(?:Q|第)([1-4])(?:季度)?|Q([1-4])[\s,/-]*(?:FY)?((?:19|20)\d\d)",
    re.ASCII | re.IGNORECASE,
)
_SERIAL = re.compile(r"(\d{5})(?:\.(\d+))?$", re.ASCII)
_FIRST_SERIAL, _LAST_SERIAL = 18_000, 73_050
"""1949 to 2099: the five-digit numbers that are taken for days counted since 1900."""
_DAYS_TO_1904 = 1462
_DAY_ZERO = {1900: datetime(1899, 12, 30), 1904: datetime(1904, 1, 1)}  # noqa: DTZ001 - wall time


@frozen
class DateHabit:
    """How the dates of one column are written; `order` None when the column contradicts itself."""

    order: str | None = None
    epoch: int = 1900

    def iso(self, text: str) -> str:
        """*text* with a date in numbers spelled as ISO does; any other text unchanged.

        >>> DateHabit("mdy").iso("3/4/24 9:30"), DateHabit("dmy").iso("03-04-2024")
        ('2024-03-04 9:30', '2024-04-03')
        >>> DateHabit(epoch=1904).iso("43951.5")
        '2024-05-01 12:00:00'

        Raises ValueError for a date that is none in this order, or has two meanings and no order.
        """
        plain = half_width(text).strip()
        if found := _SERIAL.match(plain):
            return self._counted(found)
        found = _NUMBERS.match(plain)
        if not found:
            return text
        first, _, second, third, clock = found.groups()
        parts = (first, second, third)
        orders = [order for order in ORDERS if _date(parts, order)] if len(first) < 4 else ["ymd"]
        if self.order in orders:
            day = _date(parts, self.order)
        elif len(orders) == 1:
            day = _date(parts, orders[0])
        else:
            raise ValueError(text)
        if day is None:
            raise ValueError(text)
        return f"{day.isoformat()} {clock}" if clock else day.isoformat()

    def _counted(self, found: re.Match[str]) -> str:
        days = int(found.group(1))
        if not _FIRST_SERIAL <= days + (_DAYS_TO_1904 if self.epoch == 1904 else 0) <= _LAST_SERIAL:
            raise ValueError(found.group())
        at = _DAY_ZERO[self.epoch] + timedelta(days=days)
        if found.group(2):
            at += timedelta(seconds=round(float(f"0.{found.group(2)}") * 86_400))
            return at.isoformat(" ")
        return at.date().isoformat()


@define
class DateColumn:
    """What the cells of one column of dates say about their order; its memory is bounded."""

    votes: Counter[str] = field(factory=Counter)
    seen: set[tuple[str, ...]] = field(factory=set)
    marks: Counter[str] = field(factory=Counter)
    open: str = ""
    serials: int = 0

    def see(self, text: str) -> None:
        """Take one cell into account."""
        if text[4:5] == "-" and text[:4].isdigit():  # nearly every date, which tells no order
            return
        plain = half_width(text).strip()
        if serial := _SERIAL.match(plain):
            self.serials += _FIRST_SERIAL <= int(serial.group(1)) <= _LAST_SERIAL
            return
        found = _NUMBERS.match(plain)
        if not found or len(found.group(1)) == 4:
            return
        parts = (found.group(1), found.group(3), found.group(4))
        orders = [order for order in ORDERS if _date(parts, order)]
        if parts in self.seen or not orders:
            return
        if len(self.seen) < _MOST:
            self.seen.add(parts)
        self.marks[found.group(2)] += 1
        if len(orders) == 1:
            self.votes[orders[0]] += 1
        elif not self.open:
            self.open = found.group()

    @property
    def decided(self) -> str | None:
        """The order that the cells which tell one agree on, but for rare ones; else None."""
        if not self.votes:
            return None
        (order, most), *others = self.votes.most_common()
        if sum(count for _, count in others) * _FAR_MORE > most:
            return None
        wrong = sum(_date(parts, order) is None for parts in self.seen)
        return order if wrong * _FAR_MORE <= most else None

    @property
    def torn(self) -> bool:
        """Whether cells contradict each other."""
        return bool(self.votes) and self.decided is None


def last_day_of(text: str) -> str:
    """The last day of the month or the quarter that *text* names alone, as ISO does; any other text unchanged.

    >>> last_day_of("2026年6月"), last_day_of("Feb 2028"), last_day_of("2026Q3"), last_day_of("2026-06-01")
    ('2026-06-30', '2028-02-29', '2026-09-30', '2026-06-01')
    """
    plain = half_width(text).strip()
    if found := _MONTH.fullmatch(plain):
        year, month = int(found.group(1)), int(found.group(2))
    elif found := _NAMED_MONTH.fullmatch(plain):
        year, month = int(found.group(2)), MONTHS.index(found.group(1)[:3].casefold()) + 1
    elif found := _QUARTER.fullmatch(plain):
        year, month = (
            int(found.group(1) or found.group(4)),
            3 * int(found.group(2) or found.group(3)),
        )
    else:
        return text
    if not 1 <= month <= 12:
        return text
    return date(year, month, monthrange(year, month)[1]).isoformat()


def habits_of(
    columns: Mapping[str, DateColumn], given: Mapping[str, str], epoch: int
) -> tuple[dict[str, DateHabit], list[str]]:
    """How each of *columns* (by header) writes its dates, and what is to be said about it.

    *given* holds the orders a profile states, by header.
    """
    habits: dict[str, DateHabit] = {}
    notes: list[str] = []
    decided = {h: c.decided for h, c in columns.items() if c.decided}
    for header, column in columns.items():
        order = given.get(header) or column.decided
        if order is None and column.torn:
            notes.append(
                f"{header}: its dates are written in more than one order; those with two meanings, such "
                f"as {column.open or 'some'}, are not understood. [dates] in a profile can say which it is"
            )
        elif order is None and column.open:
            order, why = _by_custom(column, decided.values())
            other = "dmy" if order == "mdy" else "mdy" if order == "dmy" else "dmy"
            notes.append(
                f"{header}: {column.open} is ambiguous in every row; read as {WORDS[order]} {why}. "
                f'If it is {WORDS[other]}, say so in a profile: [dates] "{header}" = "{other}"'
            )
        elif order is not None and column.seen and header not in given:
            notes.append(f"{header}: dates read as {WORDS[order]}, which its cells agree on")
        if column.serials:
            notes.append(
                f"{header}: {column.serials:,} numbers read as days counted since {epoch}, as "
                "spreadsheets keep dates"
            )
        habits[header] = DateHabit(order, epoch)
    return habits, notes


def _by_custom(column: DateColumn, decided: Iterable[str | None]) -> tuple[str, str]:
    possible = [o for o in ORDERS if all(_date(parts, o) for parts in column.seen)]
    others = set(decided)
    if len(others) == 1 and (order := others.pop()) in possible and order is not None:
        return order, "like the other dates of this sheet"
    years = {parts[0] for parts in column.seen}
    if "ymd" in possible and all("18" <= year <= "49" for year in years):
        return "ymd", "because its first numbers look like years"
    mark = column.marks.most_common(1)[0][0]
    usual = "mdy" if mark == "/" else "dmy"
    order = usual if usual in possible else possible[0] if possible else usual
    return order, f"by the custom of dates written with {mark}"


def _date(parts: tuple[str, ...], order: str) -> date | None:
    """The date that three numbers are in *order*; None when they are none."""
    named = dict(zip(order, parts, strict=True))
    year = named["y"]
    if len(year) not in (2, 4) or max(len(named["m"]), len(named["d"])) > 2:
        return None
    number = int(year)
    if len(year) == 2:
        number += 1900 if number >= _PIVOT else 2000
    try:
        return date(number, int(named["m"]), int(named["d"]))
    except ValueError:
        return None
