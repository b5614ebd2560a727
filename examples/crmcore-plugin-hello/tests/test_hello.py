"""The plugin at work, in a workspace of its own."""

from __future__ import annotations

import pytest

from crmcore.bootstrap import open_crm
from crmcore.config import Config
from crmcore.errors import CheckError


@pytest.fixture
def crm(tmp_path):
    """A workspace in memory that numbers by this plugin."""
    config = Config(store="memory:", id_scheme="hello", directory=tmp_path)
    with open_crm(config=config) as crm:
        yield crm


def test_numbers_count_up(crm) -> None:
    assert [crm.add(company=name).id for name in "ABC"] == ["H1", "H2", "H3"]


def test_nobody_is_refused(crm) -> None:
    with pytest.raises(CheckError, match="hello"):
        crm.add(company="Nobody")
    assert crm.find().customers == ()
