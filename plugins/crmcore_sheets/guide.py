"""The guide in a template: how to fill it in, the stages and their gates, grades, every field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crmcore.fieldspec import FieldSpec
from crmcore.hooktypes import WriteRequest
from crmcore.wording import Text
from crmcore_sheets.booksheets import Book
from crmcore_sheets.headings import choices_of

GUIDE = Text("填写说明", "Guide")
HOW = (
    Text("每行一个客户，从“客户”工作表的第 3 行开始填；表头两行请保留。",
         "One customer a row, from row 3 of the sheet “Customers”; keep the two header rows."),
    Text("不知道的留空：空白表示未知，不表示“没有”。", "Leave what you do not know empty: empty means unknown, not “no”."),
    Text("至少填企业名称、联系人、电话、微信、邮箱或外部编号之一，否则认不出是哪个客户。",
         "Fill in at least one of company, contact, phone, WeChat, email or external ID, or nobody can tell "
         "which customer it is."),
    Text("金额可写 10万、1.5亿、¥100,000、$22,700.00；预算可写范围 10万-20万。不写币种按 {currency} 计。",
         "Money: 10万, 1.5亿, ¥100,000, $22,700.00; a budget may be a range, 10万-20万. Without a currency it "
         "is {currency}."),
    Text("阶段写客户现在所在的阶段；前面关口缺的内容会记为欠缺项，之后再补。",
         "The stage is where the customer stands now; what the gates before it ask for and is not there is kept "
         "as gate debt, to be filled in later."),
    Text("可以增加自己的列：不认识的列会作为自定义字段保留。",
         "You may add columns of your own: unknown ones are kept as custom fields."),
    Text("填好后先试运行：crmcore import 文件 --dry-run，再导入：crmcore import 文件。",
         "When it is filled in, look first: crmcore import FILE --dry-run, then: crmcore import FILE."),
    Text("再次导入同一外部编号的行会更新该客户，空白单元格不改动任何内容。",
         "A row with the external ID of a known customer updates it; empty cells change nothing."),
)  # fmt: skip
_STAGES = (Text("阶段", "Stage"), Text("进入下一阶段需要", "To go on it takes"))
_FIELDS = (Text("字段分类", "Group"), Text("字段名称", "Field"), Text("键", "Key"), Text("含义", "Meaning"),
           Text("例", "Example"), Text("可选", "Choices"))  # fmt: skip
_FUNNEL, _GRADES = Text("阶段与关口", "Stages and their gates"), Text("等级", "Grades")
_ALL_FIELDS, _HOW = Text("字段", "Fields"), Text("怎么填", "How to fill it in")
_OUTCOMES = {"lost": Text("流失", "Lost"), "invalid": Text("无效", "Invalid")}
GRADES = (
    ("A", Text("高潜力：预计 30 天内成交", "High potential: expected to close within 30 days")),
    ("B", Text("预计 30–60 天内成交", "Expected to close in 30 to 60 days")),
    ("C", Text("预计 60 天以后成交", "Expected to close beyond 60 days")),
)
_EVIDENCE = Text("填了等级请同时填“评估依据”：为什么是这个等级。",
                 "With a grade, fill in “Grade evidence” too: why it is this grade.")  # fmt: skip


def write_guide(book: Book, specs: Sequence[FieldSpec], request: WriteRequest) -> None:
    """The guide, on a sheet of its own."""
    say = book.dialect.say
    sheet = book.sheet(GUIDE)
    for column, width in enumerate((20, 70, 24, 44, 26, 44)):
        sheet.set_column(column, column, width)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    page = _Page(sheet, book)
    page.title(_HOW)
    for number, line in enumerate(HOW, 1):
        worded = line.with_(currency=book.dialect.currency) if "{currency}" in line.en else line
        page.row((f"{number}. {say(worded)}",), wrapped=False)
    page.title(_FUNNEL)
    page.head(_STAGES)
    pipeline = request.pipelines[0]
    for stage in pipeline.stages:
        page.row((say(stage.label), "；".join(say(one.message) for one in stage.exit)))
    for key, asked in pipeline.outcomes.items():
        label = _OUTCOMES.get(key, Text(key, key))
        page.row((say(label), "；".join(say(one.message) for one in asked)))
    page.title(_GRADES)
    for grade, meaning in GRADES:
        page.row((grade, say(meaning)))
    page.row((say(_EVIDENCE),), wrapped=False)
    page.title(_ALL_FIELDS)
    page.head(_FIELDS)
    groups = {group.key: say(group.label) for group in request.fields.groups}
    for spec in specs:
        page.row(
            (
                groups.get(spec.group, spec.group), say(spec.label), spec.key, say(spec.meaning),
                spec.example, " / ".join(choices_of(spec, request)),
            )
        )  # fmt: skip


class _Page:
    """A sheet filled from the top."""

    def __init__(self, sheet: Any, book: Book) -> None:
        self._sheet, self._book, self._row = sheet, book, 0
        self._title = book.style(bold=True, font_size=14)
        self._wrapped = book.style(text_wrap=True, valign="top")

    def title(self, text: Text) -> None:
        """A title, with a blank row above it."""
        self._row += 1 if self._row else 0
        self._sheet.write_string(self._row, 0, self._book.dialect.say(text), self._title)
        self._row += 1

    def head(self, labels: Sequence[Text]) -> None:
        """The header of a table."""
        for column, label in enumerate(labels):
            self._sheet.write_string(
                self._row, column, self._book.dialect.say(label), self._book.heading
            )
        self._row += 1

    def row(self, cells: Sequence[str], *, wrapped: bool = True) -> None:
        """A row of text."""
        for column, cell in enumerate(cells):
            if cell:
                self._sheet.write_string(
                    self._row, column, cell, self._wrapped if wrapped else None
                )
        self._row += 1
