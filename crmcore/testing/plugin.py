"""Fixtures for the tests of plugins, there wherever crmcore is installed: a pytest plugin.

Nothing is imported until a test asks for one of them; a fixture of the same name in a conftest.py
takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from crmcore.config import Config
    from crmcore.crm import Crm
    from crmcore.customer import Customer
    from crmcore.host import PluginHost
    from crmcore.testing.clock import StillClock


@pytest.fixture
def clock() -> StillClock:
    """The moment is 2024-05-01 10:00 in Shanghai, until the test says `clock.forward(days=2)`."""
    from crmcore.testing.clock import StillClock

    return StillClock()


@pytest.fixture
def crm_config(tmp_path: Path) -> Config:
    """The settings of `crm`: in memory, in English. A test file may put its own in place of them."""
    from crmcore.config import Config

    return Config(store="memory:", language="en", timezone="Asia/Shanghai", directory=tmp_path)


@pytest.fixture
def plugin_host(crm_config: Config) -> PluginHost:
    """All installed plugins; `plugin_host.register(module, "name")` adds one that is not."""
    from crmcore.host import PluginHost

    return PluginHost.load(crm_config, disable=crm_config.disable)


@pytest.fixture
def crm(crm_config: Config, plugin_host: PluginHost, clock: StillClock) -> Iterator[Crm]:
    """An empty workspace of `crm_config` with the plugins of `plugin_host`; the actor is Li Na."""
    from crmcore.bootstrap import open_crm

    with open_crm(config=crm_config, host=plugin_host, clock=clock, actor="Li Na") as crm:
        yield crm


@pytest.fixture
def customers() -> tuple[Customer, ...]:
    """Chinese and other customers of all stages, well known and hardly known ones; see `sample_customers`."""
    from crmcore.testing.people import sample_customers

    return sample_customers()
