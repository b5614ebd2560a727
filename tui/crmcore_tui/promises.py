"""Whether what a plugin wrote for the board may be drawn: of the right kind, harmless, not too wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import islice

from crmcore.discovery import PluginDefectError
from crmcore.text import one_line
from crmcore_tui.cells import Line, Part, width_of
from crmcore_tui.hooktypes import BADGE_WIDTH, ROLES

MOST_LINES = 200
MOST_PARTS = 50
"""How much a panel may write: lines, and parts of one line."""

_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def badge(answer: object) -> Part | None:
    """*answer* as a badge. Raises PluginDefectError."""
    if answer is None:
        return None
    part = _part(answer)
    if not part.text.strip():
        raise PluginDefectError("it returned a badge without a text; no badge is None")
    _narrow((part,), BADGE_WIDTH)
    return part


def lines(answer: object, width: int) -> tuple[Line, ...]:
    """*answer* as lines of at most *width* cells. Raises PluginDefectError."""
    return tuple(_line(line, width) for line in _some(answer, MOST_LINES, "lines"))


def _line(answer: object, width: int) -> Line:
    line = tuple(_part(part) for part in _some(answer, MOST_PARTS, "parts"))
    _narrow(line, width)
    return line


def _some(answer: object, most: int, what: str) -> tuple[object, ...]:
    if isinstance(answer, (str, bytes, Part)) or not isinstance(answer, Iterable):
        raise PluginDefectError(f"it returned a {type(answer).__name__} instead of {what}")
    found = tuple(islice(answer, most + 1))
    if len(found) > most:
        raise PluginDefectError(f"it returned more than {most} {what}")
    return found


def _part(answer: object) -> Part:
    if not isinstance(answer, Part) or not isinstance(answer.text, str):
        raise PluginDefectError(f"it returned a {type(answer).__name__} where a Part is expected")
    if answer.role and answer.role not in ROLES:
        raise PluginDefectError(
            f"there is no role {str(answer.role)[:40]!r}; roles are {', '.join(ROLES)}"
        )
    for character in answer.text:
        if _acts(character):
            raise PluginDefectError(
                f"it returned a text with the control character U+{ord(character):04X}; "
                "`fit` takes them out of text from outside"
            )
    return answer


def _acts(character: str) -> bool:
    """Whether this moves the cursor, reorders the line, or cannot be written at all."""
    if character.isspace():
        return unicodedata.category(character) != "Zs"
    return character != _REPLACEMENT and one_line(character) == _REPLACEMENT


def _narrow(line: Line, width: int) -> None:
    taken = width_of(line)
    if taken > width:
        raise PluginDefectError(
            f"it returned a text {taken} cells wide where {width} are free; `fit` cuts it"
        )
