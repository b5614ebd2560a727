"""Every key of every screen: bindings, footer and help read this table.

These are the keys of the keymap "vi"; `keymaps` knows the others, and the user's own. The rows stand in
`boardkeys` and `screenkeys`.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding

from crmcore.wording import Text
from crmcore_tui.boardkeys import (
    APPLICATION as APPLICATION,
)
from crmcore_tui.boardkeys import (
    LOOKING as LOOKING,
)
from crmcore_tui.boardkeys import (
    MARKING as MARKING,
)
from crmcore_tui.boardkeys import (
    MOVING as MOVING,
)
from crmcore_tui.boardkeys import STAGES
from crmcore_tui.boardkeys import (
    WORKING as WORKING,
)
from crmcore_tui.keys import (
    Key as Key,
)
from crmcore_tui.keys import (
    Section as Section,
)
from crmcore_tui.screenkeys import (
    ASKING as ASKING,
)
from crmcore_tui.screenkeys import (
    ASSIGNING as ASSIGNING,
)
from crmcore_tui.screenkeys import (
    CHOOSING as CHOOSING,
)
from crmcore_tui.screenkeys import (
    CHOOSING_COLUMNS as CHOOSING_COLUMNS,
)
from crmcore_tui.screenkeys import (
    DETAIL as DETAIL,
)
from crmcore_tui.screenkeys import (
    EVERYWHERE as EVERYWHERE,
)
from crmcore_tui.screenkeys import (
    EXAMINING as EXAMINING,
)
from crmcore_tui.screenkeys import (
    FILLING_IN as FILLING_IN,
)
from crmcore_tui.screenkeys import (
    FUNNEL as FUNNEL,
)
from crmcore_tui.screenkeys import (
    FUNNEL_KEYS as FUNNEL_KEYS,
)
from crmcore_tui.screenkeys import (
    LEAVING as LEAVING,
)
from crmcore_tui.screenkeys import (
    MERGING as MERGING,
)
from crmcore_tui.screenkeys import (
    MERGING_TWINS as MERGING_TWINS,
)
from crmcore_tui.screenkeys import (
    OFFERING as OFFERING,
)
from crmcore_tui.screenkeys import (
    PICKING as PICKING,
)
from crmcore_tui.screenkeys import (
    PREVIEWING as PREVIEWING,
)
from crmcore_tui.screenkeys import (
    QUICK as QUICK,
)
from crmcore_tui.screenkeys import (
    READING as READING,
)
from crmcore_tui.screenkeys import (
    TABLE as TABLE,
)
from crmcore_tui.screenkeys import (
    TAKING_IN as TAKING_IN,
)
from crmcore_tui.screenkeys import (
    TODAY as TODAY,
)
from crmcore_tui.screenkeys import (
    TWINS as TWINS,
)

SECTIONS = (MOVING, LOOKING, WORKING, MARKING, APPLICATION)
"""The keys of the board, as its help shows them."""

OTHER_SECTIONS = (
    TABLE,
    CHOOSING_COLUMNS,
    TODAY,
    FUNNEL,
    TAKING_IN,
    PREVIEWING,
    READING,
    DETAIL,
    FILLING_IN,
    QUICK,
    PICKING,
    ASKING,
    LEAVING,
    OFFERING,
    MERGING,
    CHOOSING,
    EXAMINING,
    TWINS,
    MERGING_TWINS,
    ASSIGNING,
    EVERYWHERE,
)
"""The keys of the other screens; `screen` says whose each is."""

BOARD_KEYS: tuple[Key, ...] = tuple(key for section in SECTIONS for key in section.keys)

_BOARD_ALONE = frozenset(
    {"left", "right", "sort", "side", "quit", "table", *(key.action for key in STAGES)}
)
ON_TABLE = tuple(key for key in BOARD_KEYS if key.action not in _BOARD_ALONE)
ON_TODAY = tuple(key for key in ON_TABLE if key.action not in ("today", "closed", "funnel"))
"""The board's keys that the table and today's list listen to as well."""

ON_MARKED = ("help", "forward", "back", "assign", "next_step", "note", "tag", "grade", "lose")
"""What the footer offers first while customers are selected."""

ON_CLOSED = ("help", "closed", "reopen", "repurchase", "refer", "detail")
"""What it offers first among those that are closed."""

FROM_DETAIL = (
    *("edit", "note", "next_step", "proposal", "objection", "clause", "assign", "why"),
    *("screen_lead", "terms", "contract", "delivery", "survey"),
)
"""The actions that can be begun from the open detail as well."""


def keys_of(screen: str) -> tuple[Key, ...]:
    """The rows of one screen."""
    every = (*SECTIONS, *OTHER_SECTIONS)
    return tuple(key for section in every for key in section.keys if key.screen == screen)


def bindings(keys: Iterable[Key], *, priority: bool = True) -> list[Binding]:
    """Textual's bindings for *keys*; each keeps its id, so that users may remap it.

    With *priority* they are acted on as they arrive, before a key typed right after them.
    """
    return [
        Binding(
            ",".join(key.keys), key.action, key.label.en, show=False, priority=priority, id=key.id
        )
        for key in keys
    ]


def key_for(action: str) -> Key:
    """The row of *action*. Raises KeyError."""
    for key in BOARD_KEYS:
        if key.action == action:
            return key
    raise KeyError(action)


def help_rows(section: Section) -> list[tuple[str, Text]]:
    """The keys of *section* and what they do; digits as one row.

    An action that has no key in a keymap is left out: another one does the same.
    """
    digits = [key for key in section.keys if key.action.partition("(")[0] in _NTH]
    rows = [(key.shown, key.label) for key in section.keys if key.keys and key not in digits]
    if digits:
        nth = _NTH[digits[0].action.partition("(")[0]]
        rows.append((f"{digits[0].shown}…{digits[-1].shown}", nth))
    return rows


_NTH = {
    "stage": Text("到第 n 个阶段", "stage n"),
    "section": Text("第 n 组", "section n"),
    "link": Text("到第 n 个关联客户", "linked customer n"),
}


def footer_keys(keys: Iterable[Key] = BOARD_KEYS) -> list[Key]:
    """Those of *keys* that the footer shows, the most needed first."""
    return sorted((key for key in keys if key.footer and key.keys), key=lambda key: key.footer)
