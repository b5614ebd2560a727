"""Every key of the board and of the preview: what it does, in which words. Bindings, footer and help read this table."""

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
    Key(f"stage({n})", (str(n),), str(n), T(f"到第 {n} 个阶段", f"stage {n}")) for n in range(1, 10)
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
        Key("preview", ("v",), "v", T("试算评级规则", "try grading rules"), 21),
        Key("proposal", ("p",), "p", T("方案", "proposal"), 13),
        Key("objection", ("x",), "x", T("异议与答复", "objection, answer"), 14),
        Key("clause", ("c",), "c", T("合同修改", "contract change"), 15),
        Key("won", ("w",), "w", T("成交", "won"), 17),
        Key("lose", ("d",), "d", T("流失", "lost"), 18),
        Key("invalidate", ("D",), "D", T("无效线索", "invalid lead")),
        Key("reopen", ("r",), "r", T("重新打开", "reopen")),
        Key("repurchase", ("R",), "R", T("复购", "repurchase"), 19),
        Key("refer", ("I",), "I", T("转介绍新线索", "lead they referred"), 20),
    ),
)
APPLICATION = Section(
    T("其他", "Other"),
    (
        Key("undo", ("u",), "u", T("撤销", "undo"), 6),
        Key("redo", ("ctrl+r",), "^r", T("重做", "redo")),
        Key("palette", ("ctrl+p",), "^p", T("命令面板", "command palette")),
        Key("help", ("question_mark",), "?", T("帮助", "help"), 1),
        Key("quit", ("q",), "q", T("退出", "quit"), 1),
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

SECTIONS = (MOVING, LOOKING, WORKING, APPLICATION)
BOARD_KEYS: tuple[Key, ...] = tuple(key for section in SECTIONS for key in section.keys)

FROM_DETAIL = ("edit", "note", "next_step", "proposal", "objection", "clause", "assign", "why")
"""The actions that can be begun from the open detail as well."""


def bindings(keys: Iterable[Key]) -> list[Binding]:
    """Textual's bindings for *keys*; each keeps its id, so that users may remap it.

    They have priority: acted on as they arrive, before a key typed right after them.
    """
    return [
        Binding(",".join(key.keys), key.action, key.label.en, show=False, priority=True, id=key.id)
        for key in keys
    ]


def key_for(action: str) -> Key:
    """The row of *action*. Raises KeyError."""
    for key in BOARD_KEYS:
        if key.action == action:
            return key
    raise KeyError(action)


def help_rows(section: Section) -> list[tuple[str, Text]]:
    """The keys of *section* and what they do; the stages' digits as one row."""
    rows = [(key.shown, key.label) for key in section.keys if not key.action.startswith("stage(")]
    if section is MOVING:
        rows.append(("1…9", T("到第 n 个阶段", "stage n")))
    return rows


def footer_keys(keys: Iterable[Key] = BOARD_KEYS) -> list[Key]:
    """Those of *keys* that the footer shows, the most needed first."""
    return sorted((key for key in keys if key.footer), key=lambda key: key.footer)
