"""Trying what plugins add to the board, without a board: on some customers, in both languages."""

from __future__ import annotations

from crmcore.crm import Crm
from crmcore.query import Query
from crmcore.wording import LANGUAGES
from crmcore_tui.contributions import Contributions, Refusal
from crmcore_tui.hooktypes import Place
from crmcore_tui.keymap import BOARD_KEYS

PROBED = 50
"""On how many customers badges are tried."""

_PANELLED = 5
_PLACES: tuple[Place, ...] = ("detail", "side")
_WIDTHS = (20, 100)


def probe(crm: Crm) -> None:
    """Have each badge and panel speak, and give the actions their keys; the host keeps what fails."""
    contributions = Contributions(crm.host)
    now = crm.clock()
    customers = crm.page(Query(limit=PROBED)).customers
    for dialect in map(crm.dialect.speaking, LANGUAGES):
        for refusal in contributions.write_badges(customers, now, dialect).refusals:
            contributions.refuse(refusal)
        for where in _PLACES:
            for customer in customers[:_PANELLED]:
                for offer in contributions.panels(where):
                    for width in _WIDTHS:
                        answer = contributions.write_panel(offer, customer, width, now, dialect)
                        if isinstance(answer, Refusal):
                            contributions.refuse(answer)
                            break
    contributions.keys({name: key.label.en for key in BOARD_KEYS for name in key.keys})
