"""One card's file: what it says, and where, for telling what is wrong with it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

from crmcore.errors import ConfigError
from crmcore.text import nearest, one_line
from crmcore.wording import OR, Language, Text, listed
from crmcore_scorecard.lines import Lines, Step

_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")


class Page:
    """The *text* of the file *name*, read as TOML; mistakes are told in *language*.

    Raises ConfigError where it is no TOML.
    """

    def __init__(self, text: str, name: str, language: Language) -> None:
        self.name = one_line(name)
        self.language = language
        try:
            self.raw: Mapping[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = _LINE.search(str(error))
            line = int(found[1]) if found else text.count("\n") + 1
            said = _LINE.sub("", str(error)).strip()
            told = Text("不是有效的 TOML：{said}", "it is not TOML: {said}").with_(said=said)
            raise ConfigError(said_at(self.name, line, told, language)) from error
        except RecursionError as error:
            told = Text("嵌套太深", "it is nested too deeply")
            raise ConfigError(said_at(self.name, 1, told, language)) from error
        self._text = text
        self._lines: Lines | None = None

    def line(self, *path: Step) -> int:
        """The line on which *path* stands, else what would hold it."""
        if self._lines is None:
            self._lines = Lines(self._text)
        return self._lines.at(*path)

    def refuse(self, message: Text, *path: Step) -> NoReturn:
        """Raise the ConfigError that says *message* of what stands at *path*."""
        raise ConfigError(said_at(self.name, self.line(*path), message, self.language))

    def check_keys(self, table: Mapping[str, Any], known: Sequence[str], *path: Step) -> None:
        """Refuse a key of *table*, which stands at *path*, that is not *known*."""
        for key in table:
            if key not in known:
                self.refuse(not_known(key, known, Text("这里", "here")), *path, key)

    def text(self, table: Mapping[str, Any], key: str, *path: Step) -> str:
        """The text *key* of *table*, one line and not empty."""
        value = table.get(key)
        if not isinstance(value, str) or not value.strip() or value != one_line(value):
            wanted = Text(
                '{key} 必须是文字，如 {key} = "…"', '{key} must be a text, as in {key} = "…"'
            ).with_(key=key)
            self.refuse(instead(wanted, value), *path, key)
        return value

    def label(self, table: Mapping[str, Any], *path: Step) -> Text:
        """The `label` of *table* in both languages."""
        value = table.get("label")
        if not isinstance(value, dict) or not is_wording(value):
            wanted = Text(
                'label 应为 { zh = "…", en = "…" }', 'label must be { zh = "…", en = "…" }'
            )
            self.refuse(wanted, *path, "label")
        return Text(value["zh"], value["en"])

    def texts(self, key: str, example: str) -> tuple[str, ...]:
        """The list of texts *key* of the card."""
        value = self.raw.get(key, [])
        if not isinstance(value, list):
            self.refuse(
                Text(
                    "{key} 必须是列表，如 [{example}]", "{key} must be a list, as in [{example}]"
                ).with_(key=key, example=example),
                key,
            )
        for place, name in enumerate(value):
            if not isinstance(name, str) or not name.strip():
                wanted = Text(
                    "{key} 必须是文字的列表，如 [{example}]",
                    "{key} must be a list of texts, as in [{example}]",
                ).with_(key=key, example=example)
                self.refuse(instead(wanted, name), key, place)
        return tuple(value)

    def tables(self, value: Any, what: Text, *path: Step) -> list[Mapping[str, Any]]:
        """*value*, which stands at *path*, as a list of tables."""
        expected = Text("应为{what}", "expected {what}").with_(what=what)
        if not isinstance(value, list):
            self.refuse(instead(expected, value), *path)
        for place, table in enumerate(value):
            if not isinstance(table, dict):
                self.refuse(instead(expected, table), *path, place)
        return value


def said_at(name: str, line: int, message: Text, language: Language) -> str:
    """*message* about the card's file *name*."""
    said = sentence(message, language)
    if language == "zh":
        return f"评分卡 {name} 第 {line} 行：{said}"
    return f"The scorecard {name}, line {line}: {said}"


def sentence(message: Text, language: Language) -> str:
    """*message* in *language*, with a stop behind it."""
    said = message.in_(language)
    if said.endswith((".", "?", "。", "？")):
        return said
    return said + ("。" if language == "zh" else ".")


def instead(wanted: Text, value: Any) -> Text:
    """What was *wanted*, and that *value* was found instead."""
    if value is None:
        return Text("{wanted}；现在缺少", "{wanted}; it is missing").with_(wanted=wanted)
    return Text("{wanted}，而不是 {value!r}", "{wanted}, not {value!r}").with_(
        wanted=wanted, value=value
    )


def not_known(key: str, known: Sequence[str], where: Text) -> Text:
    """That *key* is none of those *known*, which near ones there are, or which can be used."""
    near = nearest(key, known)
    hint = (
        Text("是不是 {near}？", "did you mean {near}?").with_(near=listed(near, OR))
        if near
        else Text("可用的有 {known}", "use {known}").with_(known=listed(known))
    )
    return Text("{where}没有 {key!r}；{hint}", "{key!r} is not known {where}; {hint}").with_(
        where=where, key=key, hint=hint
    )


def is_wording(value: Any) -> bool:
    """Whether *value* is `{ zh, en }`, both of them said."""
    return isinstance(value, dict) and set(value) == {"zh", "en"} and all_said(value.values())


def all_said(texts: Iterable[Any]) -> bool:
    """Whether all of *texts* are texts that say something on one line."""
    return all(
        isinstance(t, str) and t.strip() and "\n" not in t and one_line(t) == " ".join(t.split())
        for t in texts
    )
