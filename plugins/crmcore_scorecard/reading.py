"""From a scorecard's file to a scorecard, the cards it builds on included."""

from __future__ import annotations

from pathlib import Path

from crmcore.errors import ConfigError
from crmcore.fields import FieldCatalogue
from crmcore.money import DEFAULT_CURRENCY
from crmcore_scorecard.card import Scorecard
from crmcore_scorecard.page import Page
from crmcore_scorecard.parts import joined, read_own
from crmcore_scorecard.sources import SUFFIX, Source, on_disk, shipped, shipped_named

_MOST_BASES = 16


def read_card(text: str, source: str, folder: Path | None = None) -> Scorecard:
    """The scorecard that *text* holds; *source* is what errors call its file.

    Its base is looked for in *folder*, then among the shipped cards. Raises ConfigError with the
    file, the line and what was expected.
    """
    return card_from(Source(source, text, folder))


def card_from(source: Source, fields: FieldCatalogue | None = None) -> Scorecard:
    """The scorecard of *source*. Raises ConfigError as `read_card` does."""
    return _card(source, fields or FieldCatalogue(), ())


def _card(source: Source, fields: FieldCatalogue, above: tuple[Source, ...]) -> Scorecard:
    page = Page(source.text, source.name)
    base = None
    if "base" in page.raw:
        chain = (*above, source)
        found = _base(page, source)
        if any(found.place == other.place for other in chain):
            way = " → ".join(Path(s.name).name for s in (*chain, found))
            own = shipped_named(Path(found.name).stem)
            hint = f'; base = "{Path(own.name).stem}" is the shipped card' if own else ""
            page.refuse(f"its base leads back to itself: {way}{hint}", "base")
        if len(chain) > _MOST_BASES:
            page.refuse(f"more than {_MOST_BASES} cards build on one another", "base")
        base = _card(found, fields, chain)
    own_parts = read_own(page, fields, base, base.currency if base else DEFAULT_CURRENCY)
    return joined(page, own_parts, base)


def _base(page: Page, source: Source) -> Source:
    name = page.text(page.raw, "base")
    try:
        if source.folder is not None and (path := source.folder / name).exists():
            return on_disk(path)
    except (ConfigError, OSError, ValueError) as error:
        page.refuse(f"its base cannot be used: {str(error).rstrip('.')}", "base")
    found = shipped_named(name)
    if found is None:
        names = ", ".join(s.name.removesuffix(SUFFIX) for s in shipped())
        page.refuse(
            f"there is no card {name!r} beside this file, and none is shipped by that name; "
            f"shipped are {names}",
            "base",
        )
    return found
