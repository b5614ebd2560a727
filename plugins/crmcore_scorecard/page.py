"""One card's file: what it says, and where, for telling what is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from crmcore.errors import ConfigError
from crmcore.text import nearest, one_line
from crmcore.wording import Text
from crmcore_scorecard.lines import Lines, Step

_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")


class Page:
    """The *text* of the file *name*, read as TOML. Raises ConfigError where it is none."""

    def __init__(self, text: str, name: str) -> None:
        self.name = one_line(name)
        try:
            self.raw: Mapping[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = _LINE.search(str(error))
            line = int(found[1]) if found else text.count("\n") + 1
            said = _LINE.sub("", str(error)).strip()
            raise ConfigError(said_at(self.name, line, f"it is not TOML: {said}")) from error
        except RecursionError as error:
            raise ConfigError(said_at(self.name, 1, "it is nested too deeply")) from error
        self._text = text
        self._lines: Lines | None = None

    def line(self, *path: Step) -> int:
        """The line on which *path* stands, else what would hold it."""
        if self._lines is None:
            self._lines = Lines(self._text)
        return self._lines.at(*path)

    def refuse(self, message: str, *path: Step) -> NoReturn:
        """Raise the ConfigError that says *message* of what stands at *path*."""
        raise ConfigError(said_at(self.name, self.line(*path), message))

    def check_keys(self, table: Mapping[str, Any], known: Sequence[str], *path: Step) -> None:
        """Refuse a key of *table*, which stands at *path*, that is not *known*."""
        for key in table:
            if key not in known:
                near = nearest(key, known)
                hint = f"did you mean {' or '.join(near)}?" if near else f"use {', '.join(known)}"
                self.refuse(f"{key!r} is not known here; {hint}", *path, key)

    def text(self, table: Mapping[str, Any], key: str, *path: Step) -> str:
        """The text *key* of *table*, one line and not empty."""
        value = table.get(key)
        if not isinstance(value, str) or not value.strip() or value != one_line(value):
            found = "it is missing" if value is None else f"not {value!r}"
            self.refuse(f'{key} must be a text, as in {key} = "…", {found}', *path, key)
        return value

    def label(self, table: Mapping[str, Any], *path: Step) -> Text:
        """The `label` of *table* in both languages."""
        value = table.get("label")
        if not isinstance(value, dict) or not is_wording(value):
            self.refuse('label must be { zh = "…", en = "…" }', *path, "label")
        return Text(value["zh"], value["en"])

    def texts(self, key: str, example: str) -> tuple[str, ...]:
        """The list of texts *key* of the card."""
        value = self.raw.get(key, [])
        if not isinstance(value, list):
            self.refuse(f"{key} must be a list, as in [{example}]", key)
        for place, name in enumerate(value):
            if not isinstance(name, str) or not name.strip():
                self.refuse(
                    f"{key} must be a list of texts, as in [{example}], not {name!r}", key, place
                )
        return tuple(value)

    def tables(self, value: Any, what: str, *path: Step) -> list[Mapping[str, Any]]:
        """*value*, which stands at *path*, as a list of tables."""
        if not isinstance(value, list):
            self.refuse(f"expected {what}, not {value!r}", *path)
        for place, table in enumerate(value):
            if not isinstance(table, dict):
                self.refuse(f"expected {what}, not {table!r}", *path, place)
        return value


def said_at(name: str, line: int, message: str) -> str:
    """*message* about the card's file *name*."""
    return f"The scorecard {name}, line {line}: {message}."


def is_wording(value: Any) -> bool:
    """Whether *value* is `{ zh, en }`, both of them said."""
    return isinstance(value, dict) and set(value) == {"zh", "en"} and all_said(value.values())


def all_said(texts: Iterable[Any]) -> bool:
    """Whether all of *texts* are texts that say something on one line."""
    return all(
        isinstance(t, str) and t.strip() and "\n" not in t and one_line(t) == " ".join(t.split())
        for t in texts
    )
