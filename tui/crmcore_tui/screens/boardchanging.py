"""Changing customers from the board: one change at a time, and what is typed behind it comes behind it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from textual.events import Event, Key

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.errors import ConflictError
from crmcore.wording import Text
from crmcore_tui import formwordings as fw
from crmcore_tui import wordings as words
from crmcore_tui.presenter import name_of
from crmcore_tui.screens.boardloading import LoadingScreen
from crmcore_tui.screens.drafting import DraftingScreen
from crmcore_tui.screens.form import Form, FormScreen

if TYPE_CHECKING:
    from crmcore_tui.app import CrmApp

T = TypeVar("T")
Act = Callable[[Customer], None]


class ChangingScreen(LoadingScreen):
    """Writes through the façade, and tells what came of it."""

    def __init__(self, crm: Crm) -> None:
        super().__init__(crm)
        self._writing = False
        self._waiting: deque[Callable[[], object]] = deque()
        self._held: list[Key] = []
        self.meant: Customer | None = None

    def make_ready(self) -> None:
        """Load what a change needs beside the customer, the graders of all plugins, before there is one.

        What fails is told with the change that it would spoil.
        """
        self.ask(self.crm.host.graders, lambda _: None, lambda _: None)

    def when_free(self, act: Callable[[], object]) -> None:
        if self._writing:
            self._waiting.append(act)
        else:
            act()

    def on_selected(self, act: Act) -> None:
        """Do *act* to the customer under the cursor now, as it is when its turn comes."""
        customer = self.meant or self.state.selected()
        if customer is None:
            there = self.state.column.at < self.state.column.count
            self.tell(self.say(words.STILL_LOADING if there else words.NO_SELECTION))
            return
        customer_id, meant = customer.id, self.meant

        def turn() -> None:
            current = self.state.known(customer_id)
            if current is None or (meant is not None and meant.revision > current.revision):
                current = meant
            if current is not None:
                act(current)

        self.when_free(turn)

    def write(
        self,
        work: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[Exception], None] | None = None,
    ) -> None:
        self._writing = True

        def done(result: T) -> None:
            self._writing = False
            then(result)
            while self._waiting and not self._writing and self.is_current:
                self._waiting.popleft()()
            self._press_held()

        def refused(error: Exception) -> None:
            self._writing = False
            # What was typed on the strength of this change may not fit any more.
            self._waiting.clear()
            self._held.clear()
            (failed or self.refused)(error)

        self.ask(work, done, refused)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Not while an action waits for its turn: what is typed behind it comes behind it."""
        return not self._waiting

    def _forward_event(self, event: Event) -> None:
        if isinstance(event, Key) and self._waiting:
            self._held.append(event)
        else:
            super()._forward_event(event)

    def _press_held(self) -> None:
        held, self._held = self._held, []
        for event in held:
            self.app.post_message(Key(event.key, event.character))

    def refused(self, error: Exception) -> None:
        """Tell why a change was not made; after a conflict show what others made of it."""
        if isinstance(error, ConflictError) and error.customer_id:
            self.tell(self.say(words.CONFLICT_SHORT, name=error.customer_id), error=True)
            self.reload()
        else:
            self.report(error)

    def stored(
        self, text: Text, customer: Customer, *, before: int | None = None, **more: str
    ) -> None:
        """Show *customer* as it was just stored, and tell it; at the revision *before* nothing was."""
        self.changed(customer)
        if customer.revision == before:
            self.tell(self.say(words.UNCHANGED))
            return
        said = self.say(text, name=name_of(customer), id=customer.id, **more)
        self.tell(said + self.say(fw.UNDO_WITH))

    def fill_in(self, form: Form | Callable[[], Form], then: Callable[[Any], None]) -> None:
        """Open *form*, or what makes it in the language of the moment; *then* gets what was stored."""
        self._waiting.clear()

        screen = FormScreen(self.crm, form)

        def closed(result: Any) -> None:
            if result is None:
                self.reload()  # a conflict may have shown others' changes
            else:
                then(result)
            self.tell_of_draft(screen)

        self.app.push_screen(screen, closed)

    def expire_drafts(self) -> None:
        """Remove those that nobody went on with for long."""
        drafts, now = cast("CrmApp", self.app).drafts, self.crm.clock()
        if drafts.folder is not None:
            self.ask(lambda: drafts.expire(now), lambda _: None)

    def tell_of_draft(self, screen: DraftingScreen[Any]) -> None:
        """Tell what became of the draft of a form that was closed."""
        if screen.draft_trouble is not None:
            self.report(screen.draft_trouble)
        elif screen.draft_kept:
            self.tell(self.say(fw.DRAFT_KEPT))

    def form_for_selected(
        self, make: Callable[[Crm, Customer], Form], text: Text = words.SAVED
    ) -> None:
        self.on_selected(
            lambda customer: self.fill_in(
                partial(make, self.crm, customer), partial(self.stored, text)
            )
        )
