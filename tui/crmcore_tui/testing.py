"""What authors of panels test theirs with: subclass `PanelContract`, give it `panel`, run pytest.

>>> from crmcore_tui.testing import PanelContract
>>> class TestMyPanel(PanelContract):
...     @pytest.fixture
...     def panel(self):
...         return MY_PANEL
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from attrs import evolve

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.testing.asking import ask
from crmcore.testing.people import sample_customers
from crmcore.wording import LANGUAGES
from crmcore_tui import promises
from crmcore_tui.contributions import PANEL_SECONDS
from crmcore_tui.hooktypes import Line, Panel

NOW = datetime(2024, 5, 1, 2, tzinfo=UTC)
WIDTHS = (20, 33, 60, 120)
_DIALECTS = tuple(Dialect(language, UTC, "CNY") for language in LANGUAGES)


class PanelContract:
    """Tests of one panel. `seconds` is how long it may take over one customer: the board waits no longer."""

    seconds = PANEL_SECONDS

    @pytest.fixture
    def panel(self) -> Panel:
        """The panel under test; an author's subclass gives it."""
        raise NotImplementedError("give your PanelContract subclass a fixture panel")

    def asked(self) -> tuple[Customer, ...]:
        """Of whom it is asked; a subclass may add those it is made for."""
        return sample_customers()

    def _written(
        self, panel: Panel, customer: Customer, width: int, dialect: Dialect
    ) -> tuple[Line, ...]:
        def write(customer: Customer) -> tuple[Line, ...]:
            return tuple(tuple(line) for line in panel.write(customer, width, NOW, dialect))

        (lines,) = ask(write, [customer], self.seconds, lambda c: f"{c.id}, {width} cells")
        return lines

    def test_it_draws_within_its_width(self, panel: Panel) -> None:
        """Plain lines of known roles, none wider than asked, in both languages."""
        for dialect in _DIALECTS:
            for width in WIDTHS:
                for customer in self.asked():
                    promises.lines(self._written(panel, customer, width, dialect), width)

    def test_it_writes_of_a_customer_nothing_is_known_of(self, panel: Panel) -> None:
        """An unknown value is a case like any other."""
        for dialect in _DIALECTS:
            self._written(panel, Customer(id="nothing"), 40, dialect)

    def test_it_changes_nothing(self, panel: Panel) -> None:
        """The customer is as before, and what it writes the same the second time."""
        for customer in self.asked():
            before = evolve(customer, extra=dict(customer.extra))
            first = self._written(panel, customer, 40, _DIALECTS[0])
            assert self._written(panel, customer, 40, _DIALECTS[0]) == first, "it writes another"
            assert customer == before, f"it changed {customer.id}"

    def test_it_speaks_both_languages(self, panel: Panel) -> None:
        """Its label does, and no Chinese label stands among English ones."""
        for words in (panel.label.zh, panel.label.en):
            assert words, "the label is empty"
        nobody = Customer(id="nothing")
        for line in self._written(panel, nobody, 80, _DIALECTS[LANGUAGES.index("en")]):
            for part in line:
                assert part.text.isascii() or not any(
                    "\u4e00" <= letter <= "\u9fff" for letter in part.text
                ), f"in English it writes {part.text!r}"
