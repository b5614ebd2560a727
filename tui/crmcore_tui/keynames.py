"""The names of keys: which there are, how Textual spells them, how people read them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from textual.keys import (
    KEY_NAME_REPLACEMENTS,
    KEY_TO_UNICODE_NAME,
    Keys,
    _character_to_key,
    format_key,
)

from crmcore.text import nearest

_MODIFIERS = ("alt", "ctrl", "hyper", "meta", "shift", "super")
_SAME = {"ctrl+i": "tab", "ctrl+m": "enter", "ctrl+h": "backspace", "return": "enter"}
"""What a terminal cannot tell apart."""

_NAMED = frozenset(key.value.rpartition("+")[2] for key in Keys if "<" not in key.value)
_SIGNS = frozenset(KEY_NAME_REPLACEMENTS.values())
_WRITTEN = {
    "up": "↑", "down": "↓", "left": "←", "right": "→", "pageup": "PgUp", "pagedown": "PgDn",
    "home": "Home", "end": "End", "escape": "esc", "delete": "Del", "insert": "Ins",
    "enter": "enter", "space": "space", "tab": "tab", "backspace": "⌫",
}  # fmt: skip


class UnknownKeyError(ValueError):
    """There is no such key; `near` are those it may be meant for."""

    def __init__(self, name: str, near: tuple[str, ...]) -> None:
        super().__init__(name)
        self.near = near


def key_name(text: str) -> str:
    """How Textual calls the key that *text* names. Raises UnknownKeyError.

    >>> key_name("?"), key_name("Ctrl+Right"), key_name("shift+l"), key_name("alt+L")
    ('question_mark', 'ctrl+right', 'L', 'alt+shift+l')
    """
    *modifiers, base = text.split("+") if len(text) > 1 else [text]
    held = {modifier.strip().lower() for modifier in modifiers}
    base = base.strip()
    if not base or not held <= set(_MODIFIERS):
        raise UnknownKeyError(text, _near(text))
    if len(base) == 1 and base.isalpha():
        if base.isupper() and held - {"shift"}:
            # A terminal sends the same for ctrl+a and ctrl+A.
            held |= {"shift"} if "ctrl" not in held else set()
            base = base.lower()
        elif held == {"shift"}:
            held, base = set(), base.upper()
    else:
        base = _character_to_key(base) if len(base) == 1 else base.lower()
    if not _exists(base):
        raise UnknownKeyError(text, _near(text))
    name = "+".join([*sorted(held), base])
    return _SAME.get(name, name)


def _exists(base: str) -> bool:
    if len(base) == 1 or base in _NAMED or base in _SIGNS:
        return True
    base = KEY_TO_UNICODE_NAME.get(base, base)
    try:
        return unicodedata.lookup(base.replace("_", " ")).isprintable()
    except KeyError:
        return False


def _near(text: str) -> tuple[str, ...]:
    head, _, base = text.strip().lower().rpartition("+")
    found = nearest(base, sorted(_NAMED | _SIGNS | {"question_mark", "comma", "full_stop"}))
    if not head:
        return found
    right = [next(iter(nearest(m, _MODIFIERS)), m) for m in head.split("+")]
    whole = base if base in _NAMED or len(base) == 1 else next(iter(found), base)
    return ("+".join([*right, whole]),)


def is_letter(name: str) -> bool:
    """Whether the key types a letter."""
    return len(name) == 1 and name.isalpha()


def with_alt(name: str) -> str:
    """The key of a letter with alt held down."""
    return key_name(f"alt+{name}")


def shown(keys: Iterable[str]) -> str:
    """How keys are written for people, the first two of them.

    >>> shown(["ctrl+g", "f8"]), shown(["alt+shift+l"]), shown(["question_mark"])
    ('^g F8', 'alt+L', '?')
    """
    return " ".join(_written(name) for name in list(keys)[:2])


def _written(name: str) -> str:
    *held, base = name.split("+")
    if "shift" in held and is_letter(base):
        held.remove("shift")
        base = base.upper()
    if base in _WRITTEN:
        base = _WRITTEN[base]
    elif len(base) > 1 and base[0] == "f" and base[1:].isdecimal():
        base = base.upper()
    else:
        base = format_key(base)
    if held == ["ctrl"]:
        return f"^{base}"
    return "+".join([*held, base])
