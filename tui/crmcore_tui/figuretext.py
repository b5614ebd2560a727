"""How figures are written: shares with their interval, days, money of several currencies; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from attrs import frozen

from crmcore.dialect import Dialect
from crmcore.figures.definition import Definition
from crmcore.figures.gather import Details, Overview
from crmcore.figures.rates import FEWEST, Rate
from crmcore.funnel import Standing
from crmcore.query import Condition
from crmcore.wording import Text
from crmcore_tui import figurewordings as fw
from crmcore_tui.cells import Line, Part
from crmcore_tui.presenter import money_words


@frozen
class Drill:
    """The customers behind a row: how they are called, and who they are."""

    label: Text
    where: Condition


@frozen
class Row:
    """One line of a panel; the cursor stops at those that customers stand behind.

    `definition` is the figure's that the row belongs to.
    """

    line: Line
    drill: Drill | None = None
    definition: Definition | None = None


@frozen
class Source:
    """What panels are written from: the overview, the details as soon as they are there, the words."""

    overview: Overview
    details: Details | None
    dialect: Dialect

    def say(self, text: Text, **values: object) -> str:
        """*text* in the workspace's language, its places filled in."""
        return self.dialect.say(text.with_(**values))

    def label_of(self, stage: str) -> Text:
        """The name of *stage*."""
        found = next((s.label for s in self.overview.pipeline.stages if s.key == stage), None)
        return found or Text(stage, stage)

    def amounts(self, values: Mapping[str, Decimal]) -> str:
        """Money of several currencies, rounded; a dash for none."""
        return money_words(Standing(0, values, 0), self.dialect) or "–"


def about_stage(text: Text, stage: Text) -> Text:
    """*text* with the name of a stage in its place."""
    return text.with_(stage=stage)


BLANK = Text("", "")


def head(source: Source, *texts: Text) -> tuple[Part, ...]:
    """The headings of a table's columns."""
    return tuple(Part(source.dialect.say(text), "dim") for text in texts)


def number(count: int) -> str:
    """A count; a dash for none."""
    return f"{count:,}" if count else "–"


def tenths(share: float) -> str:
    """A share in tenths of a percent."""
    return f"{share * 100:.1f}%"


def interval(rate: Rate) -> str:
    """The ends of the interval of *rate*."""
    low, high = rate.interval
    return f"[{low * 100:.1f}–{high * 100:.1f}]"


def too_few(count: int, source: Source) -> str:
    """That *count* are not enough."""
    return source.say(fw.TOO_FEW, n=count, fewest=FEWEST)


def sample(rate: Rate, source: Source) -> str:
    """Of how many a rate is."""
    return source.say(fw.SAMPLE, part=f"{rate.part:,}", whole=f"{rate.whole:,}")


def share_bar(part: Decimal, whole: Decimal, most: Decimal, width: int) -> tuple[Part, ...]:
    """A bar of *width* cells: *whole* as it is to *most*, of it *part* drawn in full."""
    if width <= 0 or most <= 0:
        return (Part(" " * max(width, 0)),)
    long = min(width, max(round(max(whole, Decimal(0)) / most * width), 1 if whole > 0 else 0))
    full = min(long, round(max(part, Decimal(0)) / most * width))
    return (Part("█" * full, "bar"), Part("░" * (long - full), "bar"), Part(" " * (width - long)))


def plain_rows(lines: Sequence[Line], definition: Definition) -> list[Row]:
    """*lines* that nobody stands behind."""
    return [Row(line, None, definition) for line in lines]
