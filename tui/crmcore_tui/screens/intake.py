"""A sheet before it is imported: what each row would do, seen before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import BindingType

from crmcore.crm import Crm
from crmcore.dialect import Dialect
from crmcore.importrows import PlannedRow
from crmcore.text import one_line
from crmcore_tui import intakewordings as iw
from crmcore_tui import wordings as words
from crmcore_tui.cells import Line, Part, spread
from crmcore_tui.intaketext import (
    Intake,
    column_sections,
    decided,
    note_lines,
    row_line,
    row_sections,
    tab_at,
    tab_line,
    tabs,
)
from crmcore_tui.keymap import TAKING_IN, bindings, footer_keys
from crmcore_tui.presenter import footer_line, name_of
from crmcore_tui.reading import Section
from crmcore_tui.screens.keyed import Words
from crmcore_tui.screens.planning import PlanningScreen
from crmcore_tui.screens.reader import ReadScreen
from crmcore_tui.widgets.cardfield import CardField, CardWords
from crmcore_tui.widgets.lines import Lines
from crmcore_tui.widgets.moverlist import MoverList
from crmcore_tui.widgets.statusline import StatusLine
from crmcore_tui.widgets.tablehead import TableHead

_FILE = CardWords(iw.FILE, iw.FILE_HINT, iw.FILE_HELP, iw.FILES, iw.NO_FILES)


class IntakeScreen(PlanningScreen):
    """Asks for a file and shows what importing it would do; closes with what was written, or None."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(TAKING_IN.keys)]

    def __init__(self, crm: Crm) -> None:
        super().__init__(crm)
        self.chosen: str | None = None

    def compose(self) -> ComposeResult:
        """The title, the file, the outcomes, the rows, what has happened, the keys."""
        yield Lines(self._summary, id="summary")
        endings = tuple(s for each in self.crm.host.importers().values for s in each.suffixes)
        yield CardField("", self.crm.config.directory, endings, self.crm.dialect, self.ask, _FILE)
        yield TableHead(self._tabs, id="outcomes")
        yield MoverList(self._row, self._empty)
        yield StatusLine(self._idle)
        yield Lines(self._footer, id="footer")

    def on_mount(self) -> None:
        """Begin at the file's name, as soon as it can be typed."""
        self.call_after_refresh(self.begin)

    # what is written

    @property
    def rows(self) -> Sequence[PlannedRow]:
        """The rows of the outcome that was chosen."""
        return () if self.intake is None else self.intake.rows[self.chosen]

    def _summary(self, width: int) -> tuple[Line, ...]:
        left = (Part(" crmcore ", "brand"), Part(f" {self.say(iw.TITLE)} ", "title"))
        right = () if self.intake is None else (Part(self.intake.name + " ", "figures"),)
        return (spread(left, right, width),)

    def _tabs(self, width: int) -> tuple[Line, ...]:
        if self.intake is None:
            return ()
        dialect, plan = self.crm.dialect, self.intake.plan
        tab = tab_line(self.intake, self.chosen, dialect, width)
        return ((), tab, *note_lines(plan, dialect, width), ())

    def _row(self, number: int, width: int) -> Line:
        return row_line(self.rows[number], self.crm.fields, self.crm.dialect, width)

    def _empty(self) -> str:
        return self.say(iw.NOTHING_YET if self.intake is None else iw.NO_ROWS)

    def _idle(self) -> str:
        row = self.selected()
        if row is None:
            return ""
        who = row.after or row.before
        said = [name_of(who)] if who is not None else []
        if row.before is not None:
            said.insert(0, row.before.id)
        told = (*decided(row, self.crm.dialect), *row.reasons)
        return " · ".join([*said, *(one_line(reason[:300]) for reason in told)])

    def _footer(self, width: int) -> tuple[Line, ...]:
        keys = footer_keys(self.keys(TAKING_IN.keys))
        return (footer_line(keys, width, self.crm.dialect),)

    def show_intake(self, intake: Intake) -> None:
        """Draw *intake*; of the same file at the row and the outcome that were seen."""
        before, self.intake = self.intake, intake
        same = before is not None and before.plan.source == intake.plan.source
        at = self.movers.at if same else 0
        if not same or not intake.rows[self.chosen]:
            self.chosen = None
        self.query_one("#outcomes").styles.height = len(self._tabs(max(self.size.width, 1)))
        self._show(at)

    def _show(self, at: int = 0) -> None:
        self.movers.show(len(self.rows), at)
        for name in ("#summary", "#outcomes", "#footer"):
            self.query_one(name).refresh()
        self.query_one(StatusLine).refresh()

    def reword(self, dialect: Dialect) -> None:
        """Write the rows in another language."""
        super().reword(dialect)
        self.movers.refresh()

    # the rows

    def selected(self) -> PlannedRow | None:
        """The row under the cursor."""
        return self.rows[self.movers.at] if self.movers.at < len(self.rows) else None

    def _choose(self, outcome: str | None) -> None:
        self.chosen = outcome
        self._show()

    def _step(self, step: int) -> None:
        if self.intake is not None:
            there = [outcome for outcome, _ in tabs(self.intake, self.crm.dialect)]
            self._choose(there[(there.index(self.chosen) + step) % len(there)])

    def action_left(self) -> None:
        """The rows of the outcome before."""
        self._step(-1)

    def action_right(self) -> None:
        """The rows of the next outcome."""
        self._step(+1)

    def on_table_head_picked(self, event: TableHead.Picked) -> None:
        """The mouse chooses an outcome."""
        if self.intake is not None:
            found = tab_at(event.x, self.intake, self.crm.dialect)
            if not isinstance(found, bool):
                self._choose(found)

    def _read(self, title: Words, sections: Callable[[], Sequence[Section]]) -> None:
        keys = partial(self.say, words.READ_KEYS)
        self.app.push_screen(ReadScreen(self.crm, title, sections, keys))

    def action_open(self) -> None:
        """The row field by field."""
        row = self.selected()
        if row is None:
            return

        def title() -> str:
            outcome = self.say(iw.OUTCOMES[row.outcome])
            return self.say(iw.ROW_TITLE, n=row.number, outcome=outcome)

        self._read(title, lambda: row_sections(row, self.crm.fields, self.crm.dialect))

    def action_create(self) -> None:
        """Take the row as a new customer."""
        self._decided("create")

    def action_update(self) -> None:
        """Let the row change the customer that it is a twin of."""
        self._decided("update")

    def action_skip(self) -> None:
        """Leave the row out."""
        self._decided("skip")

    def _decided(self, action: Literal["create", "skip", "update"]) -> None:
        row = self.selected()
        if row is None or self.applying:
            return
        if self.fresh:
            self.decide(row, action)
        else:
            self.tell(self.say(iw.PLAN_FIRST), error=True)

    def action_columns(self) -> None:
        """Which column is which field, and what the reader has to say."""
        if self.intake is not None:
            plan = self.intake.plan
            sections = partial(column_sections, plan, self.crm.fields)
            self._read(self.intake.name, lambda: sections(self.crm.dialect))

    # leaving

    def action_leave(self) -> None:
        """Leave the file's name; then back to the board."""
        if self.card.typing and self.intake is not None:
            self.set_focus(None)
        else:
            self.action_close()
