"""A plugin with a part for the board, installed as a stranger's: the doctor tries it, other commands never load it."""

from __future__ import annotations

from pathlib import Path

import pytest

PART = """
from crmcore import hookimpl
from crmcore_tui.hooktypes import Action, Badge, Panel, Part, Text

MINE = Text("我的", "Mine")


@hookimpl
def crm_tui_badges():
    return [Badge("mark", MINE, lambda customer, now, dialect: {badge})]


@hookimpl
def crm_tui_panels():
    return [Panel("lines", MINE, lambda customer, width, now, dialect: {panel}, where="side")]


@hookimpl
def crm_tui_actions():
    return [Action("act", MINE, print, key={key!r})]
"""
GOOD = {"badge": 'Part("good")', "panel": '[(Part("-" * width),)]', "key": "f12"}


@pytest.fixture
def install_part(shell, install):
    """Puts a distribution with a part for the board where it is found, and a customer on the board."""

    def installed(text: str) -> None:
        install(text, "crmcore.tui")
        shell("--lang", "en", "add", "Acme", "--phone", "139")

    return installed


def test_a_sound_part_is_listed_by_the_doctor(shell, install_part) -> None:
    install_part(PART.format(**GOOD))
    said = shell("--lang", "en", "plugins", "doctor")
    assert "loaded   stranger.tui 1.0" in said or "loaded stranger.tui 1.0" in said
    assert "Nothing is wrong." in said


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        ({"badge": "1 / 0"}, "crm_tui_badges failed: ZeroDivisionError"),
        ({"badge": 'Part("x" * 13)'}, "crm_tui_badges failed: it returned a text 13 cells wide"),
        ({"panel": '[(Part("-" * 50),)]'}, "crm_tui_panels failed: it returned a text 50 cells"),
        ({"key": "j"}, "crm_tui_actions failed: the key 'j' is the board's own (card below)"),
    ],
)
def test_the_doctor_tells_what_is_wrong_with_a_part(shell, install_part, broken, error) -> None:
    install_part(PART.format(**GOOD | broken))
    done = shell.run("--lang", "en", "plugins", "doctor")
    assert done.returncode == 1
    assert f"plugin stranger.tui: {error}" in done.stdout


def test_other_commands_never_load_it(shell, install_part, tmp_path) -> None:
    seen: Path = tmp_path / "seen"
    install_part(f"open({str(seen)!r}, 'a').write('x')")
    shell("list")
    shell("plugins")
    assert not seen.exists()
    shell("plugins", "doctor")
    assert seen.exists()


def test_an_allow_list_may_name_a_plugin_that_is_for_the_board_alone(shell, install_part) -> None:
    install_part(PART.format(**GOOD))
    shell.environment["CRMCORE_PLUGINS"] = "json,stranger,nobody"
    said = shell.run("--lang", "en", "plugins", "doctor").stdout
    assert "plugin nobody: not loaded: it is asked for, but not installed." in said
    assert "plugin stranger: " not in said
