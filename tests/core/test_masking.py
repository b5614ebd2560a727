"""What is hidden in a file that leaves the house, and recognised when it comes back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore.masking import MASKS, is_masked


@settings(max_examples=60)
@given(st.sampled_from(sorted(MASKS)), st.text(min_size=1).filter(str.strip))
def test_what_was_masked_is_recognised_and_masks_to_itself(key: str, text: str) -> None:
    hidden = MASKS[key](text)
    assert is_masked(key, hidden)
    assert MASKS[key](hidden) == hidden


@settings(max_examples=60)
@given(st.from_regex(r"1[3-9][0-9]{9}|0[0-9]{2,3}-[0-9]{7,8}", fullmatch=True))
def test_a_masked_number_hides_at_least_two_digits_of_what_is_known(number: str) -> None:
    hidden = MASKS["phone"](number)
    assert hidden != number and hidden.count("*") >= 2 and len(hidden) == len(number)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("phone", "13800138000"), ("phone", "021-5555 1234 x801"), ("phone", "8555*801"),
        ("contact", "王经理"), ("email", "x@example.com"), ("wechat", "wang_jl"),
        ("initial_need", "7*24 h"), ("company", "*ST 康美"), ("phone", None),
    ],
)  # fmt: skip
def test_what_hides_nothing_is_not_taken_for_masked(key: str, value: str | None) -> None:
    assert not is_masked(key, value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("phone", "138****8000"), ("phone", "138＊＊＊＊8000"), ("phone", "138XXXX8000"), ("phone", "138••••8000"),
        ("contact", "王*"), ("contact", "王**"), ("email", "w***@example.com"), ("wechat", "w****1"),
    ],
)  # fmt: skip
def test_what_other_programs_write_for_hidden_is_recognised(key: str, value: str) -> None:
    assert is_masked(key, value)
