"""What the board says of the plugins' parts on it, in both languages."""

from __future__ import annotations

from crmcore.wording import Text

T = Text

SWITCHED_OFF = T(
    "插件 {plugin} 的{what}已停用，直到重新打开看板：{why}",
    "Plugin {plugin}: {what} is switched off until the board is opened again: {why}",
)
KINDS = {
    "crm_tui_badges": T("标记“{name}”", "the badge {name!r}"),
    "crm_tui_panels": T("面板“{name}”", "the panel {name!r}"),
    "crm_tui_actions": T("操作“{name}”", "the action {name!r}"),
}
TROUBLES = T("{first}（共 {n} 个插件问题）", "{first} ({n} plugin problems in all)")
BY_PLUGINS = T("插件的操作", "What plugins can do")
RUNNING = T("“{label}”还在运行", "{label!r} is still at work")
DONE = T("“{label}”已完成", "{label!r} is done")
WAITS = T(
    "“{label}”有问题要问，回到看板后显示",
    "{label!r} has a question; it waits until you are back on the board",
)
TOO_SLOW = T("运行超过 {seconds} 秒", "it took longer than {seconds} s")
NO_SIDE = T("没有插件提供侧栏内容", "No plugin has anything for the side panel")
TOO_NARROW = T(
    "侧栏需要至少 {width} 列宽的终端", "The side panel needs a terminal of at least {width} columns"
)
PANEL_LOADING = T("…", "…")
