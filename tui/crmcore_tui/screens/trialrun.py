"""Working out what rules would do: in a thread, given up when asked, again when the file changes."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from threading import Event as Flag

from attrs import define, field, frozen

from crmcore.changes import Commit
from crmcore.crm import Crm
from crmcore.query import Condition
from crmcore_tui import wordings as words
from crmcore_tui.screens.keyed import Words
from crmcore_tui.screens.planscreen import PlanScreen
from crmcore_tui.storecalls import Answer
from crmcore_tui.trying import GivenUpError, Stamp, Trial, card_path, stamp, suffixes, try_rules


@define
class Asked:
    """What the preview is about: whom, how they are called, and the file that was tried last."""

    where: Condition
    scope: Words
    text: str = ""


@frozen
class Applied:
    """What was written, and how many customers keep a grade that could not be renewed."""

    commit: Commit
    stale: int = 0


@define(eq=False)
class Run:
    """One run of rules over the customers; its thread looks at `stopped` now and then."""

    path: Path | None
    stopped: Flag = field(factory=Flag)
    stamp: Stamp = frozenset()
    over: bool = False


class TrialScreen(PlanScreen):
    """A screen about one trial: the newest run's, whatever older runs still answer."""

    def __init__(self, crm: Crm, asked: Asked) -> None:
        super().__init__()
        self.crm = crm
        self.asked = asked
        self.endings = suffixes(crm)
        self.trial: Trial | None = None
        self._run: Run | None = None
        self._looking = False

    def show_trial(self, trial: Trial) -> None:
        """Draw what was worked out."""
        raise NotImplementedError

    def named(self, text: str) -> None:
        """The file is called *text*."""
        self.asked.text = text

    def on_unmount(self) -> None:
        """Nobody waits for the run any more."""
        self.stop_run()

    @property
    def running(self) -> bool:
        """Whether something is being worked out."""
        return self._run is not None and not self._run.over

    def stop_run(self) -> None:
        """Give up what is being worked out."""
        if self._run is not None:
            self._run.stopped.set()

    def work_out(self) -> None:
        """See what the rules of the file would do; a run on its way is given up."""
        self.stop_run()
        self.fresh = False
        crm, where = self.crm, self.asked.where
        try:
            path = card_path(self.asked.text, crm.config.directory)
        except (RuntimeError, ValueError) as error:  # the home of ~nobody
            self.note(self.words_of(error), wrong=True)
            return
        run = self._run = Run(path)

        def seen(everybody: int, count: int) -> None:
            if run.stopped.is_set():
                raise GivenUpError
            self.post_message(Answer(partial(self._progress, run, count, everybody)))

        def work() -> Trial:
            if run.path is not None:
                # Before it is read: a change in between makes the next look read it again.
                run.stamp = stamp(run.path, self.endings)
            everybody = sum(bucket.count for bucket in crm.tally(where))
            return try_rules(crm, where, run.path, partial(seen, everybody))

        self._progress(run, 0, 0)
        self.ask(work, partial(self._worked_out, run), partial(self._failed, run))

    def _progress(self, run: Run, count: int, everybody: int) -> None:
        if run is self._run and not run.over:
            total = f"{everybody:,}" if everybody else "…"
            self.note(lambda: self.say(words.WORKING_OUT, done=f"{count:,}", all=total))

    def _worked_out(self, run: Run, trial: Trial) -> None:
        run.over = True
        if run is not self._run:
            return
        if run.stopped.is_set():
            self.note(lambda: self.say(words.STOPPED))
            return
        self.fresh = True
        self.show_trial(trial)
        counts = trial.plan.counts
        moved, first = counts.get("moved", 0), counts.get("first", 0)
        text = words.WORKED_OUT if moved or first else words.NOBODY_MOVES
        figures = {"moved": f"{moved:,}", "first": f"{first:,}"}
        self.note(lambda: self.say(text, rules=self.called(trial), **figures))

    def called(self, trial: Trial) -> str:
        """What to call the rules of *trial*."""
        return self.say(words.OWN_RULES) if trial.path is None else trial.rules

    def _failed(self, run: Run, error: Exception) -> None:
        run.over = True
        if run is not self._run:
            return
        if isinstance(error, GivenUpError):
            self.note(lambda: self.say(words.STOPPED))
            return
        told, before = self.words_of(error), self.trial is not None
        self.note(lambda: f"{told}\n{self.say(words.CARD_WRONG)}" if before else told, wrong=True)

    def look(self) -> None:
        """See whether the file, or one beside it, has changed since it was tried; then try it again."""
        run = self._run
        if run is None or run.path is None or not run.over or run.stopped.is_set():
            return
        if not self._looking:
            self._looking = True
            self.ask(
                partial(stamp, run.path, self.endings),
                partial(self._looked, run),
                lambda error: self._looked(run, run.stamp),
            )

    def _looked(self, run: Run, now: Stamp) -> None:
        self._looking = False
        # Not behind a question about what is shown; `is_current` would be true there.
        if run is self._run and now != run.stamp and self.app.screen is self:
            self.work_out()
