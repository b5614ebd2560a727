"""Content lines, which contacts (RFC 6350) and calendars (RFC 5545) are written in."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WIDEST = 75
"""Octets of a line without its end: RFC 5545 section 3.1, RFC 6350 section 3.2."""
_ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
_TO_ESCAPE = re.compile(r"[\\;,\n]")
_LINE_END = re.compile(r"\r\n?|[\u0085\u2028\u2029\x0b\x0c\x1c-\x1e]")
# Neither format allows them in a value, not even escaped; HTAB is allowed.
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f\ud800-\udfff]")


def escaped(text: str) -> str:
    r"""*text* as a value of type TEXT: backslash, semicolon, comma and line end escaped.

    >>> escaped("Acme, Inc.; a\\b\nnext")
    'Acme\\, Inc.\\; a\\\\b\\nnext'
    """
    plain = _CONTROLS.sub("", _LINE_END.sub("\n", text))
    return _TO_ESCAPE.sub(lambda found: _ESCAPED[found.group()], plain)


def line(name: str, value: str) -> bytes:
    """The property *name* (with its parameters) of this value, folded, in UTF-8, with its end.

    No fold is within a character, so that every line is UTF-8 by itself.
    """
    return b"\r\n ".join(_folds(f"{name}:{value}")) + b"\r\n"


def _folds(text: str) -> Iterator[bytes]:
    piece, room = bytearray(), _WIDEST
    for character in text:
        octets = character.encode()
        if len(piece) + len(octets) > room:
            yield bytes(piece)
            # The blank a continuation begins with counts too.
            piece, room = bytearray(), _WIDEST - 1
        piece += octets
    yield bytes(piece)
