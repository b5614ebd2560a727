"""Writing what a trial shows: after a question, as one change, and only if nothing changed since."""

from __future__ import annotations

from functools import partial

from crmcore.changes import Commit
from crmcore.grading.regrading import GradingOutcome
from crmcore.text import one_line
from crmcore_tui import wordings as words
from crmcore_tui.screens.confirm import ConfirmScreen
from crmcore_tui.screens.trialrun import Applied, TrialScreen
from crmcore_tui.trying import Trial

_WRITTEN: tuple[GradingOutcome, ...] = ("moved", "first", "explained")


class ApplyingScreen(TrialScreen):
    """A trial that can be written; nothing is tried again while it is."""

    LOOK_AGAIN = words.LOOK_AGAIN

    def mistaken(self) -> bool:
        """Whether the file was told to have a mistake."""
        raise NotImplementedError

    def action_again(self) -> None:
        """Read the file again."""
        if not self.applying:
            self.work_out()

    def look(self) -> None:
        """Look whether the file has changed, but not while something is written."""
        if not self.applying:
            super().look()

    def action_apply(self) -> None:
        """Write what is shown, after a question."""
        trial = self.trial
        if self.applying or self.running:
            return
        if trial is None or not self.fresh:
            text = words.CORRECT_FIRST if self.mistaken() else words.NOT_TRIED
            self.tell(self.say(text), error=True)
        elif not trial.writes:
            self.tell(self.say(words.NOTHING_TO_APPLY))
        else:
            keys = partial(self.say, words.YES_NO_KEYS)
            question = ConfirmScreen(partial(self._question, trial), keys)
            self.app.push_screen(question, lambda yes: self._apply(trial) if yes else None)

    def _question(self, trial: Trial) -> str:
        counts = trial.plan.counts
        lines = [
            f"{counts[outcome]:>7,}  {self.say(words.OUTCOMES[outcome])}"
            for outcome in _WRITTEN
            if counts.get(outcome)
        ]
        if stale := counts.get("stale", 0):
            lines.append(f"{stale:>7,}  {self.say(words.APPLY_MARKED)}")
        lines.append(self.say(words.APPLY_ONCE))
        if trial.path is not None:
            lines.append(self.say(words.APPLY_KEEPS_RULES))
        return "\n".join([self.say(words.APPLY_QUESTION, rules=self.called(trial)), *lines])

    def _apply(self, trial: Trial) -> None:
        if trial is not self.trial or not self.fresh or self.running:
            return  # the rules were read again while the question stood
        self.applying = True
        self.tell(self.say(words.APPLYING))
        reason = one_line(trial.path.name) if trial.path is not None else ""
        self.ask(
            lambda: self.crm.apply_grading(trial.plan, reason),
            partial(self._applied, trial),
            self.not_applied,
        )

    def _applied(self, trial: Trial, commit: Commit | None) -> None:
        self.applying = False
        if commit is None:
            self.tell(self.say(words.NOTHING_TO_APPLY))
        else:
            self.dismiss(Applied(commit, trial.plan.counts.get("stale", 0)))
