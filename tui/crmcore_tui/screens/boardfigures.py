"""The board's figures: what the past says above its columns, the dashboard, and whom a figure counted."""

from __future__ import annotations

from datetime import timedelta

from crmcore.crm import Crm
from crmcore.figures.gather import History, on, read_history
from crmcore.query import EVERYBODY, Condition, both
from crmcore_tui import figurewordings as fw
from crmcore_tui.boardquery import Loaded
from crmcore_tui.cells import Line
from crmcore_tui.figuretext import Drill
from crmcore_tui.headings import Heading, heading_lines, onward_from, under_cursor, weight_of
from crmcore_tui.panelgrid import Spot
from crmcore_tui.screens.boardchanging import ChangingScreen
from crmcore_tui.screens.funnel import FunnelScreen, Report

FRESH = timedelta(minutes=10)
"""How long a dashboard is shown again as it is, while nobody changes anything."""


class FigureActions(ChangingScreen):
    """Reads the history behind the columns' figures after each load, in a worker, once at a time."""

    filter_text = ""

    def __init__(self, crm: Crm) -> None:
        super().__init__(crm)
        self.history: History | None = None
        self.drill: Drill | None = None
        self._asking_history = False
        self._headings: dict[tuple[int, int, str], tuple[Line, ...]] = {}
        self._figures: Report | None = None

    # above the columns

    def _loaded(self, generation: int, loaded: Loaded) -> None:
        super()._loaded(generation, loaded)
        self._look_back()

    def _look_back(self) -> None:
        known = -1 if self.history is None else self.history.revision
        if not self._asking_history and known < self.state.revision:
            self._asking_history = True
            self.ask(
                lambda: read_history(self.crm, self.state.pipeline),
                self._looked_back,
                self._not_looked_back,
            )

    def _looked_back(self, history: History) -> None:
        self._asking_history = False
        self.history = history
        self.forget_headings()
        for heading in self.query(".heading"):
            heading.refresh()
        self._look_back()

    def _not_looked_back(self, error: Exception) -> None:
        self._asking_history = False
        self.report(error)

    def forget_headings(self) -> None:
        """Write the headings anew when they are drawn next."""
        self._headings.clear()

    def heading(self, number: int, width: int) -> tuple[Line, ...]:
        """What stands above the column *number*; written once for what was loaded."""
        key = number, width, self.crm.dialect.spoken
        if key not in self._headings:
            self._headings[key] = self._write_heading(number, width)
        lines = self._headings[key]
        return under_cursor(lines) if number == self.state.col else lines

    def _write_heading(self, number: int, width: int) -> tuple[Line, ...]:
        state, history = self.state, self.history
        stage, column = state.pipeline.stages[number], state.columns[number]
        mixed = self.closed or (self.drill is not None and not column.open.count)
        weighs = history is not None and not mixed
        heading = Heading(
            number + 1,
            self.crm.dialect.say(stage.label),
            column.standing,
            state.fullest(),
            weight_of(stage.key, column.open, history) if history and weighs else None,
            onward_from(stage.key, history) if history else None,
            waiting=history is None and not mixed,
        )
        return heading_lines(heading, width, self.crm.dialect)

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
