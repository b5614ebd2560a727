"""The funnel dashboard: what tallies tell at once, what the customers themselves tell when they are read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from crmcore.crm import Crm
from crmcore.dialect import Dialect
from crmcore.figures.definition import Definition
from crmcore.reports.answer import Answer as Told
from crmcore.text import one_line
from crmcore.wording import Text
from crmcore_tui import figurewordings as fw
from crmcore_tui import wordings as words
from crmcore_tui.cells import Line, Part, fit, spread, wrap
from crmcore_tui.figuretext import Drill
from crmcore_tui.figurework import answered
from crmcore_tui.keymap import FUNNEL_KEYS, bindings, footer_keys
from crmcore_tui.panelgrid import Spot
from crmcore_tui.presenter import footer_line
from crmcore_tui.reading import Row, Section
from crmcore_tui.screens.figures import FiguresScreen, Report
from crmcore_tui.screens.pick import Option, Picked, PickScreen
from crmcore_tui.screens.reader import ReadScreen
from crmcore_tui.widgets.figuresheet import FigureSheet
from crmcore_tui.widgets.lines import Lines

NOTE_LINES = 3

Say = Callable[[Text], str]


class FunnelScreen(FiguresScreen):
    """Panels of figures; closes with those whom the board shall show, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(FUNNEL_KEYS)]
    AUTO_FOCUS = ""

    def __init__(self, crm: Crm, report: Report) -> None:
        super().__init__(crm, report)
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
        if self.about.worked is None:
            self.work_out()
        self.call_after_refresh(self._show)

    @property
    def sheet(self) -> FigureSheet:
        """The panels."""
        return self.query_one(FigureSheet)

    # what is written

    def report(self, error: Exception) -> None:
        """Tell what failed; what was found before stays."""
        self._tell(self.words_of(error), wrong=True)

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
        if shown := self._panels():
            self.sheet.show(shown)
        self.query_one("#summary").refresh()

    def _summary(self, width: int) -> tuple[Line, ...]:
        say, overview = self.crm.dialect.say, self.about.overview
        left = [
            Part(f" {say(fw.TITLE)} ", "brand"),
            Part(f" {fit(say(self.about.pipeline.label), 40)} ", "title"),
        ]
        if self.about.moment is not None:
            as_of = self.say(fw.AS_OF_DATE, date=self._date(self.about.moment))
            left.append(Part(f" {as_of} ", "flag"))
        if self.about.scope:
            left.append(Part(f" {say(fw.WITHIN)}: {fit(self.about.scope, 40)} ", "flag"))
        if rates := self.crm.config.rates:
            left.append(Part(f" {fit(say(rates.note), 40)} ", "flag"))
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
            self._open(row.drill)

    def action_board(self) -> None:
        """The board, as of the date of the figures."""
        self._open(None)

    def _open(self, drill: Drill | None) -> None:
        if self.about.then is None:
            self.dismiss(drill)
            return
        from crmcore_tui.screens.pastboard import PastBoardScreen  # which knows this one

        date = self._date(self.about.moment)
        self.app.push_screen(PastBoardScreen(self.about.then, date, drill))

    # another report

    def action_report(self) -> None:
        """Any report there is, in place of the dashboard."""

        def options() -> list[Option]:
            reports, say = self.crm.host.reports(), self.crm.dialect.say
            return [
                Option(one.name, one_line(say(one.label)), reports.provider(one) or "")
                for one in reports.values
            ]

        screen = PickScreen(
            self.crm,
            partial(self.say, fw.REPORTS),
            partial(self.say, fw.REPORT_KEYS),
            options,
            partial(self.say, fw.NOBODY),
        )
        self.app.push_screen(screen, self._picked)

    def _picked(self, picked: Picked | None) -> None:
        if picked is None or picked.remove:
            return
        about = self.about
        asked = self.crm.host.reports().named(picked.option.key)
        then, run = about.then or self.crm, self._run

        def have(told: Told) -> None:
            if about.then is (None if then is self.crm else then):
                about.asked, about.told, about.spot = asked, told, Spot()
                self.sheet.spot = about.spot
                self._tell("" if run.is_set() else self._said)
                self._show()

        self._tell(self.say(words.LOADING))
        self.ask(lambda: answered(then, asked, about.pipeline, about.where), have)

    # and back

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
        """Back to the dashboard from a single report, else to the board."""
        if self.about.told is None:
            self.dismiss(None)
            return
        self.about.asked = self.about.told = None
        self.about.spot = self.sheet.spot = Spot()
        self._show()


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
