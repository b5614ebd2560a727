"""Every key of every screen: what it does, in which words. Bindings, footer and help read this table.

These are the keys of the keymap "vi"; `keymaps` knows the others, and the user's own.
"""

from __future__ import annotations

from collections.abc import Iterable

from attrs import frozen
from textual.binding import Binding

from crmcore.wording import Text


@frozen
class Key:
    """One action and its keys, as Textual names them.

    `shown` is how they are written for people. `footer` ranks it there, lowest first; 0 is not shown.
    """

    action: str
    keys: tuple[str, ...]
    shown: str
    label: Text
    footer: int = 0
    screen: str = "board"

    @property
    def id(self) -> str:
        """How a user's own keymap names this key."""
        return f"{self.screen}.{self.action}".replace("(", "-").replace(")", "")


@frozen
class Section:
    """Keys that belong together in the help."""

    label: Text
    keys: tuple[Key, ...]


T = Text

_STAGES = tuple(
    Key(f"stage({n})", (str(n),), str(n), T("到第 {n} 个阶段", "stage {n}").with_(n=n))
    for n in range(1, 10)
)

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
        *_STAGES,
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

_TABLE = "table"
TABLE = Section(
    T("表格", "Table"),
    (
        Key("left", ("left", "h"), "← h", T("左边一列", "column to the left"), 0, _TABLE),
        Key("right", ("right", "l"), "→ l", T("右边一列", "column to the right"), 0, _TABLE),
        Key("first", ("0",), "0", T("第一列", "first column"), 0, _TABLE),
        Key("last", ("dollar_sign",), "$", T("最后一列", "last column"), 0, _TABLE),
        Key(
            "sort",
            ("s",),
            "s",
            T("按此列排序 ↑ ↓", "sort by this column ↑ ↓"),
            2,
            _TABLE,
        ),
        Key("columns", ("C",), "C", T("选择列", "choose columns"), 3, _TABLE),
        Key("leave", ("t", "q"), "t q", T("回到看板", "to the board"), 1, _TABLE),
    ),
)
_COLUMNS = "columns"
CHOOSING_COLUMNS = Section(
    T("选择列", "Choose columns"),
    (
        Key("up", ("up", "k"), "↑ k", T("上一项", "field above"), 0, _COLUMNS),
        Key("down", ("down", "j"), "↓ j", T("下一项", "field below"), 0, _COLUMNS),
        Key("page_up", ("pageup", "ctrl+b"), "PgUp ^b", T("上一页", "page up"), 0, _COLUMNS),
        Key("page_down", ("pagedown", "ctrl+f"), "PgDn ^f", T("下一页", "page down"), 0, _COLUMNS),
        Key("choose", ("space", "enter"), "space", T("显示 / 不显示", "show, or not"), 0, _COLUMNS),
        Key("earlier", ("K", "shift+up"), "K", T("往前移", "further left"), 0, _COLUMNS),
        Key("later", ("J", "shift+down"), "J", T("往后移", "further right"), 0, _COLUMNS),
        Key("usual", ("delete", "d"), "d", T("恢复默认", "the usual columns"), 0, _COLUMNS),
        Key("close", ("escape", "q", "C"), "esc q", T("返回", "back"), 0, _COLUMNS),
    ),
)
_TODAY = "today"
TODAY = Section(
    T("今天要做什么", "What is to be done"),
    (
        Key("done", ("y",), "y", T("完成下一步", "the next step is done"), 2, _TODAY),
        Key("whose", ("m",), "m", T("我的 ⇄ 所有人", "mine ⇄ everybody's"), 3, _TODAY),
        Key("on_board", ("b",), "b", T("在看板上看这一组", "this section on the board"), 5, _TODAY),
        Key("left", ("left", "h"), "← h", T("上一组", "section above"), 0, _TODAY),
        Key("right", ("right", "l", "tab"), "→ l", T("下一组", "section below"), 0, _TODAY),
        *(
            Key(
                f"section({n})",
                (str(n),),
                str(n),
                T("第 {n} 组", "section {n}").with_(n=n),
                0,
                _TODAY,
            )
            for n in range(1, 6)
        ),
        Key("leave", ("T", "q"), "T q", T("返回", "back"), 1, _TODAY),
    ),
)
_INTAKE = "intake"
TAKING_IN = Section(
    T("导入表格", "Import a sheet"),
    (
        Key("pick", ("f", "slash"), "f /", T("选文件", "choose the file"), 4, _INTAKE),
        Key("complete", ("tab",), "tab", T("补全文件名", "complete the file's name"), 0, _INTAKE),
        Key("up", ("up", "k"), "↑ k", T("上一行", "row above"), 0, _INTAKE),
        Key("down", ("down", "j"), "↓ j", T("下一行", "row below"), 0, _INTAKE),
        Key("page_up", ("pageup", "ctrl+b"), "PgUp ^b", T("上一页", "page up"), 0, _INTAKE),
        Key("page_down", ("pagedown", "ctrl+f"), "PgDn ^f", T("下一页", "page down"), 0, _INTAKE),
        Key("top", ("g", "home"), "g", T("到顶", "first row"), 0, _INTAKE),
        Key("bottom", ("G", "end"), "G", T("到底", "last row"), 0, _INTAKE),
        Key("left", ("left", "h"), "← h", T("上一种结果", "outcome before"), 0, _INTAKE),
        Key("right", ("right", "l"), "→ l", T("下一种结果", "next outcome"), 5, _INTAKE),
        Key("open", ("enter",), "enter", T("逐项对照", "field by field"), 3, _INTAKE),
        Key("columns", ("i",), "i", T("列与说明", "columns and notes"), 6, _INTAKE),
        Key("again", ("r",), "r", T("重新读文件", "read the file again"), 7, _INTAKE),
        Key("apply", ("A",), "A", T("导入", "import them"), 2, _INTAKE),
        Key("leave", ("escape",), "esc", T("返回", "back"), 1, _INTAKE),
        Key("close", ("q",), "q", T("回到看板", "to the board"), 0, _INTAKE),
        Key("create", ("c",), "c", T("这一行新增", "take the row as new"), 8, _INTAKE),
        Key("update", ("u",), "u", T("这一行更新相似客户", "update its twin"), 9, _INTAKE),
        Key("skip", ("x",), "x", T("这一行跳过", "skip the row"), 10, _INTAKE),
        Key("how", ("o",), "o", T("工作表与列对应", "sheet and mapping"), 11, _INTAKE),
    ),
)
_DETAIL = "detail"
DETAIL = Section(
    T("客户详情", "A customer's details"),
    (
        Key("follow", ("f",), "f", T("到关联客户", "to a linked customer"), 0, _DETAIL),
        *(
            Key(
                f"link({n})",
                (str(n),),
                str(n),
                T("到第 {n} 个关联客户", "linked customer {n}").with_(n=n),
                0,
                _DETAIL,
            )
            for n in range(1, 10)
        ),
        Key("more", ("m",), "m", T("更早的历史", "older history"), 0, _DETAIL),
    ),
)
_PREVIEW = "preview"
PREVIEWING = Section(
    T("试算评级规则", "Try grading rules"),
    (
        Key("pick", ("f", "slash"), "f /", T("选规则文件", "choose the rules file"), 3, _PREVIEW),
        Key("complete", ("tab",), "tab", T("补全文件名", "complete the file's name"), 0, _PREVIEW),
        Key("up", ("up", "k"), "↑ k", T("上一个客户", "customer above"), 0, _PREVIEW),
        Key("down", ("down", "j"), "↓ j", T("下一个客户", "customer below"), 0, _PREVIEW),
        Key("page_up", ("pageup", "ctrl+b"), "PgUp ^b", T("上一页", "page up"), 0, _PREVIEW),
        Key("page_down", ("pagedown", "ctrl+f"), "PgDn ^f", T("下一页", "page down"), 0, _PREVIEW),
        Key("top", ("g", "home"), "g", T("到顶", "first customer"), 0, _PREVIEW),
        Key("bottom", ("G", "end"), "G", T("到底", "last customer"), 0, _PREVIEW),
        Key("open", ("enter",), "enter", T("客户详情", "the customer"), 4, _PREVIEW),
        Key("why", ("i",), "i", T("试算等级的依据", "why it would get the grade"), 5, _PREVIEW),
        Key("again", ("r",), "r", T("重新读文件并试算", "read the file again"), 6, _PREVIEW),
        Key("apply", ("A",), "A", T("写入", "write it"), 2, _PREVIEW),
        Key("leave", ("escape",), "esc", T("停止 / 返回", "stop, back"), 1, _PREVIEW),
        Key("close", ("q",), "q", T("回到看板", "to the board"), 0, _PREVIEW),
    ),
)

_FUNNEL = "funnel"
FUNNEL = Section(
    T("漏斗报表", "Funnel dashboard"),
    (
        Key("up", ("up", "k"), "↑ k", T("上一行", "row above"), 0, _FUNNEL),
        Key("down", ("down", "j"), "↓ j", T("下一行", "row below"), 0, _FUNNEL),
        Key("left", ("left", "h"), "← h", T("左边一栏", "column to the left"), 0, _FUNNEL),
        Key("right", ("right", "l"), "→ l", T("右边一栏", "column to the right"), 0, _FUNNEL),
        Key("next_panel", ("tab",), "tab", T("下一个指标", "next figure"), 4, _FUNNEL),
        Key("previous_panel", ("shift+tab",), "⇧tab", T("上一个指标", "figure before"), 0, _FUNNEL),
        Key("top", ("g", "home"), "g", T("到顶", "first row"), 0, _FUNNEL),
        Key("bottom", ("G", "end"), "G", T("到底", "last row"), 0, _FUNNEL),
        Key(
            "open",
            ("enter",),
            "enter",
            T("在看板上看这些客户", "these customers on the board"),
            2,
            _FUNNEL,
        ),
        Key("meaning", ("question_mark", "i"), "? i", T("口径与范围", "what it means"), 3, _FUNNEL),
        Key("again", ("r",), "r", T("重算", "work it out again"), 5, _FUNNEL),
        Key("leave", ("escape", "q", "F"), "esc", T("回到看板", "to the board"), 1, _FUNNEL),
        Key("report", ("p",), "p", T("全部报表", "every report"), 6, _FUNNEL),
        Key(
            "day_earlier",
            ("left_square_bracket",),
            "[",
            T("前一天的数字", "as of a day earlier"),
            7,
            _FUNNEL,
        ),
        Key("day_later", ("right_square_bracket",), "]", T("后一天", "a day later"), 0, _FUNNEL),
        Key(
            "week_earlier",
            ("left_curly_bracket",),
            "{",
            T("前一周", "a week earlier"),
            0,
            _FUNNEL,
        ),
        Key("week_later", ("right_curly_bracket",), "}", T("后一周", "a week later"), 0, _FUNNEL),
        Key(
            "month_earlier",
            ("left_parenthesis",),
            "(",
            T("前一个月", "a month earlier"),
            0,
            _FUNNEL,
        ),
        Key(
            "month_later",
            ("right_parenthesis",),
            ")",
            T("后一个月", "a month later"),
            0,
            _FUNNEL,
        ),
        Key("date", ("at",), "@", T("截至某日", "as of a date"), 8, _FUNNEL),
        Key("now", ("n",), "n", T("回到现在", "back to now"), 9, _FUNNEL),
        Key("board", ("b",), "b", T("那一天的看板", "the board of that day"), 0, _FUNNEL),
    ),
)
FUNNEL_KEYS: tuple[Key, ...] = FUNNEL.keys
_READER = "reader"
READING = Section(
    T("阅读", "Read"),
    (
        Key("down", ("j", "down"), "j ↓", T("向下", "down"), 0, _READER),
        Key("up", ("k", "up"), "k ↑", T("向上", "up"), 0, _READER),
        Key(
            "page_down",
            ("pagedown", "space", "ctrl+f"),
            "PgDn",
            T("下一页", "page down"),
            0,
            _READER,
        ),
        Key("page_up", ("pageup", "ctrl+b"), "PgUp ^b", T("上一页", "page up"), 0, _READER),
        Key("top", ("g", "home"), "g", T("到顶", "to the top"), 0, _READER),
        Key("bottom", ("G", "end"), "G", T("到底", "to the bottom"), 0, _READER),
        Key("close", ("escape", "q", "enter"), "esc q", T("返回", "back"), 0, _READER),
    ),
)
_FORM = "form"
FILLING_IN = Section(
    T("填写", "Fill in"),
    (
        Key("next", ("tab",), "tab", T("下一项", "next field"), 0, _FORM),
        Key("previous", ("shift+tab",), "⇧tab", T("上一项", "field before"), 0, _FORM),
        Key(
            "enter",
            ("enter",),
            "enter",
            T("下一项，最后一项保存", "next field; save behind the last"),
            0,
            _FORM,
        ),
        Key("used_before", ("down",), "↓", T("用过的下一个", "one used before"), 0, _FORM),
        Key("used_after", ("up",), "↑", T("用过的上一个", "the one above it"), 0, _FORM),
        Key("save", ("ctrl+s",), "^s", T("保存", "save"), 0, _FORM),
        Key("give_up", ("escape",), "esc", T("取消", "cancel"), 0, _FORM),
    ),
)
_CONFIRM = "confirm"
ASKING = Section(
    T("回答问题", "Answer a question"),
    (
        Key("answer(True)", ("y",), "y", T("是", "yes"), 0, _CONFIRM),
        Key("answer(False)", ("n", "escape", "q"), "n esc", T("否", "no"), 0, _CONFIRM),
    ),
)
_LEAVE = "leave"
LEAVING = Section(
    T("未保存的内容", "What is not saved"),
    (
        Key("keep", ("s",), "s", T("存为草稿", "save as a draft"), 0, _LEAVE),
        Key("discard", ("d",), "d", T("放弃", "discard it"), 0, _LEAVE),
        Key("go_on", ("n", "escape"), "n esc", T("继续填写", "go on"), 0, _LEAVE),
    ),
)
_DRAFT = "draft"
OFFERING = Section(
    T("草稿", "A draft"),
    (
        Key("resume", ("enter",), "enter", T("继续填写", "go on with it"), 0, _DRAFT),
        # No letter: what is typed ahead must not throw a draft away.
        Key("discard", ("delete", "ctrl+d"), "Del", T("放弃草稿", "discard it"), 0, _DRAFT),
        Key("close", ("escape",), "esc", T("以后再说", "decide later"), 0, _DRAFT),
    ),
)
_CONFLICT = "conflict"
MERGING = Section(
    T("两人改了同一客户", "Two changed one customer"),
    (
        Key("up", ("up", "k"), "↑ k", T("上一个字段", "field above"), 0, _CONFLICT),
        Key("down", ("down", "j"), "↓ j", T("下一个字段", "field below"), 0, _CONFLICT),
        Key("mine", ("m", "left"), "m ←", T("用我的", "take mine"), 0, _CONFLICT),
        Key("theirs", ("t", "right"), "t →", T("用对方的", "take theirs"), 0, _CONFLICT),
        Key("edit", ("e", "f2"), "e", T("改写", "edit it"), 0, _CONFLICT),
        Key("save", ("ctrl+s", "enter"), "^s", T("保存", "save"), 0, _CONFLICT),
        Key("give_up", ("escape",), "esc", T("返回表单", "back to the form"), 0, _CONFLICT),
    ),
)
_PICK = "pick"
PICKING = Section(
    T("选择一项", "Choose one"),
    (
        Key("up", ("up", "k"), "↑ k", T("上一项", "line above"), 0, _PICK),
        Key("down", ("down", "j"), "↓ j", T("下一项", "line below"), 0, _PICK),
        Key("choose", ("enter",), "enter", T("选定", "choose it"), 0, _PICK),
        Key("remove", ("delete", "d"), "d", T("删除", "remove it"), 0, _PICK),
        Key("close", ("escape", "q"), "esc q", T("返回", "back"), 0, _PICK),
    ),
)
_QUICK = "quick"
QUICK = Section(
    T("一行新增线索", "A lead on one line"),
    (
        Key("add", ("enter",), "enter", T("新增", "add it"), 0, _QUICK),
        Key("form", ("tab",), "tab", T("填全部字段", "all the fields"), 0, _QUICK),
        Key("close", ("escape",), "esc", T("取消", "cancel"), 0, _QUICK),
    ),
)
_SETTINGS = "settings"
CHOOSING = Section(
    T("设置", "Settings"),
    (
        Key("up", ("up", "k"), "↑ k", T("上一项", "setting above"), 0, _SETTINGS),
        Key("down", ("down", "j"), "↓ j", T("下一项", "setting below"), 0, _SETTINGS),
        Key(
            "next",
            ("right", "l", "enter", "space"),
            "→ l",
            T("换成下一个", "next choice"),
            0,
            _SETTINGS,
        ),
        Key("previous", ("left", "h"), "← h", T("换成上一个", "choice before"), 0, _SETTINGS),
        Key("forget", ("delete", "d"), "d", T("恢复默认", "forget my choice"), 0, _SETTINGS),
        Key("close", ("escape", "q", "comma"), "esc q", T("返回", "back"), 0, _SETTINGS),
    ),
)
_PLUGINS = "plugins"
EXAMINING = Section(
    T("插件", "Plugins"),
    (Key("again", ("r",), "r", T("重新检查", "examine them again"), 0, _PLUGINS),),
)
_TWINS = "twins"
TWINS = Section(
    T("重复客户", "Likely duplicates"),
    (
        Key("up", ("up", "k"), "↑ k", T("上一对", "pair above"), 0, _TWINS),
        Key("down", ("down", "j"), "↓ j", T("下一对", "pair below"), 0, _TWINS),
        Key("page_up", ("pageup", "ctrl+b"), "PgUp ^b", T("上一页", "page up"), 0, _TWINS),
        Key("page_down", ("pagedown", "ctrl+f"), "PgDn ^f", T("下一页", "page down"), 0, _TWINS),
        Key("open", ("enter",), "enter", T("逐项对照", "field by field"), 0, _TWINS),
        Key("undo", ("u",), "u", T("撤销合并", "undo the merge"), 0, _TWINS),
        Key("close", ("escape", "q", "M"), "esc q", T("返回", "back"), 0, _TWINS),
    ),
)
_MERGE = "merge"
MERGING_TWINS = Section(
    T("合并两个客户", "Merge two customers"),
    (
        Key("up", ("up", "k"), "↑ k", T("上一个字段", "field above"), 0, _MERGE),
        Key("down", ("down", "j"), "↓ j", T("下一个字段", "field below"), 0, _MERGE),
        Key("page_up", ("pageup", "ctrl+b"), "PgUp ^b", T("上一页", "page up"), 0, _MERGE),
        Key("page_down", ("pagedown", "ctrl+f"), "PgDn ^f", T("下一页", "page down"), 0, _MERGE),
        Key("keep", ("left", "h"), "← h", T("用保留方的", "what the kept one says"), 0, _MERGE),
        Key("other", ("right", "l"), "→ l", T("用另一方的", "what the other says"), 0, _MERGE),
        Key("swap", ("s",), "s", T("对调保留方", "keep the other one"), 0, _MERGE),
        Key("apply", ("A",), "A", T("合并", "merge them"), 0, _MERGE),
        Key("close", ("escape", "q"), "esc q", T("返回", "back"), 0, _MERGE),
    ),
)
_ASSIGNING = "assigning"
ASSIGNING = Section(
    T("按规则分配", "Owners by the rules"),
    (Key("apply", ("A",), "A", T("就这样分配", "assign them so"), 0, _ASSIGNING),),
)
_EVERYWHERE = "app"
EVERYWHERE = Section(
    T("所有界面", "On every screen"),
    (
        Key("language", ("ctrl+l",), "^l", T("切换语言", "other language"), 0, _EVERYWHERE),
        Key("theme", ("ctrl+t",), "^t", T("切换配色", "other theme"), 0, _EVERYWHERE),
    ),
)

SECTIONS = (MOVING, LOOKING, WORKING, MARKING, APPLICATION)
"""The keys of the board, as its help shows them."""

OTHER_SECTIONS = (
    TABLE,
    CHOOSING_COLUMNS,
    TODAY,
    FUNNEL,
    TAKING_IN,
    PREVIEWING,
    READING,
    DETAIL,
    FILLING_IN,
    QUICK,
    PICKING,
    ASKING,
    LEAVING,
    OFFERING,
    MERGING,
    CHOOSING,
    EXAMINING,
    TWINS,
    MERGING_TWINS,
    ASSIGNING,
    EVERYWHERE,
)
"""The keys of the other screens; `screen` says whose each is."""

BOARD_KEYS: tuple[Key, ...] = tuple(key for section in SECTIONS for key in section.keys)

_BOARD_ALONE = frozenset(
    {"left", "right", "sort", "side", "quit", "table", *(key.action for key in _STAGES)}
)
ON_TABLE = tuple(key for key in BOARD_KEYS if key.action not in _BOARD_ALONE)
ON_TODAY = tuple(key for key in ON_TABLE if key.action not in ("today", "closed", "funnel"))
"""The board's keys that the table and today's list listen to as well."""

ON_MARKED = ("help", "forward", "back", "assign", "next_step", "note", "tag", "grade", "lose")
"""What the footer offers first while customers are selected."""

ON_CLOSED = ("help", "closed", "reopen", "repurchase", "refer", "detail")
"""What it offers first among those that are closed."""

FROM_DETAIL = (
    *("edit", "note", "next_step", "proposal", "objection", "clause", "assign", "why"),
    *("screen_lead", "terms", "contract", "delivery", "survey"),
)
"""The actions that can be begun from the open detail as well."""


def keys_of(screen: str) -> tuple[Key, ...]:
    """The rows of one screen."""
    every = (*SECTIONS, *OTHER_SECTIONS)
    return tuple(key for section in every for key in section.keys if key.screen == screen)


def bindings(keys: Iterable[Key], *, priority: bool = True) -> list[Binding]:
    """Textual's bindings for *keys*; each keeps its id, so that users may remap it.

    With *priority* they are acted on as they arrive, before a key typed right after them.
    """
    return [
        Binding(
            ",".join(key.keys), key.action, key.label.en, show=False, priority=priority, id=key.id
        )
        for key in keys
    ]


def key_for(action: str) -> Key:
    """The row of *action*. Raises KeyError."""
    for key in BOARD_KEYS:
        if key.action == action:
            return key
    raise KeyError(action)


def help_rows(section: Section) -> list[tuple[str, Text]]:
    """The keys of *section* and what they do; digits as one row.

    An action that has no key in a keymap is left out: another one does the same.
    """
    digits = [key for key in section.keys if key.action.partition("(")[0] in _NTH]
    rows = [(key.shown, key.label) for key in section.keys if key.keys and key not in digits]
    if digits:
        nth = _NTH[digits[0].action.partition("(")[0]]
        rows.append((f"{digits[0].shown}…{digits[-1].shown}", nth))
    return rows


_NTH = {
    "stage": T("到第 n 个阶段", "stage n"),
    "section": T("第 n 组", "section n"),
    "link": T("到第 n 个关联客户", "linked customer n"),
}


def footer_keys(keys: Iterable[Key] = BOARD_KEYS) -> list[Key]:
    """Those of *keys* that the footer shows, the most needed first."""
    return sorted((key for key in keys if key.footer and key.keys), key=lambda key: key.footer)
