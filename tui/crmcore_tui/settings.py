"""How the board is set up: what crm.toml says, what the user chose, and which of them counts."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Literal

from attrs import evolve, frozen
from platformdirs import user_config_path

from crmcore.config import FILE_NAME, Config
from crmcore.errors import ConfigError
from crmcore.text import nearest
from crmcore.wording import LANGUAGES
from crmcore_tui.keymaps import KEYMAPS, VI, Keymap, keymap_named
from crmcore_tui.themes import DARK, THEMES

Name = Literal["language", "theme", "keymap"]
NAMES: tuple[Name, ...] = ("language", "theme", "keymap")
COLUMNS = "columns"
"""Kept beside the settings: the columns of the table, by their fields' names, with commas."""

Source = Literal["config", "own", "workspace", "default", "now"]
"""Where a value comes from: `[board]` in crm.toml, the user's own file, the workspace's language,
nowhere, or a key pressed on the board."""

_KEPT = (*NAMES, COLUMNS)
_HEAD = "# Your own choices on the board; its settings screen writes this file.\n"


class OwnFile:
    """The choices one user made on the settings screen, for all workspaces; *path* None keeps none."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._lock = Lock()

    @classmethod
    def of_user(cls) -> OwnFile:
        """The file of whoever runs this."""
        return cls(user_config_path("crmcore") / "board.toml")

    def read(self) -> dict[str, str]:
        """The choices kept. Raises ConfigError with the file and what is wrong."""
        if self.path is None:
            return {}
        try:
            kept = tomllib.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{self.path} cannot be read: {error}.") from error
        for name, value in kept.items():
            if name not in _KEPT or not isinstance(value, str):
                near = nearest(name, _KEPT) if name not in _KEPT else ()
                hint = f"Did you mean {near[0]}?" if near else f"It holds {', '.join(_KEPT)}."
                raise ConfigError(f"{self.path}: {name} = {value!r} is no setting. {hint}")
        return {name: kept[name] for name in _KEPT if name in kept}

    def keep(self, choose: Callable[[], Mapping[str, str]]) -> None:
        """Remember exactly what *choose* gives, once it is this call's turn. Raises OSError."""
        if self.path is None:
            return
        with self._lock:
            self._write(self.path, choose())

    def _write(self, path: Path, choices: Mapping[str, str]) -> None:
        lines = [f"{name} = {_quoted(choices[name])}\n" for name in _KEPT if name in choices]
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        beside.write_text(_HEAD + "".join(lines), "utf-8")
        beside.replace(path)


@frozen
class Setting:
    """One value, and where it comes from."""

    value: str
    source: Source


@frozen
class Settings:
    """Everything that can be set on the board."""

    language: Setting
    theme: Setting
    keymap: Setting

    def of(self, name: Name) -> Setting:
        """The setting called *name*."""
        found: Setting = getattr(self, name)
        return found

    def for_now(self, **values: str) -> Settings:
        """With other values, until the board is closed."""
        return evolve(self, **{name: Setting(value, "now") for name, value in values.items()})

    def make_keymap(self, config: Config) -> Keymap:
        """The keys in force. Raises ConfigError for the user's own keys that do not fit."""
        where = str(config.directory / FILE_NAME)
        return keymap_named(self.keymap.value, config.board.keys, where)


def chosen(config: Config, kept: Mapping[str, str], own: Path | None = None) -> Settings:
    """The settings that count: `[board]` in crm.toml, else what the user *kept*, else what is usual.

    Raises ConfigError for a value that there is not, with the file that has it, which is *own* for
    what was kept.
    """
    usual: dict[Name, Setting] = {
        "language": Setting(config.language, "workspace"),
        "theme": Setting(DARK, "default"),
        "keymap": Setting(VI, "default"),
    }
    found: dict[str, Setting] = {}
    for name in NAMES:
        here: str | None = getattr(config.board, name)
        if here is not None:
            found[name] = Setting(here, "config")
        elif name in kept:
            found[name] = Setting(kept[name], "own")
        else:
            found[name] = usual[name]
        where = own if found[name].source == "own" else config.directory / FILE_NAME
        _is_there(name, found[name].value, choices(config, name), where)
    return Settings(**found)


def _quoted(text: str) -> str:
    """*text* as a TOML string, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def choices(config: Config, name: Name) -> tuple[str, ...]:
    """What a setting can be."""
    if name == "language":
        return config.languages
    return tuple(THEMES) if name == "theme" else KEYMAPS


def _is_there(name: Name, value: str, there: Sequence[str], where: Path | None) -> None:
    if value not in there:
        near = nearest(value, there)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"Known: {', '.join(there)}."
        raise ConfigError(f"{where}: there is no {name} {value!r}. {hint}")


def spoken_here(config: Config) -> tuple[str, ...]:
    """The languages that one key goes through: Chinese, English, and the workspace's own."""
    return tuple(dict.fromkeys((*LANGUAGES, config.language, config.board.language or "zh")))


def next_of(there: Sequence[str], value: str, step: int = 1) -> str:
    """What comes behind *value* in *there*, round and round."""
    place = there.index(value) if value in there else -1
    return there[(place + step) % len(there)]
