"""What one cell says: the values it states, or a note that it was not understood and where it is kept.

A column meets the same texts again and again, so each is understood once (`Cells`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NamedTuple

from attrs import Factory, field, frozen

from crmcore.actions import SATISFACTION
from crmcore.codec import Codec
from crmcore.customer import ACTIVITY_KINDS
from crmcore.dialect import Dialect
from crmcore.errors import UsageError, ValueRefusedError
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.pipeline import Pipeline
from crmcore.text import clean, half_width, one_line
from crmcore.values import parse_value
from crmcore_sheets.guard import NOTHING, UNKNOWN, is_unknown, unguard
from crmcore_sheets.headers import ACTIVITIES, CUSTOM
from crmcore_sheets.recordtext import read_records

_NO_VALUES: Mapping[str, Any] = MappingProxyType({})
_MANY = 20_000
_LONGEST_QUOTE = 60
_MONEY_UNSAID = UNKNOWN | {"面议", "待议", "另议", "保密", "negotiable"}
_BARE_NUMBERS = re.compile(r"[\d.,]+(?:\s*[-–~～至到]\s*[\d.,]+)?")
_PHONE = re.compile(r"\d{5,}")
_FEWEST_DIGITS = 5
_FLOAT = re.compile(r"(\d{7,})\.0+")
_EXPONENT = re.compile(r"\d(?:\.\d+)?[eE]\+\d\d")
_OUTCOMES = {
    "签单": "won", "已签单": "won", "已签约": "won", "签约成功": "won", "已成单": "won", "成单": "won",
    "closed won": "won", "closed-won": "won", "战败": "lost", "失败": "lost", "已放弃": "lost",
    "closed lost": "lost", "closed-lost": "lost", "无效线索": "invalid",
}  # fmt: skip
NOTE = ACTIVITY_KINDS[-1].key
"""The kind of activity a cell of text becomes."""


class Cell(NamedTuple):
    """What a cell says. `hints` hold where nothing else in the row says otherwise; `copies` are
    fields to be read from other columns of the row, by header."""

    values: Mapping[str, Any] = _NO_VALUES
    hints: Mapping[str, Any] = _NO_VALUES
    note: str = ""
    copies: Mapping[str, str] = _NO_VALUES


BLANK = Cell()


class Cells(dict[str, Cell]):
    """What each text of one column says; unheard ones are understood when first asked for."""

    def __init__(self, understand: Callable[[str], Cell]) -> None:
        self._understand = understand

    def __missing__(self, raw: str) -> Cell:
        if len(self) >= _MANY:  # a column of all different texts shall not stay in memory
            self.clear()
        cell = self[raw] = self._understand(raw)
        return cell


@frozen
class Understanding:
    """How texts are understood: the workspace's fields and habits, and what a profile adds.

    `meanings` holds, by field, what some words mean; `templates`, by field, what is put around bare
    numbers.
    """

    fields: FieldCatalogue
    dialect: Dialect
    now: datetime
    pipeline: Pipeline
    meanings: Mapping[str, Mapping[str, Cell]] = field(factory=dict)
    templates: Mapping[str, str] = field(factory=dict)
    _codec: Codec = field(
        default=Factory(lambda self: Codec(self.fields), takes_self=True), init=False, repr=False
    )

    def custom(self, key: str) -> Cells:
        """A column kept as text under *key*."""
        meanings = self.meanings.get(key, {})

        def understand(raw: str) -> Cell:
            if is_unknown(raw, NOTHING):
                return BLANK
            text = " ".join(clean(unguard(raw)).split())
            return meanings.get(text.casefold()) or (Cell({key: text}) if text else BLANK)

        return Cells(understand)

    def column(self, key: str, kept: str, template: str = "") -> Cells:
        """A column of the field *key*; what is not understood is kept under the custom field *kept*."""
        if key.startswith(CUSTOM):
            return self.custom(key)
        spec = self.fields.named(key)
        meanings = self.meanings.get(key, {})
        template = self.templates.get(key, template)
        unsaid = _unsaid(spec)
        stated = self._reader(spec)

        def understand(raw: str) -> Cell:
            text = clean(unguard(raw))
            if meanings and (meant := meanings.get(text.casefold())) is not None:
                return meant
            if not text or is_unknown(raw, unsaid):
                return BLANK
            if template and _BARE_NUMBERS.fullmatch(text):
                text = template.replace("{}", text)
            try:
                return stated(text)
            except UsageError:
                note = f"{key}: {quoted(text)} not understood, kept as {kept}"
                return Cell({kept: " ".join(text.split())}, note=note)

        return Cells(understand)

    def _reader(self, spec: FieldSpec) -> Callable[[str], Cell]:
        """What reads a text of the field *spec*; it raises UsageError for one it does not understand."""
        key = spec.key
        match key:
            case "stage" | "status":
                return lambda text: self._standing(spec, text)
            case "pipeline":
                return self._pipeline
            case "phone":
                return _phone
            case "email":
                return lambda text: _email(self._value(spec, text))
            case "satisfaction":
                return lambda text: _satisfaction(self._value(spec, text))
        if spec.kind in (Kind.RECORD, Kind.RECORDS):
            return lambda text: self._records(spec, text)
        if spec.kind is Kind.TAGS:
            return lambda text: Cell({key: tags}) if (tags := self._value(spec, text)) else BLANK
        return lambda text: Cell({key: self._value(spec, text)})

    def _records(self, spec: FieldSpec, text: str) -> Cell:
        """Records as we export them; of activities, also the text of a note. Raises UsageError."""
        try:
            return Cell({spec.key: read_records(spec, text, self._codec)})
        except UsageError:
            if spec.key != ACTIVITIES:
                raise
            return Cell({spec.key: text})

    def _value(self, spec: FieldSpec, text: str) -> Any:
        return parse_value(spec, text, self.dialect, self.now)

    def _pipeline(self, text: str) -> Cell:
        if text != self.pipeline.name:
            raise ValueRefusedError("pipeline", text, self.pipeline.name)
        return BLANK

    def _standing(self, spec: FieldSpec, text: str) -> Cell:
        """Where a word of a stage or status column says the customer stands. Raises UsageError."""
        if half_width(text).isdigit():
            # Everybody numbers stages otherwise.
            raise ValueRefusedError(spec.key, text, "the name of a stage")
        outcome = self._outcome(text)
        if spec.key == "status" and outcome:
            return outcome
        try:
            stage = {"stage": self.stage(text)}
        except UsageError:
            if outcome:
                return outcome
            raise
        return Cell({}, hints=stage) if spec.key == "status" else Cell(stage)

    def stage(self, word: str) -> str:
        """The key of the stage that *word* names. Raises UsageError."""
        return self.pipeline.named(word).key

    def _outcome(self, word: str) -> Cell | None:
        choice = self.fields.named("status").choice(word)
        status = choice.key if choice else _OUTCOMES.get(" ".join(word.casefold().split()))
        if status is None:
            return None
        return Cell({"status": status}, self.reached(status))

    def reached(self, status: str) -> Mapping[str, str]:
        """The stage a customer of this status has come to, as far as the status tells."""
        for stage, following in pairwise(self.pipeline.stages):
            if status == "won" and stage.status_on_exit == "won":
                return {"stage": following.key}
        return {}


def _unsaid(spec: FieldSpec) -> frozenset[str]:
    """The words that say that a field of this kind is unknown."""
    if spec.kind in (Kind.MONEY, Kind.MONEY_RANGE):
        return _MONEY_UNSAID
    # "Has it? 无" is an answer: no.
    return NOTHING if spec.kind is Kind.YES_NO else UNKNOWN


def _phone(text: str) -> Cell:
    """A telephone number; one that a spreadsheet rounded is refused, it is another number."""
    if _PHONE.fullmatch(text):
        return Cell({"phone": text})
    if _EXPONENT.fullmatch(text):
        raise ValueRefusedError("phone", text, "all its digits")
    if found := _FLOAT.fullmatch(text):
        return Cell({"phone": found.group(1)})
    text = " ".join(text.split())
    if sum(character.isdigit() for character in text) >= _FEWEST_DIGITS:
        return Cell({"phone": text})
    return Cell({"phone": text}, note=f"phone: {quoted(text)} does not look like a number")


def _email(text: str) -> Cell:
    return Cell({"email": text}, note="" if "@" in text else f"email: {quoted(text)} has no @")


def _satisfaction(score: int) -> Cell:
    if score not in SATISFACTION:
        raise ValueRefusedError("satisfaction", str(score), "a score of 1 to 5")
    return Cell({"satisfaction": score})


def quoted(text: str) -> str:
    """*text* in quotes on one line, cut where it is long."""
    line = one_line(text)
    return repr(line if len(line) <= _LONGEST_QUOTE else line[: _LONGEST_QUOTE - 1] + "…")
