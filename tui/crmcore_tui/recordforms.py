"""The forms for what is recorded beside the fields: proposals, objections, changes of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import evolve

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.errors import UsageError
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.moments import show_moment
from crmcore.records import ContractChange, Objection, Proposal
from crmcore.text import clean, one_line
from crmcore.values import parse_value
from crmcore_tui import formwordings as fw
from crmcore_tui import stepwordings as sw
from crmcore_tui import wordings as words
from crmcore_tui.formfields import YES_NO, FormField, own
from crmcore_tui.forms import form_about
from crmcore_tui.screens.form import Form

_MOST_PROPOSALS = 5
_SHORT = 60
_MONEY = FieldSpec("price", Kind.MONEY, "", words.PRICE, words.PRICE, "15万")
_MOMENT = FieldSpec("sent_at", Kind.MOMENT, "", words.SENT_AT, words.SENT_AT, "今天")


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

    return form_about(crm, "proposal", words.PROPOSAL_TITLE, customer, fields, submit)


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

    return form_about(crm, "objection", words.OBJECTION_TITLE, customer, fields, submit)


def clause(crm: Crm, customer: Customer) -> Form:
    """A clause of the contract that was changed, and why."""
    dialect = crm.dialect
    fields = [
        own("clause", words.CLAUSE, dialect, required=True),
        own("before", words.BEFORE, dialect),
        own("after", words.AFTER, dialect, required=True),
        own("reason", words.REASON, dialect, required=True),
        own("version", sw.VERSION, dialect, initial=_version(customer)),
    ]

    def submit(values: Mapping[str, str], _: int | None) -> Customer:
        return crm.append(customer.id, "contract_changes", ContractChange(**values, at=crm.clock()))

    return form_about(crm, "clause", words.CLAUSE_TITLE, customer, fields, submit)


def _version(customer: Customer) -> str:
    """The version that was changed last; most clauses change in the same one."""
    changes = customer.contract_changes
    return one_line(changes[-1].version) if changes else ""
