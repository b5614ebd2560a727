"""What the screens for reading say: a customer's record and history, the keys; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from attrs import frozen

from crmcore.changes import Commit, FieldChange
from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.fields import FieldCatalogue, undescribed
from crmcore.fieldspec import Verb
from crmcore.moments import show_moment
from crmcore.pipeline import Pipeline
from crmcore.text import one_line, shown
from crmcore.values import show_record, show_value
from crmcore.wording import Text
from crmcore_tui import wordings as words
from crmcore_tui.keymap import help_rows
from crmcore_tui.keymaps import Keymap

if TYPE_CHECKING:
    from textual.widget import Widget

_SHORT = 160
_ELSEWHERE = {"grading", "links", "referrals"}
"""Fields that the detail has sections of their own for."""

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
    """A heading and its rows, or what else is to be seen below it."""

    title: str
    rows: tuple[Row, ...]
    view: Callable[[], Widget] | None = None


def record_sections(
    customer: Customer, pipeline: Pipeline, fields: FieldCatalogue, dialect: Dialect
) -> Iterator[Section]:
    """All that is known of *customer*, by the record's groups; what was counted only if there is any."""
    specs = [*fields, *(undescribed(key) for key in customer.extra if key not in fields)]
    labels = {stage.key: dialect.say(stage.label) for stage in pipeline.stages}
    for group in fields.groups:
        rows = []
        for spec in specs:
            if spec.group != group.key or spec.key in _ELSEWHERE:
                continue
            value = fields.value(customer, spec.key)
            if spec.verb is Verb.COMPUTED and value == 0:
                continue
            text = show_value(spec, value, dialect)
            if spec.key in ("stage", "furthest_stage") and value in labels:
                text = labels[value]
            if text:
                rows.append(Row(one_line(dialect.say(spec.label)), shown(text)))
        if rows:
            yield Section(dialect.say(group.label), tuple(rows))


def history_section(
    commits: Iterable[Commit],
    fields: FieldCatalogue,
    dialect: Dialect,
    older: str = "",
) -> Section:
    """The commits of one customer, in the order given; *older* is said where some are left out."""
    rows: list[Row] = []
    for commit in commits:
        name = words.ACTIONS.get(commit.action)
        action = dialect.say(name) if name else one_line(commit.action)
        reason = f"（{one_line(commit.reason)}）" if commit.reason else ""
        at = show_moment(commit.at, dialect.zone)
        rows.append(Row(at, f"{action} · {one_line(commit.actor)}{reason}", strong=True))
        for edit in commit.edits:
            rows += _changes(edit.kind == "create", edit.changes, fields, dialect)
    if older:
        rows.append(Row("", older))
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


def help_sections(dialect: Dialect, keymap: Keymap, first: Text | None = None) -> Iterator[Section]:
    """Every key in force and what it does, those of the section called *first* at the top."""
    for section in sorted(keymap.all, key=lambda section: section.label != first):
        rows = (Row(shown_keys, dialect.say(does)) for shown_keys, does in help_rows(section))
        yield Section(dialect.say(section.label), tuple(rows))
