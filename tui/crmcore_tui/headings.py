"""What stands above a column of the board: its figures, and what part of it goes on to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from attrs import evolve, field, frozen
from rich.cells import cell_len

from crmcore.dialect import Dialect
from crmcore.figures.amounts import weigh
from crmcore.figures.gather import History
from crmcore.figures.rates import Rate
from crmcore.funnel import Standing
from crmcore.wording import Text
from crmcore_tui import figurewordings as fw
from crmcore_tui import wordings as words
from crmcore_tui.cells import Line, Part, fit, spread
from crmcore_tui.presenter import bar, money_words

HEADING_LINES = 4
_MARKED = ("label", "bar")
_ONWARD = 7
"""The cells of ` → 43%` behind the bar: every bar gives them up, so that all have one scale."""


@frozen
class Weight:
    """What the open customers of a column weigh: their value × the stage's win probability.

    `chance` is None where the history does not tell; `open` is how many there are, `known` how many
    of them have a value.
    """

    chance: Fraction | None
    amounts: Mapping[str, Decimal] = field(hash=False)
    open: int
    known: int


@frozen
class Heading:
    """What stands above one column: its number, name, figures, and the count of the fullest one.

    `weight` is None while the history is read, or where weighing makes no sense; `onward` is the share
    that went on to the next stage, None behind the last.
    """

    number: int
    label: str
    standing: Standing
    fullest: int
    weight: Weight | None = None
    onward: Rate | None = None
    waiting: bool = False


def weight_of(stage: str, standing: Standing, history: History) -> Weight:
    """What the open customers of *stage* weigh by *history*."""
    chance = history.chances.of(stage)
    amounts = {} if chance is None else {c: weigh(a, chance) for c, a in standing.values.items()}
    return Weight(chance, amounts, standing.count, standing.count - standing.unknown_value)


def onward_from(stage: str, history: History) -> Rate | None:
    """The share of those who reached *stage* that went on; None behind the last."""
    rows = history.progress.stages
    return next((row.conversion for row in rows[:-1] if row.stage == stage), None)


def percent(share: float | None) -> str:
    """A share in whole percent, at most four cells; all and none are said only when it is so."""
    if share is None:
        return "–"
    if 0 < share < 0.005:
        return "<1%"
    if 0.995 <= share < 1:
        return ">99%"
    return f"{share:.0%}"


def heading_lines(heading: Heading, width: int, dialect: Dialect) -> tuple[Line, ...]:
    """Four lines of *width* cells: label and count, value, what it weighs, and a bar in proportion to
    the count with the share that goes on."""
    standing = heading.standing
    unknown = words.UNKNOWN_VALUE.with_(n=f"{standing.unknown_value:,}")
    side = (Part(dialect.say(unknown), "dim"),) if standing.unknown_value else ()
    label = (Part(f"{heading.number} ", "number"), Part(fit(heading.label, width), "label"))
    value = Part(money_words(standing, dialect) or "–", "value")
    if cell_len(value.text) + 1 + sum(cell_len(part.text) for part in side) > width:
        side = (Part(f"?{standing.unknown_value:,}", "dim"),) if side else ()
    return (
        spread(label, (Part(f"{standing.count:,}", "count"),), width),
        spread((value,), side, width),
        spread(_weight_parts(heading, width, dialect), (), width),
        _onward_line(heading, width),
    )


def under_cursor(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The *lines* of a heading as they look while the cursor is in its column."""
    return tuple(
        tuple(evolve(p, role=f"{p.role}-here") if p.role in _MARKED else p for p in line)
        for line in lines
    )


def _weight_parts(heading: Heading, width: int, dialect: Dialect) -> Sequence[Part]:
    if heading.waiting:
        return (Part("…", "dim"),)
    weight, say = heading.weight, dialect.say
    if weight is None:
        return ()
    if heading.standing.count and not weight.open:
        return (Part(say(fw.ALL_WON), "dim"),)
    if weight.chance is None:
        return (Part(_fitting(fw.P_UNKNOWN, width, dialect), "dim"),)
    p = percent(float(weight.chance))
    if not weight.open:
        return (Part(say(fw.P_ALONE.with_(p=p)), "dim"),)
    amounts = money_words(Standing(0, weight.amounts, 0), dialect) if weight.known else "–"
    text = _fitting([w.with_(amount=amounts, p=p) for w in fw.WEIGHTED], width, dialect)
    return (Part(text, "step"),)


def _fitting(wordings: Sequence[Text], width: int, dialect: Dialect) -> str:
    """The first of *wordings*, the longest first, that fits *width* cells; else the last."""
    texts = [dialect.say(wording) for wording in wordings]
    return next((text for text in texts if cell_len(text) <= width), texts[-1])


def _onward_line(heading: Heading, width: int) -> Line:
    room = _ONWARD if width > 2 * _ONWARD else 0
    drawn = bar(heading.standing.count, heading.fullest, width - room)
    if not room:
        return drawn
    if heading.onward is None:
        return (*drawn, Part(" " * room))
    return (
        *drawn,
        Part(" →", "dim"),
        Part(f"{percent(heading.onward.share):>{room - 2}}", "count"),
    )
