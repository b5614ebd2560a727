"""What plugins do on the board: their actions, by key and from the palette."""

from __future__ import annotations

from collections import deque
from functools import partial

from attrs import evolve
from textual.binding import Binding
from textual.events import Event, Key
from textual.timer import Timer

from crmcore.catalogue import Offer
from crmcore.crm import Crm
from crmcore.dialect import Dialect
from crmcore.errors import CrmError
from crmcore.text import one_line
from crmcore.wording import Text
from crmcore_tui import contributionwordings as words
from crmcore_tui import wordings
from crmcore_tui.actionruns import ActionRun, Answers, Asked, Heard
from crmcore_tui.contributions import ACTIONS, Refusal
from crmcore_tui.drafts import Place
from crmcore_tui.formfields import Editor, FormField, own
from crmcore_tui.hooktypes import Action, Question
from crmcore_tui.keymap import Key as KeyRow
from crmcore_tui.reading import Row, Section
from crmcore_tui.screens.boardparts import PluginParts
from crmcore_tui.screens.form import Form, FormScreen
from crmcore_tui.storecalls import Answer


class PluginActions(PluginParts):
    """What the plugins can do."""

    def __init__(self, crm: Crm) -> None:
        super().__init__(crm)
        self._plugin_keys: dict[str, Offer[Action]] = {}
        self._runs: dict[str, ActionRun] = {}
        self._clocks: dict[str, Timer] = {}
        self._asked: deque[Asked] = deque()

    def give_keys(self) -> None:
        """Give the actions the keys that are free."""
        bound = self.active_bindings.items()
        taken = {key: active.binding.description or active.binding.action for key, active in bound}
        self._plugin_keys = self.contributions.keys(taken)

    def on_unmount(self) -> None:
        """Nobody answers any more."""
        for run in self._runs.values():
            run.give_up()

    # shown

    def plugin_rows(self) -> list[KeyRow]:
        """The plugins' actions that have a key, for the footer."""
        return [
            KeyRow("", (key,), self._shown(key), offer.value.label)
            for key, offer in self._plugin_keys.items()
            if offer in self.contributions.actions
        ]

    def plugin_help(self) -> list[Section]:
        """The plugins' actions, for the help; those without a key are in the palette."""
        keys = {offer.name: self._shown(key) for key, offer in self._plugin_keys.items()}
        rows = [
            Row(keys.get(offer.name, ""), f"{self.label_of(offer)} · {offer.plugin}")
            for offer in self.contributions.actions
        ]
        return [Section(self.say(words.BY_PLUGINS), tuple(rows))] if rows else []

    def plugin_commands(self) -> list[tuple[str, str, Offer[Action]]]:
        """The plugins' actions for the palette: what each is called, and its key."""
        keys = {offer.name: self._shown(key) for key, offer in self._plugin_keys.items()}
        return [
            (self.label_of(offer), f"{keys.get(offer.name, '')} {offer.plugin}".strip(), offer)
            for offer in self.contributions.actions
        ]

    def _shown(self, key: str) -> str:
        return self.app.get_key_display(Binding(key, ""))

    def _forward_event(self, event: Event) -> None:
        # Here and not behind the screen's queue: a key typed right after it moves the cursor at once.
        offer = self._plugin_keys.get(event.key) if isinstance(event, Key) else None
        if offer is not None and self.check_action("begin", (offer.name,)):
            self.begin(offer)
        else:
            super()._forward_event(event)

    def begin_by_key(self, key: str) -> None:
        """Start the action that has this key, where keys act now."""
        offer = self._plugin_keys.get(key)
        if offer is not None and self.check_action("begin", (offer.name,)):
            self.begin(offer)

    def begin(self, offer: Offer[Action]) -> None:
        """Start an action on the customers selected now, as they are when its turn comes."""
        if offer not in self.contributions.actions:
            return
        if offer.name in self._runs:
            self.tell(self.say(words.RUNNING, label=self.label_of(offer)))
            return
        ids = self.meant_by_actions()
        if not ids and offer.value.needs_customer:
            self.tell(self.say(wordings.NO_SELECTION))
            return
        self.when_free(partial(self._start, offer, ids))

    def at_work(self) -> bool:
        """Whether an action is still at work on this screen, which is told."""
        for run in self._runs.values():
            self.tell(self.say(words.RUNNING, label=self.label_of(run.offer)))
            return True
        return False

    def meant_by_actions(self) -> tuple[str, ...]:
        """Whom an action is begun on: those marked, else the one under the cursor."""
        if self.state.marked:
            return tuple(self.state.marked)
        customer = self.state.selected()
        return () if customer is None else (customer.id,)

    def _start(self, offer: Offer[Action], ids: tuple[str, ...]) -> None:
        known = [self.state.known(customer_id) for customer_id in ids]
        customers = tuple(customer for customer in known if customer is not None)
        if ids and not customers:
            return
        heard = Heard(self._run_told, self._run_asked, self._run_ended)
        run = ActionRun(
            offer, self.crm, customers, heard, lambda act: self.post_message(Answer(act))
        )
        self._runs[offer.name] = run
        self._start_clock(run)
        run.start()

    def _start_clock(self, run: ActionRun) -> None:
        self._clocks[run.offer.name] = self.set_timer(
            run.offer.value.seconds, partial(self._too_slow, run)
        )

    def _too_slow(self, run: ActionRun) -> None:
        run.give_up()
        self._runs.pop(run.offer.name, None)
        seconds = f"{run.offer.value.seconds:g}"
        self._switch_off(run, TimeoutError(words.TOO_SLOW.en.format(seconds=seconds)))

    def _switch_off(self, run: ActionRun, error: BaseException) -> None:
        self.contributions.refuse(Refusal(ACTIONS, run.offer, error))
        self.query_one("#footer").refresh()

    def _run_told(self, run: ActionRun, text: Text) -> None:
        if not run.given_up:
            self.tell(self.crm.dialect.say(text))

    def _run_ended(self, run: ActionRun, outcome: Text | BaseException | None) -> None:
        self.reload()  # it may have changed anything
        if run.given_up:
            return
        self._clocks.pop(run.offer.name).stop()
        del self._runs[run.offer.name]
        if isinstance(outcome, CrmError):
            self.refused(outcome)  # the rules of the funnel, not the plugin
        elif isinstance(outcome, BaseException):
            self._switch_off(run, outcome)
        elif outcome is not None:
            self.tell(self.crm.dialect.say(outcome))

    def _run_asked(self, asked: Asked) -> None:
        if asked.run.given_up:
            asked.answer.cancel()
            return
        self._clocks[asked.run.offer.name].stop()
        self._asked.append(asked)
        if self.is_active:
            self._put_question()
        else:
            self.tell(self.say(words.WAITS, label=self.label_of(asked.run.offer)))

    def on_screen_resume(self) -> None:
        """Back on the board, what actions ask can be answered."""
        if self._asked:
            self.call_later(self._put_question)

    def _put_question(self) -> None:
        if not self._asked or not self.is_active:
            return
        asked = self._asked.popleft()
        dialect = self.crm.dialect
        fields = [_form_field(question, dialect) for question in asked.questions]
        title = one_line(dialect.say(asked.title))

        def closed(answers: Answers | None) -> None:
            if not asked.answer.done():
                self._start_clock(asked.run)
                asked.answer.set_result(answers)

        place = Place(f"action {asked.run.offer.name}", asked.title.en)
        form = Form(title, fields, lambda values, _: dict(values), everything=True, place=place)
        self.app.push_screen(FormScreen(self.crm, form), closed)


def _form_field(question: Question, dialect: Dialect) -> FormField:
    editor: Editor = "choice" if question.choices else "text" if question.long else "line"
    field = own(
        question.key, question.label, dialect, editor=editor, required=question.required,
        initial=question.initial, spec=question.spec,
    )  # fmt: skip
    return evolve(field, choices=question.choices)
