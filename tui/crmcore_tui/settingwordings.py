"""What the screens of the settings and of the plugins say, in both languages."""

from __future__ import annotations

from crmcore.wording import Text

T = Text

TITLE = T("设置", "Settings")
KEYS = T(
    "{keys[settings.up]} {keys[settings.down]} 选择 · {keys[settings.previous]} {keys[settings.next]} 更改 · "
    "{keys[settings.forget]} 恢复默认 · {keys[settings.close]} 返回",
    "{keys[settings.up]} {keys[settings.down]} choose · {keys[settings.previous]} {keys[settings.next]} change · "
    "{keys[settings.forget]} forget · {keys[settings.close]} back",
)
SETTINGS = {
    "language": T("语言", "Language"),
    "theme": T("配色", "Theme"),
    "keymap": T("键位", "Keys"),
}
THIS_LANGUAGE = T("中文", "English")
KEYMAPS = {
    "vi": T("vi（字母键）", "vi (letters)"),
    "plain": T("普通（方向键、功能键、ctrl）", "plain (arrows, function keys, ctrl)"),
}
SOURCES = {
    "config": T("由 crm.toml 或 --lang 指定", "given by crm.toml or --lang"),
    "own": T("您的选择", "your choice"),
    "workspace": T("工作区的语言", "the workspace's language"),
    "default": T("默认", "default"),
    "now": T("仅本次", "until you quit"),
}
FILES = T("文件", "Files")
WORKSPACE_FILE = T("工作区（只读）：", "the workspace's, only read:")
OWN_FILE = T("您的选择：", "your choices:")
NOT_KEPT = T("不保存", "not kept")
OWN_KEYS = T("crm.toml 改了 {n} 个键位", "{n} keys are given in crm.toml")
NO_OWN_KEYS = T("crm.toml 没有改键位", "no keys are given in crm.toml")
KEPT = T("已记住", "Remembered")
FIXED = T(
    "crm.toml（或 --lang）写明了 {given}，改动只到退出为止",
    "crm.toml (or --lang) says {given}: what you change lasts until you quit",
)
FORGOTTEN = T("已恢复", "Back to what is usual")
NOT_WRITTEN = T("没能记住：{why}", "Not remembered: {why}")

PLUGINS_TITLE = T("插件", "Plugins")
PLUGIN_KEYS = T(
    "{keys[reader.down]} {keys[reader.up]} 滚动 · {keys[plugins.again]} 重新检查 · {keys[reader.close]} 返回",
    "{keys[reader.down]} {keys[reader.up]} scroll · {keys[plugins.again]} examine again · "
    "{keys[reader.close]} back",
)
COUNTS = T(
    "{loaded} 个已加载 · {blocked} 个已停用 · {failed} 个失败",
    "{loaded} loaded · {blocked} blocked · {failed} failed",
)
NOTHING_WRONG = T("没有发现问题。", "Nothing is wrong.")
PROBLEMS = T("问题", "Problems")
STATUSES = {
    "loaded": T("已加载", "loaded"),
    "blocked": T("已停用", "blocked"),
    "failed": T("失败", "failed"),
}
OFFERS_NOTHING = T("没有提供目录内容", "offers nothing to choose from")
LISTENS = T("钩子：{hooks}", "hooks: {hooks}")
EXAMINING = T("检查中…", "Examining…")
KINDS = {
    "field": T("字段", "fields"),
    "pipeline": T("漏斗", "pipelines"),
    "ID scheme": T("编号方式", "ID schemes"),
    "kind of store": T("存储", "stores"),
    "grader": T("评分规则", "graders"),
    "format of graders": T("规则文件格式", "formats of graders"),
    "assigner": T("分配方式", "assigners"),
    "calendar": T("日历", "calendars"),
    "reminder rule": T("提醒规则", "reminders"),
    "notifier": T("通知渠道", "notifiers"),
    "importer": T("导入", "importers"),
    "exporter": T("导出", "exporters"),
    "report": T("报表", "reports"),
    "command": T("命令", "commands"),
}
