"""docs/board.md: its table of keys is the keymap's, and its examples work."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

from crmcore.boardconfig import board_config
from crmcore_tui.keymaps import keymap_named
from crmcore_tui.themes import THEMES

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import keytable  # noqa: E402 - the tool is a script, not a package

PAGE = (ROOT / "docs" / "board.md").read_text("utf-8")


def test_the_table_of_keys_is_the_keymap() -> None:
    assert keytable.written(PAGE) == PAGE, "make keys"
    assert "| `board.forward` | `L` | `^→` | move forward |" in PAGE


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", PAGE, re.S))
def test_each_example_of_the_board_is_a_keymap(example: str) -> None:
    table = tomllib.loads(example).get("board", {})
    board = board_config("crm.toml", table)
    assert keymap_named(board.keymap or "vi", board.keys, "crm.toml")


def test_each_theme_is_named() -> None:
    assert all(f"`{name}`" in PAGE for name in THEMES)
