"""Any report as a panel: its figures, its rows with a bar, who could not be counted; pure."""

from __future__ import annotations

from decimal import Decimal

from attrs import evolve

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.fields import follow_up_owed
from crmcore.figures.attention import OVERDUE, STALE
from crmcore.figures.definition import Definition
from crmcore.figures.gather import Overview
from crmcore.query import Compare, Condition
from crmcore.reports.answer import Answer
from crmcore.reports.answer import Row as Told
from crmcore.reports.shown import cell_text
from crmcore.text import one_line
from crmcore.wording import Text, outside
from crmcore_tui import figurewordings as fw
from crmcore_tui.cells import Part, width_of, wrap
from crmcore_tui.figurepanels import Panel
from crmcore_tui.figuretext import Drill, Row, share_bar
from crmcore_tui.figurework import Worked
from crmcore_tui.tabling import GAP, table

MOST_ROWS = 300
_OF = Text("{own} · {of}", "{own} · {of}")
_LONGEST = 60
_BAR = 16
_NARROWEST_BAR = 6
_ROLES = {"count": "count", "money": "value", "share": "figures"}


def report_panel(answer: Answer, dialect: Dialect) -> Panel:
    """*answer* as a panel whose rows open the customers behind them."""
    own = answer.definition
    # What it was of and when is the answer's own, not what the definition says of any.
    definition = evolve(own, population=answer.population, window=answer.window)
    return Panel(
        f"report {own.key}",
        own.label,
        (definition,),
        lambda width: _rows(answer, definition, dialect, width),
    )


def _rows(answer: Answer, definition: Definition, dialect: Dialect, width: int) -> list[Row]:
    say = dialect.say
    shown = answer.rows[:MOST_ROWS]
    heads = tuple(Part(one_line(say(column.label)), "dim") for column in answer.columns)
    body = [
        tuple(
            Part(
                one_line(cell_text(row.cells.get(c.key), c.kind, dialect)[:_LONGEST]) or "–",
                _ROLES.get(c.kind, "company" if n == 0 else "label"),
            )
            for n, c in enumerate(answer.columns)
        )
        for row in shown
    ]
    lines = table([heads, *body], width)
    bar = min(width - width_of(lines[0]) - GAP, _BAR)
    drawn = answer.bar is not None and bar >= _NARROWEST_BAR and len(shown) > 1
    made = [Row(lines[0], None, definition)]
    counts = [_count(answer, row) for row in shown]
    most = max(counts, default=Decimal(0))
    for row, count, line in zip(shown, counts, lines[1:], strict=True):
        if drawn:
            line = (*line, Part(" " * GAP), *share_bar(count, count, most, bar))
        made.append(Row(line, _drill(answer, row, dialect), definition))
    if more := len(answer.rows) - len(shown):
        made.append(Row((Part(say(fw.MORE).format(n=f"{more:,}"), "dim"),), None, definition))
    if not shown:
        made.append(Row((Part(say(fw.NOBODY), "dim"),), None, definition))
    for head in answer.headlines:
        value = one_line(cell_text(head.value, head.kind, dialect)) or "–"
        line = (Part(f"{one_line(say(head.label))}: ", "label"), Part(value, "count"))
        drill = None if head.where is None else Drill(_label(answer, head.label), head.where)
        made.append(Row(line, drill, definition))
    for note in answer.notes:
        made += [
            Row((Part(text, "dim"),), None, definition)
            for text in wrap(one_line(say(note)), max(width, 1))
        ]
    return made


def _count(answer: Answer, row: Told) -> Decimal:
    count = row.cells.get(answer.bar or "")
    return Decimal(count) if isinstance(count, int) else Decimal(0)


def _drill(answer: Answer, row: Told, dialect: Dialect) -> Drill | None:
    where = condition_of(row)
    if where is None:
        return None
    words = [
        one_line(cell_text(row.cells.get(column.key), "text", dialect)[:_LONGEST])
        for column in answer.columns
        if column.kind == "text"
    ]
    told = " · ".join(word for word in words if word)
    return Drill(_label(answer, outside(told)), where)


def _label(answer: Answer, of: Text) -> Text:
    own = answer.definition.label
    return _OF.with_(own=own, of=of) if of.en else own


def condition_of(row: Told) -> Condition | None:
    """Who stands behind *row*, as a condition; None for nobody in particular."""
    if row.ids is not None:
        return Compare("id", "in", row.ids)
    return row.where


# the overdue and the stale


def attention_panel(worked: Worked, overview: Overview, dialect: Dialect) -> Panel:
    """The first of the overdue and of the stale by name; the last row of each opens all of them."""
    return Panel(
        "see_to",
        fw.SEE_TO,
        (OVERDUE, STALE),
        lambda width: _lists(worked, overview, dialect, width),
    )


def _lists(worked: Worked, overview: Overview, dialect: Dialect, width: int) -> list[Row]:
    say, attention = dialect.say, overview.attention
    stages = {stage.key: say(stage.label) for stage in overview.pipeline.stages}
    made: list[Row] = []
    for definition, people, role, where, counts in (
        (OVERDUE, worked.overdue, "overdue", attention.overdue_where, attention.overdue),
        (STALE, worked.stale, "stale", attention.stale_where, attention.stale),
    ):
        total = sum(counts.values())
        text = f"{say(definition.label)}: {total:,}"
        all_of = Drill(definition.label, where) if total else None
        made.append(Row((Part(text, role if total else "dim"),), all_of, definition))
        if not people:
            continue
        cells = [
            (
                Part(one_line(one.company or one.contact or one.id)[:_LONGEST], "company"),
                Part(one_line(one.owner or "–")[:20]),
                Part(stages.get(one.stage, one.stage), "dim"),
                Part(_since(one, overview, dialect, definition is OVERDUE), role),
            )
            for one in people
        ]
        for one, line in zip(people, table(cells, max(width - 1, 1)), strict=True):
            name = one_line(one.company or one.id)[:_LONGEST]
            here = Drill(Text(name, name), Compare("id", "=", one.id))
            made.append(Row((Part(" "), *line), here, definition))
    return made


def _since(customer: Customer, overview: Overview, dialect: Dialect, late: bool) -> str:
    """For how many days it has been so."""
    if late:
        moments = (customer.next_step_due, follow_up_owed(customer))
        past = [moment for moment in moments if moment is not None and moment <= overview.at]
        since = min(past, default=None)
    else:
        seen = (customer.entered_stage_at, *(activity.at for activity in customer.activities))
        since = max((moment for moment in seen if moment is not None), default=None)
    if since is None:
        return "–"
    days = (overview.at - since).days
    return dialect.say(fw.SINCE_DAYS).format(n=f"{max(days, 0):,}")
