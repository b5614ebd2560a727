"""Several customers at once: marking them, changing them as one, and doing the last thing again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from attrs import evolve

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.text import one_line, shown
from crmcore.together import Together
from crmcore.wording import Text
from crmcore_tui import forms
from crmcore_tui import formwordings as fw
from crmcore_tui import markwordings as mw
from crmcore_tui import wordings as words
from crmcore_tui.boardquery import After
from crmcore_tui.drafts import Place
from crmcore_tui.presenter import name_of
from crmcore_tui.reading import Row, Section
from crmcore_tui.screens.boardgrading import GradingActions
from crmcore_tui.screens.form import Form

MOST_MARKED = 5_000
"""Customers in one change from the board; more are a matter for the command line."""

MakeForm = Callable[[Crm, Customer], Form]
TOGETHER: Mapping[MakeForm, str] = {
    forms.assign: "assign",
    forms.next_step: "edit",
    forms.lose: "lose",
    forms.invalidate: "invalidate",
    forms.note: "log",
    forms.tag: "edit",
    forms.back_each: "move",
}
"""The forms that make sense for several, and what their commit is called."""


class MarkingActions(GradingActions):
    """What is done to all that are marked, or to the one under the cursor when nobody is."""

    _again: Callable[[], None] | None = None

    # marking

    def action_mark(self) -> None:
        """Mark the customer under the cursor, or no more, and go on to the next."""
        self.state.end_range()
        if self.state.selected() is None:
            self.on_selected(lambda _: None)  # it tells why there is nobody
            return
        self.state.toggle_mark()
        self.state.go(rows=1)
        self.show(afresh=False)

    def action_range(self) -> None:
        """Mark from here to wherever the cursor goes; again, to keep that."""
        if self.state.anchor is None:
            self.state.begin_range()
        else:
            self.state.end_range()
        self.show(afresh=False)

    def widen_range(self) -> None:
        """Mark up to the cursor; rows that are not read yet are read."""
        anchor = self.state.anchor
        if anchor is None:
            return
        number, column = anchor[0], self.state.columns[anchor[0]]
        if column.at >= MOST_MARKED:
            column.at = MOST_MARKED - 1
            self.tell(self.say(mw.TOO_MANY, n=f"{MOST_MARKED:,}"))
        self.state.mark_range()
        if column.at < len(column.rows) or column.after is None:
            return

        def read(answer: tuple[Sequence[Customer], After | None]) -> None:
            self.state.append(number, *answer)
            if self.state.anchor == anchor:
                self.state.mark_range()
            self.show(follow_cursor=False)

        self.ask(self.reading(number, column.at), read)

    def unmark(self) -> bool:
        """End the range, else unmark everybody; whether there was anything to end."""
        if self.state.anchor is not None:
            self.state.end_range()
        elif self.state.marked:
            self.state.unmark()
        else:
            return False
        self.show(afresh=False)
        return True

    def marked_words(self) -> str:
        """How many are marked; "" for nobody."""
        if not self.state.marked:
            return ""
        text = mw.MARKED if self.state.anchor is None else mw.RANGE
        return self.say(text, n=f"{len(self.state.marked):,}") + " · "

    # changing them

    def together(self, verb: Callable[[str], object], action: str) -> None:
        """Change all that are marked by *verb*, which gets an id, as one commit."""
        ids = tuple(self.state.marked)
        self.state.end_range()
        self.when_free(
            lambda: self.write(
                lambda: self.crm.together(ids, verb, action=action), self.together_done
            )
        )

    def together_done(self, told: Together) -> None:
        """Tell what became of a change of several; those refused stay marked."""
        marked = self.state.marked
        self.state.marked = {key: marked[key] for key in told.refused if key in marked}
        if told.commit is None:
            said = self.say(mw.NONE_CHANGED)
        else:
            count = f"{len(told.changed):,}"
            said = self.say(mw.CHANGED, n=count, revision=told.commit.revision)
            said += self.say(fw.UNDO_WITH)
        if told.refused:
            said += self.say(mw.SOME_REFUSED, n=f"{len(told.refused):,}")
            self._show_refused(told, marked)
        self.tell(said, error=bool(told.refused))
        self.reload()

    def _show_refused(self, told: Together, marked: Mapping[str, Customer]) -> None:
        def gather() -> Sequence[Section]:
            rows = tuple(
                Row(one_line(name_of(marked[key]) if key in marked else key), shown(str(error)))
                for key, error in told.refused.items()
            )
            return [Section(self.say(mw.REFUSED_TITLE, n=f"{len(rows):,}"), rows)]

        self.read(self.say(mw.REFUSED_TITLE, n=f"{len(told.refused):,}"), gather)

    def for_marked(self, verb: Callable[[str], object], action: str) -> bool:
        """Change those marked by *verb*; False when nobody is."""
        if not self.state.marked or self.meant is not None:
            return False
        self.together(verb, action)
        return True

    # forms, for one and for many

    def form_for_selected(self, make: MakeForm, text: Text = words.SAVED) -> None:
        """Ask *make*'s form for the customer under the cursor, or once for all that are marked."""
        if self.state.marked and self.meant is None:
            if make in TOGETHER:
                self.form_for_marked(make)
            else:
                self.tell(self.say(mw.ONE_BY_ONE), error=True)
            return

        def opened(customer: Customer) -> None:
            filled: dict[str, str] = {}
            form = partial(self._noting, make, customer, filled)

            def stored(result: Customer) -> None:
                self._again = partial(self.fill_again, make, dict(filled), text)
                self.stored(text, result, before=customer.revision)

            self.fill_in(form, stored)

        self.on_selected(opened)

    def _noting(self, make: MakeForm, customer: Customer, filled: dict[str, str]) -> Form:
        """The form of *customer*, which notes in *filled* what it was filled in with."""
        form = make(self.crm, customer)

        def submit(values: Mapping[str, str], expected: int | None) -> Any:
            result = form.submit(values, expected)
            filled.clear()
            filled.update(values)
            return result

        return evolve(form, submit=submit)

    def form_for_marked(
        self, make: MakeForm, otherwise: Callable[[Mapping[str, str]], bool] | None = None
    ) -> None:
        """Ask *make*'s form once for all that are marked; *otherwise* may do something else with what
        was filled in, and says so."""
        ids, first = tuple(self.state.marked), next(iter(self.state.marked.values()))

        def form() -> Form:
            everybody = self.say(words.CUSTOMERS, n=f"{len(ids):,}")
            nobody = Customer(
                id=first.id, company=everybody, pipeline=first.pipeline, stage=first.stage
            )
            made = make(self.crm, nobody)
            name = f"{made.place.form} together" if made.place else ""
            return evolve(
                made,
                submit=lambda values, _: dict(values),
                customer=None,
                place=Place(name, " ".join(sorted(ids))) if name else None,
            )

        def filled(values: Mapping[str, str]) -> None:
            if otherwise is not None and otherwise(values):
                return
            self._again = partial(self.fill_again, make, values, words.SAVED)
            self.together(partial(self._submit, make, values), TOGETHER[make])

        self.fill_in(form, filled)

    def _submit(self, make: MakeForm, values: Mapping[str, str], customer_id: str) -> object:
        return make(self.crm, self.crm.get(customer_id)).submit(values, None)

    # again

    def action_again(self) -> None:
        """What was done last, to the customer under the cursor or to all that are marked."""
        if self._again is None:
            self.tell(self.say(mw.NOTHING_TO_REPEAT))
        else:
            self._again()

    def remember(self, act: Callable[[], None]) -> None:
        """Let *act* be what `again` does."""
        self._again = act

    def fill_again(self, make: MakeForm, values: Mapping[str, str], text: Text) -> None:
        """Fill in *make*'s form with *values* once more, for whoever is marked or under the cursor."""
        if self.state.marked and make in TOGETHER:
            self.together(partial(self._submit, make, values), TOGETHER[make])
            return

        def act(customer: Customer) -> None:
            self.write(
                lambda: make(self.crm, customer).submit(values, customer.revision),
                partial(self.stored, text),
            )

        self.on_selected(act)

    def action_tag(self) -> None:
        """Add and remove tags."""
        self.form_for_selected(forms.tag)
