"""What a trial of grading rules says: the totals, from grade to grade, and one line a customer; pure."""

from __future__ import annotations

from rich.cells import cell_len

from crmcore.customer import GRADES
from crmcore.dialect import Dialect
from crmcore.grading.regrading import GradingRow
from crmcore.text import one_line
from crmcore_tui import wordings as words
from crmcore_tui.cells import Line, Part, fit, spread, wrap
from crmcore_tui.presenter import name_of
from crmcore_tui.trying import Trial, reasons, step

_CELL = 8
_BESIDE = 66
"""How wide it must be for the counts to stand beside the matrix."""
_NAME = (12, 28)


def totals(trial: Trial, dialect: Dialect, width: int) -> tuple[Line, ...]:
    """How many go from which grade to which, and how many there are of each outcome."""
    matrix, counts = _matrix(trial, dialect), _counts(trial, dialect)
    if width < _BESIDE:
        return (*matrix, (), *counts)
    room = max(sum(cell_len(part.text) for part in line) for line in matrix) + 4
    height = max(len(matrix), len(counts))
    pad: tuple[Line, ...] = ((),) * height
    return tuple(
        (*spread(left, (), room), *right)
        for left, right in zip((*matrix, *pad)[:height], (*counts, *pad)[:height], strict=True)
    )


def in_short(trial: Trial, dialect: Dialect, width: int) -> tuple[Line, ...]:
    """The same in a line or two: the moves, then those who do not move."""
    order = sorted(trial.plan.moves.items(), key=lambda move: -move[1])
    said = [f"{before or '-'} → {to} {count:,}" for (before, to), count in order]
    for outcome, text in words.OUTCOMES.items():
        count = trial.plan.counts.get(outcome, 0)  # type: ignore[call-overload]
        if count and outcome not in ("moved", "first"):
            said.append(f"{count:,} {dialect.say(text)}")
    return tuple((Part(f" {line}"),) for line in wrap(" · ".join(said), max(width - 1, 1))[:3])


def _matrix(trial: Trial, dialect: Dialect) -> list[Line]:
    moves = trial.plan.moves
    known = [choice.key for choice in GRADES]
    head = fit(dialect.say(words.FROM_TO), 9)
    lines: list[Line] = [
        (
            Part(f" {head}{' ' * (9 - cell_len(head))}", "dim"),
            *(Part(f"{to:>{_CELL}}", "label") for to in known),
        )
    ]
    for before in (*known, None):
        parts = [Part(f" {before or '-':<9}", "label")]
        for to in known:
            count = moves.get((before, to), 0)
            role = "dim" if not count else _direction(before, to, known)
            shown = "·" if before == to else f"{count:,}" if count else "0"
            parts.append(Part(f"{shown:>{_CELL}}", role))
        lines.append(tuple(parts))
    return lines


def _direction(before: str | None, to: str, known: list[str]) -> str:
    if before is None:
        return "count"
    return "better" if known.index(to) < known.index(before) else "worse"


def _counts(trial: Trial, dialect: Dialect) -> list[Line]:
    lines: list[Line] = []
    for outcome, text in words.OUTCOMES.items():
        count = trial.plan.counts.get(outcome, 0)  # type: ignore[call-overload]
        role = "stale" if outcome == "stale" and count else "" if count else "dim"
        if count or outcome in ("moved", "first", "same", "by hand"):
            lines.append((Part(f"{count:>9,}  ", role), Part(dialect.say(text), role)))
    return lines


def row_line(row: GradingRow, dialect: Dialect, width: int) -> Line:
    """One customer: who, from which grade to which, and what did it."""
    narrowest, widest = _NAME
    room = max(narrowest, min(widest, width // 4))
    name = fit(name_of(row.before), room)
    before = one_line(row.before.grade or "-")[:3]
    after = one_line(row.after.grade or "-")[:3] if row.after is not None else before
    change, role = f"{before} → {after}", "count"
    if row.outcome == "stale":
        change, role = f"{before}?", "stale"
    elif row.outcome == "unserved":
        change, role = before, "dim"
    elif row.outcome == "moved":
        role = "better" if step(row) > 0 else "worse"
    record = row.after.grading if row.after is not None else None
    score = "" if record is None or record.score is None else f"{record.score:g}"
    score = "" if row.outcome == "stale" else fit(score, 6)
    left = (
        Part(f" {name}{' ' * (room - cell_len(name))} ", "company"),
        Part(f"{change:<8}", role),
        Part(f"{score:>6}  ", "figures"),
        Part(
            fit(reasons(row, dialect), max(width - room - 18, 1)), "stale" if row.problem else "dim"
        ),
    )
    return spread(left, (), width)
