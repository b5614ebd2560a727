"""What a form asks: its fields, how each is filled in, and what is wrong with a text; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from attrs import evolve, frozen

from crmcore.actions import Context, typed
from crmcore.customer import ACTIVITY_KINDS, Customer
from crmcore.dialect import Dialect
from crmcore.errors import ValueRefusedError
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import Choice, FieldSpec, Kind
from crmcore.gates import Missing
from crmcore.query import Or
from crmcore.text import one_line
from crmcore.values import NO, YES, show_value
from crmcore.wording import Text
from crmcore_tui import wordings as words

Editor = Literal["line", "text", "choice"]

YES_NO = (Choice("yes", YES), Choice("no", NO))


@frozen
class FormField:
    """One thing a form asks for. `key` names it in what the form hands on; it is no DOM id.

    `initial` is the text it starts with (of a choice: its key); `spec` checks what is typed;
    `of_record` says that it is the customer's own field, not a part of something to be recorded.
    """

    key: str
    label: str
    editor: Editor = "line"
    initial: str = ""
    hint: str = ""
    section: str = ""
    help: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    spec: FieldSpec | None = None
    of_record: bool = False


def of_spec(spec: FieldSpec, customer: Customer | None, dialect: Dialect) -> FormField:
    """The form field for a field of the record, as *customer* has it."""
    choices = YES_NO if spec.kind is Kind.YES_NO else spec.choices
    editor: Editor = "choice" if choices else "text" if spec.kind is Kind.LONG_TEXT else "line"
    return FormField(
        key=spec.key,
        label=one_line(dialect.say(spec.label)),
        editor=editor,
        initial=initial_text(spec, customer, dialect),
        hint=one_line(spec.example),
        choices=choices,
        spec=spec,
        of_record=spec.kind not in (Kind.RECORDS, Kind.RECORD),
    )


def initial_text(spec: FieldSpec | None, customer: Customer | None, dialect: Dialect) -> str:
    """What a form shows of *customer* for this field: text that reads back, of a choice its key."""
    if spec is None or customer is None or spec.kind in (Kind.RECORDS, Kind.RECORD):
        return ""
    value = customer.value_of(spec.key)
    if spec.kind is Kind.YES_NO:
        return "" if value is None else "yes" if value else "no"
    if spec.kind is Kind.CHOICE:
        return value or ""
    return show_value(spec, value, dialect)


def problem(field: FormField, text: str, context: Context) -> str:
    """What is wrong with *text* in this field, "" when nothing is."""
    say = context.dialect.say
    if field.required and not text.strip():
        return say(words.REQUIRED)
    if field.spec is None or field.spec.kind in (Kind.RECORDS, Kind.RECORD):
        return ""
    try:
        typed(field.spec, text, context)
    except ValueRefusedError:
        example = field.hint or field.spec.example
        return say(words.NOT_UNDERSTOOD).format(example=one_line(example))
    return ""


def of_keys(
    keys: Iterable[str], fields: FieldCatalogue, customer: Customer | None, dialect: Dialect
) -> list[FormField]:
    """The form fields for these fields of the record."""
    return [of_spec(fields.named(key), customer, dialect) for key in keys]


def every_field(fields: FieldCatalogue, customer: Customer, dialect: Dialect) -> list[FormField]:
    """All the fields of the record that may be edited, by group."""
    return [
        evolve(of_spec(spec, customer, dialect), section=dialect.say(group.label))
        for group in fields.groups
        for spec in fields.in_group(group.key)
        if spec.editable
    ]


def of_missing(
    missing: Sequence[Missing], fields: FieldCatalogue, customer: Customer, dialect: Dialect
) -> list[FormField]:
    """Exactly the fields that fill what a gate misses, each once, under what it asks."""
    asked: dict[str, FormField] = {}
    for requirement in (m.requirement for m in missing):
        section = dialect.say(requirement.message)
        if isinstance(requirement.met, Or):
            section += f"（{dialect.say(words.ANY_ONE)}）"
        for key in requirement.fields:
            field = evolve(of_spec(fields.named(key), customer, dialect), section=section)
            asked.setdefault(key, _eased(field, customer, dialect))
    return list(asked.values())


def _eased(field: FormField, customer: Customer, dialect: Dialect) -> FormField:
    if field.key == "proposals":
        return evolve(field, editor="text", help=dialect.say(words.PROPOSAL_HELP))
    if field.key == "objections":
        waiting = [o.content for o in customer.objections if not (o.resolved or o.response)]
        return evolve(field, editor="text", help="\n".join(one_line(c[:300]) for c in waiting))
    if field.key == "first_follow_up_due" and not customer.owner:
        return evolve(field, help=dialect.say(words.OWNER_DUE_HELP))
    return field


def own(
    key: str,
    label: Text,
    dialect: Dialect,
    *,
    editor: Editor = "line",
    required: bool = False,
    initial: str = "",
    spec: FieldSpec | None = None,
) -> FormField:
    """A field that is no field of the record: a reason, a proposal's price."""
    hint = one_line(spec.example) if spec else ""
    return FormField(key, dialect.say(label), editor, initial, hint, required=required, spec=spec)


def contact_kind(dialect: Dialect) -> FormField:
    """How the customer was contacted: call, visit, meeting, message or note."""
    label = dialect.say(words.KIND)
    return FormField("kind", label, "choice", "call", required=True, choices=ACTIVITY_KINDS)


_TOGETHER = (("grade", "grade_evidence"),)
"""Fields that mean something only together: one that changed takes the other along."""


def changed(fields: Sequence[FormField], texts: Mapping[str, str]) -> dict[str, str]:
    """Of what was typed, what differs from what the form started with."""
    initial = {field.key: field.initial for field in fields}
    wanted = {key: text for key, text in texts.items() if text.strip() != initial[key].strip()}
    for keys in _TOGETHER:
        if any(key in wanted for key in keys):
            wanted |= {key: texts[key] for key in keys if key in texts}
    return {key: text for key, text in texts.items() if key in wanted}
