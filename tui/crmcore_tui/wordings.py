"""What the board says, in both languages; the keys' words are in `keymap`."""

from __future__ import annotations

from crmcore.wording import Text

T = Text

# the board
LOADING = T("加载中…", "Loading…")
EMPTY = T("这里还没有客户", "Nobody here")
EMPTY_FIRST = T(
    "按 {keys[board.add]} 新增第一条线索", "Press {keys[board.add]} to add the first lead"
)
NOTHING_FOUND = T("没有符合筛选条件的客户", "Nobody matches the filter")
FILTER = T("筛选", "Filter")
FILTER_HINT = T(
    "例如 owner:李娜 grade:A value>10万 due<3d", "such as owner:Li grade:A value>10k due<3d"
)
CLOSED_VIEW = T("已关闭（流失、无效、已完成）", "closed: lost, invalid, completed")
UNKNOWN_VALUE = T("{n} 个金额未知", "{n} unknown")
CUSTOMERS = T("{n} 个客户", "{n} customers")
NO_SELECTION = T("这一列没有选中的客户", "No customer is selected here")
STILL_LOADING = T("这张卡片还在加载，请稍候再试", "This card is still loading, try again")

# the cards
AGE = T("{n} 天", "{n}d")
QUIET_FOR = T("{n} 天没有跟进", "quiet for {n}d")
NO_NEXT_STEP = T("未安排下一步", "no next step")
NO_VALUE = T("金额未知", "value unknown")
NO_OWNER = T("未分配", "unassigned")
OVERDUE_DAYS = T("逾期 {n} 天", "{n}d overdue")
OVERDUE_HOURS = T("逾期 {n} 小时", "{n}h overdue")
OVERDUE_NOW = T("刚逾期", "just overdue")
TODAY = T("今天", "today")
TOMORROW = T("明天", "tomorrow")
DEBT = T("欠{n}项", "{n} owed")
COMPLETED = T("本轮已完成", "round completed")
LOST = T("流失", "lost")
INVALID = T("无效", "invalid")

# what was done
ADDED = T("已新增 {name}（{id}）", "Added {name} ({id})")
SAVED = T("已保存 {name}", "Saved {name}")
UNCHANGED = T("没有改动", "Nothing was changed")
MOVED = T("{name} 已到「{stage}」", "{name} is now in {stage}")
ROUND_DONE = T(
    "{name} 本轮已完成，按 {keys[board.closed]} 查看已关闭客户",
    "{name} has completed its round; {keys[board.closed]} shows closed customers",
)
GRADED = T("{name}：{grade} 级", "{name} is graded {grade}")
ALREADY_WON = T("{name} 已经成交", "{name} is won already")
FIRST_STAGE = T("{name} 已在第一个阶段", "{name} is in the first stage")
CLOSED_LOST = T(
    "{name} 已标为流失，按 {keys[board.closed]} 查看已关闭客户",
    "{name} is lost; {keys[board.closed]} shows closed customers",
)
CLOSED_INVALID = T(
    "{name} 已标为无效，按 {keys[board.closed]} 查看已关闭客户",
    "{name} is invalid; {keys[board.closed]} shows closed customers",
)
REOPENED = T("{name} 已重新打开", "{name} is open again")
REPURCHASED = T("已为 {name} 开始新一轮（{id}）", "A new round for {name} ({id})")
UNDONE = T("已撤销：{action}（版本 {revision}）", "Undone: {action} (revision {revision})")
REDONE = T("已重做：{action}（版本 {revision}）", "Redone: {action} (revision {revision})")
NOT_CLOSED = T("{name} 没有关闭，无需重新打开", "{name} is not closed")

# what went wrong
UNEXPECTED = T(
    "出现意外错误，看板继续运行：{what}", "Something unexpected failed, the board goes on: {what}"
)
CONFLICT = T(
    "这个客户刚被别人修改。您输入的内容还在，被改过的字段已标出；再次保存将以您的为准。",
    "Someone else has just changed this customer. What you typed is kept and the fields they changed "
    "are marked; saving again makes yours count.",
)
CONFLICT_SHORT = T(
    "{name} 刚被别人修改，已显示最新内容，请再试",
    "{name} was just changed by someone else; look again and retry",
)
NOW_IS = T("别人改为：{value}", "changed to: {value}")
EMPTIED = T("（空）", "(empty)")

# forms
SAVE = T("保存", "Save")
CANCEL = T("取消", "Cancel")
FORM_KEYS = T(
    "{keys[form.save]} 保存 · {keys[form.enter]}/{keys[form.next]} 下一项 · {keys[form.give_up]} 取消",
    "{keys[form.save]} save · {keys[form.enter]}/{keys[form.next]} next · {keys[form.give_up]} cancel",
)
SAVING = T("保存中…", "Saving…")
DISCARD = T("放弃已输入的内容？", "Throw away what you typed?")
YES_NO_KEYS = T(
    "{keys[confirm.answer-True]} 是 · {keys[confirm.answer-False]} 否",
    "{keys[confirm.answer-True]} yes · {keys[confirm.answer-False]} no",
)
REPLACE_MANUAL = T(
    "这个等级是人工给的，改为按规则评级？",
    "This grade was given by hand. Replace it by the rules' grade?",
)
NOT_UNDERSTOOD = T("看不懂，例如 {example}", "Not understood; for example {example}")
REQUIRED = T("必填", "needed")
SOME_REFUSED = T("请先改正标出的字段", "Please correct the marked fields first")
ANY_ONE = T("任填一项", "any one of these")
PICK = T("请选择", "choose")

ADD_TITLE = T("新增线索", "Add a lead")
REFER_TITLE = T("{name} 转介绍的新线索", "A lead referred by {name}")
EDIT_TITLE = T("编辑 {name}", "Edit {name}")
GATE_TITLE = T("{name}：离开「{stage}」还缺这些", "{name}: what leaving {stage} still needs")
BACK_TITLE = T("{name}：退回「{stage}」的原因", "{name}: why back to {stage}")
LOSE_TITLE = T("{name}：流失的原因", "{name}: why was it lost")
INVALID_TITLE = T("{name}：为什么无效", "{name}: why is it invalid")
REOPEN_TITLE = T("{name}：重新打开的原因", "{name}: why reopen it")
NOTE_TITLE = T("{name}：记录跟进", "{name}: log a contact")
NEXT_TITLE = T("{name}：下一步", "{name}: the next step")
ASSIGN_TITLE = T("{name}：分配给谁", "{name}: who follows up")
GRADE_TITLE = T("{name}：人工评级", "{name}: grade by hand")
PROPOSAL_TITLE = T("{name}：方案", "{name}: a proposal")
OBJECTION_TITLE = T("{name}：异议", "{name}: objections")
CLAUSE_TITLE = T("{name}：合同修改", "{name}: a contract change")

REASON = T("原因", "Reason")
CONTENT = T("内容", "What was said")
KIND = T("方式", "Kind")
SUMMARY = T("方案摘要", "Summary")
PRICE = T("报价", "Price")
SENT_AT = T("发送时间", "Sent")
FEEDBACK = T("客户反馈", "Feedback")
NEW_OBJECTION = T("新的异议", "A new objection")
RESPONSE = T("答复", "Answer")
ANSWER_TO = T("答复：{content}", "Answer to: {content}")
CLAUSE = T("条款", "Clause")
BEFORE = T("修改前", "Before")
AFTER = T("修改后", "After")
PROPOSAL_HELP = T("写下方案摘要，记为现在已发送", "Its summary; it counts as sent now")
OWNER_DUE_HELP = T("留空：分配后 24 小时", "left empty: 24 hours after the assignment")

# reading
HISTORY = T("历史", "History")
ONE_COMMIT = T("{at} · {actor} · {action}", "{at} · {actor} · {action}")
CREATED = T("建档", "recorded")
OLDER = T("… 还有更早的记录", "… and older ones")
CHANGED_FROM = T("{label}：{before} → {after}", "{label}: {before} → {after}")
DETAIL_KEYS = T(
    "{keys[board.edit]} 编辑 · {keys[board.note]} 跟进 · {keys[board.next_step]} 下一步 · "
    "{keys[board.proposal]} 方案 · {keys[board.objection]} 异议 · {keys[board.clause]} 合同 · "
    "{keys[board.assign]} 分配 · {keys[board.why]} 等级 · {keys[reader.close]} 返回",
    "{keys[board.edit]} edit · {keys[board.note]} log · {keys[board.next_step]} next · "
    "{keys[board.proposal]} proposal · {keys[board.objection]} objection · {keys[board.clause]} contract · "
    "{keys[board.assign]} assign · {keys[board.why]} grade · {keys[reader.close]} back",
)
READ_KEYS = T(
    "{keys[reader.down]} {keys[reader.up]} 滚动 · {keys[reader.close]} 返回",
    "{keys[reader.down]} {keys[reader.up]} scroll · {keys[reader.close]} back",
)
WHY_TITLE = T("为什么是这个等级：{name}", "Why this grade: {name}")
NOT_GRADED = T(
    "还没有等级。按 {keys[board.grade]} 按规则评级，或按 {keys[board.grade_by_hand]} 人工评级。",
    "Not graded yet: {keys[board.grade]} grades by the rules, {keys[board.grade_by_hand]} by hand.",
)
GRADE_MEANS = {
    "A": T("预计 30 天内成交", "expected to close within 30 days"),
    "B": T("预计 30–60 天成交", "expected to close in 30–60 days"),
    "C": T("预计 60 天以上成交", "expected to close beyond 60 days"),
}
BY_HAND = T("人工评定", "given by hand")
BY_CARD = T("评分卡 {card}，{at}", "scorecard {card}, {at}")
SCORE = T("得分 {score}", "score {score}")
RULES = T("起作用的规则", "Rules that spoke")
SILENT = T("无法判断的规则（字段未知）", "Rules that could not speak: the field is unknown")
EVIDENCE = T("评估依据", "Evidence")
HELP_TITLE = T("按键", "Keys")
FUNNEL = T("漏斗", "Funnel")
ACTIONS = {
    "add": T("新增", "added"),
    "edit": T("编辑", "edited"),
    "move": T("移动阶段", "moved"),
    "grade": T("评级", "graded"),
    "assign": T("分配", "assigned"),
    "log": T("跟进", "contact logged"),
    "lose": T("流失", "lost"),
    "invalidate": T("标为无效", "found invalid"),
    "reopen": T("重新打开", "reopened"),
    "repurchase": T("复购", "repurchase"),
    "refer": T("转介绍", "referral"),
    "import": T("导入", "imported"),
    "undo": T("撤销", "undo"),
    "redo": T("重做", "redo"),
    "add proposals": T("新增方案", "proposal added"),
    "add objections": T("新增异议", "objection added"),
    "add activities": T("跟进", "contact logged"),
    "add contract_changes": T("合同修改", "contract changed"),
    "screen": T("核查线索", "screened"),
    "merge": T("合并重复", "merged"),
    "amend proposals": T("修改方案", "proposal changed"),
    "amend objections": T("修改异议", "objection changed"),
}

# why a grade
GRADERS = T("各评分规则的意见（{policy}）", "What each grader said, joined by {policy}")
POLICIES = {
    "best-match": T("最匹配者为准", "the best match"),
    "weighted": T("加权平均", "the weighted mean"),
    "strictest": T("从严", "the strictest"),
}
WEIGHS = T("权重 {weight}", "weighs {weight}")
SCORE_OF = T("得分 {score} / 最高 {best}", "score {score} of at most {best}")
SHARE_UNKNOWN = T("评分中 {share} 未知", "{share} of the score is unknown")
NOT_RENEWED = T("未能更新，保留原等级：{why}", "Not renewed, the grade it had stays: {why}")
NEVER_RENEWED = T("评级失败，还没有等级：{why}", "Grading failed, there is no grade yet: {why}")
ASK_NEXT = T("接下来问什么", "What to ask next")
NOTHING_RAISES = T("补齐未知的字段也不会提高等级", "No field that is unknown would raise the grade")
NO_EVIDENCE = T("没有记录依据", "no evidence is recorded")
IN_A_SHEET = T("来自导入的表格，没有规则依据", "from a sheet; no rule gave it")
DIMENSIONS = {
    "size": T("企业规模", "Company size"),
    "revenue": T("年营收", "Annual revenue"),
    "need": T("需求匹配", "Need"),
    "budget": T("预算", "Budget"),
    "decision": T("决策权限", "Decision"),
    "timing": T("时间", "Timing"),
}
OTHER_RULES = T("其他", "Other")
GRADER_FAILED = T(
    "{name}：评级规则出错，保留原等级 {grade}：{why}",
    "{name}: the grader failed, the grade {grade} stays: {why}",
)
GRADER_FAILED_FIRST = T(
    "{name}：评级规则出错，还没有等级：{why}", "{name}: the grader failed, no grade yet: {why}"
)

# trying rules
PREVIEW_TITLE = T("试算评级", "Try grading rules")
OPEN_CUSTOMERS = T("进行中的客户", "open customers")
CARD = T("规则文件", "Rules file")
CARD_HINT = T("留空：当前规则", "left empty: the rules in use")
CARD_HELP = T(
    "enter 试算 · {keys[preview.complete]} 补全 · 文件从 {folder} 找起",
    "enter tries it · {keys[preview.complete]} completes · files are looked for from {folder}",
)
CARD_FILES = T("可选：{names}", "There are: {names}")
NO_CARD_FILES = T("没有这样开头的文件", "No file begins like this")
OWN_RULES = T("当前规则", "the rules in use")
WORKING_OUT = T(
    "试算中… {done} / {all} · {keys[preview.leave]} 停止",
    "Working it out… {done} of {all} · {keys[preview.leave]} stops",
)
STOPPED = T("已停止", "Stopped")
WORKED_OUT = T(
    "{rules}：{moved} 个等级会变，{first} 个首次评级；什么都没有写入",
    "{rules}: {moved} would change grade, {first} get their first; nothing is written yet",
)
NOBODY_MOVES = T("{rules}：没有人的等级会变", "{rules}: nobody's grade would change")
CARD_WRONG = T(
    "规则文件有错，下面是上一次的结果", "The file has a mistake; below is what it said before"
)
FROM_TO = T("原 → 新", "from → to")
OUTCOMES = {
    "moved": T("等级改变", "change grade"),
    "first": T("首次评级", "get their first grade"),
    "explained": T("等级不变，依据更新", "keep the grade on new evidence"),
    "same": T("不变", "stay as they are"),
    "by hand": T("人工评级，不动", "graded by hand, left alone"),
    "stale": T("规则出错，保留原等级", "keep theirs: the grader failed"),
    "unserved": T("没有适用的规则", "are served by no rules"),
}
LIMITS_CHANGED = T("得分不变，分界线变了", "the same points, other limits")
RULE_GONE = T("{reason}（{points} 不再计）", "{reason} ({points} no longer counts)")
NOBODY_LISTED = T("没有要列出的客户", "Nobody to list")
NOT_TRIED = T("先选规则文件，按 enter 试算", "Choose a rules file and press enter")
WOULD_BE = T("试算的等级：{name}", "The grade it would get: {name}")
APPLY_QUESTION = T("按「{rules}」写入评级？", "Write the grades of {rules}?")
APPLY_ONCE = T(
    "一次提交，{keys[board.undo]} 可撤销。", "It is one change; {keys[board.undo]} takes it back."
)
APPLY_KEEPS_RULES = T(
    "之后的修改仍按 crm.toml 里的规则评级。",
    "Later edits are graded by the rules in crm.toml as before.",
)
APPLY_MARKED = T("标为未更新", "marked as not renewed")
NOTHING_TO_APPLY = T("没有可写入的内容", "There is nothing to write")
APPLYING = T("写入中…", "Writing…")
CORRECT_FIRST = T("请先改正规则文件", "Correct the rules file first")
LOOK_AGAIN = T(
    "试算之后数据有了变化，什么都没有写入。重新试算？",
    "The data has changed since this was worked out; nothing was written. Work it out again?",
)
APPLIED = T(
    "已更新 {n} 个客户的评级（版本 {revision}），{keys[board.undo]} 撤销",
    "{n} customers are graded anew (revision {revision}); {keys[board.undo]} takes it back",
)
APPLIED_STALE = T("；{n} 个规则出错，保留原等级", "; the grader failed on {n}, their grades stay")
COMMANDS = T("输入命令…", "Type what you want to do…")
