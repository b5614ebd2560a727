"""What the detail of a customer says, in both languages."""

from __future__ import annotations

from crmcore.wording import Text

T = Text

DUE = T("待办", "To be done")
WHY = T("等级（{keys[board.why]} 看全部依据）", "Grade ({keys[board.why]} tells all of why)")
LINKS = T(
    "关联客户（{keys[detail.follow]} 或数字键前往）",
    "Linked customers ({keys[detail.follow]} or its digit goes there)",
)
LINK_KINDS = {
    "referred_by": T("由其转介绍", "referred by"),
    "referral": T("转介绍给我们", "referred to us"),
    "repurchase_of": T("复购自", "bought before as"),
    "repurchase": T("复购为", "bought again as"),
    "duplicate_of": T("重复于", "duplicate of"),
}
GONE = T("不存在了", "no longer there")
NO_LINKS = T("没有关联客户", "No other customer is linked")
LINKS_TITLE = T("关联客户 · {name}", "Linked to {name}")
OLDER = T(
    "… 还有更早的记录，按 {keys[detail.more]} 继续读",
    "… and older ones, {keys[detail.more]} reads on",
)
