"""The funnel dashboard: what tallies tell at once, what the customers themselves tell when they are read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Event as Flag
from typing import ClassVar

from attrs import Factory, define
from textual.app import ComposeResult
from textual.binding import BindingType

from crmcore.crm import Crm
from crmcore.dialect import Dialect
from crmcore.figures.definition import Definition
from crmcore.figures.gather import Details, Overview, read_details, read_overview
from crmcore.pipeline import Pipeline
from crmcore.query import Condition
from crmcore.wording import Text
from crmcore_tui import figurewordings as fw
from crmcore_tui import wordings as words
from crmcore_tui.cells import Line, Part, fit, spread, wrap
from crmcore_tui.figurepanels import panels
from crmcore_tui.figuretext import Drill, Source
from crmcore_tui.keymap import FUNNEL_KEYS, bindings, footer_keys
from crmcore_tui.panelgrid import Spot
from crmcore_tui.presenter import footer_line
from crmcore_tui.reading import Row, Section
from crmcore_tui.screens.reader import ReadScreen
from crmcore_tui.storecalls import Answer, StoreScreen
from crmcore_tui.widgets.figuresheet import FigureSheet
from crmcore_tui.widgets.lines import Lines

NOTE_LINES = 3

Say = Callable[[Text], str]


@define
class Report:
    """What the dashboard is about and what it has found; the board keeps it, to show it again."""

    pipeline: Pipeline
    where: Condition
    scope: str = ""
    overview: Overview | None = None
    details: Details | None = None
    spot: Spot = Factory(Spot)


class GivenUpError(Exception):
    """Nobody waits for the figures any more."""


class FunnelScreen(StoreScreen[Drill | None]):
    """Panels of figures; closes with those whom the board shall show, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(FUNNEL_KEYS)]
    AUTO_FOCUS = ""

    def __init__(self, crm: Crm, report: Report) -> None:
        super().__init__()
        self.crm = crm
        self.about = report
        self._run = Flag()
        self._said = ""
        self._wrong = False

    def compose(self) -> ComposeResult:
        """The title, the panels, what the figure under the cursor means, the keys."""
        yield Lines(self._summary, id="summary")
        yield FigureSheet(lambda: self.crm.dialect, self.about.spot)
        yield Lines(self._note, id="note")
        yield Lines(self._footer, id="footer")

    def on_mount(self) -> None:
        """Show what is known, and work out the rest."""
        if self.about.details is None:
            self.work_out()
        self.call_after_refresh(self._show)

    def on_unmount(self) -> None:
        """Nobody waits any more."""
        self._run.set()

    @property
    def sheet(self) -> FigureSheet:
        """The panels."""
        return self.query_one(FigureSheet)

    # working it out

    def work_out(self) -> None:
        """Ask for everything anew; what is on its way is given up."""
        self._run.set()
        run = self._run = Flag()
        report, crm = self.about, self.crm
        report.overview = report.details = None
        self._tell(self.say(words.LOADING))
        self.ask(
            lambda: read_overview(crm, report.pipeline, report.where),
            partial(self._have_overview, run),
            partial(self._failed, run),
        )

    def _have_overview(self, run: Flag, overview: Overview) -> None:
        if run.is_set():
            return
        self.about.overview = overview
        self._show()

        def seen(count: int) -> None:
            if run.is_set():
                raise GivenUpError
            self.post_message(Answer(partial(self._progress, run, count, overview.to_read)))

        self._progress(run, 0, overview.to_read)
        self.ask(
            lambda: read_details(self.crm, overview, seen),
            partial(self._have_details, run),
            partial(self._failed, run),
        )

    def _progress(self, run: Flag, count: int, everybody: int) -> None:
        if not run.is_set():
            self._tell(self.say(fw.COUNTING, done=f"{count:,}", all=f"{everybody:,}"))

    def _have_details(self, run: Flag, details: Details) -> None:
        if run.is_set():
            return
        run.set()
        self.about.details = details
        self._tell(self.say(fw.MOVED_ON) if details.moved_on else "")
        self._show()

    def _failed(self, run: Flag, error: Exception) -> None:
        if not run.is_set() and not isinstance(error, GivenUpError):
            run.set()
            self.report(error)

    def report(self, error: Exception) -> None:
        """Tell what failed; what was found before stays."""
        self._tell(self.words_of(error), wrong=True)

    # what is written

    def _tell(self, text: str, *, wrong: bool = False) -> None:
        self._said, self._wrong = text, wrong
        if self.is_mounted:
            self.query_one("#summary").refresh()
            self.query_one("#note").refresh()

    def reword(self, dialect: Dialect) -> None:
        """Write the panels in another language."""
        super().reword(dialect)
        self._show()

    def _show(self) -> None:
        overview = self.about.overview
        if overview is not None:
            source = Source(overview, self.about.details, self.crm.dialect)
            self.sheet.show(panels(source))
        self.query_one("#summary").refresh()

    def _summary(self, width: int) -> tuple[Line, ...]:
        say, overview = self.crm.dialect.say, self.about.overview
        left = [
            Part(f" {say(fw.TITLE)} ", "brand"),
            Part(f" {fit(say(self.about.pipeline.label), 40)} ", "title"),
        ]
        if self.about.scope:
            left.append(Part(f" {say(fw.WITHIN)}: {fit(self.about.scope, 40)} ", "flag"))
        right = []
        if self._said and not self._wrong:
            right.append(Part(self._said + " ", "today"))
        elif overview is not None:
            found = overview.progress
            counts = {"n": f"{found.total:,}", "invalid": f"{found.invalid:,}"}
            right.append(Part(say(fw.EVERYBODY).format(**counts) + " ", "figures"))
        return (spread(left, right, width),)

    def _note(self, width: int) -> tuple[Line, ...]:
        room = max(width - 2, 1)
        if self._wrong:
            return tuple(
                (Part(" " + text, "error"),) for text in wrap(self._said, room)[:NOTE_LINES]
            )
        definition = self._definition()
        if definition is None:
            return ()
        say = self.crm.dialect.say
        label = say(definition.label)
        note = self.say(
            fw.NOTE,
            meaning=say(definition.meaning),
            population=say(definition.population),
            window=say(definition.window),
        )
        lines = wrap(f"{label}: {note}", room)
        if len(lines) > NOTE_LINES:
            lines[NOTE_LINES - 1] = fit(lines[NOTE_LINES - 1], room - 2) + " …"
        return tuple((Part(" " + text, "dim"),) for text in lines[:NOTE_LINES])

    def _footer(self, width: int) -> tuple[Line, ...]:
        return (footer_line(footer_keys(self.keys(FUNNEL_KEYS)), width, self.crm.dialect),)

    def _definition(self) -> Definition | None:
        row, panel = self.sheet.row, self.sheet.panel
        if row is not None and row.definition is not None:
            return row.definition
        return panel.definitions[0] if panel is not None else None

    # the cursor

    def on_figure_sheet_moved(self, event: FigureSheet.Moved) -> None:
        """Say what the figure means; a second click opens it."""
        self.about.spot = self.sheet.spot
        self.query_one("#note").refresh()
        if event.opened:
            self.action_open()

    def _go(self, spot: Spot) -> None:
        if self.sheet.grid.placed:
            self.sheet.go(spot)

    def action_up(self) -> None:
        """To the row above."""
        self._go(self.sheet.grid.down(self.sheet.spot, -1))

    def action_down(self) -> None:
        """To the row below."""
        self._go(self.sheet.grid.down(self.sheet.spot, +1))

    def action_left(self) -> None:
        """Into the column to the left."""
        self._go(self.sheet.grid.beside(self.sheet.spot, -1))

    def action_right(self) -> None:
        """Into the column to the right."""
        self._go(self.sheet.grid.beside(self.sheet.spot, +1))

    def action_next_panel(self) -> None:
        """To the next figure."""
        self._go(self.sheet.grid.panel_on(self.sheet.spot, +1))

    def action_previous_panel(self) -> None:
        """To the figure before."""
        self._go(self.sheet.grid.panel_on(self.sheet.spot, -1))

    def action_top(self) -> None:
        """To the first row."""
        self._go(self.sheet.grid.settle(Spot()))

    def action_bottom(self) -> None:
        """To the last row."""
        last = len(self.sheet.grid.placed) - 1
        self._go(self.sheet.grid.settle(Spot(last, 10**6)))

    # what can be done

    def action_open(self) -> None:
        """Let the board show the customers behind the row."""
        row = self.sheet.row
        if row is not None and row.drill is not None:
            self.dismiss(row.drill)

    def action_meaning(self) -> None:
        """What the figures of the panel mean, of whom and from when to when."""
        panel = self.sheet.panel
        if panel is not None:
            title = self.crm.dialect.say(panel.title)
            definitions = panel.definitions
            gather = partial(meaning, definitions, self._behind(), self.crm.dialect.say)
            self.app.push_screen(ReadScreen(self.crm, title, gather, self.say(words.READ_KEYS)))

    def _behind(self) -> Text | None:
        row = self.sheet.row
        return None if row is None or row.drill is None else row.drill.label

    def action_again(self) -> None:
        """Work it all out again."""
        self.work_out()

    def action_leave(self) -> None:
        """Back to the board."""
        self.dismiss(None)


def meaning(definitions: tuple[Definition, ...], behind: Text | None, say: Say) -> list[Section]:
    """What *definitions* say, and whom the row under the cursor stands for."""
    sections = [
        Section(
            say(definition.label),
            (
                Row(say(fw.MEANING), say(definition.meaning)),
                Row(say(fw.POPULATION), say(definition.population)),
                Row(say(fw.WINDOW), say(definition.window)),
            ),
        )
        for definition in definitions
    ]
    if behind is not None:
        sections.append(Section(say(fw.HERE), (Row(say(behind), say(fw.OPENS)),)))
    return sections
