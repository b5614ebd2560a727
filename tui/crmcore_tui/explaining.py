"""Why a customer has its grade, written line by line: who said it, the points as bars, what to ask."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve, frozen
from rich.cells import cell_len

from crmcore.customer import GRADES, Customer
from crmcore.dialect import Dialect
from crmcore.fields import FieldCatalogue
from crmcore.grading.evidence import MANUAL, raise_words
from crmcore.moments import show_moment
from crmcore.records import GradeRecord, RuleEvidence
from crmcore.text import one_line
from crmcore_tui import wordings as words
from crmcore_tui.cells import Line, Part, crop, fit, spread, wrap
from crmcore_tui.keymaps import VI, keymap_named
from crmcore_tui.presenter import bar, grade_badge

_POINTS_WIDTH = 7
_NARROWEST = 16
_EIGHTHS = " ▏▎▍▌▋▊▉"
_LONGEST_TEXT = 400
_LEAST_SPAN = 1e-9


@frozen
class Scale:
    """A bar's room: `left` cells for points taken, `right` for points given, `step` cells a point."""

    left: int
    right: int
    step: float

    @classmethod
    def of(cls, rules: Sequence[RuleEvidence], width: int) -> Scale:
        """The scale on which the points of all *rules* are in proportion."""
        points = [r.points for r in rules if r.points is not None and math.isfinite(r.points)]
        low, high = min([0.0, *points]), max([0.0, *points])
        step = width / max(high - low, _LEAST_SPAN)
        left = min(math.ceil(-low * step), width - 1 if high else width)
        return cls(left, width - left, step)


def points_bar(points: float | None, scale: Scale) -> Line:
    """A bar to the right of zero for points given, to the left for points taken; never nothing."""
    if points is None or not math.isfinite(points):
        return (Part(" " * scale.left), Part("┄" * scale.right, "track"))
    if points < 0:
        halves = min(max(round(-points * scale.step * 2), 1), scale.left * 2)
        drawn = "▐" * (halves % 2) + "█" * (halves // 2)
        return (
            Part(" " * (scale.left - len(drawn))),
            Part(drawn, "loss"),
            Part(" " * scale.right),
        )
    eighths = min(max(round(points * scale.step * 8), 1 if points else 0), scale.right * 8)
    drawn = "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")
    return (
        Part(" " * scale.left),
        Part(drawn, "bar"),
        Part(" " * (scale.right - len(drawn))),
    )


def why_lines(
    customer: Customer,
    fields: FieldCatalogue,
    dialect: Dialect,
    width: int,
    *,
    keys: Mapping[str, str] | None = None,
) -> tuple[Line, ...]:
    """All of it, no line wider than *width* cells; *keys* are those in force, by action."""
    writer = _Writer(customer, fields, dialect, max(width, _NARROWEST))
    if keys is not None:
        writer.keys = keys
    return tuple(crop(line, width) for line in writer.lines())


def _signed(points: float) -> str:
    return f"{points:+g}" if points else "0"


class _Writer:
    def __init__(
        self, customer: Customer, fields: FieldCatalogue, dialect: Dialect, width: int
    ) -> None:
        self._customer = customer
        self._fields = fields
        self._dialect = dialect
        self._say = dialect.say
        self._width = width
        self.keys: Mapping[str, str] = keymap_named(VI).shown

    def lines(self) -> Iterator[Line]:
        record = self._customer.grading
        yield from self._head(record)
        if self._customer.grade is not None and (record is None or not record.rules):
            yield from self._evidence()
        if record is None:
            return
        yield from self._opinions(record)
        yield from self._spoken(record)
        yield from self._silent(record)
        yield from self._next(record)

    # the grade

    def _head(self, record: GradeRecord | None) -> Iterator[Line]:
        say, customer = self._say, self._customer
        if customer.grade is None:
            yield from self._text(say(words.NOT_GRADED).format(keys=self.keys), "title")
        else:
            means = words.GRADE_MEANS.get(customer.grade)
            meaning = Part(f"  {say(means)}" if means else "", "title")
            yield (grade_badge(customer), meaning)
        if record is None:
            if customer.grade is not None:
                yield from self._text(say(words.IN_A_SHEET), "dim")
            return
        if record.stale:
            told = words.NEVER_RENEWED if customer.grade is None else words.NOT_RENEWED
            why = one_line(record.stale[:_LONGEST_TEXT])
            yield from self._text(f"! {say(told).format(why=why)}", "stale")
        yield from self._text(self._by_whom(record), "dim")
        yield from self._figures(record)

    def _by_whom(self, record: GradeRecord) -> str:
        at = show_moment(record.at, self._dialect.zone)
        if record.grader == MANUAL:
            return f"{self._say(words.BY_HAND)} · {at}"
        card = one_line(f"{record.grader} {record.version}".strip()[:_LONGEST_TEXT])
        said = self._say(words.BY_CARD).format(card=card, at=at)
        return f"{said} · {self._policy(record)}" if record.policy else said

    def _policy(self, record: GradeRecord) -> str:
        known = words.POLICIES.get(record.policy)
        return self._say(known) if known else one_line(record.policy[:80])

    def _figures(self, record: GradeRecord) -> Iterator[Line]:
        figures: list[tuple[str, float, float]] = []
        if record.score is not None:
            score, best = f"{record.score:g}", record.best
            told = words.SCORE if best is None else words.SCORE_OF
            text = self._say(told).format(score=score, best=f"{best or 0:g}")
            figures.append((text, record.score, best or 0.0))
        if record.share_unknown is not None:
            share = f"{record.share_unknown:.0%}"
            text = self._say(words.SHARE_UNKNOWN).format(share=share)
            figures.append((text, record.share_unknown, 1.0))
        label = max((cell_len(text) for text, *_ in figures), default=0) + 2
        room = min(self._width - label, 40)
        for text, value, whole in figures:
            line = [Part(text), Part(" " * (label - cell_len(text)))]
            if whole > 0 and room >= 8 and math.isfinite(value):
                line += bar(max(round(value * 1000), 0), round(whole * 1000), room)
            yield tuple(line)

    def _evidence(self) -> Iterator[Line]:
        yield from self._title(self._say(words.EVIDENCE))
        text = self._customer.grade_evidence or ""
        for paragraph in text.splitlines() or [self._say(words.NO_EVIDENCE)]:
            yield from self._text(paragraph, indent=2)

    def _opinions(self, record: GradeRecord) -> Iterator[Line]:
        if not record.opinions:
            return
        yield from self._title(self._say(words.GRADERS).format(policy=self._policy(record)))
        for one in record.opinions:
            grade = one_line(one.grade)
            role = f"grade-{grade.lower()}"
            name = one_line(f"{one.grader} {one.version}".strip()[:_LONGEST_TEXT])
            said = (
                [] if one.score is None else [self._say(words.SCORE).format(score=f"{one.score:g}")]
            )
            said.append(self._say(words.WEIGHS).format(weight=f"{one.weight:g}"))
            left = (Part("  "), Part(f" {grade} ", role), Part(f" {name}"))
            yield spread(left, (Part(" · ".join(said), "dim"),), self._width)

    # the rules

    def _spoken(self, record: GradeRecord) -> Iterator[Line]:
        spoke = [rule for rule in record.rules if rule.points is not None]
        if not spoke:
            return
        yield from self._title(self._say(words.RULES))
        scale = Scale.of(spoke, max(min(self._width // 3, 32), 4))
        groups = self._grouped(spoke, record)
        for (grader, dimension), rules in groups.items():
            if len(groups) > 1 or dimension:
                yield self._group_line(grader, dimension, rules)
            for rule in sorted(rules, key=lambda rule: -(rule.points or 0)):
                yield from self._rule(rule, scale)

    def _grouped(
        self, rules: Sequence[RuleEvidence], record: GradeRecord
    ) -> dict[tuple[str, str], list[RuleEvidence]]:
        """*rules* by the grader that said them, where there are several, and by dimension."""
        graders = [one.grader for one in record.opinions]
        groups: dict[tuple[str, str], list[RuleEvidence]] = {}
        for rule in rules:
            whose = (name for name in graders if rule.rule.startswith(f"{name}/"))
            groups.setdefault((next(whose, ""), rule.dimension), []).append(rule)
        return groups

    def _group_line(self, grader: str, dimension: str, rules: Sequence[RuleEvidence]) -> Line:
        known = words.DIMENSIONS.get(dimension)
        label = self._say(known) if known else one_line(dimension[:80])
        label = label or ("" if grader else self._say(words.OTHER_RULES))
        name = " · ".join(part for part in (one_line(grader[:80]), label) if part)
        points = _signed(math.fsum(rule.points or 0 for rule in rules))
        return (
            Part("  "),
            Part(fit(name, max(self._width - _POINTS_WIDTH - 4, 4)), "label"),
            Part("  "),
            Part(points, "dim"),
        )

    def _silent(self, record: GradeRecord) -> Iterator[Line]:
        silent = [rule for rule in record.rules if rule.points is None]
        if not silent:
            return
        yield from self._title(self._say(words.SILENT))
        for rule in silent:
            yield from self._hung(Part("  ?  ", "stale"), self._reason(rule))

    def _rule(self, rule: RuleEvidence, scale: Scale) -> Iterator[Line]:
        points = fit(_signed(rule.points or 0), _POINTS_WIDTH)
        head = (
            Part(" " * (_POINTS_WIDTH - cell_len(points))),
            Part(points, "loss" if (rule.points or 0) < 0 else "count"),
            Part(" "),
            *points_bar(rule.points, scale),
            Part(" "),
        )
        indent = _POINTS_WIDTH + 2 + scale.left + scale.right
        first, *more = wrap(self._reason(rule), self._width - indent)
        yield (*head, Part(first))
        for text in more:
            yield (Part(" " * indent), Part(text))

    def _reason(self, rule: RuleEvidence) -> str:
        chinese = self._dialect.language == "zh"
        reason = one_line((rule.reason_zh if chinese else rule.reason_en)[:_LONGEST_TEXT])
        label = self._label(rule.field)
        value = one_line(rule.value[:80])
        if not value and label in reason:
            return reason
        beside = f"{label}{'：' if chinese else ': '}{value}" if value else label
        return f"{reason}（{beside}）" if chinese else f"{reason} ({beside})"

    # what to ask

    def _next(self, record: GradeRecord) -> Iterator[Line]:
        if not record.raise_with:
            if record.share_unknown and self._customer.grade != GRADES[0].key:
                yield from self._title(self._say(words.ASK_NEXT))
                yield from self._text(self._say(words.NOTHING_RAISES), "dim", indent=2)
            return
        yield from self._title(self._say(words.ASK_NEXT))
        labelled = evolve(record, raise_with=tuple(self._label(key) for key in record.raise_with))
        grade = one_line(self._customer.grade or "-")
        for text in raise_words(labelled, grade, self._dialect):
            yield from self._hung(Part("  → ", "seen"), text)
        for key in record.raise_with:
            spec = self._fields.get(key)
            if spec is not None:
                meaning = f"{self._label(key)}: {one_line(self._say(spec.meaning))}"
                yield from self._text(meaning, "dim", indent=4)

    # pieces

    def _label(self, key: str) -> str:
        spec = self._fields.get(key)
        return one_line(self._say(spec.label) if spec else key[:80])

    def _title(self, text: str) -> Iterator[Line]:
        yield ()
        yield from self._text(text, "heading")

    def _text(self, text: str, role: str = "", indent: int = 0) -> Iterator[Line]:
        for line in wrap(text, self._width - indent):
            yield (Part(" " * indent), Part(line, role))

    def _hung(self, head: Part, text: str) -> Iterator[Line]:
        """*text* beside *head*, its further lines below its first."""
        indent = cell_len(head.text)
        first, *more = wrap(text, self._width - indent)
        yield (head, Part(first))
        yield from ((Part(" " * indent), Part(line)) for line in more)
