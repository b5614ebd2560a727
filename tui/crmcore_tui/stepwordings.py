"""What the keys for the steps of a sale, for owners, twins and messages say, in both languages."""

from __future__ import annotations

from crmcore.wording import Text

T = Text

# the steps
SCREEN_TITLE = T("{name}：是真的线索吗", "{name}: is the lead real")
CHECK_REASON = T("· 依据或原因", "· how it is known")
CHECK_BEFORE = T("已查：{outcome} {reason}", "so far: {outcome} {reason}")
CHECK_HELP = T(
    "全部通过即有效；一项不通过就移出漏斗，并写明原因",
    "All passed: it is valid. One failed takes it out of the funnel, with the reason",
)
KEEP_IN = T("不通过也留在漏斗", "keep it although one failed")
NOTHING_CHECKED = T("至少回答一项", "Answer one of them at least.")
SCREENED = {
    "valid": T("{name} 有效", "{name} is valid"),
    "invalid": T("{name} 无效，已移出漏斗", "{name} is invalid, and out of the funnel"),
    "": T("{name} 的核查已记录", "What was found of {name} is recorded"),
}
TERMS_TITLE = T("{name}：谈判条件", "{name}: the terms negotiated")
CONTRACT_TITLE = T("{name}：合同发送与签署", "{name}: contract sent and signed")
DELIVERY_TITLE = T("{name}：交付与验收", "{name}: delivery and acceptance")
SURVEY_TITLE = T("{name}：满意度调研", "{name}: the satisfaction survey")
NOW_HELP = T("写「今天」「昨天 15:00」都可以", "“today” or “yesterday 15:00” will do")
SURVEY_DUE_HELP = T(
    "保存后自动算出调研截止日", "When the survey is due is worked out as it is saved"
)
VERSION = T("合同版本", "version of the contract")

# back and again, by the stage's policy
NEVER_BACK = T(
    "流程不允许 {name} 从「{stage}」退回", "The pipeline does not let {name} go back from {stage}"
)
NEVER_REOPEN = T(
    "流程不允许在「{stage}」重新打开 {name}",
    "The pipeline does not let {name} be reopened in {stage}",
)

# owners
BY_RULES = T("按规则", "by the rules")
CHOOSE_OWNER = T("↓ 选择：{reasons}", "↓ choose: {reasons}")
PLAN_TITLE = T("按规则分配：{n} 个客户", "By the rules: {n} customers")
HAND_OVER_TITLE = T("{leaver} 的客户交给谁", "Who gets the customers of {leaver}")
PLAN_KEYS = T(
    "{keys[assigning.apply]} 就这样分配 · esc 不分配",
    "{keys[assigning.apply]} assign them so · esc do not",
)
PLAN_COUNT = T(
    "{given} 个有人接，{same} 个不变，{nobody} 个无人可分",
    "{given} for somebody else, {same} as they are, {nobody} for nobody",
)
NO_RULE = T("没有适用的规则", "no rule fits")
PASSED_OVER = T("略过 {owner}：{reason}", "passed over {owner}: {reason}")
NOBODY = T("（无人）", "(nobody)")
NOBODY_TO_ASSIGN = T("没有可分配的进行中客户", "No open customers to be assigned")
LEAVER_TITLE = T("谁离开了？他的客户交给别人", "Who left? Their open customers go to others")
SUCCESSOR_TITLE = T("{leaver} 的客户交给谁", "Who gets the customers of {leaver}")
OPEN_COUNT = T("{n} 个进行中", "{n} open")
NO_OWNERS = T("还没有负责人", "There are no owners yet")

# twins
TWINS_TITLE = T("可能重复的客户：{n} 对", "Likely duplicates: {n} pairs")
LOOKING_FOR_TWINS = T("查找重复…", "Looking for duplicates…")
NO_TWINS = T("没有可能重复的客户", "No likely duplicates")
TWINS_KEYS = T(
    "↑↓ · {keys[twins.open]} 逐项对照 · {keys[twins.undo]} 撤销合并 · esc 返回",
    "↑↓ · {keys[twins.open]} field by field · {keys[twins.undo]} undo a merge · esc back",
)
MERGED = T(
    "已把 {other} 并入 {keep}（版本 {revision}），{keys[twins.undo]} 撤销",
    "{other} is merged into {keep} (revision {revision}); {keys[twins.undo]} takes it back",
)
UNMERGED = T("已撤销合并（版本 {revision}）", "The merge is taken back (revision {revision})")
NOTHING_MERGED = T("这里还没有合并过", "Nothing was merged here")
MERGE_TITLE = T("把 {other} 并入 {keep}", "Merge {other} into {keep}")
MERGE_KEYS = T(
    "{keys[merge.keep]} 用保留方 · {keys[merge.other]} 用另一方 · {keys[merge.swap]} 对调 · "
    "{keys[merge.apply]} 合并 · esc 返回",
    "{keys[merge.keep]} keep's · {keys[merge.other]} other's · {keys[merge.swap]} swap · "
    "{keys[merge.apply]} merge · esc back",
)
FIELD = T("字段", "field")
KEEP = T("保留", "keep")
OTHER = T("另一个", "other")
RESULT = T("合并后", "result")
SAME_EVERYWHERE = T(
    "另一个没有更多内容；合并后它移出漏斗并指向保留的客户",
    "The other one says nothing more; merged, it leaves the funnel and is linked to the one that stays",
)
BOTH_KEPT = T("两边的都保留", "Those of both are kept")
ONLY_OTHER = T("只有另一方有这一项", "Only the other one has it")
MERGE_CHANGED = T("其间数据已更改，请再看一遍", "The data changed meanwhile: look at it again")

# messages
INBOX_TITLE = T("收到的通知", "Notifications")
NO_MESSAGES = T(
    '没有通知。用 crm.toml 的 notify 选择渠道，例如 notify = ["inbox"]',
    'No notifications. `notify` in crm.toml chooses the channels, as in notify = ["inbox"]',
)
FOR_WHOM = T("给 {to}", "to {to}")

# decisions about the rows of a sheet
DECISIONS = {
    "create": T("已定：新增", "decided: new"),
    "skip": T("已定：跳过", "decided: skip"),
    "update": T("已定：更新", "decided: update"),
}
DECISIONS_GONE = T(
    "文件变了：之前对各行的决定不再适用",
    "The file has changed: what was decided about its rows is dropped",
)
UNSURE_COLUMNS = T("不太确定的列：{names}", "Columns that are not sure: {names}")
HOW_SURE = T("把握 {share}", "{share} sure")
READING_TITLE = T("怎样读这个文件", "How to read the file")
SHEET = T("工作表（空 = 第一张）", "Sheet (empty: the first)")
PROFILE = T("列对应文件（TOML）", "Mapping file (TOML)")

# referrals
REFERRED = T(
    "转介绍 {n} 个：成交 {won}，进行中 {open}，{value}",
    "{n} referred: {won} won, {open} open, {value}",
)
WON = T("成交", "won")
