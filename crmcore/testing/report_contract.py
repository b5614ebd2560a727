"""What every `Report` must keep: subclass `ReportContract`, give it `report`, run pytest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from crmcore.bootstrap import open_crm
from crmcore.changes import Write
from crmcore.config import Config
from crmcore.crm import Crm
from crmcore.figures.rates import Rate
from crmcore.hooktypes import Report
from crmcore.host import PluginHost
from crmcore.money import Money
from crmcore.reports.answer import Amounts, Answer, Named
from crmcore.reports.request import ask as request_of
from crmcore.reports.running import run_report
from crmcore.testing.asking import ask
from crmcore.testing.clock import StillClock
from crmcore.testing.people import sample_customers
from crmcore.wording import Text

_PLAIN = (str, int, float, Decimal, Money, Amounts, Rate, Named, Text, datetime, type(None))


class ReportContract:
    """Tests of one report. `seconds` is how long it may take over the customers of `sample_customers`."""

    seconds = 5.0

    @pytest.fixture
    def report(self) -> Report:
        """The report under test; an author's subclass gives it."""
        raise NotImplementedError("give your ReportContract subclass a fixture report")

    def answer(self, report: Report, crm: Crm) -> Answer:
        """What it says of all customers of *crm*, as `crmcore report` asks it."""

        def run(crm: Crm) -> Answer:
            return run_report(report, request_of(crm))

        (answer,) = ask(run, [crm], self.seconds, lambda crm: "the workspace")
        return answer

    @pytest.fixture
    def crm(self, tmp_path: Path) -> Any:
        """A workspace that holds the customers of `sample_customers`."""
        with _open(tmp_path) as crm:
            writes = [Write(None, evolve(each, revision=0)) for each in sample_customers()]
            crm.writer.commit(writes, "import")
            yield crm

    def test_it_says_what_it_counts(self, report: Report) -> None:
        """A figure has a definition, in both languages."""
        for text in (report.label, report.definition):
            assert text.zh, "the Chinese wording is empty"
            assert text.en, "the English wording is empty"

    def test_rows_are_plain_data(self, report: Report, crm: Crm) -> None:
        """Each cell is something that can be shown and exported; never a NaN, or a whole customer."""
        found = report.run(request_of(crm))
        rows = [row.cells for row in found.rows] if isinstance(found, Answer) else found
        for row in rows:
            assert isinstance(row, Mapping), f"{row!r} is no row"
            for key, value in row.items():
                assert isinstance(key, str), f"{key!r} is no text"
                assert key == "where" or isinstance(value, _PLAIN), f"{key} is {value!r}"
                assert value == value, f"{key} is no number"

    def test_an_empty_workspace_has_an_answer(self, report: Report, tmp_path: Path) -> None:
        """No customers are a case like any other: no division by zero."""
        with _open(tmp_path) as crm:
            self.answer(report, crm)

    def test_the_same_data_give_the_same_figure(self, report: Report, crm: Crm) -> None:
        """Asked twice it says the same."""
        assert self.answer(report, crm) == self.answer(report, crm)

    def test_it_changes_nothing(self, report: Report, crm: Crm) -> None:
        """A report reads."""
        before = crm.revision
        self.answer(report, crm)
        assert crm.revision == before, "it wrote"


def _open(folder: Path) -> Crm:
    config = Config(store="memory:", timezone="Asia/Shanghai", directory=folder)
    host = PluginHost.load(config, allow=("ids",))
    return open_crm(config=config, host=host, clock=StillClock(), actor="李娜")
