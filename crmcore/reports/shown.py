"""An answer in words and as JSON: what the command line, the board and pages all show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from crmcore.codec import moment_to_json
from crmcore.dialect import Dialect
from crmcore.figures.definition import NOT_ENOUGH
from crmcore.figures.rates import Rate
from crmcore.moments import show_moment
from crmcore.money import Money, format_money
from crmcore.reports.answer import Amounts, Answer, Kind, Named, Row
from crmcore.wording import Text


def cell_text(value: Any, kind: Kind, dialect: Dialect) -> str:
    """A cell for people: "" where it is unknown; a share of few as its parts and that they are few."""
    match value:
        case None:
            return ""
        case Text():
            return dialect.say(value)
        case Named():
            return dialect.say(value.text)
        case Amounts():
            parts = (Money(amount, code) for code, amount in value.by_currency.items())
            return " + ".join(format_money(m, dialect.language, dialect.currency) for m in parts)
        case Rate():
            return rate_text(value, dialect)
        case float() | Decimal():
            return f"{value:.{1 if kind in ('days', 'hours') else 2}f}"
        case int():
            return f"{value:,}"
        case _:
            return str(value)


def rate_text(rate: Rate, dialect: Dialect) -> str:
    """`63.15% (62.0–64.3) 4238/6711`; of few `2/3 (not enough history)`; "" of nobody."""
    if not rate.whole or rate.share is None:
        return ""
    if not rate.enough:
        return f"{rate.part}/{rate.whole} ({dialect.say(NOT_ENOUGH)})"
    low, high = rate.interval
    return f"{rate.share:.2%} ({low * 100:.1f}–{high * 100:.1f}) {rate.part}/{rate.whole}"


def cell_document(value: Any, dialect: Dialect) -> Any:
    """A cell as JSON: amounts as text by currency, a share with its parts and interval."""
    match value:
        case Amounts():
            return {code: f"{amount:f}" for code, amount in value.by_currency.items()}
        case Rate():
            low, high = value.interval
            return {
                "part": value.part,
                "whole": value.whole,
                "share": value.share if value.enough else None,
                "low": low if value.whole else None,
                "high": high if value.whole else None,
                "enough": value.enough,
            }
        case Text():
            return dialect.say(value)
        case Named():
            return value.key or None
        case Decimal():
            return f"{value:f}"
        case datetime():
            return moment_to_json(value)
        case _:
            return value


def answer_document(
    answer: Answer, dialect: Dialect, ids: Callable[[Row], Iterable[str]] | None = None
) -> dict[str, Any]:
    """*answer* as JSON; with *ids* each row tells whom it counted."""
    say = dialect.say
    own = answer.definition
    return {
        "report": own.key,
        "label": say(own.label),
        "definition": say(own.meaning),
        "population": say(answer.population),
        "window": say(answer.window),
        "pipeline": answer.pipeline.name,
        "by": answer.by,
        "at": moment_to_json(answer.at),
        "as_of": None if answer.as_of is None else moment_to_json(answer.as_of),
        "columns": [{"key": c.key, "label": say(c.label), "kind": c.kind} for c in answer.columns],
        "rows": [
            {
                **{c.key: cell_document(row.cells.get(c.key), dialect) for c in answer.columns},
                **({} if ids is None else {"ids": list(ids(row))}),
            }
            for row in answer.rows
        ],
        "figures": [
            {"label": say(h.label), "value": cell_document(h.value, dialect)}
            for h in answer.headlines
        ],
        "notes": [say(note) for note in answer.notes],
    }


def about(answer: Answer, dialect: Dialect) -> str:
    """What it is, of whom and from when to when, in a line."""
    say = dialect.say
    parts = [say(answer.definition.meaning), say(answer.population), say(answer.window)]
    if answer.as_of is not None:
        parts.append(f"--as-of {show_moment(answer.as_of, dialect.zone)}")
    return " · ".join(parts)
