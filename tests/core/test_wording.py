"""Texts are filled in once, in every language, whatever is filled in."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.sanity import _unknown_owner
from crmcore.translations import Translation
from crmcore.wording import AND, NOTHING, OR, Text, listed, outside

WORDS = st.text(st.sampled_from("abz {}!:.0·客户"), max_size=12)
NAMES = ("name", "self", "n", "values")
TEMPLATES = {
    ("客户 {name}", "customer {name}"): "Kunde {name}",
    ("{n}/{name} {self}", "{self} {n} of {name}"): "{n} aus {self} von {name}",
    ("{{}} {values!s:>4}", "{{}} {values!s:>4}"): "{{}} {values!s:>4} ja",
    ("没有翻译 {n}", "not translated {n}"): None,
}


class _Words:
    """A catalogue that is a mapping."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self.words = words

    def gettext(self, english: str) -> str:
        return self.words.get(english, english)


GERMAN = Translation(
    "de",
    (_Words({en: told for (_, en), told in TEMPLATES.items() if told} | {"Stage": "Phase"}),),  # type: ignore[arg-type]
)


def filled(inner: st.SearchStrategy[object]) -> st.SearchStrategy[Text]:
    values = st.fixed_dictionaries(dict.fromkeys(NAMES, inner))
    return st.builds(
        lambda pair, values: Text(*pair).with_(**values), st.sampled_from(sorted(TEMPLATES)), values
    )


LEAVES = WORDS | st.integers() | WORDS.map(lambda words: Text("阶段" + words, "Stage" + words))
TEXTS = st.recursive(filled(LEAVES), lambda inner: filled(inner | LEAVES), max_leaves=12)


def by_hand(text: object, language: str) -> object:
    """What *text* says, worked out from what it was made of."""
    if not isinstance(text, Text):
        return text
    if text.filled is None:
        worded = {"zh": text.zh, "en": text.en, "de": GERMAN.say(text)}
        return worded[language]
    template, values = text.filled
    german = TEMPLATES[template.zh, template.en] or template.en
    worded = {"zh": template.zh, "en": template.en, "de": german}
    return worded[language].format(**{n: by_hand(v, language) for n, v in values.items()})


@given(TEXTS)
def test_what_is_filled_in_is_said_in_the_same_language(text: Text) -> None:
    assert text.in_("zh") == by_hand(text, "zh")
    assert text.in_("en") == by_hand(text, "en")
    assert GERMAN.say(text) == by_hand(text, "de")


@given(WORDS)
def test_what_comes_from_outside_is_never_a_template(words: str) -> None:
    told = Text("客户 {name}", "customer {name}").with_(name=words)
    assert (told.zh, told.en) == (f"客户 {words}", f"customer {words}")
    assert GERMAN.say(told) == f"Kunde {words}"
    again = Text("客户 {name}", "customer {name}").with_(name=told)
    assert GERMAN.say(again) == f"Kunde Kunde {words}"
    assert GERMAN.say(outside(words)) == outside(words).zh == words
    # Filled in once more, it is the template that is filled, not what was said.
    assert told.with_(name="x") == Text("客户 x", "customer x")


@given(WORDS, WORDS)
def test_a_text_without_values_is_left_as_it_is(zh: str, en: str) -> None:
    text = Text(zh, en)
    assert text.with_() is text
    assert GERMAN.say(text) == GERMAN.say(Text("", en))
    assert text.lower() == Text(zh, en.lower())
    assert GERMAN.say(text.lower()) == GERMAN.say(text)


@given(st.lists(WORDS, max_size=40))
def test_a_list_has_its_commas_in_each_language(parts: list[str]) -> None:
    assert listed(parts) == Text("、".join(parts), ", ".join(parts))
    assert listed(parts, OR) == Text(" 或 ".join(parts), " or ".join(parts))
    texts = [Text(part, part + "!") for part in parts]
    assert listed(texts, AND) == Text(" 和 ".join(parts), " and ".join(p + "!" for p in parts))
    assert GERMAN.say(listed(parts)) == ", ".join(parts)


def test_a_list_is_said_in_the_language_of_its_parts() -> None:
    parts = [Text("阶段", "Stage"), "Stage", Text("阶段", "Stage")]
    assert GERMAN.say(listed(parts)) == "Phase, Stage, Phase"
    assert listed([]) is NOTHING


def test_a_long_list_does_not_go_deep() -> None:
    names = [f"name {n}" for n in range(20_000)]
    assert GERMAN.say(listed(names)) == ", ".join(names)


@pytest.mark.parametrize(
    ("owner", "zh", "en"),
    [
        ("anna", None, None),
        ("ann", "，是不是 anne、anna？", "; did you mean anne or anna?"),
        ("{x}", "；团队有 anna、anne、zhou", "; it is anna, anne, zhou"),
    ],
)
def test_an_owner_who_is_not_on_the_team(owner: str, zh: str | None, en: str | None) -> None:
    found = [problem.message for problem in _unknown_owner(owner, ("anna", "anne", "zhou"))]
    told = [Text(f"团队里没有 {owner}{zh}", f"{owner} is not on the team of crm.toml{en}")]
    assert found == ([] if zh is None else told)


def test_a_place_without_a_value_is_an_error() -> None:
    with pytest.raises(KeyError):
        Text("{n}", "{n}").with_(name=1)
