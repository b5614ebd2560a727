"""On which line of a scorecard something stands; TOML readers do not tell."""

from __future__ import annotations

import re
from collections.abc import Iterator

_HEADER = re.compile(r"\s*\[")
_RULE = re.compile(r"\s*\[\[\s*rule\s*\]\]")
_BAND = re.compile(r"\s*(bands\s*=\s*\[\s*)?\{")


class Lines:
    """Looks things up in the *text* of a card; answers None rather than a wrong line."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._rules = [n for n, line in enumerate(self._lines) if _RULE.match(line)]

    def key(self, key: str, table: str = "") -> int | None:
        """Where *key* is set at the top level, or in `[table]`."""
        inside = table == ""
        for number, line in enumerate(self._lines, 1):
            if _HEADER.match(line):
                inside = (
                    bool(table) and re.match(rf"\s*\[\s*{re.escape(table)}\s*\]", line) is not None
                )
            elif inside and _sets(key, line):
                return number
        return None

    def table(self, table: str) -> int | None:
        """Where `[table]` begins."""
        pattern = re.compile(rf"\s*\[\s*{re.escape(table)}\s*\]")
        return next((n for n, line in enumerate(self._lines, 1) if pattern.match(line)), None)

    def rule(self, index: int, of: int, key: str = "") -> int | None:
        """Where the rule *index* (from 0) of *of* begins, or sets *key*."""
        if len(self._rules) != of:
            return None
        found = (n for n, line in self._section(index) if key and _sets(key, line))
        return next(found, self._rules[index] + 1)

    def band(self, rule: int, of_rules: int, index: int, of: int) -> int | None:
        """Where the band *index* (from 0) of *of* in a rule stands; else where the rule begins."""
        start = self.rule(rule, of_rules)
        if start is None:
            return None
        bands = [n for n, line in self._section(rule) if _BAND.match(line)]
        return bands[index] if len(bands) == of else start

    def _section(self, index: int) -> Iterator[tuple[int, str]]:
        for number in range(self._rules[index] + 1, len(self._lines)):
            if _HEADER.match(self._lines[number]):
                return
            yield number + 1, self._lines[number]


def _sets(key: str, line: str) -> bool:
    return re.match(rf"""\s*["']?{re.escape(key)}["']?\s*=""", line) is not None
