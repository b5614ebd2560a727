"""How soon does a customer hear from us?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime
from math import ceil

from crmcore.figures.definition import NOT_ENOUGH, Definition
from crmcore.figures.progress import CHANCES
from crmcore.figures.rates import FEWEST, Rate
from crmcore.query import Compare, Condition, both
from crmcore.reports.answer import Answer, Row
from crmcore.reports.durations import HOUR, Lengths, Span, left_out, lengths_of
from crmcore.reports.request import ReportRequest
from crmcore.reports.words import BEGAN, NO_INVALID, WINDOW, column
from crmcore.wording import Text

SOON_HOURS = 24
FIRST_RESPONSE = Definition(
    "first-response",
    Text("首次响应时间", "First response"),
    Text(
        "从分配时间（未填的从首次接触时间）到其后第一次跟进的小时数：中位数、九成之内、24 小时之内的占比；"
        "不足 30 个不下结论。还没有跟进的进行中客户单独列出，不当作零；起点之前就有过跟进而之后没有的不计入",
        "Hours from the assignment (where unknown, from the first contact) to the first activity at or after "
        "it: the median, within what nine in ten were answered, and the share within 24 hours; of fewer than "
        "30 nothing is concluded. Open ones still waiting are told apart and are no zero; those whose every "
        "activity came before are left out",
    ),
    NO_INVALID,
    WINDOW,
)


def first_response(request: ReportRequest) -> Answer:
    """Hours to the first activity."""
    where = both(request.began(), Compare("status", "in", CHANCES))
    keys = (
        "status", "assigned_at", "first_contact_at", "first_response_at", "last_activity_at",
    )  # fmt: skip
    told: list[Lengths] = []
    rows = [
        (group, [row_of(group.values, group.where, told)]) for group in request.columns(where, keys)
    ]
    return request.answer(
        FIRST_RESPONSE,
        (
            column("count", "count", "已响应", "Answered"),
            column("median", "hours", "中位数（小时）", "Median hours"),
            column("most", "hours", "九成之内（小时）", "Nine in ten, hours"),
            column("soon", "share", "24 小时之内", "Within 24 hours"),
            column("waiting", "count", "仍在等", "Still waiting"),
            column("never", "count", "结束前未响应", "Closed unanswered"),
            column("left_out", "count", "未计入", "Left out"),
        ),
        rows,
        where=where,
        window=request.window(BEGAN),
        notes=left_out(told),
    )


Contacts = tuple[str, datetime | None, datetime | None, datetime | None, datetime | None]
"""Of one customer the status, the assignment, and the contacts: first, first response, last activity."""


def row_of(customers: Iterable[Contacts], where: Condition, told: list[Lengths]) -> Row:
    """The response to *customers*, who are those *where* holds for; *told* hears who is left out."""
    spans: list[Span] = []
    waiting = never = 0
    for status, assigned, contact, response, latest in customers:
        start = assigned or contact
        if latest is not None or start is None:
            # Where every activity came before, the last one tells so: the times are the wrong way round.
            spans.append((start, response or latest))
        elif status == "open":
            waiting += 1
        else:
            never += 1
    lengths = lengths_of(spans, HOUR)
    told.append(lengths)
    found = lengths.found
    enough = len(found) >= FEWEST
    cells = lengths.cells() | {
        "most": (found[ceil(len(found) * 0.9) - 1] if enough else NOT_ENOUGH) if found else None,
        "soon": Rate(bisect_right(found, SOON_HOURS), len(found)),
        "waiting": waiting,
        "never": never,
    }
    return Row(cells, where)
