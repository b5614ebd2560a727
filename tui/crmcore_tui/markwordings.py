"""What the board says of several customers at once."""

from __future__ import annotations

from crmcore.wording import Text

T = Text

MARKED = T("✓ 已选 {n} 个", "✓ {n} selected")
RANGE = T("✓ 已选 {n} 个，移动光标继续，esc 结束", "✓ {n} selected; move on, esc ends the range")
TOO_MANY = T("一次最多选 {n} 个", "At most {n} can be selected at once")
CHANGED = T("已更改 {n} 个（版本 {revision}）", "{n} changed (revision {revision})")
NONE_CHANGED = T("没有改动", "Nothing was changed")
SOME_REFUSED = T("；{n} 个未更改，仍处于选中状态", "; {n} were not and stay selected")
REFUSED_TITLE = T("{n} 个未更改", "{n} were not changed")
ONE_BY_ONE = T(
    "此操作只能逐个进行；esc 取消选择", "This is done one by one; esc ends the selection"
)
TAG_TITLE = T("标签 · {name}", "Tags of {name}")
TAGS = T("标签：+加 -减", "Tags: +add -remove")
TAG_HELP = T("例如 高意向 -已流失", "such as: hot -cold")
NOTHING_TO_REPEAT = T("还没有可以重复的操作", "There is nothing to repeat yet")
QUICK_TITLE = T("新增线索（一行）", "A lead on one line")
QUICK_HINT = T(
    "公司 / 联系人 / 电话 #标签 !高 10万-20万 @负责人 来源:展会 >下一步",
    "Company / person / phone #tag !high 10k-20k @owner source:fair >next step",
)
QUICK_KEYS = T(
    "{keys[quick.add]} 新增   {keys[quick.form]} 填全部字段   {keys[quick.close]} 取消",
    "{keys[quick.add]} add   {keys[quick.form]} all fields   {keys[quick.close]} cancel",
)
TWIN = T("已有 {field} 相同的客户：{name}（{id}）", "The same {field} as {name} ({id})")
