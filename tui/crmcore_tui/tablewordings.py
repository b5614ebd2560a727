"""What the table and today's list say, in both languages."""

from __future__ import annotations

from crmcore.wording import Text

T = Text

# the table
TABLE_TITLE = T("表格", "Table")
SORTED_BY = T("按{label} {arrow}", "by {label} {arrow}")
NO_SUCH_COLUMN = T(
    "没有名为 {name} 的字段，该列未显示；按 {keys[table.columns]} 选择列",
    "There is no field {name}, its column is left out; {keys[table.columns]} chooses columns",
)
COLUMNS_TITLE = T("表格的列：{n} 列", "The columns of the table: {n}")
COLUMNS_KEYS = T(
    "{keys[columns.choose]} 显示/不显示 · {keys[columns.earlier]} {keys[columns.later]} 移动 · "
    "{keys[columns.usual]} 默认 · {keys[columns.close]} 完成",
    "{keys[columns.choose]} show or not · {keys[columns.earlier]} {keys[columns.later]} move · "
    "{keys[columns.usual]} the usual · {keys[columns.close]} done",
)
ONE_AT_LEAST = T("至少要有一列", "There must be one column at least")
COLUMNS_KEPT = T("列已保存", "The columns are kept")
COLUMNS_FIXED = T(
    "crm.toml 里的 columns 由团队规定；这里的改动到关闭看板为止",
    "crm.toml gives the team's columns; these are there until the board is closed",
)

# today
TODAY_MINE = T("今天要做什么 · {owner}", "To be done · {owner}")
TODAY_ALL = T("今天要做什么 · 所有人", "To be done · everybody")
NOTHING_MINE = T(
    "你没有待办。按 {keys[today.whose]} 看所有人的。",
    "Nothing is to be done by you. {keys[today.whose]} shows everybody's.",
)
NOTHING_AT_ALL = T("所有人都没有待办。", "Nothing is to be done by anybody.")
NOTHING_FOUND = T("筛选范围内没有待办。", "Nothing is to be done for those the filter leaves.")
MORE = T("… 还有 {n} 个，按 {key} 在看板上看", "… and {n} more; {key} shows them on the board")
SPOKE_TODAY = T("一天内跟进过", "spoke just now")
NEVER_SPOKEN = T("从未跟进", "never in contact")
DONE_TITLE = T("完成：{name}", "Done: {name}")
DONE = T("{name}：已完成，下一步已更新", "{name}: done, the next step is up to date")
NO_STEP = T(
    "{name} 没有安排下一步；按 {keys[board.note]} 记录跟进，按 {keys[board.next_step]} 安排",
    "{name} has no next step; {keys[board.note]} logs a contact, {keys[board.next_step]} plans one",
)
