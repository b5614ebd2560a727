"""What the headers of the board and the funnel dashboard say, in both languages."""

from __future__ import annotations

from crmcore.wording import Text

T = Text

# above the columns, the longest wording that fits
P_ALONE = T("p {p}", "p {p}")
ALL_WON = T("均已成交", "all won")
P_UNKNOWN = (
    T("加权 p?（历史不足）", "weighted p? (not enough history)"),
    T("加权 p?（历史不足）", "p? (not enough history)"),
    T("p? 历史不足", "p? too few closed"),
    T("p?", "p?"),
)
WEIGHTED = (
    T("加权 {amount} · p {p}", "weighted {amount} · p {p}"),
    T("加权 {amount} p{p}", "≈{amount} · p {p}"),
    T("≈{amount}", "≈{amount}"),
)

# the dashboard
TITLE = T("漏斗报表", "Funnel dashboard")
EVERYBODY = T("{n} 个客户（另有 {invalid} 个无效）", "{n} customers ({invalid} invalid besides)")
COUNTING = T("计算中… {done} / {all}", "Working it out… {done} of {all}")
MOVED_ON = T("计算时数据有变化，按 r 重算", "data changed meanwhile; r works it out again")
READING = T("还在逐个读取客户…", "still reading the customers…")
AS_OF = T("版本 {revision}", "revision {revision}")
TOO_FEW = T("历史不足（{n} / {fewest}）", "not enough history ({n} of {fewest})")
SAMPLE = T("{part}/{whole}", "{part}/{whole}")
NOBODY = T("没有客户", "nobody")
MORE = T("… 还有 {n} 行", "… {n} more rows")
OF_FIGURE = T("报表：{label}", "Figure: {label}")
NOTE = T(
    "{meaning}。范围：{population}。时间：{window}。",
    "{meaning}. Of: {population}. When: {window}.",
)
MEANING = T("含义", "What it is")
POPULATION = T("范围", "Of whom")
WINDOW = T("时间", "When")
HERE = T("这一行", "This row")
OPENS = T("enter 在看板上显示这些客户", "enter shows these customers on the board")
WITHIN = T("筛选", "Filter")

# the funnel
REACHED = T("到过", "reached")
STANDING = T("进行中", "open")
VALUE = T("金额", "value")
GO_ON = T("↓ {share} · {open} 仍在此 · {lost} 流失", "↓ {share} · {open} still here · {lost} lost")
GO_ON_SHORT = T("↓ {share}", "↓ {share}")
REACHED_STAGE = T("到过「{stage}」", "reached {stage}")

# win rate
WIN_RATE = T("成交率", "Win rate")
CHANCES = T("成交率与阶段赢率 p", "Win rate, and p by stage")

# forecast
FORECAST = T("加权预测（按预计成交月份）", "Weighted forecast, by expected close")
PLAIN = T("金额", "plain")
WEIGHTED_HEAD = T("加权", "weighted")
CUSTOMERS_HEAD = T("客户", "customers")
PAST = T("已过期", "past due")
LATER = T("更晚", "later")
NO_DATE = T("未定", "no date")
TOTAL = T("合计", "total")
NO_CHANCE = T("{n} 个 p 未知，不计入加权", "{n} not weighted: p unknown")
NO_VALUE = T("{n} 个金额未知，不计入", "{n} left out: value unknown")
EXPECTED = T("预计成交 {month} · {currency}", "expected {month} · {currency}")

# cycle and velocity
PACE = T("周期与速度", "Cycle and velocity")
MEDIAN = T("周期中位数", "cycle, median")
MEAN = T("周期平均", "cycle, mean")
DAYS = T("{n} 天", "{n} days")
A_DAY = T("速度", "velocity")
PER_DAY = T("{amount}/天", "{amount} a day")
LEFT_OUT = T("{n} 个时间不全，不计入", "{n} left out: dates unknown")

# ageing and attention
AGEING = T("停留、逾期与停滞", "Ageing, overdue and stale")
DAYS_HEAD = T("停留(中位)", "days (median)")
OVERDUE = T("逾期", "overdue")
STALE = T("停滞", "stale")
ALL_STAGES = T("所有阶段", "all stages")
OPEN_IN = T("进行中 ·「{stage}」", "open in {stage}")

# owners and sources
NAME = T("名称", "name")
WON = T("成交", "won")
RATE = T("成交率", "win rate")
NO_OWNER = T("未分配", "unassigned")
NO_SOURCE = T("来源未知", "source unknown")

# every report, and the past
REPORTS = T("全部报表", "All reports")
REPORT_KEYS = T(
    "{keys[pick.choose]} 打开 · {keys[pick.close]} 返回",
    "{keys[pick.choose]} open · {keys[pick.close]} back",
)
NOW = T("现在", "now")
AS_OF_DATE = T("截至 {date}", "as of {date}")
AS_OF_TITLE = T("截至哪一天的数字", "The figures as of which day")
DATE = T("日期", "Date")
READ_ONLY = T("截至 {date} · 只读", "as of {date} · read only")
PAST_IS_PAST = T(
    "这是过去的看板，不能更改；{keys[board.quit]} 返回",
    "this is the board of a past day: it cannot be changed; {keys[board.quit]} goes back",
)

# whom to see to
SEE_TO = T("逾期与停滞名单", "Overdue and stale, by name")
SINCE_DAYS = T("{n} 天", "{n} d")
