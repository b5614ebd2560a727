"""From customers to figures and back: the dashboard, and whom a figure counted."""

from __future__ import annotations

from datetime import timedelta

from crmcore.crm import Crm
from crmcore.figures.gather import on
from crmcore.query import EVERYBODY, Condition, both
from crmcore_tui import figurewordings as fw
from crmcore_tui.figuretext import Drill
from crmcore_tui.panelgrid import Spot
from crmcore_tui.screens.boardchanging import ChangingScreen
from crmcore_tui.screens.figures import Report
from crmcore_tui.screens.funnel import FunnelScreen

FRESH = timedelta(minutes=10)
"""How long a dashboard is shown again as it is, while nobody changes anything."""


class FigureActions(ChangingScreen):
    """Shows the dashboard of those on the screen, and the customers behind a figure on the screen."""

    filter_text = ""

    def __init__(self, crm: Crm) -> None:
        super().__init__(crm)
        self.drill: Drill | None = None
        self._figures: Report | None = None

    # the dashboard

    def action_funnel(self) -> None:
        """The funnel dashboard, of those whom the filter leaves."""
        self.when_free(self._show_funnel)

    def _show_funnel(self) -> None:
        report = self._figures
        scope = (self.wanted, self.filter_text)
        if report is not None and self.drill is not None:
            scope = (report.where, report.scope)  # whose figure is shown: back to the others
        if report is None or scope != (report.where, report.scope) or not self._fresh(report):
            spot = Spot() if report is None else report.spot
            report = Report(self.state.pipeline, *scope, spot=spot)
        self._figures = report
        self.app.push_screen(FunnelScreen(self.crm, report), self._drilled)

    def _fresh(self, report: Report) -> bool:
        found = report.overview
        if found is None or found.revision != self.crm.revision:
            return False
        return self.crm.clock() - found.at < FRESH

    def _drilled(self, drill: Drill | None) -> None:
        if drill is not None:
            # Those it counted, all of them and no others: the filter is in it, or it is not.
            self.drill, self.wanted, self.filter_text = drill, EVERYBODY, ""
            self.reload()

    def leave_figure(self) -> bool:
        """Show the board's own customers again; whether it showed a figure's."""
        drill, self.drill = self.drill, None
        return drill is not None

    def figure_words(self) -> str:
        """Whose customers the board shows; "" for its own."""
        if self.drill is None:
            return ""
        label = self.crm.dialect.say(self.drill.label)
        return self.say(fw.OF_FIGURE, label=label)

    def _where(self) -> Condition:
        if self.drill is None:
            return super()._where()
        return both(on(self.state.pipeline), self.drill.where, self.wanted)
