"""The forms of the board: what each action asks, and which verb of the façade it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from attrs import evolve

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.gates import Missing
from crmcore.pipeline import Stage
from crmcore.query import Compare
from crmcore.text import clean, one_line
from crmcore.wording import Text
from crmcore_tui import formwordings as fw
from crmcore_tui import markwordings as mw
from crmcore_tui import stepwordings as sw
from crmcore_tui import tablewordings as tw
from crmcore_tui import wordings as words
from crmcore_tui.drafts import Place
from crmcore_tui.formfields import (
    FormField,
    contact_kind,
    every_field,
    of_keys,
    of_missing,
    own,
)
from crmcore_tui.ownertext import is_by_rules, owners_to_offer
from crmcore_tui.presenter import name_of
from crmcore_tui.screens.form import Form, Submit

_LEAD = (
    "company",
    "contact",
    "phone",
    "source",
    "initial_need",
    "budget",
    "wechat",
    "email",
    "position",
    "industry",
    "region",
    "employees",
    "priority",
    "tags",
)
NEW_LEAD = Place("add")
_MOST_REASONS = 50


def _title(crm: Crm, text: Text, customer: Customer, **more: str) -> str:
    return crm.dialect.say(text).format(name=name_of(customer), **more)


def form_about(
    crm: Crm,
    name: str,
    title: Text,
    customer: Customer,
    fields: Sequence[FormField],
    submit: Submit,
    *,
    everything: bool = True,
    **more: Any,
) -> Form:
    """The form *name* about *customer*, with a draft of its own."""
    place = Place(name, customer.id)
    said = _title(crm, title, customer)
    return Form(said, fields, submit, customer, everything=everything, place=place, **more)


def add(crm: Crm, said: Mapping[str, str] | None = None) -> Form:
    """A new lead, of whom *said* is known already, by field."""
    said = said or {}
    keys = (*_LEAD, *(key for key in said if key not in _LEAD))
    fields = of_keys(keys, crm.fields, None, crm.dialect)

    def submit(values: Mapping[str, str], _: int | None) -> Customer:
        return crm.add({key: text for key, text in values.items() if text.strip()})

    title = crm.dialect.say(words.ADD_TITLE)
    return Form(title, fields, submit, everything=True, typed=said, place=NEW_LEAD)


def refer(crm: Crm, customer: Customer) -> Form:
    """A new lead whom this customer referred."""
    keys = tuple(key for key in _LEAD if key != "source")
    fields = of_keys(keys, crm.fields, None, crm.dialect)
    title = _title(crm, words.REFER_TITLE, customer)
    place = Place("refer", customer.id)
    return Form(title, fields, lambda values, _: crm.refer(customer.id, values), place=place)


def edit(crm: Crm, customer: Customer) -> Form:
    """Every field that may be edited."""

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return _edited(crm, customer, values, expected)

    fields = every_field(crm.fields, customer, crm.dialect)
    return form_about(crm, "edit", words.EDIT_TITLE, customer, fields, submit, everything=False)


def _edited(
    crm: Crm, customer: Customer, values: Mapping[str, str], expected: int | None
) -> Customer:
    if values:
        return crm.edit(customer.id, values, expected=expected)
    return crm.get(customer.id)


def gate(crm: Crm, customer: Customer, to: str | None, missing: Sequence[Missing]) -> Form:
    """What the gate misses; saving moves on."""

    waits = next((p for p in reversed(customer.proposals) if p.sent_at is None), None)

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        wanted: dict[str, Any] = dict(values)
        if waits is not None and values.get("proposals", "").strip() == waits.summary.strip():
            sent = evolve(waits, sent_at=crm.clock())
            current = crm.get(customer.id).proposals
            wanted["proposals"] = tuple(sent if p == waits else p for p in current)
        return crm.move(customer.id, to, wanted, expected=expected)

    pipeline = crm.pipeline(customer.pipeline)
    label = crm.dialect.say(pipeline.stages[pipeline.index(customer.stage)].label)
    title = _title(crm, words.GATE_TITLE, customer, stage=label)
    fields = of_missing(missing, crm.fields, customer, crm.dialect)
    typed = {}
    if waits is not None:
        typed = {f.key: waits.summary for f in fields if f.key == "proposals"}
        help_ = crm.dialect.say(fw.PROPOSAL_WAITS)
        fields = [evolve(f, help=help_) if f.key in typed else f for f in fields]
    place = Place("gate", customer.id)
    return Form(title, fields, submit, customer, typed=typed, place=place)


def _because(crm: Crm) -> list[FormField]:
    return [own("reason", words.REASON, crm.dialect, required=True)]


def back(crm: Crm, customer: Customer, stage: Stage) -> Form:
    """Why the customer goes back to *stage*."""

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return crm.move(customer.id, stage.key, reason=values["reason"], expected=expected)

    title = _title(crm, words.BACK_TITLE, customer, stage=crm.dialect.say(stage.label))
    place = Place("back", customer.id)
    return Form(title, _because(crm), submit, customer, everything=True, place=place)


def back_each(crm: Crm, customer: Customer) -> Form:
    """Why the customer goes back to the stage before the one it stands in."""
    pipeline = crm.pipeline(customer.pipeline)
    return back(crm, customer, pipeline.stages[max(0, pipeline.index(customer.stage) - 1)])


def tag(crm: Crm, customer: Customer) -> Form:
    """Tags to add, and with a minus before them tags to take away."""
    fields = [
        evolve(own("tags", mw.TAGS, crm.dialect, required=True), help=crm.dialect.say(mw.TAG_HELP))
    ]

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        tags = list(crm.get(customer.id).tags)
        for word in clean(values["tags"]).replace(",", " ").replace("，", " ").split():
            name = word.lstrip("+-#＃")
            if word.startswith("-"):
                tags = [known for known in tags if known != name]
            elif name and name not in tags:
                tags.append(name)
        return crm.edit(customer.id, tags=tags, expected=expected)

    return form_about(crm, "tag", mw.TAG_TITLE, customer, fields, submit)


def lose(crm: Crm, customer: Customer) -> Form:
    """Why it was lost."""

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return crm.lose(customer.id, values["reason"], expected=expected)

    return form_about(
        crm,
        "lose",
        words.LOSE_TITLE,
        customer,
        _because(crm),
        submit,
        used_before=partial(_reasons, crm, "lost"),
    )


def _reasons(crm: Crm, status: str) -> Mapping[str, Sequence[str]]:
    """The reasons that customers were closed for before, most used first."""
    buckets = crm.tally(Compare("status", "=", status), ("close_reason",))
    counts = {str(bucket.key[0]): bucket.count for bucket in buckets if bucket.key[0]}
    return {"reason": sorted(counts, key=lambda reason: (-counts[reason], reason))[:_MOST_REASONS]}


def invalidate(crm: Crm, customer: Customer) -> Form:
    """Why the lead is invalid."""

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return crm.invalidate(customer.id, values["reason"], expected=expected)

    return form_about(
        crm,
        "invalidate",
        words.INVALID_TITLE,
        customer,
        _because(crm),
        submit,
        used_before=partial(_reasons, crm, "invalid"),
    )


def reopen(crm: Crm, customer: Customer) -> Form:
    """Why it is opened again."""

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return crm.reopen(customer.id, values["reason"], expected=expected)

    return form_about(crm, "reopen", words.REOPEN_TITLE, customer, _because(crm), submit)


def note(crm: Crm, customer: Customer) -> Form:
    """A call, visit, meeting, message or note."""
    fields = [
        own("content", words.CONTENT, crm.dialect, required=True),
        contact_kind(crm.dialect),
    ]

    def submit(values: Mapping[str, str], _: int | None) -> Customer:
        return crm.log(customer.id, values["content"], values["kind"])

    return form_about(crm, "note", words.NOTE_TITLE, customer, fields, submit)


def done(crm: Crm, customer: Customer) -> Form:
    """The next step is done: what came of it, and what is to be done next; one commit."""
    dialect, step = crm.dialect, one_line((customer.next_step or "")[:400])
    content = own("content", words.CONTENT, dialect, required=True, initial=step)
    following = [
        evolve(field, initial="")
        for field in of_keys(("next_step", "next_step_due"), crm.fields, customer, dialect)
    ]

    def submit(values: Mapping[str, str], _: int | None) -> Customer:
        def both(customer_id: str) -> object:
            crm.log(customer_id, values["content"], values["kind"])
            planned = {key: values[key] for key in ("next_step", "next_step_due")}
            return crm.edit(customer_id, planned)

        for error in crm.together((customer.id,), both, action="log").refused.values():
            raise error
        return crm.get(customer.id)

    fields = [content, contact_kind(dialect), *following]
    return form_about(crm, "done", tw.DONE_TITLE, customer, fields, submit)


def next_step(crm: Crm, customer: Customer) -> Form:
    """What is to be done next, and by when."""

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return _edited(crm, customer, values, expected)

    fields = of_keys(("next_step", "next_step_due"), crm.fields, customer, crm.dialect)
    return form_about(
        crm, "next_step", words.NEXT_TITLE, customer, fields, submit, everything=False
    )


def assign(crm: Crm, customer: Customer) -> Form:
    """Who follows up; submits to the customer, or to "" where that is left to the rules."""
    (field,) = of_keys(("owner",), crm.fields, customer, crm.dialect)

    def submit(values: Mapping[str, str], expected: int | None) -> Customer | str:
        if is_by_rules(values["owner"], crm.dialect):
            return ""
        return crm.assign(customer.id, values["owner"], expected=expected)

    return form_about(
        crm,
        "assign",
        words.ASSIGN_TITLE,
        customer,
        [evolve(field, required=True)],
        submit,
        used_before=lambda: {"owner": owners_to_offer(crm)},
        offered=sw.CHOOSE_OWNER,
    )


def grade_by_hand(crm: Crm, customer: Customer) -> Form:
    """A person's own grade, with evidence of their own: that of the rules is none for it."""
    (grade,) = of_keys(("grade",), crm.fields, customer, crm.dialect)
    label = crm.fields.named("grade_evidence").label
    evidence = own("grade_evidence", label, crm.dialect, editor="text", required=True)

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        why = values["grade_evidence"]
        return crm.grade(customer.id, values["grade"], why, expected=expected)

    fields = [evolve(grade, required=True), evidence]
    return form_about(crm, "grade_by_hand", words.GRADE_TITLE, customer, fields, submit)
