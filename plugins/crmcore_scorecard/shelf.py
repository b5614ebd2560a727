"""Which cards are in force: the team's, and the shipped ones where the team has none."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from attrs import evolve, frozen

from crmcore.config import FILE_NAME, Config
from crmcore.customer import Customer
from crmcore.errors import ConfigError
from crmcore.fields import FieldCatalogue
from crmcore.grading.policy import giving_way
from crmcore.hooktypes import Grader, Opinion
from crmcore.text import one_line
from crmcore.wording import NOTHING, Text, listed
from crmcore_scorecard.grading import grader_of
from crmcore_scorecard.lines import Lines, Step
from crmcore_scorecard.page import Page, instead, not_known, sentence
from crmcore_scorecard.reading import card_from
from crmcore_scorecard.sources import Source, on_disk, shipped

SETTINGS = ("card", "cards", "shipped")
_JOINING = ("weighted", "strictest")


@frozen
class _Shelved:
    """A team's card: its grader, and where it says its name and whom it serves."""

    grader: Grader
    file: str
    line_of_name: int = 1
    line_of_industries: int = 1
    everybody: bool = False
    """Whether it may serve anybody, since its file cannot be read."""


def graders(config: Config) -> list[Grader]:
    """The graders of the team's cards, then the shipped ones for whom the team has no card.

    A card with a mistake becomes a grader whose `grade` raises it: its customers keep their grades,
    the other cards work. Raises ConfigError when `[plugin.scorecard]` itself cannot be understood.
    """
    fields = FieldCatalogue()
    own = _apart([_shelve(config, step, name, fields) for step, name in _files(config)], config)
    # A broken card may serve whom a working one serves too: it comes first, so that nobody is
    # graded by a card that is not the one meant.
    theirs = sorted((one.grader for one in own), key=lambda grader: not grader.trouble)
    unclear = any(one.everybody for one in own)
    if unclear or not _setting(config, "shipped", True):
        return theirs
    left: tuple[Grader, ...] = tuple(_graders_shipped(config, fields))
    for grader in theirs:
        left = giving_way(left, grader)
    return [*theirs, *left]


def _files(config: Config) -> list[tuple[tuple[Step, ...], str]]:
    settings = config.settings("scorecard")
    for key in settings:
        if key not in SETTINGS:
            where = Text("[plugin.scorecard] 中", "in [plugin.scorecard]")
            _refuse(config, not_known(key, SETTINGS, where), key)
    card, cards = settings.get("card"), settings.get("cards", [])
    if not isinstance(cards, (list, tuple)):
        wanted = Text(
            'cards 必须是列表，如 ["mycard.toml"]', 'cards must be a list, as in ["mycard.toml"]'
        )
        _refuse(config, instead(wanted, cards), "cards")
    named: list[tuple[tuple[Step, ...], Any]] = [] if card is None else [(("card",), card)]
    named += [(("cards", place), name) for place, name in enumerate(cards)]
    for step, name in named:
        if not isinstance(name, str) or not name.strip() or "\0" in name:
            wanted = Text(
                '{key} 应为加引号的文件名，如 "mycard.toml"',
                '{key} must be a file name in quotes, as in "mycard.toml"',
            ).with_(key=step[0])
            _refuse(config, instead(wanted, name), *step)
    return named


def _setting(config: Config, key: str, default: bool) -> bool:
    value = config.settings("scorecard").get(key, default)
    if not isinstance(value, bool):
        wanted = Text("{key} 应为 true 或 false", "{key} must be true or false").with_(key=key)
        _refuse(config, instead(wanted, value), key)
    return value


def _refuse(config: Config, message: Text, *path: Step) -> NoReturn:
    raise ConfigError(f"{_where(config, *path)}{sentence(message, config.dialect.language)}")


def _where(config: Config, *path: Step) -> str:
    """The place of *path* in the plugin's settings: the file and the line, or the file alone."""
    file = config.directory / FILE_NAME
    chinese = config.dialect.language == "zh"
    try:
        text = file.read_text("utf-8-sig")
        tomllib.loads(text)
    except (OSError, ValueError):  # settings need not come from a file
        return f"{file}：" if chinese else f"{file}: "
    line = Lines(text).at("plugin", "scorecard", *path)
    return f"{file} 第 {line} 行：" if chinese else f"{file}, line {line}: "


def _shelve(config: Config, step: tuple[Step, ...], name: str, fields: FieldCatalogue) -> _Shelved:
    path, language = config.directory / name, config.dialect.language
    try:
        source = on_disk(path, language)
    except ConfigError as error:
        told = f"{_where(config, *step)}{error}"
        return _Shelved(_broken(path.stem, told), str(path), everybody=True)
    try:
        grader = grader_of(card_from(source, fields, language), config.dialect, fields)
    except ConfigError as error:
        return _shelve_broken(source, path, str(error))
    page = Page(source.text, source.name, language)
    return _Shelved(grader, str(path), page.line("name"), page.line("industries"))


def _shelve_broken(source: Source, path: Path, message: str) -> _Shelved:
    """The card as far as its file tells whom it serves."""
    try:
        raw = Page(source.text, source.name, "en").raw
    except ConfigError:
        return _Shelved(_broken(path.stem, message), str(path), everybody=True)
    name = raw.get("name")
    industries, pipelines = (_names(raw.get(key, [])) for key in ("industries", "pipelines"))
    known = isinstance(name, str) and bool(name.strip())
    grader = _broken(one_line(str(name)) if known else path.stem, message)
    if industries is None or pipelines is None:
        return _Shelved(grader, str(path), everybody=True)
    grader = evolve(grader, industries=industries, pipelines=pipelines)
    return _Shelved(grader, str(path), everybody=not industries and not pipelines)


def _names(value: Any) -> tuple[str, ...] | None:
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        return None
    return tuple(value)


def _broken(name: str, message: str) -> Grader:
    def grade(customer: Customer, now: datetime) -> Opinion:
        raise ConfigError(message)

    return Grader(name, Text(name, name), grade, trouble=message)


def _apart(shelved: Sequence[_Shelved], config: Config) -> list[_Shelved]:
    """*shelved*, those that cannot be told apart or serve one industry without a policy made one
    that is broken."""
    kept: list[_Shelved] = []
    for card in shelved:
        clashing = [(other, said) for other in kept if (said := _clash(other, card, config))]
        if clashing:
            together = [*(other for other, _ in clashing), card]
            kept = [other for other in kept if all(other is not o for o, _ in clashing)]
            card = _one_of(together, clashing[0][1])
        kept.append(card)
    return kept


_SAME_NAME = Text(
    "两张评分卡同名 {name!r}：{file} 第 {line} 行与 {other_file} 第 {other_line} 行。请给其中一张改名。",
    "Two scorecards are named {name!r}: {file}, line {line} and {other_file}, line {other_line}. "
    "Give one another name.",
)
_BOTH_SERVE = Text(
    "两张评分卡{on}都适用于{served}：{file} 第 {line} 行与 {other_file} 第 {other_line} 行。"
    '请只留给其中一张，或在 {settings} 中写明如何合并：[grading] policy = "weighted" 或 "strictest"。',
    "Two scorecards serve {served}{on}: {file}, line {line} and {other_file}, line {other_line}. "
    "Leave it to one of them, or say in {settings} how they are joined: "
    '[grading] policy = "weighted" or "strictest".',
)


def _clash(first: _Shelved, second: _Shelved, config: Config) -> str:
    """Why two cards cannot both be in force; "" when they can."""
    one, other = first.grader, second.grader
    if one.name == other.name:
        clash = _SAME_NAME.with_(
            name=one.name,
            file=first.file,
            line=first.line_of_name,
            other_file=second.file,
            other_line=second.line_of_name,
        )
        return clash.in_(config.dialect.language)
    if one.trouble or other.trouble:
        return ""
    industries = _common(one.industries, other.industries)
    pipelines = _common(one.pipelines, other.pipelines)
    if industries is None or pipelines is None or _is_joined(pipelines, config):
        return ""
    served = (
        Text("行业 {names}", "the industry {names}").with_(names=listed(industries))
        if industries
        else Text("所有行业", "every industry")
    )
    on = Text("在流程 {names} 上", " on the pipeline {names}").with_(names=listed(pipelines))
    clash = _BOTH_SERVE.with_(
        served=served,
        on=on if pipelines else NOTHING,
        file=first.file,
        line=first.line_of_industries,
        other_file=second.file,
        other_line=second.line_of_industries,
        settings=FILE_NAME,
    )
    return clash.in_(config.dialect.language)


def _common(some: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...] | None:
    """What both serve alike: () for all of it, None for nothing or when one is the more special."""
    if not some or not others:
        return None if some or others else ()
    sought = {name.casefold() for name in others}
    return tuple(name for name in some if name.casefold() in sought) or None


def _is_joined(pipelines: tuple[str, ...], config: Config) -> bool:
    grading = config.grading
    if pipelines:
        return all(grading.policy_of(pipeline) in _JOINING for pipeline in pipelines)
    return all(policy in _JOINING for policy in (grading.policy, *grading.pipelines.values()))


def _one_of(cards: Sequence[_Shelved], message: str) -> _Shelved:
    """One broken card for all whom *cards* serve: they could not be told apart as several."""

    def union(served: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(n for names in served for n in names)) if all(served) else ()

    industries = union([card.grader.industries for card in cards])
    pipelines = union([card.grader.pipelines for card in cards])
    grader = evolve(
        _broken(cards[0].grader.name, message), industries=industries, pipelines=pipelines
    )
    everybody = not industries and not pipelines
    return evolve(cards[0], grader=grader, everybody=everybody)


def _graders_shipped(config: Config, fields: FieldCatalogue) -> Iterator[Grader]:
    for source in shipped():
        grader = grader_of(card_from(source, fields), config.dialect, fields)
        yield evolve(grader, gives_way=True)


def grader_at(path: Path, config: Config) -> Grader:
    """The grader of the card in the file *path*, in force or not.

    Raises ConfigError with the file, the line and what was expected.
    """
    fields = FieldCatalogue()
    language = config.dialect.language
    card = card_from(on_disk(path, language), fields, language)
    return grader_of(card, config.dialect, fields)
