"""The two-level header of the funnel table: groups above, fields below, with widths and drop-downs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Any

from crmcore.dialect import Dialect
from crmcore.fields import FieldCatalogue
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.hooktypes import WriteRequest
from crmcore.values import NO, YES
from crmcore.wording import Text
from crmcore_sheets.booksheets import LAST_ROW, Book
from crmcore_sheets.headers import HeaderNames

TABLE = Text("客户", "Customers")
HEADER_ROWS = 2
_NARROW, _USUAL, _TIMES, _WIDE = 12, 16, 20, 32
_GROUP_HEIGHT, _NAME_HEIGHT = 20, 32
_COLOURS = ("#DCE6F1", "#E4EFDA", "#FFF2CC", "#FCE4D6", "#E2DDF0", "#DDEFEF")
_LEADING = ("id", "external_id", "company")
_LONGEST_LIST = 255
"""Characters of a drop-down's choices that a workbook holds."""


def write_header(
    sheet: Any,
    book: Book,
    specs: Sequence[FieldSpec],
    request: WriteRequest,
    formats: Mapping[int, Any] = MappingProxyType({}),
) -> None:
    """The two header rows, frozen with the columns that name the customer, and the columns' widths.

    *formats* are those of the cells still empty, by column.
    """
    fields, dialect = request.fields, request.dialect
    labels = {group.key: dialect.say(group.label) for group in fields.groups}
    sheet.set_row(0, _GROUP_HEIGHT)
    sheet.set_row(1, _NAME_HEIGHT)
    for place, (group, run) in enumerate(_runs(specs)):
        form = book.style(
            bold=True, align="left", border=1, bg_color=_COLOURS[place % len(_COLOURS)]
        )
        label = labels.get(group, group)
        if run[0] == run[-1]:
            sheet.write_string(0, run[0], label, form)
        else:
            sheet.merge_range(0, run[0], 0, run[-1], "", form)
            sheet.write_string(0, run[0], label, form)
    names = HeaderNames(fields)
    for column, spec in enumerate(specs):
        header = names.header(spec.key, dialect.language)
        sheet.write_string(1, column, header, book.heading)
    for column, spec in enumerate(specs):
        sheet.set_column(column, column, _width(spec), formats.get(column))
    leading = 0
    while leading < len(specs) and specs[leading].key in _LEADING:
        leading += 1
    sheet.freeze_panes(HEADER_ROWS, leading)
    sheet.set_landscape()
    sheet.repeat_rows(0, HEADER_ROWS - 1)


def write_choices(sheet: Any, specs: Sequence[FieldSpec], request: WriteRequest) -> None:
    """Drop-downs for the fields with choices; other words may be typed too, the import knows many."""
    for column, spec in enumerate(specs):
        words = choices_of(spec, request)
        if words and len(",".join(words)) <= _LONGEST_LIST:
            sheet.data_validation(
                HEADER_ROWS, column, LAST_ROW - 1, column,
                {"validate": "list", "source": words, "error_type": "warning"},
            )  # fmt: skip


def choices_of(spec: FieldSpec, request: WriteRequest) -> list[str]:
    """The words a field of choices takes, in the file's language."""
    say = request.dialect.say
    if spec.key == "stage":
        return [say(stage.label) for stage in request.pipelines[0].stages]
    if spec.kind is Kind.YES_NO:
        return [say(YES), say(NO)]
    return [say(choice.label) for choice in spec.choices]


def in_groups(specs: Sequence[FieldSpec], fields: FieldCatalogue) -> list[FieldSpec]:
    """*specs* with those of a group side by side, groups in order: plugins' fields among the core's."""
    order = {group.key: place for place, group in enumerate(fields.groups)}
    return sorted(specs, key=lambda spec: order.get(spec.group, len(order)))


def described(spec: FieldSpec, request: WriteRequest, dialect: Dialect) -> str:
    """What a field means, an example, and its choices: the note on its header."""
    lines = [dialect.say(spec.meaning)]
    if spec.example:
        lines.append(f"{dialect.say(Text('例', 'Example'))}: {spec.example}")
    if words := choices_of(spec, request):
        lines.append(f"{dialect.say(Text('可选', 'Choices'))}: {' / '.join(words)}")
    return "\n".join(line for line in lines if line)


def _runs(specs: Sequence[FieldSpec]) -> list[tuple[str, list[int]]]:
    """Groups that stand side by side, and their columns."""
    numbered = groupby(enumerate(specs), key=lambda pair: pair[1].group)
    return [(group, [column for column, _ in run]) for group, run in numbered]


def _width(spec: FieldSpec) -> int:
    if spec.kind is Kind.LONG_TEXT or spec.key == "company":
        return _WIDE
    if spec.choices or spec.kind in (Kind.INTEGER, Kind.YES_NO):
        return _NARROW
    return _TIMES if spec.kind is Kind.MOMENT else _USUAL
