"""Working out the figures of the dashboard, as of whichever day; what is shown stays until they are there."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from threading import Event as Flag

from attrs import Factory, define

from crmcore.crm import Crm
from crmcore.figures.gather import Overview, read_overview
from crmcore.hooktypes import Report as Asked
from crmcore.pipeline import Pipeline
from crmcore.query import Condition
from crmcore.reports.answer import Answer as Told
from crmcore_tui import figurewordings as fw
from crmcore_tui import wordings as words
from crmcore_tui.figurepanels import Panel, panels
from crmcore_tui.figuretext import Drill, Source
from crmcore_tui.figurework import Worked, answered, read_on
from crmcore_tui.panelgrid import Spot
from crmcore_tui.pastdates import Step, date_form, date_words, stepped
from crmcore_tui.reportpanel import attention_panel, report_panel
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.storecalls import Answer, StoreScreen


@define
class Report:
    """What the dashboard is about and what it has found; the board keeps it, to show it again."""

    pipeline: Pipeline
    where: Condition
    scope: str = ""
    overview: Overview | None = None
    worked: Worked | None = None
    spot: Spot = Factory(Spot)
    moment: datetime | None = None
    """As of when the figures are; None for now."""
    then: Crm | None = None
    """The workspace as it stood at `moment`."""
    asked: Asked | None = None
    """The one report that is shown in place of the dashboard."""
    told: Told | None = None


class GivenUpError(Exception):
    """Nobody waits for the figures any more."""


class FiguresScreen(StoreScreen[Drill | None]):
    """Asks for the figures in workers, one question at a time, and tells and shows what comes."""

    def __init__(self, crm: Crm, report: Report) -> None:
        super().__init__()
        self.crm = crm
        self.about = report
        self._run = Flag()
        self._wanted = report.moment
        self._looking = self._again = False

    def on_unmount(self) -> None:
        """Nobody waits any more."""
        self._run.set()
        self._again = False

    def _tell(self, text: str, *, wrong: bool = False) -> None:
        raise NotImplementedError

    def _show(self) -> None:
        raise NotImplementedError

    # working it out

    def work_out(self) -> None:
        """Ask for everything anew, as of the date wanted; what is on its way is given up.

        What is shown stays, with its date, until the new figures are there.
        """
        self._run.set()
        self._run = Flag()
        loading = self.say(words.LOADING)
        if self._wanted != self.about.moment:
            loading = f"→ {self._date(self._wanted)} {loading}"
        self._tell(loading)
        if self._looking:
            self._again = True  # one at a time: keys are faster than the past is rebuilt
        else:
            self._look()

    def _look(self) -> None:
        self._looking, self._again = True, False
        about, moment, crm, run = self.about, self._wanted, self.crm, self._run
        asked = about.asked

        def look() -> tuple[datetime | None, Crm, Overview, Told | None]:
            then = crm if moment is None else crm.as_of(moment)
            overview = read_overview(then.in_one_currency(), about.pipeline, about.where)
            told = None if asked is None else answered(then, asked, about.pipeline, about.where)
            return moment, then, overview, told

        self.ask(look, partial(self._have_overview, run), partial(self._failed, run))

    def _looked(self) -> None:
        self._looking = False
        if self._again:
            self._look()

    def _have_overview(
        self, run: Flag, found: tuple[datetime | None, Crm, Overview, Told | None]
    ) -> None:
        self._looked()
        if run.is_set():
            return
        moment, then, overview, told = found
        about = self.about
        about.moment, about.then = moment, None if moment is None else then
        about.overview, about.worked, about.told = overview, None, told
        self._show()

        def seen(count: int) -> None:
            if run.is_set():
                raise GivenUpError
            self.post_message(Answer(partial(self._progress, run, count, overview.to_read)))

        self._progress(run, 0, overview.to_read)
        self.ask(
            lambda: read_on(then, overview, seen),
            partial(self._have_details, run),
            partial(self._failed, run),
        )

    def _progress(self, run: Flag, count: int, everybody: int) -> None:
        if not run.is_set():
            self._tell(self.say(fw.COUNTING, done=f"{count:,}", all=f"{everybody:,}"))

    def _have_details(self, run: Flag, worked: Worked) -> None:
        if run.is_set():
            return
        run.set()
        self.about.worked = worked
        self._tell(self.say(fw.MOVED_ON) if worked.details.moved_on else "")
        self._show()

    def _failed(self, run: Flag, error: Exception) -> None:
        if self._looking:
            self._looked()
        if not run.is_set() and not isinstance(error, GivenUpError):
            run.set()
            self._wanted = self.about.moment  # what is shown is still as of then
            self.report(error)

    def _panels(self) -> list[Panel]:
        about, dialect = self.about, self.crm.dialect
        if about.told is not None:
            return [report_panel(about.told, dialect)]
        if about.overview is None:
            return []
        worked = about.worked
        made = panels(Source(about.overview, None if worked is None else worked.details, dialect))
        if worked is not None:
            here = [panel.key for panel in made].index("owners")
            made[here:here] = [
                report_panel(worked.trend, dialect),
                attention_panel(worked, about.overview, dialect),
            ]
        return made

    # as of another day

    def _date(self, moment: datetime | None) -> str:
        return self.say(fw.NOW) if moment is None else date_words(moment, self.crm.dialect.zone)

    def _go_to(self, moment: datetime | None) -> None:
        if moment != self._wanted:
            self._wanted = moment
            self.work_out()

    def _step(self, step: Step, by: int) -> None:
        zone = self.crm.dialect.zone
        self._go_to(stepped(self._wanted, self.crm.clock(), zone, step, by))

    def action_day_earlier(self) -> None:
        """As of a day earlier."""
        self._step("day", -1)

    def action_day_later(self) -> None:
        """As of a day later."""
        self._step("day", +1)

    def action_week_earlier(self) -> None:
        """As of a week earlier."""
        self._step("week", -1)

    def action_week_later(self) -> None:
        """As of a week later."""
        self._step("week", +1)

    def action_month_earlier(self) -> None:
        """As of a month earlier."""
        self._step("month", -1)

    def action_month_later(self) -> None:
        """As of a month later."""
        self._step("month", +1)

    def action_now(self) -> None:
        """The figures as they are now."""
        self._go_to(None)

    def action_date(self) -> None:
        """As of a date that is typed."""

        def closed(answer: tuple[datetime | None] | None) -> None:
            if answer is not None:
                self._go_to(*answer)

        self.app.push_screen(FormScreen(self.crm, lambda: date_form(self.crm)), closed)
