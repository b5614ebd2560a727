"""Working out what an import would do, and doing it: after a question, as one change, if nothing changed since."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Literal

from crmcore.changes import Commit
from crmcore.crm import Crm
from crmcore.errors import CrmError
from crmcore.importplan import Decision
from crmcore.importrows import PlannedRow
from crmcore.text import one_line
from crmcore_tui import intakewordings as iw
from crmcore_tui import stepwordings as sw
from crmcore_tui import wordings as words
from crmcore_tui.formfields import own
from crmcore_tui.intaketext import Intake
from crmcore_tui.screens.confirm import ConfirmScreen
from crmcore_tui.screens.form import Form, FormScreen
from crmcore_tui.screens.planscreen import PlanScreen
from crmcore_tui.trying import card_path

Decisions = dict[tuple[str, int], Decision]
"""What was decided, by the file and the number of the row."""


class PlanningScreen(PlanScreen):
    """A screen about one plan: the newest one's, whatever older readings still answer."""

    LOOK_AGAIN = iw.LOOK_AGAIN

    def __init__(self, crm: Crm) -> None:
        super().__init__()
        self.crm = crm
        self.intake: Intake | None = None
        self.text = ""
        self.decisions: Decisions = {}
        self.sheet = ""
        self.profile = ""
        self._deciding: deque[Callable[[], None]] = deque()
        self._then_apply = False
        self._run = 0

    def show_intake(self, intake: Intake) -> None:
        """Draw what was planned."""
        raise NotImplementedError

    def action_again(self) -> None:
        """Read the file, and see what importing it would do."""
        if self.applying:
            return
        try:
            path = card_path(self.text, self.crm.config.directory)
        except (RuntimeError, ValueError) as error:  # the home of ~nobody
            self.note(self.words_of(error), wrong=True)
            return
        if path is None:
            self.note(partial(self.say, iw.NAME_ONE), wrong=True)
            return
        self._plan(path)

    def named(self, text: str) -> None:
        """The file is called *text*."""
        self.text = text

    def _plan(self, path: Path) -> None:
        self._run += 1
        self.fresh = False
        self._deciding.clear()
        self._then_apply = False
        name = one_line(path.name[:120])
        self.note(partial(self.say, iw.PLANNING, name=name))
        if any(source != str(path) for source, _ in self.decisions):
            self.decisions = {}
        self.ask(
            partial(self._work_out, path, name, dict(self.decisions), self._options()),
            partial(self._planned, self._run),
            partial(self._not_planned, self._run),
        )

    def _options(self) -> Mapping[str, Any]:
        profile = card_path(self.profile, self.crm.config.directory)
        return {"sheet": self.sheet.strip() or None, "profile": profile}

    def _work_out(
        self, path: Path, name: str, decisions: Decisions, options: Mapping[str, Any]
    ) -> tuple[Intake, Decisions]:
        """The plan, and the decisions that it has taken in: none where one is about a row that is gone."""
        if decisions:
            try:
                plan = self.crm.plan_import(path, decisions=decisions, **options)
            except CrmError:
                decisions = {}
            else:
                return Intake.of(plan, name), decisions
        return Intake.of(self.crm.plan_import(path, **options), name), decisions

    # the rows, one by one

    def decide(self, row: PlannedRow, action: Literal["create", "skip", "update"]) -> None:
        """Let a person say what becomes of *row*; what was decided before counts on."""
        self._deciding.append(partial(self._decide, row, Decision(action), self._run))
        if len(self._deciding) == 1:
            self._deciding[0]()

    def _decide(self, row: PlannedRow, decision: Decision, run: int) -> None:
        intake = self.intake
        assert intake is not None

        def work() -> Intake:
            plan = intake.plan.with_override(row.number, decision, row.source)
            return Intake.of(plan, intake.name)

        def decided(after: Intake) -> None:
            if run == self._run:
                self.decisions[row.source, row.number] = decision
                self.show_intake(after)
                self._next_decision()

        def refused(error: Exception) -> None:
            if run == self._run:
                self._then_apply = False
                self.report(error)
                self._next_decision()

        self.ask(work, decided, refused)

    def _next_decision(self) -> None:
        self._deciding.popleft()
        if self._deciding:
            self._deciding[0]()
        elif self._then_apply:
            self._then_apply = False
            self.action_apply()

    def action_how(self) -> None:
        """Which sheet of the workbook, and a mapping file; then read it again."""

        def form() -> Form:
            fields = [
                own("sheet", sw.SHEET, self.crm.dialect, initial=self.sheet),
                own("profile", sw.PROFILE, self.crm.dialect, initial=self.profile),
            ]
            title = self.say(sw.READING_TITLE)
            return Form(title, fields, lambda values, _: dict(values), everything=True)

        def filled(values: Mapping[str, str] | None) -> None:
            if values is not None:
                if values["sheet"].strip() != self.sheet.strip():
                    self.decisions = {}
                self.sheet, self.profile = values["sheet"], values["profile"]
                self.action_again()

        if not self.applying:
            self.app.push_screen(FormScreen(self.crm, form), filled)

    # reading the file

    def _planned(self, run: int, found: tuple[Intake, Decisions]) -> None:
        if run != self._run:
            return
        intake, decisions = found
        if self.decisions and not decisions:
            self.tell(self.say(sw.DECISIONS_GONE), error=True)
        self.fresh, self.decisions = True, decisions
        count = f"{len(intake.plan.rows):,}"
        self.note(partial(self.say, iw.PLANNED, name=intake.name, n=count))
        self.show_intake(intake)

    def _not_planned(self, run: int, error: Exception) -> None:
        if run != self._run:
            return
        told, before = self.words_of(error), self.intake is not None
        self.note(lambda: f"{told}\n{self.say(iw.FILE_WRONG)}" if before else told, wrong=True)

    def committed(self, revision: int) -> None:
        """Others have committed: what is shown may not be so any more."""
        if self.fresh and self.intake is not None and self.intake.plan.base_revision != revision:
            self.note(partial(self.say, iw.STALE), wrong=True)

    # writing

    def action_apply(self) -> None:
        """Import what is shown, after a question."""
        intake = self.intake
        if self.applying:
            return
        if self._deciding:
            # What was decided just before is part of it.
            self._then_apply = True
        elif intake is None or not self.fresh:
            self.tell(self.say(iw.PLAN_FIRST), error=True)
        elif not intake.writes:
            self.tell(self.say(iw.NOTHING_TO_IMPORT))
        else:
            keys = partial(self.say, words.YES_NO_KEYS)
            question = ConfirmScreen(partial(self._question, intake), keys)
            self.app.push_screen(question, lambda yes: self._apply(intake) if yes else None)

    def _question(self, intake: Intake) -> str:
        lines = [self.say(iw.QUESTION, name=intake.name)]
        for outcome in ("create", "update"):
            if count := len(intake.rows[outcome]):
                lines.append(f"{count:>7,}  {self.say(iw.OUTCOMES[outcome])}")
        if left := sum(len(intake.rows[each]) for each in ("duplicate", "refused", "skipped")):
            lines.append(self.say(iw.LEFT_OUT, n=f"{left:,}"))
        return "\n".join([*lines, self.say(iw.ONCE)])

    def _apply(self, intake: Intake) -> None:
        if intake is not self.intake or not self.fresh:
            return  # the file was read again while the question stood
        self.applying = True
        self.tell(self.say(iw.IMPORTING))
        self.ask(lambda: self.crm.apply(intake.plan), self._applied, self.not_applied)

    def _applied(self, commit: Commit | None) -> None:
        self.applying = False
        if commit is None:
            self.tell(self.say(iw.NOTHING_TO_IMPORT))
        else:
            self.dismiss(commit)
