"""What the past says above the board's columns, read after each load."""

from __future__ import annotations

from crmcore.crm import Crm
from crmcore.figures.gather import History, read_history
from crmcore_tui.boardquery import Loaded
from crmcore_tui.cells import Line
from crmcore_tui.headings import Heading, heading_lines, onward_from, under_cursor, weight_of
from crmcore_tui.screens.boardfigures import FigureActions


class Headings(FigureActions):
    """Reads the history behind the columns' figures in a worker, once at a time."""

    def __init__(self, crm: Crm) -> None:
        super().__init__(crm)
        self.history: History | None = None
        self._asking_history = False
        self._headings: dict[tuple[int, int, str], tuple[Line, ...]] = {}

    def _loaded(self, generation: int, loaded: Loaded) -> None:
        super()._loaded(generation, loaded)
        self._look_back()

    def _load(self) -> None:
        super()._load()
        if self.history is None:
            self._look_back()  # at the same time, as nothing is shown yet

    def _look_back(self) -> None:
        unknown = self.history is None or self.history.revision < self.state.revision
        if unknown and not self._asking_history:
            self._asking_history = True
            self.ask(
                lambda: read_history(self.crm, self.state.pipeline),
                self._looked_back,
                self._not_looked_back,
            )

    def _looked_back(self, history: History) -> None:
        self._asking_history = False
        if self.history is None:
            self.call_after_refresh(self.make_ready)
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
