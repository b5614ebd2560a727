"""How one field of the customer record is described; everything else reads this description."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from crmcore.wording import Text

if TYPE_CHECKING:
    from crmcore.customer import Customer


class Kind(Enum):
    """What the values of a field are."""

    TEXT = "text"
    LONG_TEXT = "long text"
    INTEGER = "integer"
    NUMBER = "number"
    YES_NO = "yes/no"
    MONEY = "money"
    MONEY_RANGE = "money range"
    MOMENT = "moment"
    CHOICE = "choice"
    TAGS = "tags"
    RECORDS = "records"
    RECORD = "record"


class Verb(Enum):
    """Which action of the façade writes a field; `EDIT` is free, the others have rules of their own."""

    EDIT = "edit"
    APPEND = "append"
    ASSIGN = "assign"
    GRADE = "grade"
    MOVE = "move"
    CLOSE = "close"
    SYSTEM = "system"
    COMPUTED = "computed"


@frozen
class Group:
    """A section of the record, as the table's first header row has them."""

    key: str
    label: Text


@frozen
class Choice:
    """One allowed value: how it is kept, how it is called, and what sheets call it besides."""

    key: str
    label: Text
    aliases: tuple[str, ...] = ()


@frozen
class FieldSpec:
    """One field: the CLI, forms, sheets, import mapping, `crmcore fields` and the docs read this.

    `key` is how the record and queries name it; a plugin's field is namespaced, `medical.licence_no`.
    A field of no `group`, "", is there to be asked for and is not shown with a customer.
    `aliases` are other headers sheets use for it. `record` is the class of a RECORD(S) field's
    values. `compute` derives a COMPUTED field from the customer.
    """

    key: str
    kind: Kind
    group: str
    label: Text
    meaning: Text
    example: str = ""
    choices: tuple[Choice, ...] = ()
    aliases: tuple[str, ...] = ()
    verb: Verb = Verb.EDIT
    record: type | None = None
    compute: Callable[[Customer], object] | None = field(default=None, eq=False, repr=False)

    @property
    def editable(self) -> bool:
        """Whether `Crm.edit` may write it."""
        return self.verb is Verb.EDIT

    @property
    def namespaced(self) -> bool:
        """Whether it is a plugin's or a sheet's own field, kept beside the core's."""
        return "." in self.key

    def choice(self, word: str) -> Choice | None:
        """The choice that *word* names by key, label or alias, in any letter case."""
        sought = word.strip().casefold()
        for choice in self.choices:
            names = (choice.key, choice.label.zh, choice.label.en, *choice.aliases)
            if sought in (name.casefold() for name in names):
                return choice
        return None


def described(
    kind: Kind,
    group: str,
    zh: str,
    en: str,
    meaning: tuple[str, str],
    example: str = "",
    *,
    default: object = None,
    **more: Any,
) -> Any:
    """An attrs field of `Customer` that carries its own description (all but its key)."""
    from attrs import field as attrs_field

    about = {
        "kind": kind,
        "group": group,
        "label": Text(zh, en),
        "meaning": Text(*meaning),
        "example": example,
        **more,
    }
    return attrs_field(default=default, kw_only=True, metadata={"crmcore": about})


def specs_of(cls: type) -> tuple[FieldSpec, ...]:
    """The descriptions that the attrs class *cls* carries, in the order of the class."""
    import attrs

    return tuple(
        FieldSpec(key=attribute.name, **attribute.metadata["crmcore"])
        for attribute in attrs.fields(cls)
        if "crmcore" in attribute.metadata
    )
