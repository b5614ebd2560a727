"""The forms of the board: what each action asks, and which verb of the façade it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import evolve

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.gates import Missing
from crmcore.moments import show_moment
from crmcore.pipeline import Stage
from crmcore.records import ContractChange, Objection, Proposal
from crmcore.text import clean, one_line
from crmcore.values import parse_value
from crmcore.wording import Text
from crmcore_tui import markwordings as mw
from crmcore_tui import tablewordings as tw
from crmcore_tui import wordings as words
from crmcore_tui.formfields import FormField, contact_kind, every_field, of_keys, of_missing, own
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
_MONEY = FieldSpec("price", Kind.MONEY, "", words.PRICE, words.PRICE, "15万")
_MOMENT = FieldSpec("sent_at", Kind.MOMENT, "", words.SENT_AT, words.SENT_AT, "今天")


def _title(crm: Crm, text: Text, customer: Customer, **more: str) -> str:
    return crm.dialect.say(text).format(name=name_of(customer), **more)


def _form(
    crm: Crm, title: Text, customer: Customer, fields: Sequence[FormField], submit: Submit
) -> Form:
    return Form(_title(crm, title, customer), fields, submit, customer, everything=True)


def add(crm: Crm, said: Mapping[str, str] | None = None) -> Form:
    """A new lead, of whom *said* is known already, by field."""
    said = said or {}
    keys = (*_LEAD, *(key for key in said if key not in _LEAD))
    fields = of_keys(keys, crm.fields, None, crm.dialect)

    def submit(values: Mapping[str, str], _: int | None) -> Customer:
        return crm.add({key: text for key, text in values.items() if text.strip()})

    title = crm.dialect.say(words.ADD_TITLE)
    return Form(title, fields, submit, everything=True, typed=said)


def refer(crm: Crm, customer: Customer) -> Form:
    """A new lead whom this customer referred."""
    keys = tuple(key for key in _LEAD if key != "source")
    fields = of_keys(keys, crm.fields, None, crm.dialect)
    title = _title(crm, words.REFER_TITLE, customer)
    return Form(title, fields, lambda values, _: crm.refer(customer.id, values))


def edit(crm: Crm, customer: Customer) -> Form:
    """Every field that may be edited."""

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return crm.edit(customer.id, values, expected=expected) if values else customer

    fields = every_field(crm.fields, customer, crm.dialect)
    return Form(_title(crm, words.EDIT_TITLE, customer), fields, submit, customer)


def gate(crm: Crm, customer: Customer, to: str | None, missing: Sequence[Missing]) -> Form:
    """What the gate misses; saving moves on."""

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return crm.move(customer.id, to, values, expected=expected)

    pipeline = crm.pipeline(customer.pipeline)
    label = crm.dialect.say(pipeline.stages[pipeline.index(customer.stage)].label)
    title = _title(crm, words.GATE_TITLE, customer, stage=label)
    return Form(title, of_missing(missing, crm.fields, customer, crm.dialect), submit, customer)


def _because(crm: Crm) -> list[FormField]:
    return [own("reason", words.REASON, crm.dialect, required=True)]


def back(crm: Crm, customer: Customer, stage: Stage) -> Form:
    """Why the customer goes back to *stage*."""

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return crm.move(customer.id, stage.key, reason=values["reason"], expected=expected)

    title = _title(crm, words.BACK_TITLE, customer, stage=crm.dialect.say(stage.label))
    return Form(title, _because(crm), submit, customer, everything=True)


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

    return _form(crm, mw.TAG_TITLE, customer, fields, submit)


def lose(crm: Crm, customer: Customer) -> Form:
    """Why it was lost."""

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return crm.lose(customer.id, values["reason"], expected=expected)

    return _form(crm, words.LOSE_TITLE, customer, _because(crm), submit)


def invalidate(crm: Crm, customer: Customer) -> Form:
    """Why the lead is invalid."""

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return crm.invalidate(customer.id, values["reason"], expected=expected)

    return _form(crm, words.INVALID_TITLE, customer, _because(crm), submit)


def reopen(crm: Crm, customer: Customer) -> Form:
    """Why it is opened again."""

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return crm.reopen(customer.id, values["reason"], expected=expected)

    return _form(crm, words.REOPEN_TITLE, customer, _because(crm), submit)


def note(crm: Crm, customer: Customer) -> Form:
    """A call, visit, meeting, message or note."""
    fields = [
        own("content", words.CONTENT, crm.dialect, required=True),
        contact_kind(crm.dialect),
    ]

    def submit(values: Mapping[str, str], _: int | None) -> Customer:
        return crm.log(customer.id, values["content"], values["kind"])

    return _form(crm, words.NOTE_TITLE, customer, fields, submit)


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
    return _form(crm, tw.DONE_TITLE, customer, fields, submit)


def next_step(crm: Crm, customer: Customer) -> Form:
    """What is to be done next, and by when."""

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return crm.edit(customer.id, values, expected=expected) if values else customer

    fields = of_keys(("next_step", "next_step_due"), crm.fields, customer, crm.dialect)
    return Form(_title(crm, words.NEXT_TITLE, customer), fields, submit, customer)


def assign(crm: Crm, customer: Customer) -> Form:
    """Who follows up."""
    (field,) = of_keys(("owner",), crm.fields, customer, crm.dialect)

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return crm.assign(customer.id, values["owner"], expected=expected)

    required = evolve(field, required=True)
    return _form(crm, words.ASSIGN_TITLE, customer, [required], submit)


def grade_by_hand(crm: Crm, customer: Customer) -> Form:
    """A person's own grade, with evidence of their own: that of the rules is none for it."""
    (grade,) = of_keys(("grade",), crm.fields, customer, crm.dialect)
    label = crm.fields.named("grade_evidence").label
    evidence = own("grade_evidence", label, crm.dialect, editor="text", required=True)

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        why = values["grade_evidence"]
        return crm.grade(customer.id, values["grade"], why, expected=expected)

    fields = [evolve(grade, required=True), evidence]
    return _form(crm, words.GRADE_TITLE, customer, fields, submit)


def proposal(crm: Crm, customer: Customer) -> Form:
    """A solution offered, sent now unless the time is changed or emptied."""
    dialect, sent = crm.dialect, show_moment(crm.clock(), crm.dialect.zone)
    fields = [
        own("summary", words.SUMMARY, dialect, required=True),
        own("price", words.PRICE, dialect, spec=_MONEY),
        own("sent_at", words.SENT_AT, dialect, spec=_MOMENT, initial=sent),
        own("feedback", words.FEEDBACK, dialect),
    ]

    def submit(values: Mapping[str, str], _: int | None) -> Customer:
        record = Proposal(
            values["summary"],
            _moment(crm, values["sent_at"]),
            parse_value(_MONEY, values["price"], dialect, crm.clock()),
            values["feedback"],
        )
        return crm.append(customer.id, "proposals", record)

    return _form(crm, words.PROPOSAL_TITLE, customer, fields, submit)


def _moment(crm: Crm, text: str) -> datetime | None:
    found: datetime | None = parse_value(_MOMENT, text, crm.dialect, crm.clock())
    return found


def objection(crm: Crm, customer: Customer) -> Form:
    """Answers to the open objections, and a new one; stored together."""
    dialect = crm.dialect
    waiting = [n for n, o in enumerate(customer.objections) if not (o.resolved or o.response)]
    answers = []
    for n in waiting:
        content = one_line(customer.objections[n].content[:60])
        label = dialect.say(words.ANSWER_TO).format(content=content)
        answers.append(own(f"answer-{n}", Text(label, label), dialect))
    fields = [
        *answers,
        own("content", words.NEW_OBJECTION, dialect, required=not waiting),
        own("response", words.RESPONSE, dialect),
    ]

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        records = list(customer.objections)
        for n in waiting:
            if answer := clean(values[f"answer-{n}"]):
                records[n] = evolve(records[n], response=answer, resolved=True)
        if content := clean(values["content"]):
            response = clean(values["response"])
            records.append(Objection(content, response, resolved=bool(response), at=crm.clock()))
        wanted: dict[str, Any] = {"objections": tuple(records)}
        return crm.edit(customer.id, wanted, expected=expected)

    return _form(crm, words.OBJECTION_TITLE, customer, fields, submit)


def clause(crm: Crm, customer: Customer) -> Form:
    """A clause of the contract that was changed, and why."""
    dialect = crm.dialect
    fields = [
        own("clause", words.CLAUSE, dialect, required=True),
        own("before", words.BEFORE, dialect),
        own("after", words.AFTER, dialect, required=True),
        own("reason", words.REASON, dialect, required=True),
    ]

    def submit(values: Mapping[str, str], _: int | None) -> Customer:
        return crm.append(customer.id, "contract_changes", ContractChange(**values, at=crm.clock()))

    return _form(crm, words.CLAUSE_TITLE, customer, fields, submit)
