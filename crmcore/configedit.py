"""Changing one list in crm.toml, and nothing else: comments, order and line ends stay as they are.

There is no TOML writer here. The text is changed in one place, then read again: what comes out must
say exactly what was wanted, or nothing is written.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from crmcore.config import FILE_NAME
from crmcore.errors import ConfigError
from crmcore.storage.files import replace_file

_KEY = r"""^[ \t]*(?:{key}|"{key}"|'{key}')[ \t]*=[ \t]*(?=\[)"""


def set_list(directory: Path, key: str, names: Sequence[str]) -> None:
    """Make *key* of `directory/crm.toml` the list *names*.

    Raises ConfigError, with what to write by hand, where that cannot be done without touching the rest.
    """
    path = directory / FILE_NAME
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from error
    changed = with_list(text, key, names)
    if changed is None:
        raise ConfigError(
            f"{path} is written in a way that is better changed by hand. Put this at its top, in place "
            f"of what it says of {key} now: {key} = {_array(names)}"
        )
    mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
    if changed != text:
        content = mark + changed.encode()
        replace_file(path, lambda new: _fill(new, content))


def _fill(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def with_list(text: str, key: str, names: Sequence[str]) -> str | None:
    """*text* with the top-level list *key* made *names*; None where it cannot be changed safely.

    >>> print(with_list('store = "memory:"\\ndisable = ["a"]  # for now\\n', "disable", ["a", "b"]))
    store = "memory:"
    disable = ["a", "b"]  # for now
    <BLANKLINE>
    """
    was = _read(text)
    if was is None or "\r" in text.replace("\r\n", ""):
        return None
    if was.get(key, []) == list(names):
        return text
    wanted = {**was, key: list(names)}
    candidates = (
        _replaced(text, key, was.get(key), names) if key in was else _added(text, key, names)
    )
    return next((each for each in candidates if _read(each) == wanted), None)


def _replaced(text: str, key: str, now: object, names: Sequence[str]) -> Iterator[str]:
    for found in re.finditer(_KEY.format(key=re.escape(key)), text, re.M):
        start = found.end()
        for end in (m.end() for m in re.finditer(r"\]", text[start:])):
            array = text[start : start + end]
            if _read(f"x = {array}") == {"x": now}:
                if "\n" in array and "#" in array:
                    return  # comments among the names would be lost
                yield text[:start] + _array(names) + text[start + end :]
                break


def _added(text: str, key: str, names: Sequence[str]) -> Iterator[str]:
    lines = text.splitlines(keepends=True)
    newline = "\r\n" if "\r\n" in text else "\n"
    line = f"{key} = {_array(names)}{newline}"
    first = next(
        (n for n, each in enumerate(lines) if each.strip() and not each.lstrip().startswith("#")),
        len(lines),
    )
    if first and not lines[first - 1].endswith("\n"):
        lines[first - 1] += newline
    yield "".join([*lines[:first], line, *lines[first:]])


def _array(names: Sequence[str]) -> str:
    return "[" + ", ".join(json.dumps(name, ensure_ascii=False) for name in names) + "]"


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
