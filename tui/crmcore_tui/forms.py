"""The forms of the board: what each action asks, and which verb of the façade it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from attrs import evolve

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.errors import UsageError
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.gates import Missing
from crmcore.moments import show_moment
from crmcore.pipeline import Stage
from crmcore.query import Compare
from crmcore.records import ContractChange, Objection, Proposal
from crmcore.text import clean, one_line
from crmcore.values import parse_value
from crmcore.wording import Text
from crmcore_tui import formwordings as fw
from crmcore_tui import markwordings as mw
from crmcore_tui import wordings as words
from crmcore_tui.drafts import Place
from crmcore_tui.formfields import (
    YES_NO,
    FormField,
    contact_kind,
    every_field,
    of_keys,
    of_missing,
    own,
)
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
_MOST_PROPOSALS = 5
_SHORT = 60
_MONEY = FieldSpec("price", Kind.MONEY, "", words.PRICE, words.PRICE, "15万")
_MOMENT = FieldSpec("sent_at", Kind.MOMENT, "", words.SENT_AT, words.SENT_AT, "今天")


def _title(crm: Crm, text: Text, customer: Customer, **more: str) -> str:
    return crm.dialect.say(text).format(name=name_of(customer), **more)


def _form(
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
    return _form(crm, "edit", words.EDIT_TITLE, customer, fields, submit, everything=False)


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

    return _form(crm, "tag", mw.TAG_TITLE, customer, fields, submit)


def lose(crm: Crm, customer: Customer) -> Form:
    """Why it was lost."""

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return crm.lose(customer.id, values["reason"], expected=expected)

    return _form(crm, "lose", words.LOSE_TITLE, customer, _because(crm), submit, used_before=partial(_reasons, crm, "lost"))


def _reasons(crm: Crm, status: str) -> Mapping[str, Sequence[str]]:
    """The reasons that customers were closed for before, most used first."""
    buckets = crm.tally(Compare("status", "=", status), ("close_reason",))
    counts = {str(bucket.key[0]): bucket.count for bucket in buckets if bucket.key[0]}
    return {"reason": sorted(counts, key=lambda reason: (-counts[reason], reason))[:_MOST_REASONS]}


def invalidate(crm: Crm, customer: Customer) -> Form:
    """Why the lead is invalid."""

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return crm.invalidate(customer.id, values["reason"], expected=expected)

    return _form(crm, "invalidate", words.INVALID_TITLE, customer, _because(crm), submit, used_before=partial(_reasons, crm, "invalid"))


def reopen(crm: Crm, customer: Customer) -> Form:
    """Why it is opened again."""

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return crm.reopen(customer.id, values["reason"], expected=expected)

    return _form(crm, "reopen", words.REOPEN_TITLE, customer, _because(crm), submit)


def note(crm: Crm, customer: Customer) -> Form:
    """A call, visit, meeting, message or note."""
    fields = [
        own("content", words.CONTENT, crm.dialect, required=True),
        contact_kind(crm.dialect),
    ]

    def submit(values: Mapping[str, str], _: int | None) -> Customer:
        return crm.log(customer.id, values["content"], values["kind"])

    return _form(crm, "note", words.NOTE_TITLE, customer, fields, submit)


def next_step(crm: Crm, customer: Customer) -> Form:
    """What is to be done next, and by when."""

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return _edited(crm, customer, values, expected)

    fields = of_keys(("next_step", "next_step_due"), crm.fields, customer, crm.dialect)
    return _form(crm, "next_step", words.NEXT_TITLE, customer, fields, submit, everything=False)


def assign(crm: Crm, customer: Customer) -> Form:
    """Who follows up."""
    (field,) = of_keys(("owner",), crm.fields, customer, crm.dialect)

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        return crm.assign(customer.id, values["owner"], expected=expected)

    required = evolve(field, required=True)
    return _form(crm, "assign", words.ASSIGN_TITLE, customer, [required], submit)


def grade_by_hand(crm: Crm, customer: Customer) -> Form:
    """A person's own grade, with evidence of their own: that of the rules is none for it."""
    (grade,) = of_keys(("grade",), crm.fields, customer, crm.dialect)
    label = crm.fields.named("grade_evidence").label
    evidence = own("grade_evidence", label, crm.dialect, editor="text", required=True)

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        why = values["grade_evidence"]
        return crm.grade(customer.id, values["grade"], why, expected=expected)

    fields = [evolve(grade, required=True), evidence]
    return _form(crm, "grade_by_hand", words.GRADE_TITLE, customer, fields, submit)


def proposal(crm: Crm, customer: Customer) -> Form:
    """A solution offered, sent now unless the time is changed or emptied; and what became of those
    offered before."""
    dialect, sent = crm.dialect, show_moment(crm.clock(), crm.dialect.zone)
    new = [
        own("summary", words.SUMMARY, dialect, required=not customer.proposals),
        own("price", words.PRICE, dialect, spec=_MONEY),
        own("sent_at", words.SENT_AT, dialect, spec=_MOMENT, initial=sent),
        own("feedback", words.FEEDBACK, dialect),
    ]
    section = dialect.say(fw.PROPOSAL_NEW) if customer.proposals else ""
    fields = [*(evolve(field, section=section) for field in new), *_proposals_before(crm, customer)]

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        added = Proposal(
            values["summary"],
            _moment(crm, values["sent_at"]),
            parse_value(_MONEY, values["price"], dialect, crm.clock()),
            values["feedback"],
        )
        current = crm.get(customer.id)
        records = list(current.proposals)
        for n, record in enumerate(records[: len(customer.proposals)]):
            feedback = values.get(_part("feedback", customer, n), record.feedback)
            sent_at = values.get(_part("sent_at", customer, n))
            moment = record.sent_at if sent_at is None else _moment(crm, sent_at)
            records[n] = evolve(record, feedback=feedback.strip(), sent_at=moment)
        if clean(added.summary):
            if tuple(records) == current.proposals:
                return crm.append(customer.id, "proposals", added)
            records.append(added)
        elif clean(values["price"] + values["feedback"]) or tuple(records) == current.proposals:
            raise UsageError(dialect.say(fw.NO_SUMMARY))
        return _rewritten(crm, current, "proposals", tuple(records), expected)

    return _form(crm, "proposal", words.PROPOSAL_TITLE, customer, fields, submit)


def _proposals_before(crm: Crm, customer: Customer) -> list[FormField]:
    """The feedback of the latest proposals, and when those not sent yet are."""
    dialect, fields = crm.dialect, []
    section = dialect.say(fw.PROPOSALS_BEFORE)
    for n in reversed(range(len(customer.proposals))):
        record = customer.proposals[n]
        if len(customer.proposals) - n > _MOST_PROPOSALS:
            break
        summary = one_line(record.summary[:_SHORT])
        if record.sent_at is None:
            key, label = _part("sent_at", customer, n), fw.SENT_ON.with_(summary=summary)
            fields.append(own(key, label, dialect, spec=_MOMENT))
        key, label = _part("feedback", customer, n), fw.FEEDBACK_ON.with_(summary=summary)
        fields.append(own(key, label, dialect, initial=record.feedback))
    return [evolve(field, section=section) for field in fields]


def _part(name: str, customer: Customer, n: int) -> str:
    # With the id: the same done again to somebody else must not answer what they never asked.
    return f"{name} {customer.id} {n}"


def _rewritten(
    crm: Crm, current: Customer, key: str, records: tuple[Any, ...], expected: int | None
) -> Customer:
    wanted: dict[str, Any] = {key: records}
    seen = current.revision if expected is None else expected
    return crm.edit(current.id, wanted, expected=seen)


def _moment(crm: Crm, text: str) -> datetime | None:
    found: datetime | None = parse_value(_MOMENT, text, crm.dialect, crm.clock())
    return found


def objection(crm: Crm, customer: Customer) -> Form:
    """Answers to the open objections, and a new one; stored together."""
    dialect = crm.dialect
    waiting = [n for n, o in enumerate(customer.objections) if not o.resolved]
    answers: list[FormField] = []
    for n in waiting:
        record = customer.objections[n]
        label = words.ANSWER_TO.with_(content=one_line(record.content[:_SHORT]))
        key = _part("answer", customer, n)
        answers.append(own(key, label, dialect, initial=record.response))
        key = _part("resolved", customer, n)
        asked = own(key, fw.RESOLVED, dialect, editor="choice")
        answers.append(evolve(asked, choices=YES_NO, help=dialect.say(fw.RESOLVED_HELP)))
    new = [
        own("content", words.NEW_OBJECTION, dialect, required=not waiting),
        own("response", words.RESPONSE, dialect),
    ]
    sections = [fw.OBJECTION_OPEN] * len(answers) + [fw.OBJECTION_NEW] * len(new)
    fields = [
        evolve(field, section=dialect.say(section) if waiting else "")
        for field, section in zip([*answers, *new], sections, strict=True)
    ]

    def submit(values: Mapping[str, str], expected: int | None) -> Customer:
        current = crm.get(customer.id)
        records = list(current.objections)
        for n in waiting:
            if n >= len(records):
                continue
            answer = values.get(_part("answer", customer, n), "").strip()
            resolved = values.get(_part("resolved", customer, n), "")
            if clean(answer) != records[n].response or resolved:
                settled = resolved == "yes" or (not resolved and bool(clean(answer)))
                records[n] = evolve(records[n], response=clean(answer), resolved=settled)
        if content := clean(values["content"]):
            response = clean(values["response"])
            records.append(Objection(content, response, resolved=bool(response), at=crm.clock()))
        return _rewritten(crm, current, "objections", tuple(records), expected)

    return _form(crm, "objection", words.OBJECTION_TITLE, customer, fields, submit)


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

    return _form(crm, "clause", words.CLAUSE_TITLE, customer, fields, submit)
