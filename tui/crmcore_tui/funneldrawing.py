"""The funnel drawn as one: a centred bar a stage, and between them what goes on; pure."""

from __future__ import annotations

from rich.cells import cell_len

from crmcore.figures.progress import CONVERSION, StageProgress
from crmcore_tui import figurewordings as fw
from crmcore_tui.cells import Line, Part, fit, spread
from crmcore_tui.figuretext import Drill, Row, Source, about_stage, number
from crmcore_tui.headings import percent
from crmcore_tui.tabling import padded
from crmcore_tui.wordings import UNKNOWN_VALUE

_NARROWEST_BAR = 12
_LABEL = 14


def funnel_rows(source: Source, width: int) -> list[Row]:
    """The stages as bars in proportion to how many ever reached them, and the conversions between."""
    stages = source.overview.progress.stages
    numbers = [_numbers(stage, source) for stage in stages]
    heads = tuple(Part(source.say(text), "dim") for text in (fw.REACHED, fw.STANDING, fw.VALUE))
    names = [source.dialect.say(source.label_of(stage.stage)) for stage in stages]
    label = min(max(map(cell_len, names)), _LABEL)
    widths = [max(cell_len(row[n].text) for row in (heads, *numbers)) for n in range(3)]
    shown = 3
    while shown > 1 and width - label - sum(widths[:shown]) - 2 * shown - 1 < _NARROWEST_BAR:
        shown -= 1
    room = max(width - label - sum(widths[:shown]) - 2 * shown - 1, 1)
    rows = [
        Row(_line(Part(""), (Part(" " * room),), heads, label, widths[:shown]), None, CONVERSION)
    ]
    for place, stage in enumerate(stages):
        drawn = _centred(stage.reached, stages[0].reached, room)
        line = _line(Part(names[place], "label"), drawn, numbers[place], label, widths[:shown])
        drill = Drill(
            about_stage(fw.REACHED_STAGE, source.label_of(stage.stage)),
            source.overview.progress.reached(stage.stage),
        )
        rows.append(Row(line, drill, CONVERSION))
        if place + 1 < len(stages):
            rows.append(Row(_between(stage, source, label, room, width), None, CONVERSION))
    return rows


def _numbers(stage: StageProgress, source: Source) -> tuple[Part, ...]:
    standing = source.overview.standing[stage.stage]
    value = source.amounts(standing.values)
    if not standing.values and standing.unknown_value:
        value = source.say(UNKNOWN_VALUE, n=f"{standing.unknown_value:,}")
    return (
        Part(f"{stage.reached:,}", "count"),
        Part(number(standing.count), "figures"),
        Part(value, "value"),
    )


def _line(
    name: Part, drawn: tuple[Part, ...], numbers: tuple[Part, ...], label: int, widths: list[int]
) -> Line:
    cells = zip(numbers, widths, strict=False)
    return (
        *padded(name, label),
        Part(" "),
        *drawn,
        *(p for cell, w in cells for p in (Part("  "), *padded(cell, w, right=True))),
    )


def _centred(count: int, most: int, width: int) -> tuple[Part, ...]:
    filled = min(width, max(round(count / most * width), 1 if count else 0)) if most else 0
    if filled and (width - filled) % 2:
        filled -= 1 if filled > 1 else -1 if filled < width else 0
    left = (width - filled) // 2
    rest = width - filled - left
    return (Part(" " * left), Part("█" * filled, "bar"), Part(" " * rest))


def _between(stage: StageProgress, source: Source, label: int, room: int, width: int) -> Line:
    """What goes on, in the middle below the bar."""
    said = {"share": percent(stage.conversion.share), "open": f"{stage.open:,}"}
    text = source.say(fw.GO_ON, **said, lost=f"{stage.lost:,}")
    if cell_len(text) > width:
        text = source.say(fw.GO_ON_SHORT, **said)
    middle = label + 1 + room // 2
    left = max(min(middle - cell_len(text) // 2, width - cell_len(text)), 0)
    # The arrow itself stands below the middle of the bar, whatever is said beside it.
    left = middle if middle + cell_len(text) <= width else left
    return spread((Part(" " * left), Part(fit(text, width), "dim")), (), width)
