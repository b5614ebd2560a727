"""What one cell says: the values it states, or a note that it was not understood and where it is kept.

A column meets the same texts again and again, so each is understood once (`Cells`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from typing import Any

from attrs import Factory, evolve, field, frozen

from crmcore.actions import SATISFACTION
from crmcore.codec import Codec
from crmcore.customer import ACTIVITY_KINDS
from crmcore.dialect import Dialect
from crmcore.errors import UsageError, ValueRefusedError
from crmcore.fields import FieldCatalogue, undescribed
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.money import MoneyError
from crmcore.pipeline import STANDARD, Pipeline
from crmcore.text import clean, half_width, one_line
from crmcore.values import NO_WORDS, YES_WORDS, parse_value
from crmcore_sheets.dates import DateHabit, last_day_of
from crmcore_sheets.guard import NOTHING, UNKNOWN, is_unknown, unguard
from crmcore_sheets.headers import ACTIVITIES, CUSTOM
from crmcore_sheets.manytexts import BLANK, AtOnce, Cell, ManyTexts, at_once
from crmcore_sheets.phones import MASKABLE, is_masked, understood_phone
from crmcore_sheets.recordtext import read_records
from crmcore_sheets.scores import score_of
from crmcore_sheets.standings import (
    asks_whether_won,
    choice_of,
    grade_of,
    outcome_of,
    stage_of,
    told,
)

_MANY = 20_000
_LONGEST_QUOTE = 60
_MONEY_UNSAID = frozenset(
    {
        "面议",
        "待议",
        "另议",
        "保密",
        "待商议",
        "可议",
        "价格面议",
        "可商议",
        "待商",
        "详谈",
        "面谈",
        "negotiable",
        "tbc",
        "to be discussed",
    }
)
_MONEYS = (Kind.MONEY, Kind.MONEY_RANGE)
_IN_BRACKETS = re.compile(r"\s*([^()]+?)\s*\(([^()]+)\)\s*")
_AROUND = re.compile(r"^[^\w+]+|[^\w+]+$")
_USCC = 18
_BARE_NUMBERS = re.compile(r"[\d.,]+(?:\s*[-–~～至到]\s*[\d.,]+)?")
NOTE = ACTIVITY_KINDS[-1].key
"""The kind of activity a cell of text becomes."""


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

    def asking(self, header: str) -> Understanding:
        """How the cells of a status column are understood, whose *header* may ask whether it was won."""
        if not asks_whether_won(header):
            return self
        won = Cell({"status": "won"}, self.reached("won"))
        answers = {**dict.fromkeys(YES_WORDS, won), **dict.fromkeys(NO_WORDS, BLANK)}
        said = {**answers, **self.meanings.get("status", {})}
        return evolve(self, meanings={**self.meanings, "status": said})

    def custom(self, key: str) -> Cells:
        """A column kept as text under *key*."""
        meanings = self.meanings.get(key, {})

        def understand(raw: str) -> Cell:
            if is_unknown(raw, NOTHING):
                return BLANK
            text = " ".join(clean(unguard(raw)).split())
            return meanings.get(text.casefold()) or (Cell({key: text}) if text else BLANK)

        return Cells(understand)

    def many(self, key: str, cells: Cells, template: str = "") -> ManyTexts:
        """What *cells*, a column of the field *key*, say of many rows at once."""
        together: AtOnce | None = None
        if not self.meanings.get(key) and not self.templates.get(key, template):
            spec = undescribed(key) if key.startswith(CUSTOM) else self.fields.named(key)
            together = at_once(spec, self.dialect.country, self.dialect.zone)

        return ManyTexts(key, cells.__getitem__, together)

    def column(
        self, key: str, kept: str, template: str = "", habit: DateHabit | None = None
    ) -> Cells:
        """A column of the field *key*; what is not understood is kept under the custom field *kept*.

        *habit* is how the column writes its dates.
        """
        if key.startswith(CUSTOM):
            return self.custom(key)
        spec = self.fields.named(key)
        meanings = self.meanings.get(key, {})
        template = self.templates.get(key, template)
        unsaid = _unsaid(spec)
        stated = self._reader(spec, habit or DateHabit())
        money, maskable = spec.kind in _MONEYS, key in MASKABLE
        digits = key == "phone" and not meanings and not template

        def understand(raw: str) -> Cell:
            if digits and raw.isascii() and raw.isdigit():
                return stated(
                    raw
                )  # nearly every telephone number, which nothing below would change
            text = clean(unguard(raw))
            if meanings and (meant := meanings.get(text.casefold())) is not None:
                return meant
            if not text or is_unknown(raw, unsaid):
                return BLANK
            if money and text.casefold() in _MONEY_UNSAID:
                return Cell(note=f"{key}: {quoted(text)} states no amount: unknown")
            if maskable and is_masked(key, text):
                masked = " ".join(text.split())
                return Cell(
                    note=f"{key}: {quoted(text)} is masked; what is known stays",
                    only_new={key: masked},
                )
            if template and _BARE_NUMBERS.fullmatch(text):
                text = template.replace("{}", text)
            try:
                return stated(text)
            except UsageError as error:
                why = f" ({error.__cause__})" if isinstance(error.__cause__, MoneyError) else ""
                note = f"{key}: {quoted(text)} not understood{why}, kept as {kept}"
                return Cell({kept: " ".join(text.split())}, note=note)

        return Cells(understand)

    def _reader(self, spec: FieldSpec, habit: DateHabit) -> Callable[[str], Cell]:
        """What reads a text of the field *spec*; it raises UsageError for one it does not understand."""
        key = spec.key
        match key:
            case "stage" | "status":
                return lambda text: self._standing(spec, text)
            case "pipeline":
                return self._pipeline
            case "phone":
                return lambda text: _phone(text, self.dialect.country)
            case "credit_code":
                return _credit_code
            case "email":
                return lambda text: _email(self._value(spec, text))
            case "satisfaction":
                return lambda text: _satisfaction(score_of(text) or self._value(spec, text))
        if spec.kind in (Kind.RECORD, Kind.RECORDS):
            return lambda text: self._records(spec, text)
        if spec.kind is Kind.TEXT:
            return lambda text: Cell({key: " ".join(text.split())})
        if spec.kind is Kind.MOMENT:
            return lambda text: Cell({key: self._moment(spec, text, habit)})
        if spec.kind is Kind.CHOICE:
            return lambda text: Cell({key: self._choice(spec, text)})
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

    def _moment(self, spec: FieldSpec, text: str, habit: DateHabit) -> Any:
        if spec.key == "expected_close_at":  # people plan by months
            text = last_day_of(text)
        try:
            iso = habit.iso(text)
        except ValueError as error:
            raise ValueRefusedError(spec.key, text, "a date in the order of its column") from error
        return self._value(spec, iso)

    def _choice(self, spec: FieldSpec, text: str) -> Any:
        """The choice *text* names: itself, or all that names one of `A（重点客户）`. Raises UsageError."""
        if found := _chosen(spec, text):
            return found
        meant = {found for part in _bracketed(text) if (found := _chosen(spec, part))}
        return meant.pop() if len(meant) == 1 else self._value(spec, text)

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
        return told(word, self._stage_named) or self.pipeline.named(word).key

    def _stage_named(self, word: str) -> str | None:
        with suppress(UsageError):
            return self.pipeline.named(word).key
        key = stage_of(word) if self.pipeline.name == STANDARD.name else None
        return key if any(stage.key == key for stage in self.pipeline.stages) else None

    def _outcome(self, word: str) -> Cell | None:
        status = told(word, self._outcome_named)
        return None if status is None else Cell({"status": status}, self.reached(status))

    def _outcome_named(self, word: str) -> str | None:
        choice = self.fields.named("status").choice(word)
        return choice.key if choice else outcome_of(word)

    def reached(self, status: str) -> Mapping[str, str]:
        """The stage a customer of this status has come to, as far as the status tells."""
        for stage, following in pairwise(self.pipeline.stages):
            if status == "won" and stage.status_on_exit == "won":
                return {"stage": following.key}
        return {}


def _unsaid(spec: FieldSpec) -> frozenset[str]:
    """The words that say that a field of this kind is unknown."""
    # "Has it? 无" is an answer: no.
    return NOTHING if spec.kind is Kind.YES_NO else UNKNOWN


def _chosen(spec: FieldSpec, text: str) -> str | None:
    """The choice *text* names by a name of ours or another word, whatever signs stand around it."""
    choice = spec.choice(text) or spec.choice(_AROUND.sub("", text))
    if choice is not None:
        return choice.key
    key = grade_of(text) if spec.key == "grade" else choice_of(spec.key, text)
    return key if key and spec.choice(key) else None


def _bracketed(text: str) -> tuple[str, ...]:
    """`A（重点客户）` as its two parts; nothing for another text."""
    found = _IN_BRACKETS.fullmatch(half_width(text))
    return (found.group(1).strip(), found.group(2).strip()) if found else ()


def _phone(text: str, country: str) -> Cell:
    phone, note = understood_phone(text, country)
    return Cell({"phone": phone}, note=f"phone: {quoted(text)} {note}" if note else "")


def _credit_code(text: str) -> Cell:
    code = "".join(half_width(text).split()).upper()
    try:
        from stdnum.cn import uscc
        from stdnum.exceptions import InvalidChecksum, ValidationError
    except ImportError:
        return Cell({"credit_code": code})
    note = ""
    try:
        uscc.validate(code)
    except InvalidChecksum:
        note = f"credit_code: {quoted(text)} has a check character that does not fit: a slip of typing?"
    except ValidationError:
        note = f"credit_code: {quoted(text)} is not an 18-character social credit code"
    return Cell(
        {"credit_code": code if not note or len(code) == _USCC else one_line(text)}, note=note
    )


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
