"""Text from outside is kept without control characters and shown without moving anything."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.text import clean, half_width, nearest, one_line, shown

HOSTILE = [
    "\x1b[2J\x1b[31mred\x1b[0m",
    "\x1b]8;;http://evil\x07link\x1b]8;;\x07",
    "a\x00b",
    "a\r\nb\rc",
    "\u202egnp.exe",
    "\u2066x\u2069",
    "\u200f\u061c",
    "\x9b31m",
    "a\u2028b\u2029c\x85d\x0be\x0cf",
    "\ud800 lone",
    "tab\tand space ",
    "e\u0301",
]
ANY_TEXT = st.text(st.characters(codec=None)) | st.sampled_from(HOSTILE)
MOVING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}


@given(ANY_TEXT)
def test_clean_text_has_no_controls_is_nfc_and_stays_as_it_is(text: str) -> None:
    kept = clean(text)
    assert clean(kept) == kept
    assert unicodedata.is_normalized("NFC", kept)
    assert all(unicodedata.category(c) != "Cc" for c in kept if c not in "\t\n")
    kept.encode("utf-8")


@given(ANY_TEXT)
def test_one_line_is_one_line_that_moves_nothing(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert not any(unicodedata.category(c) == "Cc" or ord(c) in MOVING for c in line)
    line.encode("utf-8")


@given(ANY_TEXT)
def test_shown_text_keeps_its_lines_and_nothing_else_that_moves(text: str) -> None:
    lines = shown(text).split("\n")
    assert all(one_line(line) == line for line in lines)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00b", "ab"),
        (" \x1b[31mAcme ", "[31mAcme"),
        ("e\u0301", "é"),
        ("\ud800", "?"),
        ("１０万", "１０万"),
    ],
)
def test_clean_keeps_what_people_wrote(text: str, kept: str) -> None:
    assert clean(text) == kept


def test_full_width_signs_become_half_width() -> None:
    assert half_width("ＡＢＣ１２３：（）～　中文") == "ABC123:()~ 中文"


def test_nearest_names_at_most_two_and_survives_a_long_word() -> None:
    assert nearest("Gradee", ["grade", "owner"]) == ("grade",)
    assert nearest("x" * 200_000, ["grade"]) == ()
