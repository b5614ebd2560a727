"""What the settings screen writes: each setting, its value, where that comes from; pure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

from crmcore.config import FILE_NAME, Config
from crmcore.dialect import Dialect
from crmcore.errors import ConfigError
from crmcore.text import one_line
from crmcore_tui import settingwordings as words
from crmcore_tui.cells import Line, Part, crop, fit, spread, wrap
from crmcore_tui.settings import NAMES, Name, Settings
from crmcore_tui.themes import LABELS

_LABEL = 12
_VALUE = 34


@frozen
class Shown:
    """What the screen shows: the settings, the cursor, the files, what has just happened."""

    settings: Settings
    at: int
    own: Path | None
    told: str = ""
    wrong: bool = False


def value_words(config: Config, name: Name, value: str, dialect: Dialect) -> str:
    """How a value is called."""
    if name == "language":
        try:
            own_name = config.dialect_in(value).say(words.THIS_LANGUAGE)
        except ConfigError:
            return one_line(value)
        # A translation that does not say how its language is called.
        foreign = value not in ("zh", "en") and own_name == words.THIS_LANGUAGE.en
        return one_line(value if foreign else own_name)
    known = LABELS.get(value) if name == "theme" else words.KEYMAPS.get(value)
    return dialect.say(known) if known else one_line(value)


def setting_lines(
    shown: Shown, config: Config, dialect: Dialect, width: int
) -> tuple[tuple[str, Line], ...]:
    """The lines, each with the ground it stands on."""
    return tuple(
        (ground, crop(line, width)) for ground, line in _lines(shown, config, dialect, width)
    )


def _lines(
    shown: Shown, config: Config, dialect: Dialect, width: int
) -> Iterator[tuple[str, Line]]:
    say = dialect.say
    for number, name in enumerate(NAMES):
        setting, here = shown.settings.of(name), number == shown.at
        value = value_words(config, name, setting.value, dialect)
        label = fit(say(words.SETTINGS[name]), _LABEL)
        line = (
            *spread((Part("▌ " if here else "  ", "cursor"), Part(label, "label")), (), _LABEL + 3),
            *spread((Part(f"‹ {fit(value, _VALUE - 4)} ›", "title"),), (), _VALUE),
            Part(f"  {say(words.SOURCES[setting.source])}", "dim"),
        )
        yield ("selected" if here else "card", spread(line, (), width))
    yield ("card", ())
    given = len(config.board.keys)
    keys = say(words.OWN_KEYS).format(n=given) if given else say(words.NO_OWN_KEYS)
    yield ("card", (Part(f"  {keys}", "dim"),))
    yield ("card", ())
    yield ("card", (Part(f"  {say(words.FILES)}", "heading"),))
    own = say(words.NOT_KEPT) if shown.own is None else one_line(str(shown.own))
    workspace = one_line(str(config.directory / FILE_NAME))
    yield ("card", (Part(f"  {say(words.WORKSPACE_FILE)} ", "dim"), Part(workspace)))
    yield ("card", (Part(f"  {say(words.OWN_FILE)} ", "dim"), Part(own)))
    yield ("card", ())
    role, mark = ("stale", "! ") if shown.wrong else ("done", "✓ ")
    if shown.told:
        first, *more = wrap(shown.told, max(width - 6, 8))
        yield ("card", (Part(f"  {mark}{first}", role),))
        yield from (("card", (Part(f"    {line}", role),)) for line in more[:2])
