"""One run of a plugin's action: in a thread of its own, asking and telling through the board."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from functools import partial
from threading import Thread

from attrs import frozen

from crmcore.catalogue import Offer
from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.discovery import PluginDefectError
from crmcore.wording import Text
from crmcore_tui.hooktypes import Action, ActionContext, Question

Answers = Mapping[str, str]
Deliver = Callable[[Callable[[], None]], object]
"""Has something done on the app's own thread."""


@frozen
class Asked:
    """A form that an action waits for: answered by the texts, or by None."""

    run: ActionRun
    title: Text
    questions: tuple[Question, ...]
    answer: Future[Answers | None]


@frozen
class Heard:
    """Who hears of a run, on the app's own thread."""

    told: Callable[[ActionRun, Text], None]
    asked: Callable[[Asked], None]
    ended: Callable[[ActionRun, Text | BaseException | None], None]


class ActionRun:
    """A thread of its own, not a worker of the app's: quitting does not wait for it.

    It is never cut off, since it may be in the middle of storing something; once it is given up,
    nobody hears of it any more.
    """

    def __init__(
        self,
        offer: Offer[Action],
        crm: Crm,
        customers: tuple[Customer, ...],
        heard: Heard,
        deliver: Deliver,
    ) -> None:
        self.offer = offer
        self.given_up = False
        self._crm = crm
        self._customers = customers
        self._heard = heard
        self._deliver = deliver
        self._waiting: Future[Answers | None] | None = None
        self.thread = Thread(target=self._work, name=f"crmcore {offer.name}", daemon=True)

    def start(self) -> None:
        """Begin."""
        self.thread.start()

    def give_up(self) -> None:
        """Hear no more of it; a question it waits on, and each further one, is answered with None."""
        self.given_up = True
        waiting = self._waiting
        if waiting is not None:
            waiting.cancel()

    def _work(self) -> None:
        outcome: Text | BaseException | None
        try:
            context = ActionContext(self._crm, self._customers, self._tell, self._ask)
            outcome = self.offer.value.run(context)
            if outcome is not None and not isinstance(outcome, Text):
                raise PluginDefectError(
                    f"it returned a {type(outcome).__name__} instead of a Text or None"
                )
        except BaseException as error:
            outcome = error
        with suppress(RuntimeError):  # the board was closed meanwhile
            self._deliver(partial(self._heard.ended, self, outcome))

    def _tell(self, text: Text) -> None:
        if not isinstance(text, Text):
            raise PluginDefectError(f"tell takes a Text, not a {type(text).__name__}")
        if not self.given_up:
            self._deliver(partial(self._heard.told, self, text))

    def _ask(self, title: Text, questions: Sequence[Question]) -> Answers | None:
        asked = tuple(questions)
        if not isinstance(title, Text) or not asked:
            raise PluginDefectError("ask takes a title and at least one Question")
        if wrong := [one for one in asked if not isinstance(one, Question)]:
            raise PluginDefectError(f"ask takes Questions, not a {type(wrong[0]).__name__}")
        self._waiting = Future()
        if self.given_up:
            return None
        self._deliver(partial(self._heard.asked, Asked(self, title, asked, self._waiting)))
        try:
            return self._waiting.result()
        except CancelledError:
            return None
        finally:
            self._waiting = None
