"""The pipelines that crm.toml changes or adds, `[pipelines.NAME]`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NoReturn, get_args

from attrs import evolve, fields, frozen

from crmcore.catalogue import CORE, Catalogue, Offer
from crmcore.dialect import Dialect
from crmcore.errors import ConfigError, CrmError, UsageError
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import Verb
from crmcore.pipeline import Pipeline, Policy, Requirement, Stage
from crmcore.query import Compare, Condition, Not
from crmcore.querytext import parse_query
from crmcore.text import nearest
from crmcore.wording import Text

_OUTCOMES = ("lost", "invalid")
_PIPELINE_KEYS = ("base", "label", "allow_force", "order", "stages", "outcomes")
_GATES = ("entry", "exit")
_REQUIREMENT_KEYS = ("key", "met", "fields", "zh", "en")
_SOME_OTHER_DAY = timedelta(days=400)


def with_own(
    known: Catalogue[Pipeline],
    tables: Mapping[str, Any],
    where: str,
    catalogue: FieldCatalogue,
    dialect: Dialect,
    now: datetime,
) -> Catalogue[Pipeline]:
    """*known* with those of the *tables* of the crm.toml *where*, which count before others of a name.

    Raises ConfigError with the table and what was expected.
    """
    if not tables:
        return known
    reader = _Reader(where, catalogue, dialect, now)
    by_name = {offer.name: offer.value for offer in known.agreed}
    own = [
        Offer(name, reader.pipeline(name, table, by_name), CORE) for name, table in tables.items()
    ]
    others = [offer for offer in known.offers if offer.name not in tables]
    return Catalogue("pipeline", [*others, *own])


@frozen
class _Reader:
    """Reads the tables of one crm.toml, called *where*."""

    where: str
    catalogue: FieldCatalogue
    dialect: Dialect
    now: datetime

    def pipeline(self, name: str, table: Any, known: Mapping[str, Pipeline]) -> Pipeline:
        """The pipeline *name* as *table* has it: one of *known* changed, or a new one."""
        at = f"[pipelines.{name}]"
        self._table(at, table, _PIPELINE_KEYS)
        base_name = table.get("base", name if name in known else None)
        if base_name is not None and base_name not in known:
            self._refuse(at, f"there is no pipeline {base_name!r}{_hint(str(base_name), known)}")
        base = known.get(base_name) if base_name is not None else None
        stages = self._stages(at, table, base)
        force = table.get("allow_force", base.allow_force if base else True)
        if not isinstance(force, bool):
            self._refuse(at, f"allow_force is true or false, not {force!r}")
        fallback = base.label if base else Text(name, name)
        label = self._text(at, "label", table["label"]) if "label" in table else fallback
        made = Pipeline(name, label, stages, base.outcomes if base else {}, force)
        return evolve(made, outcomes=self._outcomes(at, table.get("outcomes", {}), made))

    def _stages(
        self, at: str, table: Mapping[str, Any], base: Pipeline | None
    ) -> tuple[Stage, ...]:
        tables = self._table(f"{at} stages", table.get("stages", {}), None)
        before = {stage.key: stage for stage in base.stages} if base else {}
        plain = {key: self._plain(at, key, own, before.get(key)) for key, own in tables.items()}
        stages = before | plain
        named = Pipeline("", Text("", ""), tuple(stages.values()))
        stages |= {key: self._gated(at, stages[key], own, named) for key, own in tables.items()}
        order = self._names(at, "order", table.get("order", list(stages)))
        if missing := [key for key in order if key not in stages]:
            self._refuse(
                at,
                f"order names the stage {missing[0]!r}{_hint(missing[0], stages)}, which is not there",
            )
        if forgotten := [key for key in tables if key not in order]:
            self._refuse(at, f"order leaves out the stage {forgotten[0]!r}")
        if not order or len(set(order)) < len(order):
            self._refuse(at, "a pipeline needs stages, each of them once")
        return tuple(stages[key] for key in order)

    def _plain(self, at: str, key: str, table: Any, before: Stage | None) -> Stage:
        """The stage without what its own gates ask."""
        at = f"{at[:-1]}.stages.{key}]"
        self._table(at, table, [a.name for a in fields(Stage) if a.name != "key"])
        values: dict[str, Any] = {}
        for name, value in table.items():
            match name:
                case "entry" | "exit":
                    continue
                case "label":
                    values[name] = self._text(at, name, value)
                case "aliases":
                    values[name] = tuple(self._names(at, name, value))
                case "back" | "reopen" if value not in get_args(Policy):
                    self._refuse(at, f"{name} is one of {', '.join(get_args(Policy))}")
                case "stale_after_days" if not _days(value):
                    self._refuse(at, f"{name} is a number of days from 1, not {value!r}")
                case "status_on_exit" if value not in ("won", ""):
                    self._refuse(at, f'{name} is "won", or "" for none, not {value!r}')
                case "status_on_exit":
                    values[name] = value or None
                case _:
                    values[name] = value
        return evolve(before or Stage(key, Text(key, key)), **values)

    def _gated(self, at: str, stage: Stage, table: Mapping[str, Any], pipeline: Pipeline) -> Stage:
        at = f"{at[:-1]}.stages.{stage.key}]"
        gates = {
            name: self._gate(at, name, table[name], getattr(stage, name), pipeline)
            for name in _GATES
            if name in table
        }
        stage = evolve(stage, **gates)  # type: ignore[arg-type]
        self._each_once(at, stage.requirements)
        return stage

    def _outcomes(
        self, at: str, table: Any, pipeline: Pipeline
    ) -> dict[str, tuple[Requirement, ...]]:
        at = f"{at[:-1]}.outcomes]"
        self._table(at, table, _OUTCOMES)
        own = {
            key: self._gate(at, key, value, pipeline.outcomes.get(key, ()), pipeline)
            for key, value in table.items()
        }
        for asked in own.values():
            self._each_once(at, asked)
        return {**pipeline.outcomes, **own}

    def _gate(
        self,
        at: str,
        name: str,
        value: Any,
        before: tuple[Requirement, ...],
        pipeline: Pipeline,
    ) -> tuple[Requirement, ...]:
        """What is listed: requirements described here, and by their keys those that were there."""
        if not isinstance(value, list):
            self._refuse(at, f"{name} is a list of requirements")
        known = {requirement.key: requirement for requirement in before}
        gate = []
        for entry in value:
            if isinstance(entry, dict):
                gate.append(self._requirement(f"{at} {name}", entry, pipeline))
            elif entry in known:
                gate.append(known[entry])
            else:
                hint = _hint(str(entry), known)
                self._refuse(
                    at,
                    f"{name} names the requirement {entry!r}, which was not there{hint}. A new one is "
                    '{ key = "visited", met = "activities:visit", en = "a visit" }',
                )
        return tuple(gate)

    def _requirement(self, at: str, table: Any, pipeline: Pipeline) -> Requirement:
        self._table(at, table, _REQUIREMENT_KEYS)
        for name in ("key", "met"):
            if not isinstance(table.get(name), str) or not table[name].strip():
                self._refuse(at, f"each requirement needs {name}, a text")
        key = table["key"]
        at = f"{at} {key}"
        try:
            met = self._asked(table["met"], pipeline)
            named = self._names(at, "fields", table.get("fields", [])) or _compared(met)
            wanted = [self.catalogue.named(name) for name in named]
        except CrmError as error:
            self._refuse(at, str(error).rstrip("."))
        if computed := [spec.key for spec in wanted if spec.verb is Verb.COMPUTED]:
            self._refuse(
                at, f"say in fields what one fills in: {computed[0]} is worked out from others"
            )
        words = [table.get(language) for language in ("zh", "en")]
        if not all(word is None or isinstance(word, str) for word in words) or not any(words):
            self._refuse(at, "say what is asked in zh or en, or both")
        return Requirement(key, met, tuple(spec.key for spec in wanted), Text(*_both(words)))

    def _asked(self, text: str, pipeline: Pipeline) -> Condition:
        def stage(word: str) -> str:
            return pipeline.named(word).key

        def at(now: datetime) -> Condition:
            return parse_query(text, self.catalogue, self.dialect, now, stage)

        met = at(self.now)
        if met != at(self.now + _SOME_OTHER_DAY):
            raise UsageError(
                f"{text!r} means another day tomorrow; a gate asks the same every day."
            )
        return met

    def _each_once(self, at: str, requirements: Iterable[Requirement]) -> None:
        keys = [requirement.key for requirement in requirements]
        if twice := [key for key in keys if keys.count(key) > 1]:
            self._refuse(at, f"the requirement {twice[0]!r} is there twice")

    def _text(self, at: str, name: str, value: Any) -> Text:
        if isinstance(value, str) and value.strip():
            return Text(value, value)
        if not isinstance(value, dict) or not value or set(value) - {"zh", "en"}:
            self._refuse(at, f'{name} is a text, or one in each language: {{ zh = "…", en = "…" }}')
        words = [value.get(language) for language in ("zh", "en")]
        if not all(word is None or (isinstance(word, str) and word.strip()) for word in words):
            self._refuse(at, f"{name} holds texts")
        return Text(*_both(words))

    def _names(self, at: str, name: str, value: Any) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._refuse(at, f"{name} is a list of names")
        return value

    def _table(self, at: str, table: Any, keys: Iterable[str] | None) -> Mapping[str, Any]:
        if not isinstance(table, dict):
            self._refuse(at, "a table was expected")
        for key in table if keys is not None else ():
            if key not in (wanted := list(keys or ())):
                self._refuse(at, f"unknown setting {key!r}{_hint(key, wanted)}")
        return table

    def _refuse(self, at: str, what: str) -> NoReturn:
        raise ConfigError(f"{self.where}: {at}: {what}.")


def _hint(word: str, known: Iterable[str]) -> str:
    near = nearest(word, list(known))
    return f" (did you mean {' or '.join(near)}?)" if near else f" (there are {', '.join(known)})"


def _both(words: list[str | None]) -> tuple[str, str]:
    zh, en = words
    return zh or en or "", en or zh or ""


def _days(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 3650


def _compared(condition: Condition) -> tuple[str, ...]:
    """The fields that *condition* looks at, in order: what one fills in to meet it."""
    match condition:
        case Compare():
            return (condition.field,)
        case Not():
            return _compared(condition.part)
        case _:
            found = [key for part in condition.parts for key in _compared(part)]
            return tuple(dict.fromkeys(found))
