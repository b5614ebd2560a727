"""A customer's record, links and history; from here to those linked, and back to the board with a key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from attrs import frozen

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.text import one_line
from crmcore_tui import detailwordings as dw
from crmcore_tui import viewwordings as vw
from crmcore_tui import wordings as words
from crmcore_tui.detailtext import Details, Linked, kind_words
from crmcore_tui.keymap import DETAIL, FROM_DETAIL, bindings, key_for
from crmcore_tui.presenter import name_of
from crmcore_tui.screens.keyed import Said
from crmcore_tui.screens.pick import Option, Picked, PickScreen
from crmcore_tui.screens.reader import ReadScreen
from crmcore_tui.widgets.linkpaper import LinkPaper

STEP = 100
"""How many commits of the history are read at once."""

Gather = Callable[[str, int], Details]
"""Finds all that is known of the customer with an id, and so many of its commits; for a worker."""


@frozen
class Leaving:
    """The detail was left for an action on the customer it showed."""

    action: str
    customer: Customer


class DetailScreen(ReadScreen):
    """Closes with the action it was left for, or None."""

    BINDINGS: ClassVar[list[Any]] = [
        *bindings(DETAIL.keys),
        *(
            replace(binding, action=f"leave('{binding.action}')")
            for binding in bindings(key_for(action) for action in FROM_DETAIL)
        ),
    ]

    def __init__(self, crm: Crm, customer: Customer, details: Gather) -> None:
        self.customer = customer
        self._details = details
        self._commits = STEP
        self.found: Details | None = None
        super().__init__(crm, self._called, lambda: (), partial(_keys, self))

    def _called(self) -> str:
        return f"{name_of(self.customer)} · {one_line(self.customer.id)}"

    def gather(self) -> None:
        """Find it all, in a worker; what is shown stays until then."""
        customer_id, commits = self.customer.id, self._commits
        self.ask(lambda: self._details(customer_id, commits), self._found)

    def _found(self, details: Details) -> None:
        self.found, self.customer = details, details.customer
        self.query_one("#dialog-title", Said).say(self._called)
        self._show(details.sections)

    def committed(self, revision: int) -> None:
        """Others may have changed this customer: find it anew, at the place scrolled to."""
        self.gather()

    def action_leave(self, action: str) -> None:
        """Close, and let the board begin *action*."""
        self.dismiss(Leaving(action, self.customer))

    def action_more(self) -> None:
        """Older commits."""
        if self.found is not None and self.found.more:
            self._commits += STEP
            self.gather()

    # links

    @property
    def _linked(self) -> tuple[Linked, ...]:
        return () if self.found is None else self.found.linked

    def on_link_paper_picked(self, event: LinkPaper.Picked) -> None:
        """The mouse goes to a linked customer."""
        self.action_link(event.row + 1)

    def action_link(self, number: int) -> None:
        """To the linked customer with this number."""
        if number <= len(self._linked):
            self._follow(self._linked[number - 1])

    def action_follow(self) -> None:
        """To the linked customer; where there are several, choose one."""
        linked = self._linked
        if len(linked) == 1:
            self._follow(linked[0])
            return

        def options() -> Sequence[Option]:
            dialect = self.crm.dialect
            return [
                Option(
                    str(number),
                    name_of(each.customer) if each.customer else dialect.say(dw.GONE),
                    f"{kind_words(each, dialect)} · {one_line(each.id)}",
                )
                for number, each in enumerate(linked, start=1)
            ]

        def chosen(picked: Picked | None) -> None:
            if picked is not None:
                self.action_link(int(picked.option.key))

        title = partial(self.say, dw.LINKS_TITLE, name=name_of(self.customer))
        nobody = partial(self.say, dw.NO_LINKS)
        keys = partial(self.say, vw.CHOOSE_KEYS)
        self.app.push_screen(PickScreen(self.crm, title, keys, options, nobody), chosen)

    def _follow(self, linked: Linked) -> None:
        if linked.customer is None:
            return

        def back(left: Leaving | None) -> None:
            if left is not None:
                self.dismiss(left)

        self.app.push_screen(DetailScreen(self.crm, linked.customer, self._details), back)


def _keys(screen: DetailScreen) -> str:
    return screen.say(words.DETAIL_KEYS)
