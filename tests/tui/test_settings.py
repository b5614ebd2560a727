"""The settings screen, the plugins' health, and the keys that every screen has."""

from __future__ import annotations

import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from crmcore.boardconfig import BoardConfig
from crmcore.bootstrap import open_crm
from crmcore.config import Config
from crmcore.errors import ConfigError
from crmcore.hookspecs import hookimpl
from crmcore.hooktypes import Grader, Opinion
from crmcore.host import PluginHost
from crmcore.wording import Text
from crmcore_tui.keymap import CHOOSING, EVERYWHERE, EXAMINING
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.screens.leaving import LeaveScreen
from crmcore_tui.screens.plugins import PluginsScreen
from crmcore_tui.screens.settings import SettingsScreen
from crmcore_tui.settings import OwnFile, chosen
from crmcore_tui.themes import THEMES

ROWS = (*EVERYWHERE.keys, *CHOOSING.keys, *EXAMINING.keys)
CASES: dict[str, Callable[..., Awaitable[None]]] = {}


def case(key_id: str):
    def keep(check):
        CASES[key_id] = check
        return check

    return keep


def test_every_key_has_a_test() -> None:
    assert set(CASES) == {row.id for row in ROWS}


@pytest.mark.parametrize("key_id", [row.id for row in ROWS])
async def test_key(key_id: str, crm, open_board, tmp_path: Path) -> None:
    own = OwnFile(tmp_path / "config" / "board.toml")
    keys = next(row.keys for row in ROWS if row.id == key_id)
    opens = {"settings": "comma", "plugins": "P"}.get(key_id.partition(".")[0])
    async with open_board(crm, own=own) as d:
        for key in keys:
            if opens is not None:
                await d.press(opens)
            await CASES[key_id](d, key)
            while not isinstance(d.screen, BoardScreen):
                await d.press("d" if isinstance(d.screen, LeaveScreen) else "escape")
            d.pilot.app.own.keep(dict)
            d.pilot.app.kept = {}
            d.pilot.app.use(chosen(crm.config, {}, own.path))


def theme(d) -> str:
    return d.pilot.app.theme


def kept(d) -> dict[str, str]:
    return d.pilot.app.own.read()


@case("app.language")
async def _(d, key):
    await d.press("a", "tab", "X")
    await d.press(key)
    assert "新增线索" in d.text()
    await d.press(key)
    assert "Add a lead" in d.text()
    assert isinstance(d.screen, FormScreen)
    assert kept(d) == {}


@case("app.theme")
async def _(d, key):
    await d.press("a", "tab", "X")
    seen = [theme(d)]
    for _ in THEMES:
        await d.press(key)
        seen.append(theme(d))
    assert seen == [*THEMES, "dark"]
    assert isinstance(d.screen, FormScreen)
    assert kept(d) == {}


@case("settings.down")
async def _(d, key):
    await d.press(key, "right")
    assert kept(d) == {"theme": "light"}
    await d.press(key, key, key, "right")
    assert kept(d)["keymap"] == "plain"


@case("settings.up")
async def _(d, key):
    await d.press("down", key, key, "right")
    assert kept(d) == {"language": "de" if "de" in d.crm.config.languages else "zh"}


@case("settings.next")
async def _(d, key):
    await d.press("down", key)
    assert theme(d) == "light"
    assert "‹ light ›" in d.text()
    assert "your choice" in d.text()
    assert "✓ Remembered" in d.text()


@case("settings.previous")
async def _(d, key):
    await d.press("down", key)
    assert (theme(d), kept(d)) == ("paper", {"theme": "paper"})


@case("settings.forget")
async def _(d, key):
    await d.press("down", "right", "right", key)
    assert (theme(d), kept(d)) == ("dark", {})
    assert "Back to what is usual" in d.text()


@case("settings.close")
async def _(d, key):
    await d.press(key)
    assert isinstance(d.screen, BoardScreen)


@case("plugins.again")
async def _(d, key):
    assert "Nothing is wrong." in d.text()
    d.crm.host._calls.record("ids", "crm_event", "it fell over")
    await d.press(key)
    assert "plugin ids: crm_event failed: it fell over" in d.text()
    assert "! ids  loaded" in d.text()


# where a setting comes from


async def test_the_choice_counts_at_the_next_start(make_crm, open_board, tmp_path: Path) -> None:
    own = OwnFile(tmp_path / "board.toml")
    async with open_board(make_crm(), own=own) as d:
        await d.press("comma", "left", "down", "right", "down", "right")
        assert "vi" not in kept(d).values()
    async with open_board(make_crm(), own=OwnFile(own.path)) as d:
        assert theme(d) == "light"
        assert d.pilot.app.keymap.name == "plain"
        assert "标准销售漏斗" in d.text()
        await d.press("f9")
        assert isinstance(d.screen, SettingsScreen)
        assert d.text().count("您的选择") == 4  # each of the three, and the file
    config = Config(board=BoardConfig(theme="paper", language="en"))
    settings = chosen(config, own.read())
    assert (settings.theme.value, settings.theme.source) == ("paper", "config")
    assert (settings.language.value, settings.keymap.source) == ("en", "own")


async def test_what_crm_toml_gives_changes_until_one_quits(make_crm, open_board, tmp_path) -> None:
    crm = make_crm(board=BoardConfig(theme="paper"))
    async with open_board(crm, own=OwnFile(tmp_path / "board.toml")) as d:
        await d.press("comma", "down")
        assert "given by crm.toml" in d.text()
        await d.press("right")
        assert theme(d) == "dark"
        assert "until you quit" in d.text()
        assert "says theme = 'paper'" in d.text()
        assert kept(d) == {}
        await d.press("left")
        assert theme(d) == "paper"
        assert "given by crm.toml" in d.text()


async def test_keys_of_ones_own_that_do_not_fit_the_other_keymap(make_crm, open_board) -> None:
    crm = make_crm(board=BoardConfig(keys={"forward": "f2"}))
    async with open_board(crm) as d:
        await d.press("comma", "down", "down", "right")
        assert "f2 means both board.forward" in d.text()
        assert d.pilot.app.keymap.name == "vi"
        await d.press("escape", "f2")
        assert "No customer is selected" in d.told()


async def test_a_choice_that_cannot_be_kept_still_counts_now(crm, open_board, tmp_path) -> None:
    (tmp_path / "file").write_text("in the way")
    async with open_board(crm, own=OwnFile(tmp_path / "none.toml")) as d:
        d.pilot.app.own.path = tmp_path / "file" / "board.toml"
        await d.press("comma", "down", "right")
        assert theme(d) == "light"
        assert "! Not remembered:" in d.text()


async def test_the_mouse_chooses_and_changes(crm, open_board) -> None:
    async with open_board(crm) as d:
        await d.press("comma")
        await d.pilot.click("#settings", offset=(4, 1))
        await d.settle()
        assert theme(d) == "dark"
        await d.pilot.click("#settings", offset=(4, 1))
        await d.settle()
        assert theme(d) == "light"


async def test_no_letter_is_cut_at_80_columns(crm, open_board) -> None:
    async with open_board(crm, (80, 24)) as d:
        await d.press("comma")
        assert "‹ vi (letters) ›" in d.text()
        assert "esc back" in d.text()


def test_the_users_own_file(tmp_path: Path) -> None:
    own = OwnFile(tmp_path / "sub" / "board.toml")
    assert own.read() == {}
    own.keep(lambda: {"theme": "paper", "language": "zh"})
    assert own.read() == {"language": "zh", "theme": "paper"}
    assert [file.name for file in own.path.parent.iterdir()] == ["board.toml"]
    assert stat.S_ISREG(own.path.stat().st_mode)
    assert OwnFile(None).read() == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theme = ", "cannot be read"),
        ("themes = 'dark'", "Did you mean theme"),
        ("theme = 1", "is no setting"),
    ],
)
def test_an_own_file_that_cannot_be_read(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "board.toml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=said) as refused:
        OwnFile(path).read()
    assert str(path) in str(refused.value)


def test_an_own_choice_there_is_not_names_the_users_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"board\.toml: there is no theme 'drak'. Did you mean"):
        chosen(Config(), {"theme": "drak"}, tmp_path / "board.toml")


# the plugins


class Failing:
    """A plugin whose grader fails on everybody."""

    @hookimpl
    def crm_graders(self):
        def grade(customer, now) -> Opinion:
            raise ValueError("[/red] boom \x1b[2J")

        return [Grader("broken[/b]", Text("坏", "Broken"), grade)]

    @hookimpl
    def crm_event(self, event) -> None:
        """Hear of it."""


async def test_what_fails_is_told_with_its_plugin(clock, tmp_path, open_board) -> None:
    config = Config(store="memory:", language="en", directory=tmp_path, disable=("notify",))
    host = PluginHost.load(config, allow=("ids", "nosuch"), disable=config.disable)
    host.register(Failing(), "failing")
    crm = open_crm(config=config, host=host, clock=clock, actor="Li")
    try:
        crm.add(company="Acme", phone="1", source="x")
        async with open_board(crm, (120, 60)) as d:
            await d.press("P")
            assert isinstance(d.screen, PluginsScreen)
            text = d.text()
            assert "2 loaded · 9 blocked · 1 failed" in text
            assert "! failing  loaded" in text
            assert "graders: broken[/b]" in text
            assert "ValueError: [/red] boom" in text
            assert "\x1b" not in text
            assert "✕ nosuch  failed" in text
            assert "it is asked for, but not installed" in text
            assert "– notify  blocked" in text
            assert "hooks: crm_event" in text
            await d.press("ctrl+l")
            assert "2 个已加载 · 9 个已停用 · 1 个失败" in d.text()
    finally:
        crm.close()
