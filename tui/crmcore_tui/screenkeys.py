"""Every key of the other screens: what it does, in which words."""

from __future__ import annotations

from crmcore.wording import Text
from crmcore_tui.keys import Key, Section

T = Text

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
