"""What each hook promises to return, and whether an answer keeps the promise."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal, TypeVar

from attrs import frozen

from crmcore import hooktypes as types
from crmcore.catalogue import Catalogue
from crmcore.customer import GRADES, GROUPS, Customer
from crmcore.discovery import PluginDefectError
from crmcore.errors import PluginConflictError, UsageError
from crmcore.fieldspec import FieldSpec
from crmcore.pipeline import Pipeline
from crmcore.records import RuleEvidence
from crmcore.text import one_line

T = TypeVar("T")
FileKind = TypeVar("FileKind", types.Importer, types.Exporter, types.GraderFormat)
Policy = Literal["closed", "open"]


@frozen
class Hook:
    """A hook that returns values: of which class, what people call one, which attribute names it.

    `policy` "closed": a failing plugin is a PluginError. "open": the others work on, and the failure
    is kept for people to see.
    """

    name: str
    kind: type
    what: str
    policy: Policy = "open"
    key: str = "name"


FIELDS = Hook("crm_fields", FieldSpec, "field", "closed", key="key")
PIPELINES = Hook("crm_pipelines", Pipeline, "pipeline", "closed")
ID_SCHEMES = Hook("crm_id_schemes", types.IdScheme, "ID scheme", "closed")
STORES = Hook("crm_stores", types.StoreType, "kind of store", "closed")
GRADERS = Hook("crm_graders", types.Grader, "grader")
GRADER_FORMATS = Hook("crm_grader_formats", types.GraderFormat, "format of graders")
ASSIGNERS = Hook("crm_assigners", types.Assigner, "assigner")
CALENDARS = Hook("crm_calendars", types.WorkCalendar, "calendar")
REMINDERS = Hook("crm_reminders", types.ReminderRule, "reminder rule")
NOTIFIERS = Hook("crm_notifiers", types.Notifier, "notifier")
IMPORTERS = Hook("crm_importers", types.Importer, "importer")
EXPORTERS = Hook("crm_exporters", types.Exporter, "exporter")
REPORTS = Hook("crm_reports", types.Report, "report")
COMMANDS = Hook("crm_commands", types.Command, "command")


def values(hook: Hook, answer: object) -> tuple[Any, ...]:
    """*answer* when it is a tuple of named values as *hook* asks. Raises PluginDefectError."""
    found: tuple[Any, ...] = all_of(hook.kind, answer)
    for value in found:
        name = getattr(value, hook.key)
        if not isinstance(name, str) or not name or name != one_line(name):
            raise PluginDefectError(f"it returned a {hook.what} whose {hook.key} is {name!r}")
        if isinstance(value, FieldSpec):
            _own_field(value)
    return found


def _own_field(spec: FieldSpec) -> None:
    if not spec.namespaced:
        raise PluginDefectError(
            f"the field {spec.key!r} needs a namespace of the plugin's own, as in medical.{spec.key}"
        )
    groups = [group.key for group in GROUPS]
    if spec.group not in groups:
        raise PluginDefectError(
            f"the field {spec.key!r} is in group {spec.group!r}; the groups are {', '.join(groups)}"
        )


def all_of(kind: type[T], answer: object) -> tuple[T, ...]:
    """*answer* as a tuple of *kind*. Raises PluginDefectError when it is anything else."""
    if isinstance(answer, (str, bytes)) or not isinstance(answer, Iterable):
        raise PluginDefectError(
            f"it returned {_shown(answer)} instead of a list of {kind.__name__}"
        )
    found = tuple(answer)
    for value in found:
        if not isinstance(value, kind):
            raise PluginDefectError(
                f"it returned a {type(value).__name__} ({_shown(value)}) among its values; "
                f"{kind.__name__} is expected"
            )
    return found


def problems(answer: object) -> tuple[types.Problem, ...]:
    """What a `crm_check` returned; None is "nothing to object". Raises PluginDefectError."""
    found = () if answer is None else all_of(types.Problem, answer)
    for problem in found:
        if problem.severity not in ("error", "warning"):
            raise PluginDefectError(
                f"a problem's severity is error or warning, not {problem.severity!r}"
            )
    return found


def opinion(answer: object) -> types.Opinion:
    """What a grader returned. Raises PluginDefectError."""
    if not isinstance(answer, types.Opinion):
        raise PluginDefectError(f"it returned {_shown(answer)} instead of an Opinion")
    grades = [choice.key for choice in GRADES]
    if answer.grade not in grades:
        raise PluginDefectError(f"it gave grade {answer.grade!r}; grades are {', '.join(grades)}")
    all_of(RuleEvidence, answer.rules)
    return answer


def by_suffix(path: Path, offered: Catalogue[FileKind], verb: str) -> FileKind:
    """The importer, exporter or format whose suffix *path* ends in, the longest suffix first.

    Raises UsageError when there is none, PluginConflictError when several claim the suffix.
    """
    name = path.name.casefold()
    fitting = {
        offer.name: max(len(s) for s in offer.value.suffixes if name.endswith(s.casefold()))
        for offer in offered.agreed
        if any(name.endswith(s.casefold()) for s in offer.value.suffixes)
    }
    best = [key for key, length in fitting.items() if length == max(fitting.values())]
    if not best:
        known = sorted({suffix for value in offered for suffix in value.suffixes})
        raise UsageError(
            f"There is no way to {verb} {path.name!r}. "
            f"Known kinds of file: {', '.join(known) or 'none'}.{offered.excuse}"
        )
    if len(best) > 1:
        whose = " and ".join(f"{key!r} of plugin {offered.offer(key).plugin}" for key in best)
        raise PluginConflictError(
            offered.offer(best[-1]).plugin,
            f"Several plugins {verb} {path.suffix} files: {whose}. Disable all but one in crm.toml.",
        )
    return offered.named(best[0])


class unchanged:  # noqa: N801 - used as a context manager; a class, since every change pays for it
    """Sees to it that the fields plugins added stay as they are while a plugin looks at *customers*.

    The record is frozen, this mapping is not. Raises PluginDefectError, with the mapping put right again.
    """

    __slots__ = ("_kept",)

    def __init__(self, *customers: Customer | None) -> None:
        self._kept = [(each.extra, dict(each.extra)) for each in customers if each is not None]

    def __enter__(self) -> None:
        return None

    def __exit__(self, *raised: object) -> None:
        for extra, kept in self._kept:
            if extra != kept and isinstance(extra, dict):
                extra.clear()
                extra.update(kept)
                raise PluginDefectError("it changed the customer it was shown")


def _shown(value: object) -> str:
    try:
        text = one_line(repr(value))
    except Exception:
        return f"a {type(value).__name__}"
    return text if len(text) <= 60 else text[:59] + "…"
