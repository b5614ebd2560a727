"""A learned card as the file a person reads, edits and puts in force."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from attrs import frozen

from crmcore.fieldspec import FieldSpec
from crmcore.money import DEFAULT_CURRENCY, Money, format_money
from crmcore.text import one_line
from crmcore.values import NO, YES
from crmcore.wording import LANGUAGES, Language, Text, listed
from crmcore_scorecard.learning.binning import NumberBins, TagBins, WordBins
from crmcore_scorecard.learning.columns import Form
from crmcore_scorecard.learning.holdout import HoldOut, Share
from crmcore_scorecard.learning.learned import POINTS_TO_DOUBLE, LearnedCard, LearnedRule

_MOST_NAMED = 6
_LONGEST_WORD = 40

_UNKNOWN = Text("未知", "unknown")
_OTHER = Text("其他", "another")
_FROM = Text("{low} 及以上", "{low} or more")
_BELOW = Text("低于 {high}", "below {high}")
_BETWEEN = Text("{low} 起、低于 {high}", "{low} to below {high}")
_ANY = Text("已知", "known")


@frozen
class _Band:
    """One line of a rule: its condition as it is written ("" for none), and what it says."""

    condition: str
    place: int
    says: Text


def write_card(
    card: LearnedCard,
    *,
    name: str,
    label: Text,
    on: date,
    figures: HoldOut | None = None,
    version: str = "1",
    industries: Sequence[str] = (),
    pipelines: Sequence[str] = (),
    currency: str = DEFAULT_CURRENCY,
) -> str:
    """*card* as TOML, in the format of every scorecard: `read_card` reads it, people edit it.

    Comments tell what it was learned from *on* which day, the *figures* of customers held out, what
    was left out, and of each band how many customers were in it and how many of those won.
    """
    head = [
        f"name = {_quoted(name)}",
        f"version = {_quoted(version)}",
        f"label = {_wording(label)}",
        f"industries = {_list(industries)}" + ("" if industries else "  # empty: every industry"),
        f"pipelines = {_list(pipelines)}" + ("" if pipelines else "  # empty: every pipeline"),
        f"currency = {_quoted(currency)}",
        "",
        "[grades]  # points a grade begins at; below B is C",
        f"A = {card.a_from}",
        f"B = {card.b_from}",
    ]
    rules = [line for place, rule in enumerate(card.rules, 1) for line in _rule(rule, place)]
    return "\n".join([*_story(card, figures, on), "", *head, *rules]) + "\n"


def _story(card: LearnedCard, figures: HoldOut | None, on: date) -> list[str]:
    share = card.won / card.customers
    lines = [
        (
            f"Learned on {on.isoformat()} from {card.customers:,} closed customers, "
            f"of whom {card.won:,} ({share:.1%}) were won."
        ),
        f"{POINTS_TO_DOUBLE} points more double the odds; at {card.even_at} points half are won.",
    ]
    if figures is not None:
        lines += [
            (
                f"Held out: {figures.customers:,} customers it was not learned from, the mean of "
                f"{len(figures.splits)} stratified splits."
            ),
            "In brackets, 95 % intervals for one split (AUC: Hanley-McNeil; shares: Wilson).",
            f"  AUC {_share(figures.auc, '.3f')}",
            *(
                f"  {grade}, the {words}: {_share(figures.rate(place), '.1%')} won"
                for place, (grade, words) in enumerate(_grades(figures.cuts))
            ),
        ]
    if card.left_out:
        lines.append("Left out:")
        reasons = dict.fromkeys(reason for _, reason in card.left_out)
        for reason in reasons:
            keys = ", ".join(one_line(spec.key) for spec, why in card.left_out if why == reason)
            lines.append(f"  {reason.zh} / {reason.en}: {keys}")
    return [f"# {line}" for line in lines]


def _grades(cuts: tuple[float, float]) -> list[tuple[str, str]]:
    a, b = cuts
    return [("A", f"best {a:.0%}"), ("B", f"next {b - a:.0%}"), ("C", f"other {1 - b:.0%}")]


def _share(share: Share, how: str) -> str:
    return f"{share.value:{how}} ({share.low:{how}} to {share.high:{how}})"


def _rule(rule: LearnedRule, number: int) -> list[str]:
    lines = ["", "[[rule]]", f"field = {_quoted(rule.spec.key)}"]
    plain = one_line(rule.spec.key)
    if plain != rule.spec.key:  # a rule's own key, else its field's, is on one line
        lines.append(f"key = {_quoted(f'{plain} {number}')}")
    lines.append("bands = [")
    for band in [_Band("unknown = true", len(rule.points) - 1, _UNKNOWN), *_bands(rule)]:
        condition = f"{band.condition}, " if band.condition else ""
        reason = [
            f"{language} = {_quoted(_reason(rule.spec, band.says, language))}"
            for language in LANGUAGES
        ]
        lines.append(
            f"  {{ {condition}points = {rule.points[band.place]}, {', '.join(reason)} }},"
            f"  # {_history(rule.customers[band.place], rule.won[band.place])}"
        )
    return [*lines, "]"]


def _reason(spec: FieldSpec, says: Text, language: Language) -> str:
    return one_line(
        f"{spec.label.in_(language)}：{says.zh}"
        if language == "zh"
        else f"{spec.label.in_(language)}: {says.en}"
    )


def _history(customers: int, won: int) -> str:
    if not customers:
        return "nobody so far: what the others get on average"
    return f"{customers:,} customers, {won / customers:.0%} won"


def _bands(rule: LearnedRule) -> list[_Band]:
    """The bands of known values, the one without a condition last."""
    match rule.bins:
        case NumberBins():
            return _number_bands(rule, rule.bins.cuts)
        case WordBins():
            return _word_bands(rule, rule.bins)
        case TagBins():
            bands = [
                _Band(f"in = {_list(tags)}", place, _named(rule, tags))
                for place, tags in enumerate(rule.bins.groups)
            ]
            rest = _OTHER if bands else _ANY
            return [*bands, _Band("", len(bands), rest)]


def _number_bands(rule: LearnedRule, cuts: Sequence[Decimal]) -> list[_Band]:
    bands = []
    shown = [_number(rule, cut) for cut in cuts]
    for place in range(len(cuts), 0, -1):
        low = shown[place - 1]
        says = _FROM
        high = low
        if place < len(cuts):
            says, high = _BETWEEN, shown[place]
        bands.append(
            _Band(
                f"at_least = {_literal(rule, cuts[place - 1])}",
                place,
                says.with_(low=low, high=high),
            )
        )
    rest = _BELOW.with_(high=shown[0]) if cuts else _ANY
    return [*bands, _Band("", 0, rest)]


def _word_bands(rule: LearnedRule, bins: WordBins) -> list[_Band]:
    bands = []
    for place in range(bins.count - 1, -1, -1):
        words = bins.groups[place]
        if place == bins.rest:
            continue
        if rule.shape.form is Form.FLAGS:
            bands.append(_Band(f"is = {words[0]}", place, _named(rule, words)))
        else:
            condition = f"is = {_quoted(words[0])}" if len(words) == 1 else f"in = {_list(words)}"
            bands.append(_Band(condition, place, _named(rule, words)))
    return [*bands, _Band("", bins.rest, _rest(rule, bins, alone=not bands))]


def _rest(rule: LearnedRule, bins: WordBins, alone: bool) -> Text:
    words = bins.groups[bins.rest]
    if alone:
        return _ANY
    if not words:
        return _OTHER
    named = _named(rule, words)
    closed = rule.spec.choices or rule.shape.form is Form.FLAGS
    return (
        named
        if closed
        else Text("{named}或{other}", "{named} or {other}").with_(named=named, other=_OTHER)
    )


def _named(rule: LearnedRule, words: Sequence[str]) -> Text:
    """*words* as they are shown, a few of many."""
    shown = [_word(rule, word) for word in words[:_MOST_NAMED]]
    named = listed(shown)
    if len(words) == len(shown):
        return named
    more = Text("{named}等 {n} 项", "{named}, … ({n} in all)")
    return more.with_(named=named, n=len(words))


def _word(rule: LearnedRule, word: str) -> Text:
    if rule.shape.form is Form.FLAGS:
        return YES if word == "true" else NO
    if choice := next((c for c in rule.spec.choices if c.key == word), None):
        return choice.label
    plain = one_line(word)
    plain = plain if len(plain) <= _LONGEST_WORD else plain[: _LONGEST_WORD - 1] + "…"
    return Text(plain, plain)


def _number(rule: LearnedRule, number: Decimal) -> Text:
    if rule.shape.currency:
        money = Money(number, rule.shape.currency)
        return Text(format_money(money, "zh"), format_money(money, "en"))
    return Text(f"{number:f}", f"{number:,f}")


def _literal(rule: LearnedRule, number: Decimal) -> str:
    if rule.shape.currency:
        return _quoted(f"{rule.shape.currency} {number:f}")
    return f"{number:f}"


def _wording(text: Text) -> str:
    return f"{{ zh = {_quoted(text.zh)}, en = {_quoted(text.en)} }}"


def _list(words: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, words))}]"


def _quoted(text: str) -> str:
    """*text* as a TOML string, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
