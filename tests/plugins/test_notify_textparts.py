"""Kept notifications can be said in further languages; what was tampered with says what it said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.translations import translation
from crmcore.wording import Text, listed
from crmcore_notify.textparts import parts_of, text_of

WORDS = st.text(max_size=8)
MADE = Text("{name} 分配给你", "{name} is yours now")
NESTED = Text("待办 {name}：{what}", "To do for {name}: {what}")
STEP = Text("下一步：{step}", "next: {step}")


def kept(text: Text) -> Text:
    return text_of(json.loads(json.dumps(parts_of(text))))


@given(WORDS, WORDS, st.integers() | st.floats(allow_nan=False))
def test_a_kept_text_says_the_same_in_every_language(name: str, step: str, n: float) -> None:
    say = translation("de").say
    texts = (
        Text(name, step),
        MADE.with_(name=name),
        NESTED.with_(name=name, what=STEP.with_(step=step)),
        Text("{n:,.2f} 个", "{n:,.2f} in all").with_(n=n),
        Text("按", "By", context="grouped by"),
    )
    for text in (*texts, listed(texts)):
        assert kept(text) == text
        if text.filled is not None:
            assert say(kept(text)) == say(text)


def test_it_is_said_in_german() -> None:
    told = kept(NESTED.with_(name="Acme", what=STEP.with_(step="{call}")))
    assert told.en == "To do for Acme: next: {call}"
    assert translation("de").say(told) == "Zu tun für Acme: als Nächstes: {call}"


def test_a_value_that_json_does_not_keep() -> None:
    assert kept(MADE.with_(name=Path("a"))) == Text("a 分配给你", "a is yours now")
    assert "from" not in parts_of(MADE.with_(name=Path("a")))


@pytest.mark.parametrize(
    "change",
    [
        {"en": "{name} is theirs now"},
        {"en": "{name.__class__} is yours now"},
        {"en": "{other}"},
        {"en": "{"},
        {"en": 3},
        {"values": {"name": "Bcme"}},
        {"values": {"name": None}},
        {"values": {"name": {"zh": 1}}},
        {"values": {"name": {"zh": 1, "en": 1, "context": "", "values": {}}}},
        {"values": [1]},
        {"context": []},
    ],
)
def test_what_was_tampered_with_says_what_it_said(change: dict[str, object]) -> None:
    text = MADE.with_(name="Acme")
    parts = parts_of(text)
    told = text_of({**parts, "from": {**parts["from"], **change}})
    assert told == text
    assert translation("de").say(told) == text.en


@pytest.mark.parametrize("parts", [None, {}, {"zh": "a"}, {"zh": "a", "en": 1}, [], "zh"])
def test_what_is_no_text(parts: object) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        text_of(parts)
