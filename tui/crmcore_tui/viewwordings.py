"""What the board says of what it shows: orders, saved filters."""

from __future__ import annotations

from crmcore.wording import Text

T = Text

NOTHING = T("没有可选项", "Nothing to choose")
SORT_TITLE = T("卡片按什么排序", "The order of the cards")
SORTED = T("按{order}", "by {order}")
FILTERS_TITLE = T("保存的筛选", "Saved filters")
NO_FILTERS = T(
    "还没有保存的筛选；先按 {keys[board.filter]} 筛选",
    "None yet; filter with {keys[board.filter]} first",
)
SAVE_FILTER = T("保存当前筛选", "Save the filter in force")
FILTER_NAME = T("名称", "Name")
SAVED = T("已保存筛选「{name}」", "The filter is saved as {name}")
REMOVED = T("已删除筛选「{name}」", "The filter {name} is removed")
TEAMS = T(
    "团队的筛选写在 crm.toml 里，请在那里删除",
    "The team's filters stand in crm.toml; remove it there",
)
PICK_KEYS = T(
    "{keys[pick.choose]} 选定 · {keys[pick.remove]} 删除 · {keys[pick.close]} 返回",
    "{keys[pick.choose]} choose · {keys[pick.remove]} remove · {keys[pick.close]} back",
)
CHOOSE_KEYS = T(
    "{keys[pick.choose]} 选定 · {keys[pick.close]} 返回",
    "{keys[pick.choose]} choose · {keys[pick.close]} back",
)
