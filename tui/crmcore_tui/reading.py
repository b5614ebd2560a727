"""What the screens for reading say: a customer's record and history, a grade's reasons, the keys; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import frozen

from crmcore.changes import Commit, FieldChange
from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.fields import FieldCatalogue, undescribed
from crmcore.fieldspec import Verb
from crmcore.moments import show_moment
from crmcore.pipeline import Pipeline
from crmcore.records import RuleEvidence
from crmcore.text import one_line, shown
from crmcore.values import show_record, show_value
from crmcore_tui import wordings as words
from crmcore_tui.keymap import SECTIONS, help_rows

_SHORT = 160
_UNTOLD = {"grading", "debts", "links", "revision"}
"""Fields whose changes say nothing to a reader: they follow from others."""


@frozen
class Row:
    """A label and what stands beside it; `strong` rows stand out."""

    label: str
    text: str
    strong: bool = False


@frozen
class Section:
    """A heading and its rows."""

    title: str
    rows: tuple[Row, ...]


def record_sections(
    customer: Customer, pipeline: Pipeline, fields: FieldCatalogue, dialect: Dialect
) -> Iterator[Section]:
    """All that is known of *customer*, by the record's groups; what was counted only if there is any."""
    specs = [*fields, *(undescribed(key) for key in customer.extra if key not in fields)]
    for group in fields.groups:
        rows = []
        for spec in specs:
            if spec.group != group.key or spec.key == "grading":
                continue
            value = fields.value(customer, spec.key)
            if spec.verb is Verb.COMPUTED and value == 0:
                continue
            text = show_value(spec, value, dialect)
            if spec.key == "stage":
                text = dialect.say(pipeline.stages[pipeline.index(customer.stage)].label)
            if text:
                rows.append(Row(one_line(dialect.say(spec.label)), shown(text)))
        if rows:
            yield Section(dialect.say(group.label), tuple(rows))


def history_section(
    customer_id: str,
    commits: Iterable[Commit],
    more: bool,
    fields: FieldCatalogue,
    dialect: Dialect,
) -> Section:
    """The commits of one customer, in the order given; *more* says that older ones are left out."""
    rows: list[Row] = []
    for commit in commits:
        name = words.ACTIONS.get(commit.action)
        action = dialect.say(name) if name else one_line(commit.action)
        reason = f"（{one_line(commit.reason)}）" if commit.reason else ""
        at = show_moment(commit.at, dialect.zone)
        rows.append(Row(at, f"{action} · {one_line(commit.actor)}{reason}", strong=True))
        for edit in commit.edits:
            if edit.id == customer_id:
                rows += _changes(edit.kind == "create", edit.changes, fields, dialect)
    if more:
        rows.append(Row("", dialect.say(words.OLDER)))
    return Section(dialect.say(words.HISTORY), tuple(rows))


def _changes(
    created: bool, changes: Sequence[FieldChange], fields: FieldCatalogue, dialect: Dialect
) -> Iterator[Row]:
    for change in changes:
        spec = fields.get(change.field) or undescribed(change.field)
        if change.field in _UNTOLD or (spec.verb is Verb.SYSTEM and not spec.namespaced):
            continue
        label = one_line(dialect.say(spec.label))
        before, after = change.before, change.after
        if isinstance(after, (tuple, list)) and spec.record is not None:
            old = before if isinstance(before, (tuple, list)) else ()
            for record in after:
                if record not in old:
                    yield Row("", f"{label}: {_short(show_record(record, dialect))}")
        elif created or before is None:
            yield Row("", f"{label}: {_short(show_value(spec, after, dialect))}")
        else:
            was, now = (_short(show_value(spec, value, dialect)) for value in (before, after))
            empty = dialect.say(words.EMPTIED)
            yield Row("", f"{label}: {was or empty} → {now or empty}")


def _short(text: str) -> str:
    line = one_line(text[: _SHORT * 4])
    return line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"


def why_sections(customer: Customer, fields: FieldCatalogue, dialect: Dialect) -> Iterator[Section]:
    """Why *customer* has its grade: each rule's points, the silent ones, what could raise it."""
    say, record = dialect.say, customer.grading
    if customer.grade is None:
        yield Section(say(words.NOT_GRADED), ())
        return
    means = words.GRADE_MEANS.get(customer.grade)
    rows = [Row(customer.grade, say(means) if means else "", strong=True)]
    if record is not None:
        card = one_line(f"{record.grader} {record.version}".strip())
        at = show_moment(record.at, dialect.zone)
        by_hand = record.grader == "manual"
        rows.append(
            Row(
                "",
                f"{say(words.BY_HAND)}, {at}"
                if by_hand
                else say(words.BY_CARD).format(card=card, at=at),
            )
        )
        if record.score is not None:
            rows.append(Row("", say(words.SCORE).format(score=f"{record.score:g}")))
    if record is None or not record.rules:
        rows.append(Row(say(words.EVIDENCE), shown(customer.grade_evidence or "")))
    yield Section(say(words.GRADE_IS).format(grade=one_line(customer.grade)), tuple(rows))
    if record is None:
        return
    spoke = sorted(
        (r for r in record.rules if r.points is not None), key=lambda r: -(r.points or 0)
    )
    silent = [r for r in record.rules if r.points is None]
    if spoke:
        yield Section(say(words.RULES), tuple(_rule(rule, fields, dialect) for rule in spoke))
    if silent:
        yield Section(say(words.SILENT), tuple(_rule(rule, fields, dialect) for rule in silent))
    if record.raise_with:
        asked = [_asked(key, fields, dialect) for key in record.raise_with]
        yield Section(say(words.RAISE), tuple(asked))


def _rule(rule: RuleEvidence, fields: FieldCatalogue, dialect: Dialect) -> Row:
    reason = rule.reason_zh if dialect.language == "zh" else rule.reason_en
    points = "?" if rule.points is None else f"{rule.points:+g}"
    value = f" = {one_line(rule.value[:80])}" if rule.value else ""
    label = _label(rule.field, fields, dialect)
    return Row(points, f"{one_line(reason)}（{label}{value}）", strong=rule.points is not None)


def _asked(key: str, fields: FieldCatalogue, dialect: Dialect) -> Row:
    spec = fields.get(key)
    return Row(_label(key, fields, dialect), one_line(dialect.say(spec.meaning)) if spec else "")


def _label(key: str, fields: FieldCatalogue, dialect: Dialect) -> str:
    spec = fields.get(key)
    return one_line(dialect.say(spec.label) if spec else key)


def help_sections(dialect: Dialect) -> Iterator[Section]:
    """Every key and what it does."""
    for section in SECTIONS:
        rows = (Row(shown_keys, dialect.say(does)) for shown_keys, does in help_rows(section))
        yield Section(dialect.say(section.label), tuple(rows))
