"""Grading rules on trial: who would get which grade by them, seen before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from crmcore.crm import Crm
from crmcore.grading.regrading import GradingRow
from crmcore_tui import wordings as words
from crmcore_tui.cells import Line, Part, fit, spread
from crmcore_tui.explaining import why_lines
from crmcore_tui.keymap import PREVIEWING, bindings, footer_keys
from crmcore_tui.presenter import footer_line, name_of
from crmcore_tui.reading import Section
from crmcore_tui.screens.keyed import written
from crmcore_tui.screens.reader import ReadScreen
from crmcore_tui.screens.trialapply import ApplyingScreen
from crmcore_tui.screens.trialrun import Asked
from crmcore_tui.trialtext import in_short, row_line, totals
from crmcore_tui.trying import Trial, reasons
from crmcore_tui.widgets.cardfield import CardField
from crmcore_tui.widgets.lines import Lines
from crmcore_tui.widgets.moverlist import MoverList
from crmcore_tui.widgets.paper import Paper, Write
from crmcore_tui.widgets.statusline import StatusLine


class PreviewScreen(ApplyingScreen):
    """Asks for a file of rules and shows what they would do; closes with what was written, or None.

    *gather* finds all that is known of a customer. *watch* is how often it looks whether the file
    has changed, in seconds; None never looks.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(PREVIEWING.keys)]

    def __init__(
        self,
        crm: Crm,
        asked: Asked,
        gather: Callable[[str], Sequence[Section]],
        *,
        watch: float | None,
    ) -> None:
        super().__init__(crm, asked)
        self._gather = gather
        self._watch = watch

    def compose(self) -> ComposeResult:
        """The title, the file, the totals, the customers, what has happened, the keys."""
        yield Lines(self._summary, id="summary")
        yield CardField(
            self.asked.text, self.crm.config.directory, self.endings, self.crm.dialect, self.ask
        )
        yield Paper(self._totals, id="totals")
        yield MoverList(self._row, self._empty)
        yield StatusLine(self._idle)
        yield Lines(self._footer, id="footer")

    def on_mount(self) -> None:
        """Begin at the file's name, as soon as it can be typed."""
        self.query_one("#totals").display = False
        self.call_after_refresh(self.begin)
        if self._watch is not None:
            self.set_interval(self._watch, self.look)

    # what is written

    @property
    def _rows(self) -> tuple[GradingRow, ...]:
        return () if self.trial is None else self.trial.rows

    def _summary(self, width: int) -> tuple[Line, ...]:
        left = (
            Part(" crmcore ", "brand"),
            Part(f" {self.say(words.PREVIEW_TITLE)} ", "title"),
            Part(" "),
            Part(f" {fit(written(self.asked.scope), 60)} ", "flag"),
        )
        right: tuple[Part, ...] = ()
        if self.trial is not None:
            count = f"{sum(self.trial.plan.counts.values()):,}"
            right = (Part(self.say(words.CUSTOMERS, n=count) + " ", "figures"),)
        return (spread(left, right, width),)

    def _totals(self, width: int) -> tuple[Line, ...]:
        if self.trial is None:
            return ()
        lines = totals(self.trial, self.crm.dialect, width)
        # The customers need the room more than the matrix.
        few = len(lines) <= self.size.height // 3
        return lines if few else in_short(self.trial, self.crm.dialect, width)

    def _row(self, number: int, width: int) -> Line:
        return row_line(self._rows[number], self.crm.dialect, width)

    def _empty(self) -> str:
        return self.say(words.NOT_TRIED if self.trial is None else words.NOBODY_LISTED)

    def _idle(self) -> str:
        row = self.selected()
        if row is None:
            return ""
        return f"{row.before.id} · {name_of(row.before)} · {reasons(row, self.crm.dialect)}"

    def _footer(self, width: int) -> tuple[Line, ...]:
        keys = footer_keys(self.keys(PREVIEWING.keys))
        return (footer_line(keys, width, self.crm.dialect),)

    def mistaken(self) -> bool:
        """Whether the file was told to have a mistake."""
        return self.card.wrong

    def show_trial(self, trial: Trial) -> None:
        """Draw *trial*, the cursor on the customer it was on."""
        before, at = self.selected(), self.movers.at
        self.trial = trial
        if before is not None:
            customer_id = before.before.id
            found = (n for n, row in enumerate(trial.rows) if row.before.id == customer_id)
            at = next(found, at)
        paper = self.query_one("#totals", Paper)
        paper.display = True
        paper.put(self._totals)
        self.movers.show(len(trial.rows), at)
        self.query_one("#summary").refresh()
        self.query_one(StatusLine).refresh()

    def on_resize(self) -> None:
        """How much the totals may take depends on the height."""
        self.query_one("#totals", Paper).put(self._totals)

    # the customers

    def selected(self) -> GradingRow | None:
        """The row under the cursor."""
        rows = self._rows
        return rows[self.movers.at] if self.movers.at < len(rows) else None

    def action_open(self) -> None:
        """All that is known of the customer, as it is."""
        row = self.selected()
        if row is not None:
            gather = partial(self._gather, row.before.id)
            keys = partial(self.say, words.READ_KEYS)
            self.app.push_screen(ReadScreen(self.crm, name_of(row.before), gather, keys))

    def action_why(self) -> None:
        """Why the customer would get its grade."""
        row = self.selected()
        if row is not None:
            customer, crm = row.after or row.before, self.crm

            def gather() -> Write:
                shown = self.keymap.shown
                return partial(why_lines, customer, crm.fields, crm.dialect, keys=shown)

            title = partial(self.say, words.WOULD_BE, name=name_of(row.before))
            keys = partial(self.say, words.READ_KEYS)
            self.app.push_screen(ReadScreen(crm, title, gather, keys))

    # leaving

    def action_leave(self) -> None:
        """Stop the run; without one leave the file's name; then back to the board."""
        if self.running:
            self.stop_run()
        elif self.card.typing and self.trial is not None:
            self.set_focus(None)
        else:
            self.action_close()
