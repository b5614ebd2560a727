"""Every key of the board: what it does, in which words."""

from __future__ import annotations

from crmcore.wording import Text
from crmcore_tui.keys import Key, Section

T = Text

STAGES = tuple(
    Key(f"stage({n})", (str(n),), str(n), T("到第 {n} 个阶段", "stage {n}").with_(n=n))
    for n in range(1, 10)
)
"""The digits that jump to a stage."""

MOVING = Section(
    T("移动光标", "Move around"),
    (
        Key("up", ("up", "k"), "↑ k", T("上一张卡片", "card above")),
        Key("down", ("down", "j"), "↓ j", T("下一张卡片", "card below")),
        Key("left", ("left", "h"), "← h", T("左边的阶段", "stage to the left")),
        Key("right", ("right", "l"), "→ l", T("右边的阶段", "stage to the right")),
        Key("page_up", ("pageup", "ctrl+b"), "PgUp ^b", T("上一页", "page up")),
        Key("page_down", ("pagedown", "ctrl+f"), "PgDn ^f", T("下一页", "page down")),
        Key("top_chord", ("g",), "g g", T("到顶", "first card")),
        Key("top", ("home",), "Home", T("到顶", "first card")),
        Key("bottom", ("G", "end"), "G", T("到底", "last card")),
        *STAGES,
    ),
)
LOOKING = Section(
    T("查看", "Look"),
    (
        Key("detail", ("enter",), "enter", T("详情与历史", "details and history"), 2),
        Key("why", ("i",), "i", T("为什么是这个等级", "why this grade"), 9),
        Key("filter", ("slash",), "/", T("筛选", "filter"), 5),
        Key("clear", ("escape",), "esc", T("取消筛选", "clear the filter")),
        Key("side", ("backslash",), "\\", T("侧栏", "side panel"), 23),
        Key("closed", ("z",), "z", T("进行中 ⇄ 已关闭", "open ⇄ closed"), 16),
        Key("funnel", ("F",), "F", T("漏斗报表", "funnel dashboard"), 8),
        Key("today", ("T",), "T", T("今天要做什么", "what is to be done"), 8),
        Key("table", ("t",), "t", T("表格", "table"), 8),
        Key("filters", ("f",), "f", T("保存的筛选", "saved filters"), 26),
        Key("sort", ("s",), "s", T("排序", "sort"), 27),
    ),
)
WORKING = Section(
    T("推进客户", "Work on the customer"),
    (
        Key("forward", ("L",), "L", T("推进一个阶段", "move forward"), 3),
        Key("back", ("H",), "H", T("退回一个阶段", "move back"), 8),
        Key("add", ("a",), "a", T("新增线索", "add a lead"), 4),
        Key("edit", ("e",), "e", T("编辑", "edit"), 6),
        Key("note", ("o",), "o", T("记录跟进", "log a contact"), 7),
        Key("next_step", ("n",), "n", T("下一步", "next step"), 10),
        Key("assign", ("A",), "A", T("分配负责人", "assign an owner"), 11),
        Key("grade", ("ctrl+g",), "^g", T("按规则评级", "grade by the rules"), 12),
        Key("grade_by_hand", ("E",), "E", T("人工评级", "grade by hand")),
        Key("preview", ("V",), "V", T("试算评级规则", "try grading rules"), 21),
        Key("proposal", ("p",), "p", T("方案", "proposal"), 13),
        Key("objection", ("x",), "x", T("异议与答复", "objection, answer"), 14),
        Key("clause", ("c",), "c", T("合同修改", "contract change"), 15),
        Key("won", ("w",), "w", T("成交", "won"), 17),
        Key("lose", ("d",), "d", T("流失", "lost"), 18),
        Key("invalidate", ("D",), "D", T("无效线索", "invalid lead")),
        Key("reopen", ("r",), "r", T("重新打开", "reopen")),
        Key("repurchase", ("R",), "R", T("复购", "repurchase"), 19),
        Key("refer", ("I",), "I", T("转介绍新线索", "lead they referred"), 20),
        Key("screen_lead", ("S",), "S", T("核查线索", "is the lead real"), 28),
        Key("terms", ("N",), "N", T("谈判条件", "terms negotiated"), 29),
        Key("contract", ("K",), "K", T("合同发送、签署", "contract sent, signed"), 30),
        Key("delivery", ("Y",), "Y", T("交付与验收", "delivery, acceptance"), 31),
        Key("survey", ("Q",), "Q", T("满意度调研", "satisfaction survey"), 32),
        Key("hand_over", ("O",), "O", T("离职交接：客户转给别人", "customers of who left")),
    ),
)
MARKING = Section(
    T("选择多个", "Several at once"),
    (
        Key("mark", ("space",), "space", T("选中 / 取消", "select, or no more"), 22),
        Key("range", ("v",), "v", T("连续选择", "select a range"), 23),
        Key("tag", ("number_sign",), "#", T("标签", "tags"), 24),
        Key("again", ("full_stop",), ".", T("重复上一操作", "repeat the last action"), 25),
    ),
)
APPLICATION = Section(
    T("其他", "Other"),
    (
        Key("undo", ("u",), "u", T("撤销", "undo"), 6),
        Key("redo", ("ctrl+r",), "^r", T("重做", "redo")),
        Key("palette", ("ctrl+p",), "^p", T("命令面板", "command palette")),
        Key("import_sheet", ("ctrl+o",), "^o", T("导入表格", "import a sheet"), 21),
        Key("settings", ("comma",), ",", T("设置", "settings"), 22),
        Key("plugins", ("P",), "P", T("插件状态", "plugins and their health")),
        Key("help", ("question_mark",), "?", T("帮助", "help"), 1),
        Key("quit", ("q",), "q", T("退出", "quit"), 1),
        Key("twins", ("M",), "M", T("重复客户", "likely duplicates"), 33),
        Key("inbox", ("at",), "@", T("通知", "notifications"), 34),
    ),
)
