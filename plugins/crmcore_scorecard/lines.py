"""On which line of a TOML text something stands; TOML readers do not tell."""

from __future__ import annotations

import re
import tomllib

Step = str | int
Path = tuple[Step, ...]

_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRINGS = (
    re.compile(r'"""(?:\\.|[^\\])*?"{3,5}', re.DOTALL),
    re.compile(r"'''.*?'{3,5}", re.DOTALL),
    re.compile(r'"(?:\\.|[^"\\])*"'),
    re.compile(r"'[^']*'"),
)
_SCALAR = re.compile(r"[^,\]}\n#]*")


class Lines:
    """Where the keys and the elements of arrays of *text* stand.

    *text* is TOML that `tomllib` reads: this looks for places, not for mistakes.

    >>> Lines('a = 1\\nb = [\\n  { c = 2 },\\n]').at("b", 0, "c")
    3
    """

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._place = 0
        self._counted = (0, 1)
        self.places: dict[Path, int] = {(): 1}
        """Every key and element of an array there is, and its line from 1."""
        self._many: dict[Path, int] = {}
        self._read()

    def at(self, *path: Step) -> int:
        """The line of *path* (keys, and places in arrays from 0); of what would hold it, if nothing
        stands there."""
        while path not in self.places:
            path = path[:-1]
        return self.places[path]

    def _read(self) -> None:
        table: Path = ()
        while self._skip(_BLANK) < len(self._text):
            if self._text.startswith("[", self._place):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> Path:
        line = self._line()
        many = self._text.startswith("[[", self._place)
        self._place += 2 if many else 1
        *above, last = self._key()
        self._place += 2 if many else 1
        path: Path = ()
        for step in above:
            path = self._newest((*path, step), line)
        path = (*path, last)
        self.places.setdefault(path, line)
        if not many:
            return self._newest(path, line)
        self._many[path] = self._many.get(path, -1) + 1
        return self._newest(path, line)

    def _newest(self, path: Path, line: int) -> Path:
        """*path*, or the last of the tables `[[path]]` begun so far."""
        self.places.setdefault(path, line)
        if path in self._many:
            path = (*path, self._many[path])
            self.places.setdefault(path, line)
        return path

    def _pair(self, table: Path) -> None:
        line = self._line()
        path = table
        for step in self._key():
            path = (*path, step)
            self.places.setdefault(path, line)
        self._place += 1  # the =
        self._value(path)

    def _key(self) -> list[str]:
        steps = []
        while True:
            self._skip(_SPACE)
            start = self._place
            if self._text[start] in "\"'":
                self._skip(_STRINGS[2] if self._text[start] == '"' else _STRINGS[3])
                steps.append(tomllib.loads(f"k = {self._text[start : self._place]}")["k"])
            else:
                self._skip(_BARE_KEY)
                steps.append(self._text[start : self._place])
            self._skip(_SPACE)
            if not self._text.startswith(".", self._place):
                return steps
            self._place += 1

    def _value(self, path: Path) -> None:
        self._skip(_SPACE)
        match self._text[self._place]:
            case "[":
                self._array(path)
            case "{":
                self._inline(path)
            case '"' | "'":
                for pattern in _STRINGS:
                    if self._skip(pattern, optional=True):
                        break
            case _:
                self._skip(_SCALAR)

    def _array(self, path: Path) -> None:
        self._place += 1
        number = 0
        while self._text[self._skip(_BLANK)] != "]":
            self.places[(*path, number)] = self._line()
            self._value((*path, number))
            number += 1
            if self._text[self._skip(_BLANK)] == ",":
                self._place += 1
        self._place += 1

    def _inline(self, path: Path) -> None:
        self._place += 1
        while self._text[self._skip(_BLANK)] != "}":
            self._pair(path)
            if self._text[self._skip(_BLANK)] == ",":
                self._place += 1
        self._place += 1

    def _skip(self, pattern: re.Pattern[str], optional: bool = False) -> int:
        """Go behind *pattern*; returns the new place, 0 when an optional one is not there."""
        found = pattern.match(self._text, self._place)
        if found is None:
            assert optional, f"not TOML at {self._place}"
            return 0
        self._place = found.end()
        return self._place

    def _line(self) -> int:
        place, line = self._counted
        line += self._text.count("\n", place, self._place)
        self._counted = (self._place, line)
        return line
