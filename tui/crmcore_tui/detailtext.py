"""What the detail says beside the record: where the customer stands, what is due, why the grade, links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from attrs import frozen
from rich.cells import cell_len

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.due import due_items
from crmcore.grading.evidence import MANUAL, rule_words
from crmcore.money import Money, round_money
from crmcore.pipeline import Pipeline
from crmcore.text import one_line
from crmcore.wording import Text
from crmcore_tui import detailwordings as dw
from crmcore_tui import stepwordings as sw
from crmcore_tui import wordings as words
from crmcore_tui.cells import Line, Part, crop, fit, width_of, wrap
from crmcore_tui.presenter import due_words, grade_badge, name_of
from crmcore_tui.reading import Section

_RULES = 3
_REASON = 200


@frozen
class Linked:
    """Another customer, and how it is linked; `customer` is None where it is not there any more."""

    kind: str
    id: str
    customer: Customer | None


@frozen
class Details:
    """All that is known of a customer: as sections, who is linked, and whether its history goes on."""

    customer: Customer
    sections: tuple[Section, ...]
    linked: tuple[Linked, ...] = ()
    more: bool = False


def head_lines(
    customer: Customer, pipeline: Pipeline, dialect: Dialect, width: int
) -> tuple[Line, ...]:
    """How far the customer has come, and what it is worth to whom."""
    return tuple(
        crop(line, width)
        for line in (*_track(customer, pipeline, dialect, width), _facts(customer, dialect))
    )


def _track(customer: Customer, pipeline: Pipeline, dialect: Dialect, width: int) -> Iterator[Line]:
    here = pipeline.index(customer.stage)
    names = [one_line(dialect.say(stage.label)) for stage in pipeline.stages]
    out = customer.status in ("lost", "invalid")
    for done, ahead in ((" ── ", " ╌╌ "), ("─", "╌")):
        parts: list[Part] = []
        for number, name in enumerate(names):
            if number:
                parts.append(Part(done, "bar") if number <= here else Part(ahead, "dim"))
            if number == here:
                parts.append(
                    Part(f"{'✕' if out else '◉'} {name}", "closed" if out else "label-here")
                )
            else:
                parts.append(Part(f"{'●' if number < here else '○'} {name}", "dim"))
        if width_of(parts) <= width:
            yield tuple(parts)
            return
    marks = "".join("●" if n < here else "◉" if n == here else "○" for n in range(len(names)))
    yield (Part(f"{marks}  ", "bar"), Part(names[here], "label-here"))


def _facts(customer: Customer, dialect: Dialect) -> Line:
    say, value = dialect.say, customer.value
    parts = [grade_badge(customer), Part("  ")]
    if value is None:
        parts.append(Part(say(words.NO_VALUE), "dim"))
    else:
        parts.append(Part(round_money(value, dialect.language), "value"))
    owner = one_line(customer.owner[:80]) if customer.owner else say(words.NO_OWNER)
    parts += [Part("  "), Part(owner, "owner" if customer.owner else "dim")]
    if customer.debts:
        parts += [Part("  "), Part(say(words.DEBT.with_(n=len(customer.debts))), "debt")]
    if customer.status in ("lost", "invalid"):
        status = say(words.LOST if customer.status == "lost" else words.INVALID)
        reason = one_line((customer.close_reason or "")[:_REASON])
        parts += [Part("  "), Part(f"✕ {status} {reason}", "closed")]
    return tuple(parts)


def due_lines(customer: Customer, now: datetime, dialect: Dialect, width: int) -> tuple[Line, ...]:
    """What is due, soonest first; what is overdue is marked."""
    lines: list[Line] = []
    for item in sorted(due_items(customer), key=lambda item: item.due):
        mark, role, when = due_words(item.due, now, dialect)
        head = f"{mark} {when}"
        head += " " * max(16 - cell_len(head), 1)
        first, *more = wrap(one_line(dialect.say(item.what)[:400]), max(width - cell_len(head), 8))
        lines.append((Part(head, role), Part(first, "step")))
        lines += [(Part(" " * cell_len(head)), Part(text, "step")) for text in more]
    return tuple(lines)


def grade_lines(customer: Customer, dialect: Dialect, width: int) -> tuple[Line, ...]:
    """The grade, what it means, who gave it, and the rules that weighed most."""
    say, record = dialect.say, customer.grading
    means = words.GRADE_MEANS.get(customer.grade or "")
    head = [grade_badge(customer), Part(f"  {say(means)}" if means else "")]
    if record is not None and record.grader == MANUAL:
        head.append(Part(f"  {say(words.BY_HAND)}", "dim"))
    elif record is not None and record.score is not None:
        head.append(Part(f"  {say(words.SCORE).format(score=f'{record.score:g}')}", "dim"))
    lines: list[Line] = [tuple(head)]
    if record is not None and record.stale:
        lines.append((Part(f"! {fit(record.stale, max(width - 2, 1))}", "stale"),))
    spoke = [rule for rule in (record.rules if record else ()) if rule.points]
    if spoke:
        for rule in sorted(spoke, key=lambda rule: -abs(rule.points or 0))[:_RULES]:
            role = "loss" if (rule.points or 0) < 0 else "better"
            text = fit(rule_words(rule, dialect), max(width - 3, 1))
            lines.append((Part(" · ", role), Part(text)))
    elif customer.grade_evidence:
        lines += [(Part("   "), Part(t)) for t in wrap(customer.grade_evidence, width - 3)[:_RULES]]
    return tuple(crop(line, width) for line in lines)


def link_lines(
    linked: Sequence[Linked], pipeline: Pipeline, dialect: Dialect, width: int
) -> tuple[Line, ...]:
    """A line for each linked customer: its number, how it is linked, who it is, where it stands."""
    stages = {stage.key: one_line(dialect.say(stage.label)) for stage in pipeline.stages}
    kinds = [kind_words(each, dialect) for each in linked]
    room = min(max((cell_len(kind) for kind in kinds), default=0), 24)
    lines: list[Line] = []
    for number, (each, kind) in enumerate(zip(linked, kinds, strict=True), start=1):
        kind = fit(kind, room)
        who = each.customer
        lines.append(
            (
                Part(f"{number:>2} ", "key" if number < 10 else "dim"),
                Part(kind + " " * (room - cell_len(kind) + 2), "dim"),
                Part(name_of(who) if who is not None else dialect.say(dw.GONE), "company"),
                Part(f"  {one_line(each.id)}", "dim"),
                *(standing(who, stages, dialect) if who is not None else ()),
            )
        )
    if credit := credit_line(linked, dialect):
        lines.append(credit)
    return tuple(crop(line, width) for line in lines)


def standing(customer: Customer, stages: Mapping[str, str], dialect: Dialect) -> tuple[Part, ...]:
    """Where a linked customer stands: its stage, whether won, lost or invalid, what it is worth."""
    say = dialect.say
    status, role = _STATUS.get(customer.status, (None, ""))
    parts = [Part(f"  {stages.get(customer.stage, '')}", "dim")]
    if status is not None:
        parts.append(Part(f"  {say(status)}", role))
    if customer.value is not None:
        parts.append(Part(f"  {round_money(customer.value, dialect.language)}", "value"))
    return tuple(parts)


_STATUS: Mapping[str, tuple[Text, str]] = {
    "won": (sw.WON, "better"),
    "lost": (words.LOST, "closed"),
    "invalid": (words.INVALID, "closed"),
}


def credit_line(linked: Sequence[Linked], dialect: Dialect) -> Line:
    """What came of those the customer referred: how many were won and are open, and their value by
    currency; nothing where nobody was referred."""
    referred = [each.customer for each in linked if each.kind == "referral" and each.customer]
    if not referred:
        return ()
    sums: dict[str, Money] = {}
    for who in referred:
        value = who.value
        if value is not None and who.status in ("open", "won"):
            before = sums.get(value.currency)
            amount = value.amount + (before.amount if before is not None else 0)
            sums[value.currency] = Money(amount, value.currency)
    worth = " + ".join(round_money(money, dialect.language) for money in sums.values())
    said = dialect.say(sw.REFERRED).format(
        n=len(referred),
        won=sum(who.status == "won" for who in referred),
        open=sum(who.status == "open" for who in referred),
        value=worth or dialect.say(words.NO_VALUE),
    )
    return (Part("   "), Part(said, "label"))


def kind_words(linked: Linked, dialect: Dialect) -> str:
    """How it is linked, in words."""
    known = dw.LINK_KINDS.get(linked.kind)
    return dialect.say(known) if known else one_line(linked.kind[:40])
