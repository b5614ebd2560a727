"""Two changed the same customer: which fields clash, and what only the others changed; pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from attrs import evolve, frozen

from crmcore.changes import Commit, FieldChange
from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.errors import ValueRefusedError
from crmcore.fields import FieldCatalogue, undescribed
from crmcore.fieldspec import Verb
from crmcore.moments import show_moment
from crmcore.text import one_line, shown
from crmcore.values import parse_value, show_record, show_value
from crmcore_tui import wordings as words
from crmcore_tui.formfields import FormField, initial_text

_UNTOLD = {"grading", "debts", "links", "revision"}
"""Fields whose changes say nothing to a reader: they follow from others."""

_SHORT = 120
_LONG = 2_000


@frozen
class Clash:
    """A field that both changed: what stood there, what was typed here, what stands there now.

    As texts an editor holds: of a choice its key.
    """

    field: FormField
    base: str
    mine: str
    theirs: str


@frozen
class Merge:
    """The customer as it is *now*, the fields to decide on, and what only others changed.

    `others` says who changed it and when; `taken` are lines, one a field.
    """

    now: Customer
    clashes: tuple[Clash, ...]
    others: tuple[str, ...]
    taken: tuple[str, ...]


def merge(
    fields: Sequence[FormField],
    texts: Mapping[str, str],
    now: Customer,
    commits: Iterable[Commit],
    catalogue: FieldCatalogue,
    dialect: Dialect,
    moment: datetime,
) -> Merge:
    """What is to be decided where *texts* were typed into *fields*, and *commits* came first, oldest
    first. Relative dates count from *moment*."""
    clashes = tuple(
        Clash(field, field.initial, texts[field.key], theirs)
        for field in fields
        if field.of_record
        and not _same(field, texts[field.key], field.initial, dialect, moment)
        and not _same(
            field, theirs := initial_text(field.spec, now, dialect), field.initial, dialect, moment
        )
        and not _same(field, texts[field.key], theirs, dialect, moment)
    )
    theirs_alone = [(commit, edit.changes) for commit in commits for edit in commit.edits]
    others = dict.fromkeys(
        f"{one_line(commit.actor[:80])} · {show_moment(commit.at, dialect.zone)}"
        for commit, _ in theirs_alone
    )
    decided = {clash.field.key for clash in clashes}
    changes = (change for _, made in theirs_alone for change in made)
    return Merge(now, clashes, tuple(others), tuple(_lines(changes, decided, catalogue, dialect)))


def _same(field: FormField, mine: str, theirs: str, dialect: Dialect, moment: datetime) -> bool:
    """Whether both texts mean one value, however they are written."""
    if mine.strip() == theirs.strip() or field.spec is None:
        return mine.strip() == theirs.strip()
    try:
        meant = [parse_value(field.spec, text, dialect, moment) for text in (mine, theirs)]
    except ValueRefusedError:
        return False
    return bool(meant[0] == meant[1])


def _lines(
    changes: Iterable[FieldChange],
    but: Container[str],
    catalogue: FieldCatalogue,
    dialect: Dialect,
) -> Iterator[str]:
    """One line a field, from what it was before all of *changes* to what it is now."""
    over: dict[str, FieldChange] = {}
    for change in changes:
        first = over.get(change.field)
        over[change.field] = change if first is None else evolve(first, after=change.after)
    for key, change in over.items():
        spec = catalogue.get(key) or undescribed(key)
        untold = key in _UNTOLD or (spec.verb is Verb.SYSTEM and not spec.namespaced)
        if untold or key in but or change.before == change.after:
            continue
        label = one_line(dialect.say(spec.label))
        before, after = change.before, change.after
        if spec.record is not None and isinstance(after, (tuple, list)):
            old = before if isinstance(before, (tuple, list)) else ()
            new = [show_record(record, dialect) for record in after if record not in old]
            yield f"{label}: {_short('; '.join(new), dialect)}"
        else:
            was, now = (
                _short(show_value(spec, value, dialect), dialect) for value in (before, after)
            )
            yield f"{label}: {was} → {now}"


def _short(text: str, dialect: Dialect) -> str:
    line = one_line(text[: _SHORT * 4])
    line = line if len(line) <= _SHORT else line[: _SHORT - 1] + "…"
    return line or dialect.say(words.EMPTIED)


def version_text(field: FormField, text: str, dialect: Dialect) -> str:
    """One version of a field for people, in full as far as that is of use: of a choice its name."""
    for choice in field.choices:
        if choice.key == text:
            text = dialect.say(choice.label)
    return shown(text[:_LONG]) or dialect.say(words.EMPTIED)
