"""What plugins' panels show of one customer, written in workers: sections of a screen, or a panel of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from attrs import frozen
from rich.cells import chop_cells
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip
from textual.widgets import Static

from crmcore.catalogue import Offer
from crmcore.customer import Customer
from crmcore_tui.cells import Line, Part
from crmcore_tui.contributions import Contributions, Refusal
from crmcore_tui.hooktypes import Panel
from crmcore_tui.widgets.ink import Ink

if TYPE_CHECKING:
    from crmcore.dialect import Dialect
    from crmcore_tui.storecalls import StoreScreen

_LOADING: tuple[Line, ...] = ((Part("…", "dim"),),)


@frozen
class _Wanted:
    """What the lines depend on."""

    customer: Customer
    width: int


class PanelView(Ink):
    """The lines of one panel for one customer; until they are there, and where there are none, `…`."""

    def __init__(
        self, contributions: Contributions, offer: Offer[Panel], customer: Customer | None = None
    ) -> None:
        super().__init__()
        self._contributions = contributions
        self._offer = offer
        self._customer = customer
        self._lines: tuple[Line, ...] = _LOADING
        self._written: _Wanted | None = None
        self._asking = False
        self._refused = False

    def put(self, customer: Customer | None) -> None:
        """Show it for *customer*; of another one nothing is seen any more."""
        if customer is None or self._customer is None or customer.id != self._customer.id:
            self._show(_LOADING if customer else ())
        self._customer = customer
        self._want()

    def on_resize(self) -> None:
        """Write it for this width."""
        self._want()

    def reword(self, dialect: Dialect) -> None:
        """Write it in another language."""
        self._written = None
        self._want()

    def _want(self) -> None:
        width = self.size.width
        if self._customer is None or self._asking or self._refused or width < 1:
            return
        wanted = _Wanted(self._customer, width)
        if wanted == self._written:
            return
        self._asking = True
        screen = cast("StoreScreen[object]", self.screen)
        crm = screen.crm
        write = self._contributions.write_panel
        screen.ask(
            lambda: write(self._offer, wanted.customer, width, crm.clock(), crm.dialect),
            partial(self._take, wanted),
        )

    def _take(self, wanted: _Wanted, answer: tuple[Line, ...] | Refusal) -> None:
        self._asking = False
        self._written = wanted
        if isinstance(answer, Refusal):
            self._refused = True
            screen = cast("StoreScreen[object]", self.screen)
            said = screen.crm.dialect.say(self._contributions.refuse(answer))
            self._show(tuple((Part(text, "overdue"),) for text in chop_cells(said, wanted.width)))
        elif self._customer is not None and self._customer.id == wanted.customer.id:
            self._show(answer)
        if self.is_attached:
            self._want()

    def _show(self, lines: tuple[Line, ...]) -> None:
        self._lines = lines
        self.refresh(layout=True)

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """All there is."""
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as there are, one at least: what has no size is never asked to draw."""
        return max(len(self._lines), 1)

    def render_line(self, y: int) -> Strip:
        """One line of it."""
        width = self.size.width
        line = self.strip(self._lines[y]) if y < len(self._lines) else self.blank(0)
        blank = self.blank(max(width - line.cell_length, 0))
        return Strip.join([line, blank]).crop(0, width)


class SidePanel(VerticalScroll, can_focus=False):
    """The panels beside the board, for the customer under the cursor."""

    def __init__(self, contributions: Contributions, say: Callable[[Offer[Panel]], str]) -> None:
        super().__init__(id="side")
        self._contributions = contributions
        self._say = say
        self._customer: Customer | None = None
        self.open = False

    def compose(self) -> ComposeResult:
        """A heading and the lines of each."""
        for offer in self._contributions.panels("side"):
            yield Static(Content(self._say(offer)), classes="section")
            yield PanelView(self._contributions, offer)

    def put(self, customer: Customer | None) -> None:
        """Show *customer*; nothing is written while the panel is not seen."""
        self._customer = customer
        if self.display:
            for view in self.query(PanelView):
                view.put(customer)

    def fit(self, there_is_room: bool) -> None:
        """Be seen, when it is open and there is room."""
        self.display = self.open and there_is_room
        self.put(self._customer)
