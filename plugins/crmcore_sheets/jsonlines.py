"""The importer of JSON lines: customers whole, as `crmcore export` wrote them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attrs import frozen

from crmcore.codec import Codec
from crmcore.fieldspec import Verb
from crmcore.hooktypes import Draft, Reading, ReadRequest
from crmcore.masking import is_masked
from crmcore.pipeline import Pipeline
from crmcore.text import one_line
from crmcore_sheets.source import Source, open_source

_BROKEN = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError)
_LEFT = frozenset({"revision"})
_IDENTIFYING = ("id", "external_id", "company", "contact", "phone", "wechat", "email")


def read_lines(path: Path, request: ReadRequest) -> Reading:
    """What the lines of *path* state; they are read as they are asked for. Raises UsageError."""
    return Reading(_Drafts(open_source(path, "utf-8-sig"), Codec(request.fields), request))


@frozen
class _Drafts:
    """The drafts of one file, read anew each time they are iterated."""

    source: Source
    codec: Codec
    request: ReadRequest

    def __iter__(self) -> Iterator[Draft]:
        for number, line in enumerate(self.source.lines(), 1):
            if line.strip():
                yield self._draft(number, line)

    def _draft(self, number: int, line: str) -> Draft:
        try:
            document = json.loads(line)
        except (ValueError, RecursionError) as error:
            return Draft(number, {}, (f"not JSON: {one_line(str(error))}",), cells=(line.rstrip(),))
        if not isinstance(document, dict):
            return Draft(number, {}, ("not a JSON object",), cells=(line.rstrip(),))
        values, problems = self._values(document)
        if not problems and not any(values.get(key) for key in _IDENTIFYING):
            problems = (f"nothing in it identifies a customer: no {', '.join(_IDENTIFYING)}",)
        hidden = {key: value for key, value in values.items() if is_masked(key, value)}
        stated = {key: value for key, value in values.items() if key not in hidden}
        return Draft(number, stated, problems, only_new=hidden, cells=(line.rstrip(),))

    def _values(self, document: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
        values: dict[str, Any] = {}
        problems: list[str] = []
        for key, raw in document.items():
            spec = self.request.fields.get(key)
            if key in _LEFT or (spec is not None and spec.verb is Verb.COMPUTED):
                continue
            if spec is None and "." not in key:
                problems.append(f"there is no field {one_line(key)[:60]!r}")
                continue
            try:
                values[key if spec is None else spec.key] = self.codec.decode_value(key, raw)
            except _BROKEN as error:
                problems.append(f"{key}: {one_line(str(error))[:100]} is no value of it")
        named = values.pop("pipeline", self.request.pipeline.name)
        problems += _astray(named, values.get("stage"), self.request.pipeline)
        return values, tuple(problems)


def _astray(named: Any, stage: Any, pipeline: Pipeline) -> Iterator[str]:
    """Why a customer in *stage* of the pipeline *named* does not come into *pipeline*, and what helps."""
    here, there = repr(pipeline.name), repr(one_line(str(named)))
    stages = [each.key for each in pipeline.stages]
    fits = stage is None or stage in stages
    if named == pipeline.name:
        if not fits:
            yield f"{here} has no stage {one_line(str(stage))!r}, but {', '.join(stages)}"
        return
    other = f"this workspace on {here}"
    if fits:
        yield (
            f"it is on the pipeline {there}, {other}, which has its stage too: "
            'without "pipeline" the line is taken in there'
        )
    else:
        yield (
            f"it is on the pipeline {there}, {other}, which has no stage {one_line(str(stage))!r}, but "
            f'{", ".join(stages)}: with one of these as "stage", and without "pipeline", the line is '
            "taken in there"
        )
