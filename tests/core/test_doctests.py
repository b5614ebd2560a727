"""The examples in the core's docstrings are true (those of the hooks have a test of their own)."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import crmcore

MODULES = [
    info.name
    for info in pkgutil.walk_packages(crmcore.__path__, "crmcore.")
    if not info.name.endswith(("__main__", ".hookspecs"))
]


@pytest.mark.parametrize("name", ["crmcore", *MODULES])
def test_examples_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
