"""Likely duplicates and what merging two would make, written in lines; pure."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.duplicates import Likely
from crmcore.fieldspec import Kind
from crmcore.merging import MergedField, MergePlan
from crmcore.text import one_line
from crmcore.values import show_value
from crmcore_tui import stepwordings as sw
from crmcore_tui.cells import Line, Part, fit, spread
from crmcore_tui.presenter import name_of
from crmcore_tui.tabling import padded

_LONGEST = 300
_FIELD = 18


@frozen
class Pair:
    """Two customers that are likely one, and why."""

    likely: Likely
    first: Customer
    second: Customer


def pair_line(pair: Pair, dialect: Dialect, width: int) -> Line:
    """How sure it is, who the two are, and what says so."""
    room = max(10, min(26, (width - 8) // 3))
    why = "; ".join(one_line(dialect.say(text)[:_LONGEST]) for text in pair.likely.reasons)
    left = (
        *padded(Part(f"{pair.likely.score:.0%}", "value"), 5, right=True),
        Part("  "),
        *padded(Part(name_of(pair.first), "company"), room),
        Part(" ≈ ", "dim"),
        *padded(Part(name_of(pair.second), "company"), room),
        Part("  "),
        Part(fit(why, max(width - 2 * room - 12, 1)), "dim"),
    )
    return spread(left, (), width)


def pair_lines(pair: Pair | None, dialect: Dialect, width: int) -> tuple[Line, ...]:
    """The ids of the two, and all that says that they are one, as far as it fits on a line."""
    if pair is None:
        return ()
    ids = f"{one_line(pair.first.id)} ≈ {one_line(pair.second.id)}"
    why = "; ".join(one_line(dialect.say(text)[:_LONGEST]) for text in pair.likely.reasons)
    return (
        spread((Part(fit(ids, width), "dim"),), (), width),
        spread((Part(fit(why, width), "dim"),), (), width),
    )


def chooses(field: MergedField) -> bool:
    """Whether one of two values stays: records and tags of both do."""
    one_stays = field.spec.kind not in (Kind.RECORDS, Kind.TAGS)
    return one_stays and field.kept is not None


def field_note(field: MergedField | None, dialect: Dialect) -> str:
    """Why there is nothing to choose, "" where there is."""
    if field is None or chooses(field):
        return ""
    both = field.spec.kind in (Kind.RECORDS, Kind.TAGS)
    return dialect.say(sw.BOTH_KEPT if both else sw.ONLY_OTHER)


def merge_head(plan: MergePlan, dialect: Dialect, width: int) -> Line:
    """What the columns are: the field, who is kept, who the other is, the result."""
    kept, other = plan.before
    said = (
        Part(dialect.say(sw.FIELD), "dim"),
        Part(f"{dialect.say(sw.KEEP)} {one_line(kept.id)}", "label"),
        Part(f"{dialect.say(sw.OTHER)} {one_line(other.id)}", "label"),
        Part(dialect.say(sw.RESULT), "label"),
    )
    return _columns(said, width)


def merge_line(field: MergedField, dialect: Dialect, width: int) -> Line:
    """One field: what each says, the one that is taken with a dot, and the result."""

    def text(value: object) -> str:
        return one_line(show_value(field.spec, value, dialect)[:_LONGEST])

    kept, other, result = text(field.kept), text(field.other), text(field.result)
    mine, theirs = field.result == field.kept, field.result == field.other
    if not chooses(field) and field.kept is not None:
        mine = theirs = True
    return _columns(
        (
            Part(one_line(dialect.say(field.spec.label)), "label"),
            Part(f"{'●' if mine else '○'} {kept or '–'}", "" if mine else "dim"),
            Part(f"{'●' if theirs else '○'} {other or '–'}", "" if theirs else "dim"),
            Part(result, "better"),
        ),
        width,
    )


def _columns(parts: Sequence[Part], width: int) -> Line:
    first = min(_FIELD, max(width // 5, 6))
    room = max((width - first - 6) // 3, 1)
    cells: list[Part] = [*padded(parts[0], first)]
    for part in parts[1:]:
        cells += [Part("  "), *padded(part, room)]
    return spread(cells, (), width)
