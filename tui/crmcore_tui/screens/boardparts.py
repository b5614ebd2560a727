"""What plugins show on the board: badges on its cards, sections of the detail, the panel beside it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from attrs import evolve

from crmcore.catalogue import Offer
from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.text import one_line
from crmcore.wording import Text
from crmcore_tui import contributionwordings as words
from crmcore_tui import wordings
from crmcore_tui.cells import Part
from crmcore_tui.contributions import Contributions, Written
from crmcore_tui.detailtext import Details
from crmcore_tui.hooktypes import Action, Panel
from crmcore_tui.reading import Section
from crmcore_tui.screens.boardgrading import HISTORY
from crmcore_tui.screens.boardmarking import MarkingActions
from crmcore_tui.widgets.panelview import PanelView, SidePanel

if TYPE_CHECKING:
    from crmcore_tui.app import CrmApp

NARROWEST_WITH_SIDE = 100
_MOST_BADGED = 5_000
"""How many customers' badges are kept; whoever is seen again is asked for again."""

_Place = tuple[object, ...]
"""What a customer's badges depend on."""


class PluginParts(MarkingActions):
    """What the plugins have to show."""

    def __init__(self, crm: Crm) -> None:
        super().__init__(crm)
        self._badged: dict[_Place, tuple[Part, ...]] = {}
        self._unbadged: dict[_Place, Customer] = {}
        self._spoken = crm.dialect
        self.badge_edition = 0

    @property
    def contributions(self) -> Contributions:
        """What the plugins offer."""
        return cast("CrmApp", self.app).contributions

    def tell_troubles(self) -> None:
        """Tell what of the plugins' offers failed already."""
        if troubles := self.contributions.troubles():
            self.tell(self.say(words.TROUBLES, first=troubles[0], n=len(troubles)), error=True)

    def on_screen_resume(self) -> None:
        """Tell what of them fails from now on."""
        say = self.crm.dialect.say
        self.contributions.told = lambda notice: self.tell(say(notice), error=True)

    def label_of(self, offer: Offer[Panel] | Offer[Action]) -> str:
        """What people call it."""
        return one_line(self.crm.dialect.say(offer.value.label))

    # badges

    def badges(self, customer: Customer) -> tuple[Part, ...]:
        """The badges of *customer*, as far as they are known; the others are asked for."""
        if not self.contributions.badges:
            return ()
        if self._spoken is not self.crm.dialect:
            self._spoken = self.crm.dialect
            self._badged.clear()
        today = self.crm.clock().astimezone(self._spoken.zone).date()
        place = (customer.id, customer.revision, today)
        known = self._badged.get(place)
        if known is None:
            if not self._unbadged:
                self.call_later(self._ask_for_badges)
            self._unbadged[place] = customer
        return known or ()

    def _ask_for_badges(self) -> None:
        wanted, self._unbadged = self._unbadged, {}
        customers, dialect, now = list(wanted.values()), self._spoken, self.crm.clock()
        self.ask(
            lambda: self.contributions.write_badges(customers, now, dialect),
            partial(self._badges_written, wanted),
        )

    def _badges_written(self, wanted: dict[_Place, Customer], written: Written) -> None:
        if len(self._badged) > _MOST_BADGED:
            self._badged.clear()
        for place, customer in wanted.items():
            self._badged[place] = written.parts[customer.id]
        for refusal in written.refusals:
            self.contributions.refuse(refusal)
        if written.refusals:
            self._badged.clear()
        if written.refusals or any(written.parts.values()):
            self.badge_edition += 1
            self.show(follow_cursor=False)

    # panels

    def details(
        self, customer_id: str, commits: int = HISTORY, older: Text = wordings.OLDER
    ) -> Details:
        """All that is known of the customer, the plugins' sections before its history."""
        details = super().details(customer_id, commits, older)
        *known, history = details.sections
        offers, customer = self.contributions.panels("detail"), details.customer
        own_sections = [
            Section(
                self.label_of(offer), (), partial(PanelView, self.contributions, offer, customer)
            )
            for offer in offers
        ]
        return evolve(details, sections=(*known, *own_sections, history))

    def side_panel(self) -> SidePanel:
        """The panel beside the board, closed at first."""
        return SidePanel(self.contributions, self.label_of)

    def action_side(self) -> None:
        """Show or hide the panel beside the board."""
        side = self.query_one(SidePanel)
        if not self.contributions.panels("side"):
            self.tell(self.say(words.NO_SIDE))
        elif self.size.width < NARROWEST_WITH_SIDE:
            self.tell(self.say(words.TOO_NARROW, width=NARROWEST_WITH_SIDE))
        else:
            side.open = not side.open
            self._fit_side()

    def on_resize(self) -> None:
        """The panel beside the board needs its room."""
        self._fit_side()

    def _fit_side(self) -> None:
        for side in self.query(SidePanel):
            side.fit(self.size.width >= NARROWEST_WITH_SIDE)
        self.show_side()

    def show_side(self) -> None:
        """The panel beside the board is about the customer under the cursor."""
        side = self.query_one_optional(SidePanel)
        if side is not None:
            side.put(self.state.selected())
