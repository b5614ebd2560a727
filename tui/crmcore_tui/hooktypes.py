"""What plugins give the board: frozen, named values, one class for each of its hooks.

Everything an author needs is importable from here: `Part` and `Line` are what is drawn, `fit` cuts a
text from outside to a width and takes out what would act on the terminal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from attrs import Attribute, field, frozen
from attrs.validators import gt, in_, instance_of, is_callable
from rich.cells import cell_len

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.fieldspec import Choice, FieldSpec
from crmcore.text import one_line
from crmcore.wording import Text
from crmcore_tui.cells import Line, Part, fit, width_of, wrap

if TYPE_CHECKING:
    from crmcore.crm import Crm

__all__ = [
    "BADGE_WIDTH",
    "ROLES",
    "Action",
    "ActionContext",
    "Badge",
    "Choice",
    "Line",
    "Panel",
    "Part",
    "Question",
    "Text",
    "fit",
    "width_of",
    "wrap",
]

BADGE_WIDTH = 12
"""How many cells a badge may take."""

ROLES = (
    "value", "owner", "dim", "step", "debt", "overdue", "today", "later", "done", "closed", "stale",
    "grade-a", "grade-b", "grade-c", "better", "worse", "loss", "heading", "title", "number", "key",
    "flag",
)  # fmt: skip
"""The roles a part may play; the theme gives each its colour."""

_LABEL_WIDTH = 40

Place = Literal["detail", "side"]


def _label(_: object, attribute: Attribute[Text], label: Text) -> None:
    if not isinstance(label, Text):
        raise TypeError(f"{attribute.name} is a Text in two languages, not {label!r}")
    for words in (label.zh, label.en):
        if not words or words != one_line(words) or cell_len(words) > _LABEL_WIDTH:
            raise ValueError(
                f"{attribute.name} is some words on one line, at most {_LABEL_WIDTH} cells wide, "
                f"not {words[:60]!r}"
            )


@frozen
class Badge:
    """A short mark on a customer's card.

    `write` gives it for a customer, the moment and the workspace's habits, or None for a customer
    who needs none. It is at most `BADGE_WIDTH` cells wide. It is asked once for each revision of a
    customer, and again on another day or in another language.
    """

    name: str
    label: Text = field(validator=_label)
    write: Callable[[Customer, datetime, Dialect], Part | None] = field(validator=is_callable())


@frozen
class Panel:
    """Lines about one customer: a section of the detail, or a part of the panel beside the board.

    `write` gives them for a customer, a width in cells that no line may exceed, the moment and the
    workspace's habits. It must not change anything.
    """

    name: str
    label: Text = field(validator=_label)
    write: Callable[[Customer, int, datetime, Dialect], Iterable[Line]] = field(
        validator=is_callable()
    )
    where: Place = field(default="detail", validator=in_(("detail", "side")))


@frozen
class Question:
    """One field of a form that an action shows.

    `choices` makes it a choice among keys, `long` a text of several lines; `spec` checks what is
    typed. The answer is text, of a choice its key.
    """

    key: str
    label: Text = field(validator=_label)
    initial: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    long: bool = False
    spec: FieldSpec | None = None


@frozen
class ActionContext:
    """What an action works with.

    `customers` are those it was begun on, the one under the cursor first, as the board showed them.
    `tell` shows a line. `ask` shows a form, waits for the answer and gives the texts by the
    questions' keys, or None when the form was given up.
    """

    crm: Crm
    customers: tuple[Customer, ...]
    tell: Callable[[Text], None]
    ask: Callable[[Text, Sequence[Question]], Mapping[str, str] | None]

    @property
    def customer(self) -> Customer:
        """The customer under the cursor. Raises LookupError where the action was begun without."""
        if not self.customers:
            raise LookupError("the action was begun without a customer")
        return self.customers[0]


@frozen
class Action:
    """Something to do, by a key and from the command palette.

    `run` is called in a thread of its own; what it returns, a Text or None, is told. `key` is how
    Textual names it (`ctrl+t`, `M`, `f9`); one that is taken, or "", leaves the action in the
    palette. Without `needs_customer` it can be begun where nobody is selected. `seconds` is how long it may
    take, the time in which it waits for an answer not counted.
    """

    name: str
    label: Text = field(validator=_label)
    run: Callable[[ActionContext], Any] = field(validator=is_callable())
    key: str = field(default="", validator=instance_of(str))
    needs_customer: bool = True
    seconds: float = field(default=30.0, validator=gt(0))
