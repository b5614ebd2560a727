"""Texts as JSON: what they say, and what they were filled in from, which further languages need."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from crmcore.wording import Text

_KEPT = (str, int, float)


def parts_of(text: Text) -> dict[str, Any]:
    """*text* as JSON has it."""
    said: dict[str, Any] = {"zh": text.zh, "en": text.en}
    if text.filled is not None:
        with suppress(TypeError, RecursionError):
            said["from"] = _made_of(text)
    return said


def text_of(parts: Any) -> Text:
    """The text of *parts*. Raises KeyError, TypeError, ValueError for none."""
    said = Text(parts["zh"], parts["en"])
    if not (isinstance(said.zh, str) and isinstance(said.en, str)):
        raise TypeError(parts)
    with suppress(KeyError, IndexError, TypeError, ValueError, AttributeError, RecursionError):
        made = _made_from(parts["from"])
        if made == said:  # what does not say the same again was not made so
            return made
    return said


def _made_of(text: Text) -> dict[str, Any]:
    """What *text* was filled in from. Raises TypeError for values that JSON does not keep."""
    template, values = text.filled or (text, {})
    kept = {name: _made_of(v) if isinstance(v, Text) else _plain(v) for name, v in values.items()}
    return {"zh": template.zh, "en": template.en, "context": template.context, "values": kept}


def _plain(value: object) -> object:
    if type(value) not in _KEPT:
        raise TypeError(value)
    return value


def _made_from(parts: Any) -> Text:
    values = {
        name: _made_from(value) if isinstance(value, dict) else _plain(value)
        for name, value in parts["values"].items()
    }
    zh, en, context = parts["zh"], parts["en"], parts["context"]
    if not all(isinstance(words, str) for words in (zh, en, context)):
        raise TypeError(parts)
    return Text(zh, en, context=context).with_(**values)
