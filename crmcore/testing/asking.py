"""Asking a plugin's function as crmcore does: under a time limit, whatever it raises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import pytest

from crmcore.timebox import Done, run_each

T = TypeVar("T")
R = TypeVar("R")


def ask(
    function: Callable[[T], R], things: Sequence[T], seconds: float, name: Callable[[T], str]
) -> list[R]:
    """What *function* gives for each of *things*; fails the test, naming the thing, where it does not."""
    answers: list[R] = []
    for thing, outcome in zip(things, run_each(function, things, seconds), strict=False):
        if not isinstance(outcome, Done):
            pytest.fail(f"on {name(thing)}: {type(outcome.error).__name__}: {outcome.error}")
        answers.append(outcome.value)
    return answers
