"""The keys in force: the two keymaps, the user's own keys, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmcore.boardconfig import BoardConfig
from crmcore.config import load_config
from crmcore.errors import ConfigError
from crmcore_tui import keymap as table
from crmcore_tui.app import CrmApp
from crmcore_tui.keymap import FROM_DETAIL, OTHER_SECTIONS, SECTIONS, Section, keys_of
from crmcore_tui.keymaps import KEYMAPS, keymap_named
from crmcore_tui.keynames import UnknownKeyError, is_letter, key_name, shown
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.detail import DetailScreen
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.screens.leaving import LeaveScreen
from crmcore_tui.screens.preview import PreviewScreen
from crmcore_tui.screens.quickadd import QuickAddScreen
from crmcore_tui.screens.reader import ReadScreen

EVERY = [key for section in (*SECTIONS, *OTHER_SECTIONS) for key in section.keys]


def test_every_section_of_the_table_is_known_to_the_keymaps() -> None:
    sections = [value for value in vars(table).values() if isinstance(value, Section)]
    assert all(section in (*SECTIONS, *OTHER_SECTIONS) for section in sections)
    assert len({key.id for key in EVERY}) == len(EVERY)


@pytest.mark.parametrize("name", KEYMAPS)
def test_no_built_in_keymap_gives_a_key_two_meanings(name: str) -> None:
    keymap = keymap_named(name)
    assert [key.id for section in keymap.all for key in section.keys] == [k.id for k in EVERY]


def test_vi_is_the_table_as_it_stands() -> None:
    assert keymap_named("vi").of("board") == keys_of("board")


@pytest.mark.parametrize("row", EVERY, ids=lambda row: row.id)
def test_every_action_has_a_key_in_plain_and_none_is_a_letter(row) -> None:
    key = keymap_named("plain").named(row.id)
    if row.action == "top_chord":
        assert key.keys == ()  # `top` does the same
        return
    assert key.keys
    if row.screen not in ("confirm", "leave"):  # answers, not commands
        assert not any(is_letter(name) for name in key.keys)
    assert key.shown


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("?", "question_mark"),
        ("/", "slash"),
        ("comma", "comma"),
        ("Ctrl+Right", "ctrl+right"),
        ("shift+l", "L"),
        ("L", "L"),
        ("ctrl+G", "ctrl+g"),
        ("shift+alt+x", "alt+shift+x"),
        ("alt+X", "alt+shift+x"),
        ("ctrl+i", "tab"),
        ("F5", "f5"),
        ("semicolon", "semicolon"),
        ("文", "文"),
        ("+", "plus"),
    ],
)
def test_keys_are_named_as_people_write_them(text: str, name: str) -> None:
    assert key_name(text) == name
    assert key_name(name) == name


@pytest.mark.parametrize(
    ("text", "near"),
    [("ctlr+right", "ctrl+right"), ("pagedwn", "pagedown"), ("escap", "escape"), ("", None)],
)
def test_what_is_no_key_is_refused_with_the_nearest_name(text: str, near: str | None) -> None:
    with pytest.raises(UnknownKeyError) as refused:
        key_name(text)
    assert near in refused.value.near if near else not refused.value.near


def test_how_keys_are_written() -> None:
    assert [shown([name]) for name in ("ctrl+g", "alt+shift+x", "question_mark", "f2", "up")] == [
        "^g", "alt+X", "?", "F2", "↑",
    ]  # fmt: skip


# the user's own


def test_own_keys_by_short_and_by_full_name() -> None:
    keymap = keymap_named("vi", {"forward": "ctrl+right, >", "board.why": "W"})
    assert keymap.named("board.forward").keys == ("ctrl+right", "greater_than_sign")
    assert keymap.named("board.why").keys == ("W",)
    assert keymap.named("preview.why").keys == ("i",)
    both = keymap_named("vi", {"why": "W"})
    assert both.named("board.why").keys == both.named("preview.why").keys == ("W",)
    precise = keymap_named("vi", {"board.why": "f6", "why": "W"})
    assert (precise.named("board.why").keys, precise.named("preview.why").keys) == (("f6",), ("W",))
    assert keymap_named("vi", {"stage-2": "f2"}).named("board.stage-2").keys == ("f2",)


def test_two_actions_change_places() -> None:
    keymap = keymap_named("vi", {"forward": "H", "back": "L"})
    assert keymap.named("board.forward").keys == ("H",)
    assert keymap.named("board.back").keys == ("L",)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"forwrd": "x"}, "no action 'forwrd'"),
        ({"forwrd": "x"}, "forward"),
        ({"board.fowrard": "f2"}, "Did you mean board.forward"),
        ({"forward": "ctlr+right"}, "Did you mean ctrl+right?"),
        ({"forward": ""}, "is no key"),
        ({"forward": "x,"}, 'The comma itself is "comma"'),
        ({"forward": "x"}, "x means both board.forward and board.objection"),
        ({"forward": "ctrl+l"}, "ctrl+l means both board.forward and app.language"),
        ({"language": "ctrl+s"}, "on the screen 'form'"),
        ({"plugins.again": "j"}, "on the screen 'plugins'"),
        ({"forward": "ctrl+q"}, "it quits"),
    ],
)
def test_what_is_wrong_with_own_keys_is_told_with_file_and_nearest_name(own, said) -> None:
    with pytest.raises(ConfigError) as refused:
        keymap_named("vi", own, "/work/crm.toml")
    assert said in str(refused.value)
    assert str(refused.value).startswith("/work/crm.toml: ")


def test_an_unknown_keymap() -> None:
    with pytest.raises(ConfigError, match=r"no keymap 'plan'\. Did you mean plain"):
        keymap_named("plan")


def test_crm_toml_gives_keys_quoted_or_not(tmp_path: Path) -> None:
    (tmp_path / "crm.toml").write_text(
        '[board]\nkeymap = "plain"\n[board.keys]\n"board.forward" = "F11"\nboard.back = "f12"\nwhy = "f3"'
    )
    board = load_config(tmp_path).board
    assert board.keymap == "plain"
    assert board.keys == {"board.forward": "F11", "board.back": "f12", "why": "f3"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("board = 1", "board is a table"),
        ("[board]\nkeympa = 'vi'", "did you mean keymap"),
        ("[board]\ntheme = 3", "theme in [board] must be text"),
        ("[board]\nkeys = 'x'", "are a table"),
        ("[board.keys]\nforward = 3", "forward in [board.keys] must be keys in quotes"),
    ],
)
def test_a_board_table_that_cannot_be_read(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "crm.toml").write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_config(tmp_path)
    assert said in str(refused.value)
    assert str(tmp_path / "crm.toml") in str(refused.value)


@pytest.mark.parametrize(
    ("board", "said"),
    [
        (BoardConfig(keys={"forwrd": "x"}), "no action"),
        (BoardConfig(keymap="vim"), "no keymap 'vim'"),
        (BoardConfig(theme="drak"), "no theme 'drak'. Did you mean dark?"),
        (BoardConfig(language="fr"), "no language 'fr'"),
    ],
)
def test_wrong_settings_are_told_before_anything_is_shown(board, said, make_crm) -> None:
    with pytest.raises(ConfigError) as refused:
        CrmApp(make_crm(board=board))
    assert said in str(refused.value)
    assert "crm.toml" in str(refused.value)


# on the screens


def leads(crm) -> list[str]:
    return [
        crm.add(company=f"C-{n}", phone="139", source="fair", budget=f"{9 - n}万").id
        for n in range(4)
    ]


async def test_own_keys_act_and_the_old_ones_do_not(make_crm, open_board) -> None:
    crm = make_crm(board=BoardConfig(keys={"forward": "ctrl+right", "edit": "f2", "why": "W"}))
    first = leads(crm)[0]
    async with open_board(crm) as d:
        await d.press("L")
        assert crm.get(first).stage == "lead"
        await d.press("ctrl+right")
        assert crm.get(first).stage == "screening"
        footer = d.footer()
        assert " ^→ move forward" in footer
        assert " F2 edit" in footer
        await d.press("enter", "e")
        assert isinstance(d.screen, DetailScreen)
        assert "F2 edit" in d.text()
        await d.press("f2")
        assert isinstance(d.screen, FormScreen)


async def test_a_letter_of_ones_own_can_still_be_typed(make_crm, open_board) -> None:
    crm = make_crm(board=BoardConfig(keys={"board.up": "u,up", "board.undo": "k"}))
    leads(crm)
    async with open_board(crm) as d:
        await d.press("j", "slash", "u", "k")
        assert d.board_screen.filter_text == "uk"
        await d.press("escape", "j", "u")
        assert d.state.column.at == 0


PLAIN_BOARD = {
    "ctrl+n": QuickAddScreen,
    "f2": FormScreen,
    "f4": FormScreen,
    "f5": FormScreen,
    "f7": FormScreen,
    "delete": FormScreen,
    "alt+x": FormScreen,
    "alt+shift+d": FormScreen,
    "alt+shift+v": PreviewScreen,
    "f1": ReadScreen,
    "f6": ReadScreen,
    "enter": DetailScreen,
}


async def test_plain_keys_act_and_letters_do_not(make_crm, open_board) -> None:
    crm = make_crm(board=BoardConfig(keymap="plain"))
    ids = leads(crm)
    async with open_board(crm) as d:
        await d.press(*"adwoxLHGgeinrRI")
        assert d.screen is d.board_screen
        assert d.selected().id == ids[0]
        assert crm.get(ids[0]).stage == "lead"
        for key, screen in PLAIN_BOARD.items():
            await d.press(key)
            assert isinstance(d.screen, screen), key
            await d.press("escape")
            assert isinstance(d.screen, BoardScreen), key
        await d.press("end")
        assert d.selected().id == ids[-1]
        await d.press("home", "ctrl+right")
        assert crm.get(ids[0]).stage == "screening"
        await d.press("ctrl+z")
        assert crm.get(ids[0]).stage == "lead"
        await d.press("ctrl+y")
        assert crm.get(ids[0]).stage == "screening"
        await d.press("enter", "f4")
        assert isinstance(d.screen, FormScreen)


async def test_the_help_and_the_palette_show_the_keys_in_force(make_crm, open_board) -> None:
    crm = make_crm(board=BoardConfig(keymap="plain", keys={"note": "f12"}))
    async with open_board(crm, (110, 200)) as d:
        assert "Press ^n to add" in d.text()
        await d.press("f1")
        helped = [" ".join(line.strip(" │").split()) for line in d.text().splitlines()]
        assert "F12 log a contact" in helped
        assert "^→ move forward" in helped
        assert "Home first card" in helped
        assert not any(line.startswith("g g") for line in helped)
        assert "1…9 stage n" in helped
        await d.press("escape", "f10", *"log a contact")
        assert "F12" in d.text()


async def test_a_question_is_answered_with_own_keys(make_crm, open_board) -> None:
    keys = {"leave.discard": "f8", "leave.go_on": "f9"}
    async with open_board(make_crm(board=BoardConfig(keys=keys))) as d:
        await d.press("a", "tab", "X", "escape")
        assert isinstance(d.screen, LeaveScreen)
        assert "F8 discard · F9 go on" in d.text()
        await d.press("d", "n", "f9")
        assert isinstance(d.screen, FormScreen)
        await d.press("escape", "f8")
        assert isinstance(d.screen, BoardScreen)


@pytest.mark.parametrize("action", FROM_DETAIL)
async def test_the_detail_hears_the_plain_keys(action: str, make_crm, open_board) -> None:
    crm = make_crm(board=BoardConfig(keymap="plain"))
    leads(crm)
    async with open_board(crm) as d:
        await d.press("enter", keymap_named("plain").named(f"board.{action}").keys[0])
        assert isinstance(d.screen, ReadScreen if action == "why" else FormScreen)
        assert not isinstance(d.screen, DetailScreen)
