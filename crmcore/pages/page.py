"""A page of figures: each with its charts, its rows, what it means, of whom and from when to when."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from crmcore._version import __version__
from crmcore.dialect import Dialect
from crmcore.moments import show_moment
from crmcore.pages.drawing import MOST, charts
from crmcore.pages.markup import Safe, joined, tag, text
from crmcore.pages.style import STYLE
from crmcore.reports.answer import Answer, Column, Row
from crmcore.reports.shown import cell_text
from crmcore.wording import Text

MOST_ROWS = 500
"""Rows of one figure on a page; how many more there are is told."""
# Nothing on the page may be fetched or run, whatever got into it.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

_OF = Text("范围", "Of whom")
_WHEN = Text("时间", "When")
_AS_OF = Text("截至", "As of")
_LEFT_OUT = Text("说明", "To be known")
_CONTENTS = Text("目录", "Contents")
_NOBODY = Text("没有客户。", "No customers.")
_MORE = Text(
    "还有 {n} 行未列出；--format csv 给出全部。", "{n} more rows; --format csv has all of them."
)
_DRAWN = Text("图中为前 {n} 行。", "The chart shows the first {n} rows.")
_SHARES = Text(
    "占比写作：占比（95% 置信区间）成分/总数；总数不足 30 的只写成分/总数，不下结论。",
    "A share is written: share (its 95 % interval) part/whole; of fewer than 30 only part/whole, and "
    "nothing is concluded.",
)
_MADE = Text("crmcore {version} 于 {at} 生成", "made by crmcore {version} at {at}")
_FAILED = Text("这项报表没有算出来", "This figure could not be worked out")


@frozen
class Failed:
    """A figure that could not be worked out, and why."""

    label: Text
    why: str


def page(
    title: Text,
    asked: Sequence[tuple[Text, str]],
    figures: Sequence[Answer | Failed],
    dialect: Dialect,
) -> str:
    """A whole page of HTML: *title*, what was *asked* (label and value), and *figures* in their order."""
    say = dialect.say
    labels = [say(_label(one)) for one in figures]
    head = joined(
        tag("h1", say(title)),
        tag("p", " · ".join(f"{say(label)}: {value}" for label, value in asked))
        if asked
        else Safe(),
        tag("p", say(_SHARES)),
    )
    links = [tag("li", tag("a", label, href=f"#f{n}")) for n, label in enumerate(labels, 1)]
    nav = tag("nav", tag("ul", *links), aria_label=say(_CONTENTS)) if len(figures) > 1 else Safe()
    at = next((one.at for one in figures if isinstance(one, Answer)), None)
    made = say(
        _MADE.with_(version=__version__, at="–" if at is None else show_moment(at, dialect.zone))
    )
    body = (
        tag("header", head),
        nav,
        tag("main", *(_figure(one, dialect, f"f{n}") for n, one in enumerate(figures, 1))),
        tag("footer", tag("p", made)),
    )
    header = (
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        tag("title", say(title)),
        f"<style>{STYLE}</style>",
    )
    language = "zh-CN" if dialect.language == "zh" and dialect.translation is None else "en"
    if dialect.translation is not None:
        language = dialect.translation.language
    return (
        f'<!DOCTYPE html>\n<html lang="{text(language)}">\n<head>\n'
        + "\n".join(header)
        + "\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _label(one: Answer | Failed) -> Text:
    return one.definition.label if isinstance(one, Answer) else one.label


def _figure(one: Answer | Failed, dialect: Dialect, name: str) -> Safe:
    say = dialect.say
    heading = tag("h2", say(_label(one)), id=f"{name}-h")
    if isinstance(one, Failed):
        wrong = tag("p", f"{say(_FAILED)}: {one.why}", class_="wrong")
        return tag("section", heading, wrong, id=name, aria_labelledby=f"{name}-h")
    drawn = [
        tag("figure", tag("figcaption", chart.title), chart.drawn)
        for chart in charts(one, dialect, name)
    ]
    if drawn and len(one.rows) > MOST:
        drawn.append(tag("p", say(_DRAWN.with_(n=MOST)), class_="meaning"))
    return tag(
        "section",
        heading,
        tag("p", say(one.definition.meaning), class_="meaning"),
        _about(one, dialect),
        _heads(one, dialect),
        *drawn,
        _table(one, dialect),
        *_notes(one, dialect),
        id=name,
        aria_labelledby=f"{name}-h",
    )


def _about(answer: Answer, dialect: Dialect) -> Safe:
    say = dialect.say
    told = [(_OF, say(answer.population)), (_WHEN, say(answer.window))]
    if answer.as_of is not None:
        told.append((_AS_OF, show_moment(answer.as_of, dialect.zone)))
    return tag("dl", *(joined(tag("dt", say(key)), tag("dd", value)) for key, value in told))


def _heads(answer: Answer, dialect: Dialect) -> Safe:
    if not answer.headlines:
        return Safe()
    told = (
        tag(
            "div",
            tag("dt", dialect.say(one.label)),
            tag("dd", cell_text(one.value, one.kind, dialect) or "–"),
        )
        for one in answer.headlines
    )
    return tag("dl", *told, class_="heads")


def _table(answer: Answer, dialect: Dialect) -> Safe:
    say = dialect.say
    if not answer.rows:
        return tag("p", say(_NOBODY))
    heads = [
        tag("th", say(column.label), scope="col", class_=_side(column)) for column in answer.columns
    ]
    rows = [_row(answer.columns, row, dialect) for row in answer.rows[:MOST_ROWS]]
    table = tag(
        "table",
        tag("caption", say(answer.definition.label)),
        tag("thead", tag("tr", *heads)),
        tag("tbody", *rows),
    )
    more = len(answer.rows) - MOST_ROWS
    told = tag("p", say(_MORE.with_(n=f"{more:,}"))) if more > 0 else Safe()
    # What can be scrolled must be reachable by the keyboard.
    return joined(
        tag("div", table, class_="rows", tabindex="0", role="region",
            aria_label=say(answer.definition.label)),
        told,
    )  # fmt: skip


def _row(columns: Sequence[Column], row: Row, dialect: Dialect) -> Safe:
    cells = []
    for place, column in enumerate(columns):
        words = cell_text(row.cells.get(column.key), column.kind, dialect)
        if place == 0 and column.kind == "text":
            cells.append(tag("th", words or "–", scope="row"))
        else:
            cells.append(tag("td", words, class_=_side(column)))
    return tag("tr", *cells)


def _side(column: Column) -> str | None:
    return None if column.kind == "text" else "n"


def _notes(answer: Answer, dialect: Dialect) -> list[Safe]:
    if not answer.notes:
        return []
    said = [tag("li", dialect.say(note)) for note in answer.notes]
    return [tag("p", dialect.say(_LEFT_OUT), class_="notes"), tag("ul", *said, class_="notes")]
