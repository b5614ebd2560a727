"""What `[board]` in crm.toml says: how the board looks, and which keys it listens to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from attrs import field, fields, frozen

from crmcore.errors import ConfigError
from crmcore.text import did_you_mean


@frozen
class BoardConfig:
    """The table `[board]`. What is None is each user's own choice.

    `columns` are those of the table, by their fields' names, with commas. `keys` are the user's own keys
    by action, `board.forward` or `forward`. Which keymaps, themes, actions and keys there are, the
    board itself knows.
    """

    keymap: str | None = None
    theme: str | None = None
    language: str | None = None
    columns: str | None = None
    keys: Mapping[str, str] = field(factory=dict)


def board_config(where: str, table: Any) -> BoardConfig:
    """The table `[board]` of the file *where*. Raises ConfigError with what is wrong."""

    def refuse(what: str) -> NoReturn:
        raise ConfigError(f"{where}: {what}.")

    if not isinstance(table, dict):
        refuse("board is a table, as in [board]")
    known = [attribute.name for attribute in fields(BoardConfig)]
    for key, value in table.items():
        if key not in known:
            hint = did_you_mean(key, known) or f"known: {', '.join(known)}"
            refuse(f"unknown setting {key!r} in [board]; {hint}")
        if key != "keys" and not isinstance(value, str):
            refuse(f"{key} in [board] must be text in quotes, not {value!r}")
    keys = table.get("keys", {})
    if not isinstance(keys, dict):
        refuse('keys of the board are a table, as in [board.keys] and forward = "ctrl+right"')
    named = dict(_flat(keys))
    for action, value in named.items():
        if not isinstance(value, str):
            refuse(f'{action} in [board.keys] must be keys in quotes, as in "ctrl+right, L"')
    return BoardConfig(**table | {"keys": named})


def _flat(table: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """`board.forward = …` without quotes is a table in a table to TOML."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield before + key, value
