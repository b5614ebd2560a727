"""The bundled plugins keep what authors' plugins are held to."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from crmcore.config import Config
from crmcore.host import PluginHost
from crmcore.testing import (
    GraderContract,
    IdSchemeContract,
    ImporterContract,
    NotifierContract,
)


@cache
def host() -> PluginHost:
    return PluginHost.load(Config(timezone="UTC"), disable=())


class TestScorecards(GraderContract):
    @pytest.fixture(params=["general", "manufacturing"])
    def grader(self, request):
        names = host().graders().names
        if request.param not in names:
            pytest.fail(f"there is no card {request.param}; there are {', '.join(names)}")
        return host().graders().named(request.param)


class TestDateSequence(IdSchemeContract):
    @pytest.fixture
    def scheme(self):
        return host().id_schemes().named("date-sequence")


class TestUlid(IdSchemeContract):
    @pytest.fixture
    def scheme(self):
        return host().id_schemes().named("ulid")


class TestInbox(NotifierContract):
    @pytest.fixture(params=["inbox", "log-file"])
    def notifier(self, request, tmp_path):
        config = Config(timezone="UTC", directory=tmp_path)
        return PluginHost.load(config, allow=("notify",)).notifiers().named(request.param)


class TestCsv(ImporterContract):
    expected = {"company": "某某科技", "region": "华东"}  # noqa: RUF012

    @pytest.fixture
    def importer(self):
        return host().importers().named("csv")

    @pytest.fixture
    def file(self, tmp_path) -> Path:
        folder = tmp_path / "sheets"
        folder.mkdir()
        path = folder / "leads.csv"
        path.write_text("企业名称,区域\n某某科技,华东\nAcme,North\n", "utf-8")
        return path
