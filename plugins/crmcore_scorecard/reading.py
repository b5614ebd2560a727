"""From a scorecard's file to a scorecard, the cards it builds on included."""

from __future__ import annotations

from pathlib import Path

from crmcore.errors import ConfigError
from crmcore.fields import FieldCatalogue
from crmcore.money import DEFAULT_CURRENCY
from crmcore.wording import Language, Text, listed
from crmcore_scorecard.card import Scorecard
from crmcore_scorecard.page import Page
from crmcore_scorecard.parts import joined, read_own
from crmcore_scorecard.sources import SUFFIX, Source, on_disk, shipped, shipped_named

_MOST_BASES = 16
_LED_BACK = Text("base 绕回了自身：{way}", "its base leads back to itself: {way}")
_LED_BACK_TO_SHIPPED = Text(
    "base 绕回了自身：{way}；内置的评分卡是 {shown}",
    "its base leads back to itself: {way}; {shown} is the shipped card",
)


def read_card(text: str, source: str, folder: Path | None = None) -> Scorecard:
    """The scorecard that *text* holds; *source* is what errors call its file.

    Its base is looked for in *folder*, then among the shipped cards. Raises ConfigError with the
    file, the line and what was expected.
    """
    return card_from(Source(source, text, folder))


def card_from(
    source: Source, fields: FieldCatalogue | None = None, language: Language = "en"
) -> Scorecard:
    """The scorecard of *source*. Raises ConfigError as `read_card` does, in *language*."""
    return _card(source, fields or FieldCatalogue(), language, ())


def _card(
    source: Source, fields: FieldCatalogue, language: Language, above: tuple[Source, ...]
) -> Scorecard:
    page = Page(source.text, source.name, language)
    base = None
    if "base" in page.raw:
        chain = (*above, source)
        found = _base(page, source)
        if any(found.place == other.place for other in chain):
            way = " → ".join(Path(s.name).name for s in (*chain, found))
            own = shipped_named(Path(found.name).stem)
            shown = f'base = "{Path(own.name).stem}"' if own else ""
            told = _LED_BACK_TO_SHIPPED if own else _LED_BACK
            page.refuse(
                told.with_(way=way, shown=shown),
                "base",
            )
        if len(chain) > _MOST_BASES:
            page.refuse(
                Text(
                    "base 一层套一层，超过 {most} 张",
                    "more than {most} cards build on one another",
                ).with_(most=_MOST_BASES),
                "base",
            )
        base = _card(found, fields, language, chain)
    own_parts = read_own(page, fields, base, base.currency if base else DEFAULT_CURRENCY)
    return joined(page, own_parts, base)


def _base(page: Page, source: Source) -> Source:
    name = page.text(page.raw, "base")
    try:
        if source.folder is not None and (path := source.folder / name).exists():
            return on_disk(path, page.language)
    except (ConfigError, OSError, ValueError) as error:
        said = str(error).rstrip(".。")
        page.refuse(
            Text("base 不能使用：{said}", "its base cannot be used: {said}").with_(said=said),
            "base",
        )
    found = shipped_named(name)
    if found is None:
        names = [s.name.removesuffix(SUFFIX) for s in shipped()]
        page.refuse(
            Text(
                "这个文件旁边没有评分卡 {name!r}，内置的也没有；内置的有 {names}",
                "there is no card {name!r} beside this file, and none is shipped by that name; "
                "shipped are {names}",
            ).with_(name=name, names=listed(names)),
            "base",
        )
    return found
