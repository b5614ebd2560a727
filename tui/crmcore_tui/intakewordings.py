"""What the preview of an import says, in both languages."""

from __future__ import annotations

from crmcore.wording import Text

T = Text

TITLE = T("导入表格", "Import a sheet")
FILE = T("表格文件", "Sheet")
FILE_HINT = T("文件名", "the name of the file")
FILE_HELP = T(
    "enter 预览 · {keys[intake.complete]} 补全 · 文件从 {folder} 找起",
    "enter previews it · {keys[intake.complete]} completes · files are looked for from {folder}",
)
FILES = T("可选：{names}", "There are: {names}")
NO_FILES = T("没有这样开头的文件", "No file begins like this")
NAME_ONE = T("请先写文件名", "Name a file first")
PLANNING = T("读取中… {name}", "Reading {name} …")
PLANNED = T("{name}：{n} 行；还没有写入任何内容", "{name}: {n} rows; nothing is written yet")
STALE = T(
    "数据已被他人更改；按 {keys[intake.again]} 重新预览",
    "Others have changed the data since; {keys[intake.again]} plans it again",
)
FILE_WRONG = T("下面是上一次的预览", "Below is what it said before")

ALL = T("全部", "all")
OUTCOMES = {
    "create": T("新增", "new"),
    "update": T("更新", "changed"),
    "unchanged": T("不变", "unchanged"),
    "duplicate": T("重复", "duplicate"),
    "refused": T("不能导入", "refused"),
    "skipped": T("跳过", "skipped"),
}
UNREAD = T("未读取的列：{names}", "Columns that are not read: {names}")
NOTES = T("说明", "Notes")
COLUMNS = T("列", "Columns")
NOT_READ = T("（不读取）", "(not read)")
NOTHING_YET = T("写出表格文件名，enter 预览", "Name a sheet, enter previews it")
NO_ROWS = T("没有这样的行", "No such rows")
ROW_TITLE = T("第 {n} 行 · {outcome}", "Row {n} · {outcome}")
REASONS = T("原因", "Why")
CHANGES = T("改动（原 → 新）", "What changes (before → after)")
VALUES = T("将写入", "What is written")
NO_VALUES = T("这一行没有可写入的内容", "There is nothing of this row to be written")

QUESTION = T("导入 {name}？", "Import {name}?")
LEFT_OUT = T("{n} 行不导入", "{n} rows are left out")
ONCE = T("一次写入，可以整体撤销", "One change, which one undo takes back")
IMPORTING = T("写入中…", "Writing…")
NOTHING_TO_IMPORT = T("没有要写入的内容", "There is nothing to be written")
PLAN_FIRST = T("先预览再导入", "Preview it first")
LOOK_AGAIN = T(
    "预览之后数据已被他人更改，没有写入任何内容。重新预览？",
    "The data changed since it was planned; nothing was written. Plan it again?",
)
IMPORTED = T(
    "已导入 {n} 个客户（版本 {revision}），{keys[board.undo]} 撤销",
    "{n} customers imported (revision {revision}); {keys[board.undo]} takes it back",
)
