"""What forms say: drafts, conflicts, what was understood, reasons used before."""

from __future__ import annotations

from crmcore.wording import Text

T = Text

# drafts
LEAVE = T("已输入的内容还没有保存", "What you typed is not saved yet")
LEAVE_KEYS = T(
    "{keys[leave.keep]} 存为草稿 · {keys[leave.discard]} 放弃 · {keys[leave.go_on]} 继续填写",
    "{keys[leave.keep]} save as draft · {keys[leave.discard]} discard · {keys[leave.go_on]} go on",
)
DRAFT_OF = T("{at} 输入的草稿（{ago}）", "A draft typed on {at} ({ago})")
DRAFT_KEYS = T(
    "{keys[draft.resume]} 继续填写 · {keys[draft.discard]} 放弃草稿 · {keys[draft.close]} 以后再说",
    "{keys[draft.resume]} go on with it · {keys[draft.discard]} discard it · {keys[draft.close]} later",
)
DRAFT_RESUMED = T("草稿：{at} 输入", "Your draft of {at}")
DRAFT_KEPT = T(
    "草稿已保存，再次打开此表单时可以继续",
    "The draft is kept; it is offered when this form is opened",
)
NO_LABEL = T("（不再询问）", "(not asked any more)")
JUST_NOW = T("刚才", "just now")
MINUTES_AGO = T("{n} 分钟前", "{n} min ago")
HOURS_AGO = T("{n} 小时前", "{n} h ago")
DAYS_AGO = T("{n} 天前", "{n} days ago")

# conflicts
CONFLICT_TITLE = T("别人刚改了 {name}", "Someone else has changed {name}")
CONFLICT_KEYS = T(
    "{keys[conflict.mine]} 我的 · {keys[conflict.theirs]} 对方的 · {keys[conflict.edit]} 改写 · "
    "{keys[conflict.save]} 保存 · {keys[conflict.give_up]} 返回",
    "{keys[conflict.mine]} mine · {keys[conflict.theirs]} theirs · {keys[conflict.edit]} edit · "
    "{keys[conflict.save]} save · {keys[conflict.give_up]} back",
)
BASE = T("原来", "before")
MINE = T("我的", "mine")
THEIRS = T("对方", "theirs")
EDITED = T("改写", "edited")
UNDECIDED = T("请逐项选择（还有 {n} 项）", "Choose for each field ({n} to go)")
TAKEN = T("只有对方改过，已采用：", "Changed by them alone, taken over:")
NOTHING_CLASHES = T(
    "您改的字段对方都没有动过，可以直接保存。",
    "They changed nothing that you changed; you can save.",
)
EDIT_VERSION = T("改写：{label}", "Edit: {label}")

# what was understood
IN_DAYS = T("{n} 天后", "in {n} days")
DAYS_PAST = T("{n} 天前", "{n} days ago")
WEEKDAYS = (
    T("周一", "Mon"),
    T("周二", "Tue"),
    T("周三", "Wed"),
    T("周四", "Thu"),
    T("周五", "Fri"),
    T("周六", "Sat"),
    T("周日", "Sun"),
)
NO_PHONE = T("不像电话号码", "no phone number?")
NO_EMAIL = T("不像邮箱地址", "no e-mail address?")

# reasons used before
USED_BEFORE = T("↓ 用过的：{reasons}", "↓ used before: {reasons}")

# objections and proposals
OBJECTION_OPEN = T("未解决的异议", "Open objections")
OBJECTION_NEW = T("新的异议", "A new objection")
RESOLVED = T("已解决？", "Settled?")
RESOLVED_HELP = T("留空：有答复即算解决", "left empty: settled once answered")
PROPOSAL_NEW = T("新的方案", "A new proposal")
PROPOSALS_BEFORE = T("以前的方案", "Earlier proposals")
FEEDBACK_ON = T("反馈：{summary}", "Feedback: {summary}")
SENT_ON = T("发送：{summary}", "Sent: {summary}")
NO_SUMMARY = T("请填写方案摘要", "Write what is proposed: its summary")
PROPOSAL_WAITS = T(
    "这个方案还没有发送；保存即记为现在发送", "Not sent yet; saving counts it as sent now"
)

# the mouse
DRAGGING = T(
    "{name} → 「{stage}」：松开移动，esc 取消", "{name} → {stage}: release to move, esc cancels"
)
DRAG_BACK = T("松开则不移动，esc 取消", "released here, nothing moves; esc cancels")

# after an action
UNDO_WITH = T(" · {keys[board.undo]} 撤销", " · {keys[board.undo]} undoes it")
REDO_WITH = T(" · {keys[board.redo]} 重做", " · {keys[board.redo]} redoes it")
