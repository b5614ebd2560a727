"""How a customer, a stage and the whole funnel are written on the board; pure, no widget in sight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal

from attrs import frozen
from rich.cells import cell_len

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.due import due_items
from crmcore.fields import last_activity
from crmcore.funnel import Standing
from crmcore.money import round_money
from crmcore.text import one_line
from crmcore_tui import wordings as words
from crmcore_tui.cells import Line, Part, crop, fit, spread, width_of
from crmcore_tui.keymap import Key

CARD_LINES = 3
CARD_HEIGHT = CARD_LINES + 1
"""The lines of a card and the gap below it."""

NARROWEST_COLUMN = 26
_OWNER_WIDTH = 10
_NARROWEST_OWNER = 4
"""The cells an owner's name has at most, and keeps where badges need room."""


def name_of(customer: Customer) -> str:
    """What to call *customer*: its title, or its id when the title shows nothing at all."""
    title = one_line(customer.title[:200])
    return title if cell_len(title) else customer.id


def card_lines(
    customer: Customer,
    width: int,
    now: datetime,
    dialect: Dialect,
    badges: Sequence[Part] = (),
    stale_after: int | None = None,
) -> tuple[Line, ...]:
    """The three lines of a card, each exactly *width* cells, with as many of *badges* as fit.

    *stale_after* is how many days its stage lets pass without contact; None for any number.
    """
    return (
        _pad((Part(fit(name_of(customer), width), "company"),), width),
        _worth_line(customer, width, dialect, badges),
        _pad(crop(_due_parts(customer, now, dialect, stale_after), width), width),
    )


def about(customer: Customer) -> str:
    """Who *customer* is and how to reach them, on one line."""
    known = (
        customer.id, customer.title, customer.contact, customer.position, customer.phone,
        customer.wechat, customer.email, customer.initial_need,
    )  # fmt: skip
    return " · ".join(dict.fromkeys(one_line(text[:200]) for text in known if text))


def _pad(parts: Sequence[Part], width: int) -> Line:
    return spread(parts, (), width)


def grade_badge(customer: Customer) -> Part:
    """The grade as a badge: ` A `, ` - ` without one, ` A? ` where it could not be renewed."""
    grade = one_line(customer.grade or "-")
    if customer.grading is not None and customer.grading.stale:
        return Part(f" {grade}? ", "grade-stale")
    return Part(f" {grade} ", f"grade-{(customer.grade or 'none').lower()}")


def _worth_line(customer: Customer, width: int, dialect: Dialect, badges: Sequence[Part]) -> Line:
    say, value = dialect.say, customer.value
    left = [grade_badge(customer)]
    if value is not None:
        left += [Part(" "), Part(round_money(value, dialect.language), "value")]
    if customer.debts:
        left += [Part(" "), Part(say(words.DEBT.with_(n=len(customer.debts))), "debt")]
    marks = list(badges)
    while marks and _owner_room(left, marks, width) < _NARROWEST_OWNER:
        marks.pop()
    for mark in marks:
        left += [Part(" "), mark]
    room = _owner_room(left, (), width)
    if customer.owner:
        owner = Part(fit(customer.owner, room if marks else _OWNER_WIDTH), "owner")
    else:
        owner = Part(say(words.NO_OWNER), "dim")
    if value is None:  # last: this is what is cut where there is no room for all
        left += [Part(" "), Part(say(words.NO_VALUE), "dim")]
    shown = not marks or width_of((owner,)) <= room
    return spread(left, (owner,) if shown else (), width)


def _owner_room(left: Sequence[Part], marks: Sequence[Part], width: int) -> int:
    taken = width_of((*left, *marks)) + len(marks) + 1
    return min(width - taken, _OWNER_WIDTH)


def _due_parts(
    customer: Customer, now: datetime, dialect: Dialect, stale_after: int | None
) -> Line:
    say = dialect.say
    if customer.status in ("lost", "invalid"):
        status = say(words.LOST if customer.status == "lost" else words.INVALID)
        return (Part(f"✕ {status} ", "closed"), Part(one_line(customer.close_reason or ""), "dim"))
    if customer.completed_at:
        return (Part(f"✓ {say(words.COMPLETED)}", "done"),)
    item = min(due_items(customer), key=lambda item: item.due, default=None)
    if item is None:
        return _quiet_parts(customer, now, dialect, stale_after)
    mark, role, when = due_words(item.due, now, dialect)
    what = customer.next_step if item.due == customer.next_step_due else None
    text = one_line((what or say(item.what))[:200])
    return (Part(f"{mark} {when} ", role), Part(text, "step"))


def _quiet_parts(
    customer: Customer, now: datetime, dialect: Dialect, stale_after: int | None
) -> Line:
    """What is planned without a date, and for how long nobody was in touch; first when that is too long."""
    step = one_line((customer.next_step or "")[:200]) or dialect.say(words.NO_NEXT_STEP)
    since = [at for at in (last_activity(customer), customer.entered_stage_at) if at is not None]
    quiet = now - max(since) if since else timedelta()
    if stale_after is not None and quiet > timedelta(days=stale_after):
        told = dialect.say(words.QUIET_FOR.with_(n=quiet.days))
        return (Part(f"~ {told} ", "stale"), Part(step, "dim"))
    age = f" · {dialect.say(words.AGE.with_(n=quiet.days))}" if quiet.days > 0 else ""
    return (Part(f"· {step}{age}", "dim"),)


def due_words(due: datetime, now: datetime, dialect: Dialect) -> tuple[str, str, str]:
    """A mark, a role and words for a due time: overdue `!`, today `•`, later `›`.

    A due date without a clock time is over at the end of its day.
    """
    say, local, here = dialect.say, due.astimezone(dialect.zone), now.astimezone(dialect.zone)
    all_day = local.time() == time()
    end = local + timedelta(days=1) if all_day else local
    clock = "" if all_day else f" {local:%H:%M}"
    if end <= here:
        late = here - end
        if late >= timedelta(days=1):
            words_late = words.OVERDUE_DAYS.with_(n=late.days)
        elif late >= timedelta(hours=1):
            words_late = words.OVERDUE_HOURS.with_(n=late.seconds // 3600)
        else:
            words_late = words.OVERDUE_NOW
        return "!", "overdue", say(words_late)
    days = (local.date() - here.date()).days
    if days == 0:
        return "•", "today", say(words.TODAY) + clock
    if days == 1:
        return "›", "later", say(words.TOMORROW) + clock
    day = f"{local:%m-%d}" if local.year == here.year else f"{local:%Y-%m-%d}"
    return "›", "later", day + clock


def money_words(values: Standing, dialect: Dialect) -> str:
    """The value of some customers, rounded, one amount a currency, the greatest first."""
    amounts = sorted(values.money(), key=lambda money: -money.amount)
    return " + ".join(round_money(amount, dialect.language) for amount in amounts)


def bar(count: int, fullest: int, width: int) -> Line:
    """A bar of *width* cells, filled as *count* is to *fullest*; not empty unless *count* is 0."""
    share = Decimal(count) / fullest if fullest else Decimal(0)
    filled = min(width, max(int(share * width + Decimal("0.5")), 1 if count else 0))
    return (Part("▄" * filled, "bar"), Part("▁" * (width - filled), "track"))


@frozen
class Summary:
    """What the line at the top tells: the funnel's name and figures, and what of it is seen."""

    name: str
    standings: Sequence[Standing]
    shown: range
    filter_text: str = ""
    closed: bool = False
    loading: bool = False
    sorting: str = ""


def summary_line(summary: Summary, width: int, dialect: Dialect) -> Line:
    """One line of *width* cells; the stages that are panned out of view are named by their counts."""
    say = dialect.say
    left = [Part(" crmcore ", "brand"), Part(f" {one_line(summary.name)} ", "title")]
    if len(summary.shown) < len(summary.standings):
        left += _overview(summary)
    if summary.closed:
        left += [Part(" "), Part(f" {say(words.CLOSED_VIEW)} ", "flag")]
    if summary.filter_text:
        left += [Part(" "), Part(f" {say(words.FILTER)}: {fit(summary.filter_text, 40)} ", "flag")]
    if summary.sorting:
        left += [Part(" "), Part(f" {fit(summary.sorting, 40)} ", "flag")]
    together = _sum(summary.standings)
    figures = say(words.CUSTOMERS.with_(n=f"{together.count:,}"))
    value = money_words(together, dialect)
    right = [Part(figures + (f" · {value} " if value else " "), "figures")]
    if summary.loading:
        right.insert(0, Part(say(words.LOADING) + " ", "dim"))
    return spread(left, right, width)


def _overview(summary: Summary) -> list[Part]:
    parts = []
    for place, standing in enumerate(summary.standings):
        seen = place in summary.shown
        text = f"[{place + 1}:{standing.count}]" if seen else f" {place + 1}:{standing.count} "
        parts.append(Part(text, "seen" if seen else "dim"))
    return parts


def _sum(standings: Sequence[Standing]) -> Standing:
    values: dict[str, Decimal] = {}
    for standing in standings:
        for code, amount in standing.values.items():
            values[code] = values.get(code, Decimal(0)) + amount
    return Standing(
        sum(s.count for s in standings), values, sum(s.unknown_value for s in standings)
    )


def footer_line(keys: Sequence[Key], width: int, dialect: Dialect) -> Line:
    """As many of *keys* as fit *width* cells, each with what it does."""
    parts: list[Part] = []
    for key in _fitting_keys(keys, width, dialect):
        shown, label = _footer_words(key, dialect)
        parts += [Part(shown, "key"), Part(label, "does")]
    return spread(parts, (), width)


def footer_key_at(x: int, keys: Sequence[Key], width: int, dialect: Dialect) -> Key | None:
    """Which of *keys* the footer shows in the column *x*."""
    for key in _fitting_keys(keys, width, dialect):
        x -= sum(cell_len(text) for text in _footer_words(key, dialect))
        if x < 0:
            return key
    return None


def _footer_words(key: Key, dialect: Dialect) -> tuple[str, str]:
    return f" {key.shown} ", f"{dialect.say(key.label)} "


def _fitting_keys(keys: Sequence[Key], width: int, dialect: Dialect) -> Iterator[Key]:
    for key in keys:
        width -= sum(cell_len(text) for text in _footer_words(key, dialect))
        if width < 0:
            break
        yield key
