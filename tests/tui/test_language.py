"""ctrl+l on every screen: the other language at once, what was typed and where one was kept."""

from __future__ import annotations

import pytest

from crmcore.boardconfig import BoardConfig
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.screens.preview import PreviewScreen
from crmcore_tui.widgets.editors import LineEditor


def leads(crm) -> list[str]:
    ids = [
        crm.add(
            company=f"C-{n}",
            phone="139",
            source="fair",
            budget=f"{40 - n}万-{50 - n}万",
            next_step="call",
            next_step_due="明天",
        ).id
        for n in range(12)
    ]
    crm.grade(ids[1], "B", "met them")
    return ids


SCREENS = {
    # the keys that open it: what it says in English, what it says in Chinese
    (): ("tomorrow call", "明天 call"),
    ("enter",): ("Company", "企业名称"),
    ("i",): ("Why this grade: C-1", "为什么是这个等级：C-1"),
    ("question_mark",): ("Move around", "移动光标"),
    ("e",): ("Edit C-1", "编辑 C-1"),
    ("n",): ("C-1: the next step", "C-1：下一步"),
    ("a", "X"): ("Company: X", "企业名称: X"),
    ("V",): ("the rules in use", "当前规则"),
    ("slash",): ("Filter /", "筛选 /"),
    ("comma",): ("Settings", "设置"),
    ("P",): ("Nothing is wrong.", "没有发现问题。"),
    ("a", "tab", "X", "escape"): ("What you typed is not saved yet", "已输入的内容还没有保存"),
    ("ctrl+g",): ("given by hand", "人工给的"),
}


@pytest.mark.parametrize(("keys", "said"), SCREENS.items(), ids=lambda v: " ".join(v) or "board")
async def test_every_screen_changes_its_language_while_it_is_open(keys, said, crm, open_board):
    ids = leads(crm)
    english, chinese = said
    async with open_board(crm, (110, 40)) as d:
        await d.press("j", *keys)
        screen = d.screen
        assert english in d.text()
        assert chinese not in d.text()
        await d.press("ctrl+l")
        assert d.screen is screen
        assert chinese in d.text()
        assert english not in d.text()
        assert "Standard funnel" not in d.text()
        await d.press("ctrl+l")
        assert english in d.text()
        assert d.state.selected().id == ids[1]


async def test_the_board_keeps_its_cursor_its_filter_and_what_is_typed(crm, open_board) -> None:
    ids = leads(crm)
    async with open_board(crm) as d:
        await d.press("j", "j", "slash", "C", "-", "ctrl+l")
        assert d.pilot.app.focused.value == "C-"
        assert "例如 owner:李娜" in d.text()
        await d.press("1", "enter")
        assert d.board_screen.filter_text == "C-1"
        await d.press("escape")
        await d.press("1", "home", "j", "j")
        assert d.selected().id == ids[2]
        assert "标准销售漏斗" in d.text()
        assert "¥40万" in d.text() or "43万" in d.text()
        assert " 帮助 " in d.text().splitlines()[-1]


async def test_a_form_keeps_what_was_typed_and_writes_anew_what_was_not(crm, open_board) -> None:
    ids = leads(crm)
    async with open_board(crm, (110, 60)) as d:
        await d.press("e")
        form = d.screen
        assert isinstance(form, FormScreen)
        rows = {row.field.key: row for row in form._rows}
        await d.fill(position="Boss", budget=" 每年")
        rows["priority"].editor.value = "high"
        before = rows["next_step"].text
        focused = d.pilot.app.focused
        await d.press("ctrl+l")
        assert d.pilot.app.focused is focused
        assert rows["position"].text == "Boss"
        assert rows["budget"].text.endswith(" 每年")
        assert rows["budget"].has_class("-wrong")
        assert rows["priority"].text == "high"
        assert rows["next_step"].text == before
        assert not rows["company"].dirty
        text = d.text()
        for word in ("企业名称", "高", "保存", "看不懂"):
            assert word in text
        await d.press("ctrl+l")
        assert "priority" in d.text().lower()
        assert d.crm.get(ids[0]).position is None
        rows["budget"].editor.value = "20万"
        await d.save()
        stored = d.crm.get(ids[0])
        assert (stored.position, stored.priority) == ("Boss", "high")
        assert stored.next_step == "call"


async def test_money_nobody_touched_reads_as_the_language_writes_it(crm, open_board) -> None:
    ids = leads(crm)
    async with open_board(crm, (110, 60)) as d:
        await d.press("e")
        budget = next(row for row in d.screen._rows if row.field.key == "budget")
        english = budget.text
        await d.press("ctrl+l")
        assert budget.text == "40万-50万" != english
        assert not budget.dirty
        await d.save()
        assert d.told() == "没有改动"
        assert d.crm.get(ids[0]).revision == crm.get(ids[0]).revision


async def test_a_conflict_keeps_its_versions_and_what_was_chosen(crm, open_board) -> None:
    ids = leads(crm)
    async with open_board(crm, (110, 60)) as d:
        await d.press("e")
        await d.fill(position="Boss", need_match="high")
        crm.edit(ids[0], position="Clerk", need_match="low")
        await d.save()
        assert "theirs  Clerk" in d.text() and "theirs  Low" in d.text()
        await d.press("m", "t", "ctrl+l")
        assert "● 我的    Boss" in d.text() and "● 对方    低" in d.text()
        await d.save()
        stored = crm.get(ids[0])
        assert (stored.position, stored.need_match) == ("Boss", "low")


async def test_what_is_read_stays_where_it_was_scrolled_to(crm, open_board) -> None:
    leads(crm)
    async with open_board(crm, (80, 24)) as d:
        await d.press("question_mark", "pagedown")
        body = d.screen.query_one("#dialog-body")
        place = body.scroll_offset.y
        assert place > 0
        await d.press("ctrl+l")
        assert body.scroll_offset.y == place


async def test_the_preview_keeps_its_trial_and_its_cursor(crm, open_board) -> None:
    leads(crm)
    async with open_board(crm) as d:
        await d.press("V", "enter")
        assert isinstance(d.screen, PreviewScreen)
        await d.press("j", "j")
        trial = d.screen.trial
        await d.press("ctrl+l")
        assert d.screen.trial is trial
        assert d.screen.movers.at == 2
        assert "什么都没有写入" in d.text()
        assert "原 → 新" in d.text()
        assert d.screen.query_one(LineEditor).value == ""


async def test_what_is_stored_stays_in_the_workspaces_language(crm, open_board) -> None:
    ids = leads(crm)
    crm.edit(ids[0], employees="800", need_match="high")
    async with open_board(crm) as d:
        await d.press("ctrl+l", "ctrl+g")
        assert "级" in d.told()
        evidence = crm.get(ids[0]).grade_evidence
        assert evidence
        assert evidence.isascii()


async def test_the_boards_own_language_counts_before_the_workspaces(make_crm, open_board) -> None:
    crm = make_crm("zh", board=BoardConfig(language="en"))
    async with open_board(crm) as d:
        assert "Standard funnel" in d.text()
        await d.press("ctrl+l")
        assert "标准销售漏斗" in d.text()


async def test_a_third_language_is_one_of_those_the_key_goes_through(make_crm, open_board) -> None:
    crm = make_crm("de")
    leads(crm)
    async with open_board(crm, (120, 30)) as d:
        seen = []
        for _ in range(4):
            seen.append(d.text())
            await d.press("ctrl+l")
        assert "12 Kunden" in seen[0]
        assert "morgen call" in seen[0]
        assert "12 个客户" in seen[1]
        assert "12 customers" in seen[2]
        assert "12 Kunden" in seen[3]
        await d.press("comma", "left")  # from Chinese, round to the last one
        assert "‹ Deutsch ›" in d.text()
        assert "Einstellungen" in d.text()
