"""The notifications as they are read on the board; pure."""

from __future__ import annotations

from collections.abc import Sequence

from crmcore.dialect import Dialect
from crmcore.hooktypes import Notification
from crmcore.moments import show_moment
from crmcore.text import one_line, shown
from crmcore_tui import stepwordings as sw
from crmcore_tui.reading import Row, Section

_LONGEST = 1_000


def inbox_sections(notes: Sequence[Notification], dialect: Dialect) -> Sequence[Section]:
    """Each with when and what, whom it was for and whom it is about; in the order given."""
    if not notes:
        return [Section("", (Row("", dialect.say(sw.NO_MESSAGES)),))]
    rows: list[Row] = []
    for note in notes:
        about = [dialect.say(sw.FOR_WHOM).format(to=note.to)] if note.to else []
        about += [note.customer_id] if note.customer_id else []
        at = show_moment(note.at, dialect.zone)
        title = " · ".join(one_line(text[:300]) for text in (dialect.say(note.title), *about))
        rows.append(Row(at, title, strong=True))
        body = dialect.say(note.body)
        if body.strip() and body != dialect.say(note.title):
            rows.append(Row("", shown(body[:_LONGEST])))
    return [Section("", tuple(rows))]
