"""Records on sheets of their own, one a row, keyed by the customer's id: proposals, objections…

A record sheet is named by its field's label, in Chinese or English. Its header is `label (name)` for
each part of the record, after `id`, `company` (for people, not read back) and `number`, the record's
place among the customer's own, from 1.
"""

from __future__ import annotations

from typing import Any

import attrs

from crmcore.customer import ACTIVITY_KINDS, Customer
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.wording import Text
from crmcore_sheets.bookcells import Put, put_of
from crmcore_sheets.booksheets import Book, check_room

PARTS = {
    "at": Text("时间", "At"), "kind": Text("类型", "Kind"), "content": Text("内容", "Content"),
    "by": Text("记录人", "By", context="recorded by"), "summary": Text("方案内容", "Summary"),
    "sent_at": Text("发送时间", "Sent"),
    "price": Text("报价", "Price"), "feedback": Text("客户反馈", "Feedback"),
    "response": Text("回应", "Response"), "evidence": Text("佐证", "Evidence"),
    "resolved": Text("已解决", "Resolved"), "clause": Text("条款", "Clause"),
    "before": Text("修改前", "Before"), "after": Text("修改后", "After"), "reason": Text("原因", "Reason"),
    "id": Text("关联客户编号", "Other ID"), "stage": Text("阶段", "Stage"),
    "requirement": Text("要求", "Requirement"), "since": Text("起始时间", "Since"),
}  # fmt: skip
"""What the parts of records are called."""
KEYS = (
    Text("客户编号 (customer)", "Customer (customer)"),
    Text("企业名称 (company)", "Company (company)"),
    Text("序号 (number)", "Number (number)"),
)
"""The columns before the parts."""
NUMBERED = " #"
"""Between a customer's id and the number of a record, where a part of it is a long text."""
_KINDS = {
    "datetime": Kind.MOMENT, "datetime | None": Kind.MOMENT, "Money | None": Kind.MONEY,
    "bool": Kind.YES_NO, "str": Kind.LONG_TEXT, "str | None": Kind.LONG_TEXT,
}  # fmt: skip
_WIDTHS = {Kind.MOMENT: 20, Kind.LONG_TEXT: 28}
_ONE_LINE = ("kind", "by", "id", "stage", "requirement")


def part_specs(field: FieldSpec) -> list[FieldSpec] | None:
    """The parts of the records of *field* as fields; None where a part is no value of a cell."""
    record = field.record
    if field.kind is not Kind.RECORDS or record is None:
        return None
    specs = []
    for part in attrs.fields(record):
        kind = _KINDS.get(str(record.__annotations__.get(part.name, "")))
        if kind is None:
            return None
        label = PARTS.get(part.name, Text(part.name, part.name))
        if part.name == "kind" and field.key == "activities":
            specs.append(
                FieldSpec("kind", Kind.CHOICE, "", label, Text("", ""), choices=ACTIVITY_KINDS)
            )
        else:
            specs.append(FieldSpec(part.name, kind, "", label, Text("", "")))
    return specs


class RecordSheet:
    """The sheet of one field's records."""

    def __init__(self, book: Book, field: FieldSpec, parts: list[FieldSpec]) -> None:
        self._book, self._key = book, field.key
        self._parts: list[tuple[str, Put]] = [
            (part.key, put_of(part, book, f"{field.key}.{part.key}")) for part in parts
        ]
        self._sheet = book.sheet(field.label)
        say = book.dialect.say
        headers = [*map(say, KEYS), *(f"{say(part.label)} ({part.key})" for part in parts)]
        for column, header in enumerate(headers):
            self._sheet.write_string(0, column, header, book.heading)
        self._sheet.set_column(0, 0, 16)
        self._sheet.set_column(1, 1, 28)
        for column, part in enumerate(parts, len(KEYS)):
            wide = 14 if part.key in _ONE_LINE else _WIDTHS.get(part.kind, 12)
            self._sheet.set_column(column, column, wide)
        self._sheet.freeze_panes(1, 2)
        self._row = 1
        self._columns = len(headers)

    def add(self, customer: Customer) -> None:
        """A row for each record of *customer*."""
        sheet, book = self._sheet, self._book
        for number, record in enumerate(customer.value_of(self._key) or (), 1):
            row = self._row
            check_room(row)
            book.text(sheet, row, 0, customer.id, (customer.id, "id"))
            if customer.company:
                book.text(sheet, row, 1, customer.company, (customer.id, "company"))
            sheet.write_number(row, 2, number)
            whose = f"{customer.id}{NUMBERED}{number}"
            for column, (name, put) in enumerate(self._parts, len(KEYS)):
                value: Any = getattr(record, name)
                if value is not None and value != "":
                    put(sheet, row, column, value, whose)
            self._row += 1

    def finish(self) -> None:
        """Filters over all its rows."""
        self._sheet.autofilter(0, 0, max(self._row - 1, 1), self._columns - 1)
