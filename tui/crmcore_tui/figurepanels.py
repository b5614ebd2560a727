"""The panels of the funnel dashboard, each written in whatever width it gets; pure."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from crmcore.figures.ageing import AGEING
from crmcore.figures.attention import OVERDUE, STALE
from crmcore.figures.breakdown import Breakdown
from crmcore.figures.breakdown import Part as Share
from crmcore.figures.chances import WIN_PROBABILITY, WIN_RATE
from crmcore.figures.cycle import CYCLE
from crmcore.figures.definition import NOT_ENOUGH, Definition
from crmcore.figures.forecast import FORECAST
from crmcore.figures.progress import CONVERSION
from crmcore.figures.rates import Rate
from crmcore.figures.velocity import VELOCITY
from crmcore.query import Compare, both
from crmcore.text import one_line
from crmcore.wording import Text, outside
from crmcore_tui import figurewordings as fw
from crmcore_tui.cells import Part
from crmcore_tui.figuretext import (
    BLANK,
    Drill,
    Row,
    Source,
    about_stage,
    head,
    interval,
    number,
    plain_rows,
    sample,
    tenths,
    too_few,
)
from crmcore_tui.forecastpanel import forecast_rows
from crmcore_tui.funneldrawing import funnel_rows
from crmcore_tui.tabling import table

_NAMED = 12
"""How many owners and sources are listed."""
_LONGEST_NAME = 60


@frozen
class Panel:
    """One box of the dashboard: its title, the figures in it, and its rows for a width."""

    key: str
    title: Text
    definitions: tuple[Definition, ...]
    write: Callable[[int], list[Row]]


def panels(source: Source) -> list[Panel]:
    """All panels, in the order in which the cursor goes through them."""
    owners, sources = source.overview.owners, source.overview.sources
    return [
        Panel("funnel", CONVERSION.label, (CONVERSION,), lambda width: funnel_rows(source, width)),
        Panel(
            "chances",
            fw.CHANCES,
            (WIN_RATE, WIN_PROBABILITY),
            lambda width: _chances(source, width),
        ),
        Panel("forecast", fw.FORECAST, (FORECAST,), lambda width: forecast_rows(source, width)),
        Panel("pace", fw.PACE, (CYCLE, VELOCITY), lambda width: _pace(source, width)),
        Panel("ageing", fw.AGEING, (AGEING, OVERDUE, STALE), lambda width: _ageing(source, width)),
        Panel(
            "owners",
            owners.definition.label,
            (owners.definition,),
            lambda width: _parts(source, owners, fw.NO_OWNER, width),
        ),
        Panel(
            "sources",
            sources.definition.label,
            (sources.definition,),
            lambda width: _parts(source, sources, fw.NO_SOURCE, width),
        ),
    ]


def _chances(source: Source, width: int) -> list[Row]:
    overview = source.overview
    rate = overview.win_rate
    rows = [(Part(source.say(fw.WIN_RATE), "label"), *_rate(rate.rate, source, certain=True))]
    drills: list[Drill | None] = [Drill(rate.definition.label, rate.where)]
    definitions = [WIN_RATE]
    closed = Compare("status", "in", ("won", "lost"))
    for stage in overview.pipeline.stages:
        label = source.label_of(stage.key)
        p = overview.history.chances.rates[stage.key]
        name = Part("p " + source.dialect.say(label), "company")
        rows.append((name, *_rate(p, source, certain=False)))
        behind = both(overview.history.progress.reached(stage.key), closed)
        drills.append(Drill(Text("p · {label}", "p · {label}").with_(label=label), behind))
        definitions.append(WIN_PROBABILITY)
    lines = table(rows, width, least=10)
    return [
        Row(line, drill, definition)
        for line, drill, definition in zip(lines, drills, definitions, strict=True)
    ]


def _rate(rate: Rate, source: Source, *, certain: bool) -> tuple[Part, ...]:
    """A rate, its sample and its interval; *certain* is a share of what was, else a probability."""
    counts = Part(sample(rate, source), "figures")
    if not rate.enough or (not certain and rate.chance is None):
        unknown = Part("–" if certain else "p?", "dim")
        return unknown, counts, Part(source.dialect.say(NOT_ENOUGH), "dim")
    return Part(tenths(rate.share or 0.0), "count"), counts, Part(interval(rate), "dim")


def _pace(source: Source, width: int) -> list[Row]:
    details = source.details
    if details is None:
        return plain_rows([(Part(source.say(fw.READING), "dim"),)], CYCLE)
    cycle, pace = details.cycle, details.velocity
    counted = Part(f"n={cycle.count:,}", "dim")

    def days(value: float | None) -> tuple[Part, ...]:
        if not cycle.enough or value is None:
            return Part("–", "dim"), Part(too_few(cycle.count, source), "dim")
        return Part(source.say(fw.DAYS, n=f"{value:,.1f}"), "count"), counted

    cells = [
        (Part(source.say(fw.MEDIAN), "label"), *days(cycle.median)),
        (Part(source.say(fw.MEAN), "label"), *days(cycle.mean)),
    ]
    if pace.a_day is None:
        rate = source.overview.win_rate.rate
        fewest = min(cycle.count, rate.whole)
        enough = cycle.enough and rate.enough
        why = source.dialect.say(NOT_ENOUGH) if enough else too_few(fewest, source)
        velocity = Part("–", "dim"), Part(why, "dim")
    else:
        amounts = source.amounts(pace.a_day)
        text = amounts if amounts == "–" else source.say(fw.PER_DAY, amount=amounts)
        velocity = Part(text, "value"), Part("")
    cells.append((Part(source.say(fw.A_DAY), "label"), *velocity))
    lines = table(cells, width)
    theirs = Drill(cycle.definition.label, cycle.where)
    rows = [
        Row(lines[0], theirs, CYCLE),
        Row(lines[1], theirs, CYCLE),
        Row(lines[2], Drill(pace.definition.label, pace.where), VELOCITY),
    ]
    if cycle.left_out:
        note = source.say(fw.LEFT_OUT, n=f"{cycle.left_out:,}")
        rows += plain_rows([(Part(note, "dim"),)], CYCLE)
    return rows


def _ageing(source: Source, width: int) -> list[Row]:
    overview = source.overview
    attention = overview.attention
    medians = (
        {} if source.details is None else {s.stage: s.median for s in source.details.ageing.stages}
    )
    heads = head(source, BLANK, fw.STANDING, fw.DAYS_HEAD, fw.OVERDUE, fw.STALE)
    late, quiet = sum(attention.overdue.values()), sum(attention.stale.values())
    body = []
    for stage in overview.pipeline.stages:
        days = medians.get(stage.key)
        shown = "…" if source.details is None else "–" if days is None else f"{days:,.1f}"
        body.append(
            (
                Part(source.dialect.say(stage.label), "company"),
                Part(number(overview.standing[stage.key].count)),
                Part(shown, "count"),
                _alarm(attention.overdue[stage.key], "overdue"),
                _alarm(attention.stale[stage.key], "stale"),
            )
        )
    lines = table([heads, *body], width)
    rows = [Row(lines[0], None, AGEING)]
    open_ones = both(overview.where, Compare("status", "=", "open"))
    for stage, line in zip(overview.pipeline.stages, lines[1:], strict=True):
        here = both(open_ones, Compare("stage", "=", stage.key))
        rows.append(Row(line, Drill(about_stage(fw.OPEN_IN, stage.label), here), AGEING))
    for text, count, where, definition, role in (
        (fw.OVERDUE, late, attention.overdue_where, OVERDUE, "overdue"),
        (fw.STALE, quiet, attention.stale_where, STALE, "stale"),
    ):
        name = Part(f"{source.say(text)} · {source.say(fw.ALL_STAGES)}", "label")
        (line,) = table([(name, _alarm(count, role))], width)
        rows.append(Row(line, Drill(definition.label, where), definition))
    return rows


def _alarm(count: int, role: str) -> Part:
    return Part(f"! {count:,}", role) if count else Part("–", "dim")


def _parts(source: Source, breakdown: Breakdown, unnamed: Text, width: int) -> list[Row]:
    shown = breakdown.parts[:_NAMED]
    heads = head(source, BLANK, fw.STANDING, fw.VALUE, fw.WON, fw.RATE)
    lines = table([heads, *(_part_cells(part, source, unnamed) for part in shown)], width)
    rows = [Row(lines[0], None, breakdown.definition)]
    for part, line in zip(shown, lines[1:], strict=True):
        rows.append(Row(line, _drill(part, breakdown, unnamed), breakdown.definition))
    if more := len(breakdown.parts) - len(shown):
        note = source.say(fw.MORE, n=f"{more:,}")
        rows += plain_rows([(Part(note, "dim"),)], breakdown.definition)
    if not breakdown.parts:
        rows += plain_rows([(Part(source.say(fw.NOBODY), "dim"),)], breakdown.definition)
    return rows


def _drill(part: Share, breakdown: Breakdown, unnamed: Text) -> Drill:
    label = breakdown.definition.label
    name = unnamed if part.name is None else outside(one_line(part.name[:_LONGEST_NAME]))
    return Drill(
        Text("{label} · {name}", "{label} · {name}").with_(label=label, name=name), part.where
    )


def _part_cells(part: Share, source: Source, unnamed: Text) -> tuple[Part, ...]:
    rate = part.win_rate
    share = tenths(rate.share or 0.0) if rate.enough else f"{rate.part:,}/{rate.whole:,}"
    name = source.say(unnamed) if part.name is None else one_line(part.name[:_LONGEST_NAME])
    return (
        Part(name or "·", "company" if part.name else "dim"),
        Part(number(part.open.count)),
        Part(source.amounts(part.open.values), "value"),
        Part(number(part.won.count), "count"),
        Part(share, "count" if rate.enough else "dim"),
    )
