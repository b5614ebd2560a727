"""The translations: `python tools/catalogue.py` collects all texts and brings every language up to date.

It writes the template `crmcore/locale/crmcore.pot`, takes new texts into each
`crmcore/locale/LANG/LC_MESSAGES/crmcore.po` and compiles it. `python tools/catalogue.py fr` begins
another language. What is looked up is the English text; the Chinese one stands above it as a comment.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ("crmcore", "plugins", "tui")
LOCALE = ROOT / "crmcore" / "locale"
DOMAIN = "crmcore"
NOT_SAID = ("crmcore/demo.py", "crmcore/testing/")
"""Where texts are data of an example or of a test."""

PAIR_AT = {"Text": 0, "T": 0, "say": 0, "_needs": 1, "described": 2, "column": 2}
"""Which argument of a call is the Chinese text; the English one is next."""

# The dates of the headers: unchanged texts leave unchanged files.
_WHEN = datetime(2024, 1, 1, tzinfo=UTC)

Found = tuple[int, str | None, str | tuple[str, str], list[str]]


def extract_texts(
    fileobj: IO[bytes],
    keywords: Mapping[str, Any],
    comment_tags: Collection[str],
    options: Mapping[str, Any],
) -> Iterator[Found]:
    """Babel's way to ask for what is to be translated in one module."""
    for node in ast.walk(ast.parse(fileobj.read())):
        if isinstance(node, ast.Call):
            for chinese, english in _pairs(node):
                if isinstance(english, str) and isinstance(chinese, str) and _says(english):
                    comments = [" ".join(chinese.split())]
                    if context := _context(node):
                        yield node.lineno, "pgettext", (context, english), comments
                    else:
                        yield node.lineno, None, english, comments


_METHODS: Any = [("**.py", extract_texts)]
"""Babel takes a function here, though its annotations ask for a name."""


def _pairs(call: ast.Call) -> Iterator[tuple[object, object]]:
    """What *call* says in Chinese and in English, as far as it is written there."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    said = [_constant(argument) for argument in call.args]
    place = PAIR_AT.get(name, len(said))
    yield from zip(said[place : place + 1], said[place + 1 : place + 2], strict=False)
    if name == "described":
        yield from (pair for pair in said[4:5] if isinstance(pair, tuple) and len(pair) == 2)
    if name == "_choices":
        yield from (row[1:3] for row in said if isinstance(row, tuple) and len(row) > 2)


def _says(english: str) -> bool:
    """Whether *english* is more than places for values."""
    return bool(re.sub(r"\{[^{}]*\}", "", english).strip())


def _context(call: ast.Call) -> str:
    """What tells the meaning of *call*'s text apart from another one with the same English."""
    found = (_constant(word.value) for word in call.keywords if word.arg == "context")
    return next((context for context in found if isinstance(context, str)), "")


def _constant(node: ast.expr) -> object:
    if isinstance(node, ast.Tuple):
        return tuple(_constant(part) for part in node.elts)
    return getattr(node, "value", None)


def template(root: Path = ROOT) -> Catalog:
    """Every text there is."""
    catalog = _catalog(None)
    for source in SOURCES:
        found = extract_from_dir(root / source, _METHODS)
        for name, _, message, comments, context in sorted(found, key=lambda one: one[:2]):
            place = f"{source}/{Path(name).as_posix()}"
            if place.startswith(NOT_SAID):
                continue
            catalog.add(message, locations=[(place, 0)], auto_comments=comments, context=context)
    return catalog


def _catalog(language: str | None) -> Catalog:
    catalog = Catalog(
        locale=language,
        header_comment=f"# crmcore in {language or 'another language'}.",
        charset="utf-8",
        creation_date=_WHEN,
        revision_date=_WHEN,
        fuzzy=False,
    )
    catalog.project, catalog.version = DOMAIN, "0"
    catalog.msgid_bugs_address = catalog.last_translator = catalog.language_team = "-"
    return catalog


def bring_up_to_date(language: str, texts: Catalog, locale: Path = LOCALE) -> tuple[int, int]:
    """Take *texts* into the catalogue of *language* and compile it; how many are translated, of how many."""
    path = locale / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    catalog = _catalog(language)
    if path.is_file():
        with path.open("rb") as opened:
            for message in read_po(opened, locale=language):
                if message.id and message.string and not message.fuzzy:
                    catalog.add(message.id, message.string, context=message.context)
    catalog.update(texts, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    path.parent.mkdir(parents=True, exist_ok=True)
    _write(path, catalog)
    with path.with_suffix(".mo").open("wb") as opened:
        write_mo(opened, catalog)
    told = [message for message in catalog if message.id]
    return sum(bool(message.string) for message in told), len(told)


def _write(path: Path, catalog: Catalog) -> None:
    with path.open("wb") as opened:
        write_po(opened, catalog, width=100, sort_output=True, include_lineno=False)


def main(languages: list[str]) -> None:
    """Collect, update, compile, and tell how complete each language is."""
    texts = template()
    LOCALE.mkdir(exist_ok=True)
    _write(LOCALE / f"{DOMAIN}.pot", texts)
    there = {path.parent.parent.name for path in LOCALE.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}
    for language in sorted(there | set(languages)):
        done, of = bring_up_to_date(language, texts)
        sys.stdout.write(f"{language}: {done} of {of} texts, {done / of:.0%}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
