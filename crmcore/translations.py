"""Languages beyond Chinese and English: gettext catalogues, looked up by the English text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path
from string import Formatter

from attrs import field, frozen

from crmcore.errors import ConfigError
from crmcore.wording import LANGUAGES, Text

DOMAIN = "crmcore"
HOME = Path(__file__).parent / "locale"
"""The translations that come with crmcore."""


@frozen
class Translation:
    """One language's wording; what it does not word is said in English.

    A translated text whose `{places}` are not those of the English one is not used.
    """

    language: str
    catalogues: tuple[GNUTranslations, ...] = field(repr=False)
    _known: dict[tuple[str, str], str] = field(factory=dict, eq=False, repr=False, init=False)

    def say(self, text: Text) -> str:
        """*text* in this language."""
        template, values = text.filled or (text, {})
        worded = self._worded(template.en, template.context)
        if not values:
            return worded
        said = {n: self.say(v) if isinstance(v, Text) else v for n, v in values.items()}
        return worded.format(**said)

    def _worded(self, english: str, context: str) -> str:
        if (known := self._known.get((english, context))) is None:
            known = self._known[english, context] = self._look_up(english, context)
        return known

    def _look_up(self, english: str, context: str) -> str:
        if not english:  # the catalogue's own header is kept under the empty text
            return english
        for catalogue in self.catalogues:
            found = catalogue.pgettext(context, english) if context else catalogue.gettext(english)
            if found != english and places(found) == places(english):
                return "".join(c for c in found if c == "\n" or c.isprintable())
        return english


def places(text: str) -> tuple[str, ...] | None:
    """The `{places}` of *text*, sorted; None for a text that has no such form."""
    try:
        parts = [
            (name, spec, convert)
            for _, name, spec, convert in Formatter().parse(text)
            if name is not None
        ]
    except ValueError:
        return None
    return tuple(sorted(f"{name}:{spec}!{convert}" for name, spec, convert in parts))


def languages(folder: Path | None = None) -> tuple[str, ...]:
    """The languages texts can be read in: Chinese, English, and those translated in *folder* or here."""
    found = {file.parent.parent.name for home in _homes(folder) for file in _files(home)}
    return (*LANGUAGES, *sorted(found - set(LANGUAGES)))


def translation(language: str, folder: Path | None = None) -> Translation | None:
    """The translation to *language*; None for the two that texts are written in.

    What is in *folder* counts before what comes with crmcore. Raises LookupError without any, and
    ConfigError for a file that cannot be read.
    """
    if language in LANGUAGES:
        return None
    return _read(language, tuple(_homes(folder)))


@lru_cache(maxsize=8)
def _read(language: str, homes: tuple[Path, ...]) -> Translation:
    read = []
    for file in (file for home in homes for file in _files(home)):
        if file.parent.parent.name == language:
            try:
                with file.open("rb") as opened:
                    read.append(GNUTranslations(opened))
            except Exception as error:  # struct's, the decoder's, the system's
                raise ConfigError(f"{file} is no compiled translation: {error}.") from error
    if not read:
        raise LookupError(language)
    return Translation(language, tuple(read))


def _homes(folder: Path | None) -> Iterable[Path]:
    return (HOME,) if folder is None else (folder, HOME)


def _files(home: Path) -> Iterator[Path]:
    return home.glob(f"*/LC_MESSAGES/{DOMAIN}.mo")
