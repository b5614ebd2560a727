"""Filters by name: the team's, in crm.toml, and the user's own, in a file of theirs."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_config_path

from crmcore.errors import ConfigError

_HEAD = "# Your own filters, by name; the board writes this file.\n"


class OwnFilters:
    """The filters one user has kept, for all workspaces; *path* None keeps them until the board closes."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._here: dict[str, str] = {}

    @classmethod
    def of_user(cls) -> OwnFilters:
        """Those of whoever runs this."""
        return cls(user_config_path("crmcore") / "filters.toml")

    def read(self) -> Mapping[str, str]:
        """The filters by name, as text. Raises ConfigError with the file and what is wrong."""
        if self.path is None:
            return dict(self._here)
        try:
            kept = tomllib.loads(self.path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise ConfigError(f"{self.path} cannot be read: {error}.") from error
        for name, text in kept.items():
            if not isinstance(text, str):
                raise ConfigError(f"{self.path}: {name} must be a filter in quotes, not {text!r}.")
        return kept

    def keep(self, name: str, text: str) -> None:
        """Keep the filter *text* as *name*. Raises ConfigError where the file is broken."""
        self._write({**self.read(), name: text})

    def remove(self, name: str) -> None:
        """Keep it no more. Raises ConfigError where the file is broken."""
        self._write({known: text for known, text in self.read().items() if known != name})

    def _write(self, filters: Mapping[str, str]) -> None:
        if self.path is None:
            self._here = dict(filters)
            return
        lines = [f"{_quoted(name)} = {_quoted(text)}\n" for name, text in filters.items()]
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            beside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
            beside.write_text(_HEAD + "".join(lines), "utf-8")
            beside.replace(self.path)
        except OSError as error:
            raise ConfigError(f"{self.path} cannot be written: {error.strerror}.") from error


def _quoted(text: str) -> str:
    """*text* as a TOML string, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
