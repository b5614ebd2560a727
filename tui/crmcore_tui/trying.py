"""Trying grading rules: which file is meant, what it would do to whom, and whether it has changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from attrs import frozen

from crmcore.config import FILE_NAME
from crmcore.crm import Crm
from crmcore.customer import GRADES
from crmcore.dialect import Dialect
from crmcore.grading.evidence import rule_words
from crmcore.grading.regrading import GradingPlan, GradingRow, with_grader
from crmcore.query import Condition
from crmcore.records import RuleEvidence
from crmcore.text import one_line
from crmcore_tui import wordings as words

_MOST_FILES = 200
_LISTED = ("moved", "first", "stale", "unserved")
_RANK = {choice.key: rank for rank, choice in enumerate(GRADES)}

Stamp = frozenset[tuple[str, int, int]]
"""What tells that files have changed: their names, times and sizes."""


class GivenUpError(Exception):
    """The run was stopped by whoever asked for it."""


@frozen
class Trial:
    """What rules would do: `rows` are those listed, the greatest changes first.

    `rules` is what to call the rules, `path` their file, None for the workspace's own.
    """

    plan: GradingPlan
    rows: tuple[GradingRow, ...]
    rules: str
    path: Path | None

    @property
    def writes(self) -> int:
        """How many customers would be written."""
        return sum(row.after is not None for row in self.plan.rows)


def try_rules(
    crm: Crm, where: Condition, path: Path | None, seen: Callable[[int], object]
) -> Trial:
    """What the rules of the file *path*, or the workspace's own, would do to those of *where*.

    Raises UsageError or ConfigError for a file that cannot be used, and what *seen* raises.
    """
    if path is None:
        plan = crm.plan_grading(where, seen=seen)
        return Trial(plan, _listed(plan), crm.dialect.say(words.OWN_RULES), None)
    grader = crm.host.grader_from(path)
    plan = crm.plan_grading(where, graders=with_grader(crm.host.graders(), grader), seen=seen)
    name = one_line(f"{path.name} ({crm.dialect.say(grader.label)})"[:120])
    return Trial(plan, _listed(plan), name, path)


def _listed(plan: GradingPlan) -> tuple[GradingRow, ...]:
    # By a bucket each, not by sorting: that would keep the screen waiting while it compares.
    buckets: dict[tuple[int, int], list[GradingRow]] = {}
    for row in plan.rows:
        if row.outcome in _LISTED:
            buckets.setdefault((_LISTED.index(row.outcome), -abs(step(row))), []).append(row)
    return tuple(row for key in sorted(buckets) for row in buckets[key])


def step(row: GradingRow) -> int:
    """How many grades *row* rises (above 0) or falls; 0 where there is nothing to compare."""
    before, after = row.before.grade, row.after.grade if row.after is not None else None
    if before not in _RANK or after not in _RANK:
        return 0
    return _RANK[before] - _RANK[after]


def reasons(row: GradingRow, dialect: Dialect) -> str:
    """Which rules did it, on one line: their points before and after, rules that are gone, or why not."""
    if row.problem:
        return one_line(row.problem[:400])
    if row.after is None or row.after.grading is None:
        return ""
    old = {rule.rule: rule for rule in _rules(row.before.grading)}
    new = {rule.rule for rule in _rules(row.after.grading)}
    said = [_said(rule, old.get(rule.rule), dialect) for rule in row.deciding]
    gone = sorted(
        (rule for rule in old.values() if rule.points and rule.rule not in new),
        key=lambda rule: -abs(rule.points or 0),
    )
    for rule in gone[:2]:
        reason = rule.reason_zh if dialect.language == "zh" else rule.reason_en
        said.append(dialect.say(words.RULE_GONE).format(reason=reason, points=f"{rule.points:+g}"))
    if not said and row.outcome == "moved" and not row.after.grading.opinions:
        said.append(dialect.say(words.LIMITS_CHANGED))
    return one_line("; ".join(text[:200] for text in said))


def _rules(record: object) -> Iterable[RuleEvidence]:
    return getattr(record, "rules", ())


def _said(rule: RuleEvidence, old: RuleEvidence | None, dialect: Dialect) -> str:
    text = rule_words(rule, dialect)
    if old is None or old.points is None or old.points == rule.points:
        return text
    head = text[: -len(f"{rule.points:+g}")] if rule.points is not None else text
    return f"{head}{old.points:+g} → {rule.points or 0:+g}"


# files


def card_path(text: str, folder: Path) -> Path | None:
    """The file that *text* names, from *folder*; None for none."""
    text = text.strip()
    return folder / Path(text).expanduser() if text else None


def suffixes(crm: Crm) -> tuple[str, ...]:
    """What the names of files of rules end in."""
    return tuple(s.casefold() for form in crm.host.grader_formats() for s in form.suffixes)


def completions(text: str, folder: Path, endings: tuple[str, ...]) -> tuple[str, ...]:
    """The files and folders that *text* is the beginning of, as it would read on; at most 200."""
    head, tail = text[: text.rfind("/") + 1], text[text.rfind("/") + 1 :]
    where = folder / Path(head).expanduser() if head else folder
    found = []
    try:
        with os.scandir(where) as entries:
            for entry in entries:
                name = entry.name
                if not name.startswith(tail) or name.startswith(".") > tail.startswith("."):
                    continue
                if entry.is_dir():
                    found.append(f"{head}{name}/")
                elif name.casefold().endswith(endings) and name != FILE_NAME:
                    found.append(head + name)
    except OSError:
        return ()
    return tuple(sorted(found, key=lambda name: (name.endswith("/"), name))[:_MOST_FILES])


def common_start(names: tuple[str, ...]) -> str:
    """What all of *names*, at least one, begin with."""
    first, last = min(names), max(names)
    same = (n for n, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    return first[: next(same, len(first))]


def stamp(path: Path, endings: tuple[str, ...]) -> Stamp:
    """What the files of rules beside *path* look like: a card may build on another one there."""
    seen = set()
    try:
        with os.scandir(path.parent) as entries:
            for entry in entries:
                if entry.name.casefold().endswith(endings) or entry.name == path.name:
                    about = entry.stat()
                    seen.add((entry.name, about.st_mtime_ns, about.st_size))
    except OSError:
        return frozenset()
    return frozenset(seen)
