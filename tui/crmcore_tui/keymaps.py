"""Which keys are in force: those of the keymap that was chosen, and the user's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import evolve, field, frozen

from crmcore.errors import ConfigError
from crmcore.text import nearest, one_line
from crmcore_tui.keymap import (
    FROM_DETAIL,
    ON_TABLE,
    ON_TODAY,
    OTHER_SECTIONS,
    SECTIONS,
    Key,
    Section,
)
from crmcore_tui.keynames import UnknownKeyError, is_letter, key_name, shown, with_alt

VI, PLAIN = "vi", "plain"
KEYMAPS = (VI, PLAIN)

_QUITS = "ctrl+q"
"""Textual's own key to quit."""

_LETTERS_IN_PLAIN = {
    "confirm.answer-True",
    "confirm.answer-False",
    "leave.keep",
    "leave.discard",
    "leave.go_on",
}
"""Answers, not commands: `y` is one in every keymap."""

_IN_PLAIN: Mapping[str, tuple[str, ...]] = {
    "board.top_chord": (),
    "board.forward": ("ctrl+right",),
    "board.back": ("ctrl+left",),
    "board.add": ("ctrl+n", "insert"),
    "board.edit": ("f2",),
    "board.filter": ("ctrl+f", "f3"),
    "board.note": ("f4",),
    "board.next_step": ("f5",),
    "board.why": ("f6",),
    "board.assign": ("f7",),
    "board.grade": ("ctrl+g", "f8"),
    "board.lose": ("delete",),
    "board.undo": ("ctrl+z",),
    "board.redo": ("ctrl+y",),
    "board.palette": ("ctrl+p", "f10"),
    "board.settings": ("f9",),
    "board.help": ("f1",),
    "board.quit": ("ctrl+q",),
    "board.import_sheet": ("ctrl+o",),
    "board.page_up": ("pageup",),
    "board.page_down": ("pagedown",),
    "columns.page_up": ("pageup",),
    "columns.page_down": ("pagedown",),
    "intake.pick": ("ctrl+f", "f3"),
    "intake.page_up": ("pageup",),
    "intake.page_down": ("pagedown",),
    "intake.apply": ("ctrl+s",),
    "intake.columns": ("f6",),
    "intake.again": ("f5",),
    "intake.close": ("f10",),
    "preview.pick": ("ctrl+f", "f3"),
    "preview.page_up": ("pageup",),
    "preview.page_down": ("pagedown",),
    "preview.apply": ("ctrl+s",),
    "preview.why": ("f6",),
    "preview.again": ("f5",),
    "preview.close": ("f10",),
    "reader.page_up": ("pageup",),
    "reader.page_down": ("pagedown", "space"),
    "settings.close": ("escape", "f9"),
    "plugins.again": ("f5",),
    "twins.page_up": ("pageup",),
    "twins.page_down": ("pagedown",),
    "twins.undo": ("ctrl+z",),
    "merge.page_up": ("pageup",),
    "merge.page_down": ("pagedown",),
    "merge.swap": ("f2",),
    "merge.apply": ("ctrl+s",),
    "assigning.apply": ("ctrl+s",),
}
"""The keymap "plain", where it is more than leaving letters out."""


@frozen
class Keymap:
    """The rows of the table with the keys in force; `name` is the built-in one they began as."""

    name: str
    sections: tuple[Section, ...]
    others: tuple[Section, ...]
    shown: Mapping[str, str] = field(init=False, repr=False, eq=False)
    """How the first key of each action is written, by the action's id; for words that name keys."""

    _by_id: Mapping[str, Key] = field(init=False, repr=False, eq=False)

    @shown.default
    def _written(self) -> Mapping[str, str]:
        rows = (key for section in self.all for key in section.keys)
        return {key.id: shown(key.keys[:1]) for key in rows}

    @_by_id.default
    def _indexed(self) -> Mapping[str, Key]:
        return {key.id: key for section in self.all for key in section.keys}

    @property
    def all(self) -> tuple[Section, ...]:
        """The sections of every screen, the board's first."""
        return (*self.sections, *self.others)

    def of(self, screen: str) -> tuple[Key, ...]:
        """The keys of one screen."""
        return tuple(key for key in self._by_id.values() if key.screen == screen)

    def named(self, key_id: str | None) -> Key | None:
        """The row called *key_id*, as in `board.forward`."""
        return None if key_id is None else self._by_id.get(key_id)

    def in_force(self, key: Key) -> Key:
        """The row *key* of the table, with its keys as they are now."""
        return self._by_id.get(key.id, key)


def keymap_named(name: str, own: Mapping[str, str] | None = None, where: str = "") -> Keymap:
    """The built-in keymap *name* with the user's *own* keys, which the file *where* gives by action.

    Raises ConfigError for an unknown keymap, action or key, and for a key with two meanings.
    """
    if name not in KEYMAPS:
        near = nearest(name, KEYMAPS)
        hint = f"Did you mean {' or '.join(near)}?" if near else f"Known: {', '.join(KEYMAPS)}."
        raise ConfigError(f"{where}: there is no keymap {name!r}. {hint}")
    given = dict(_own(own or {}, where))

    def row(key: Key) -> Key:
        keys = given.get(key.id)
        if keys is None and name == VI:
            return key
        keys = _plain(key) if keys is None else keys
        return key if keys == key.keys else evolve(key, keys=keys, shown=shown(keys))

    def rows(sections: Iterable[Section]) -> tuple[Section, ...]:
        return tuple(evolve(s, keys=tuple(row(key) for key in s.keys)) for s in sections)

    made = Keymap(name, rows(SECTIONS), rows(OTHER_SECTIONS))
    _one_meaning_each(made, where)
    return made


def _plain(key: Key) -> tuple[str, ...]:
    if key.id in _IN_PLAIN:
        return _IN_PLAIN[key.id]
    if key.id in _LETTERS_IN_PLAIN:
        return key.keys
    kept = tuple(name for name in key.keys if not is_letter(name))
    return kept or tuple(with_alt(name) for name in key.keys)


# the user's own


def _own(own: Mapping[str, str], where: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    rows = [key for section in (*SECTIONS, *OTHER_SECTIONS) for key in section.keys]
    ids = [key.id for key in rows]
    # `board.forward` counts more than `forward`, wherever it stands.
    for name in sorted(own, key=lambda name: name in ids):
        meant = [key.id for key in rows if name in _names(key)]
        if not meant:
            near = nearest(name, [*ids, *dict.fromkeys(i.partition(".")[2] for i in ids)])
            hint = f"Did you mean {' or '.join(near)}?" if near else "`?` on the board lists them."
            raise ConfigError(
                f"{where}: there is no action {one_line(name)!r} to give keys to, in [board.keys]. {hint}"
            )
        keys = _keys(name, own[name], where)
        yield from ((key_id, keys) for key_id in meant)


def _names(key: Key) -> tuple[str, ...]:
    """What a user may call *key*: `board.stage-1`, `stage-1`, `board.stage(1)`, `stage(1)`."""
    return key.id, key.id.partition(".")[2], f"{key.screen}.{key.action}", key.action


def _keys(action: str, text: str, where: str) -> tuple[str, ...]:
    found = []
    for part in (part.strip() for part in text.split(",")):
        try:
            found.append(key_name(part))
        except UnknownKeyError as error:
            near = f" Did you mean {' or '.join(error.near)}?" if error.near else ""
            comma = ' The comma itself is "comma".' if not part else ""
            raise ConfigError(
                f"{where}: {action} in [board.keys] is given {one_line(part)!r}, which is no key.{near}"
                f"{comma}"
            ) from error
    return tuple(dict.fromkeys(found))


def _one_meaning_each(keymap: Keymap, where: str) -> None:
    everywhere = keymap.of("app")
    screens = dict.fromkeys(key.screen for section in keymap.all for key in section.keys)
    heard = {screen: (*keymap.of(screen), *everywhere) for screen in screens if screen != "app"}
    board = (key for key in keymap.of("board") if key.action in FROM_DETAIL)
    heard["detail"] = (*keymap.of("reader"), *keymap.of("detail"), *board, *everywhere)
    for screen, shared in (("table", ON_TABLE), ("today", ON_TODAY)):
        heard[screen] = (*map(keymap.in_force, shared), *keymap.of(screen), *everywhere)
    for screen in ("plugins", "assigning"):
        heard[screen] = (*keymap.of("reader"), *keymap.of(screen), *everywhere)
    for row in (row for rows in heard.values() for row in rows):
        if _QUITS in row.keys and row.id != "board.quit":
            raise ConfigError(f"{where}: {row.id} cannot have {_QUITS}: it quits, on every screen.")
    for screen, rows in heard.items():
        meaning: dict[str, Key] = {}
        for row in rows:
            for name in row.keys:
                other = meaning.setdefault(name, row)
                if other is not row:
                    raise ConfigError(
                        f"{where}: the key {name} means both {other.id} and {row.id} on the screen "
                        f"{screen!r}. Give one of them another key in [board.keys]."
                    )
