"""Every error crmcore raises on purpose: what happened, to what, and what to do next.

The class decides the exit code of the command line: 2 usage, 3 not found, 4 refused, 5 conflict,
1 for what nobody expected.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from crmcore.changes import FieldChange
    from crmcore.gates import Missing
    from crmcore.hooktypes import Problem


class CrmError(Exception):
    """The base of all of them; `str(error)` is one or two plain lines for a person."""

    exit_code: ClassVar[int] = 1


class UsageError(CrmError):
    """What was asked cannot be understood; nothing was changed."""

    exit_code = 2


class UnknownFieldError(UsageError):
    """A field name that no core field and no plugin describes."""

    def __init__(self, name: str, near: Sequence[str] = ()) -> None:
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"There is no field {name!r}.{hint} `crmcore fields` lists them all.")
        self.name = name
        self.near = tuple(near)


class ValueRefusedError(UsageError):
    """A text that is not a value of its field (bad money, bad date, unknown choice)."""

    def __init__(self, field: str, text: str, expected: str) -> None:
        shown = text if len(text) <= 60 else text[:59] + "…"
        super().__init__(f"{field}: {shown!r} is not understood. Expected {expected}.")
        self.field = field
        self.text = text
        self.expected = expected


class ConfigError(UsageError):
    """`crm.toml`, the environment or an address says something that cannot be used."""


class NotFoundError(CrmError):
    """A customer, revision or plugin value that does not exist."""

    exit_code = 3


class UnknownCustomerError(NotFoundError):
    """No customer has this id."""

    def __init__(self, customer_id: str) -> None:
        super().__init__(f"There is no customer {customer_id!r}. `crmcore list` shows their ids.")
        self.customer_id = customer_id


class RefusedError(CrmError):
    """A rule of the funnel says no; nothing was changed."""

    exit_code = 4


class GateError(RefusedError):
    """A move whose gate is not met; `missing` says what to fill in."""

    def __init__(self, customer_id: str, message: str, missing: Sequence[Missing]) -> None:
        super().__init__(message)
        self.customer_id = customer_id
        self.missing = tuple(missing)


class CheckError(RefusedError):
    """One or more `crm_check` hooks refused a change; `problems` holds all of them."""

    def __init__(self, message: str, problems: Sequence[Problem]) -> None:
        super().__init__(message)
        self.problems = tuple(problems)


class ConflictError(CrmError):
    """The data changed since it was read; read it again and decide."""

    exit_code = 5

    def __init__(
        self,
        message: str,
        *,
        customer_id: str = "",
        expected: int = 0,
        found: int = 0,
        fields: Sequence[FieldChange] = (),
    ) -> None:
        super().__init__(message)
        self.customer_id = customer_id
        self.expected = expected
        self.found = found
        self.fields = tuple(fields)


class DuplicateIdError(ConflictError):
    """A new customer whose id is already in use; `found` is the revision of who has it."""

    def __init__(self, customer_id: str, found: int = 0) -> None:
        super().__init__(
            f"The id {customer_id!r} is already in use. Leave the id out to get the next free one.",
            customer_id=customer_id,
            found=found,
        )


class StoreError(CrmError):
    """The store cannot be read or written; what it held is untouched."""


class PluginError(CrmError):
    """A plugin failed where crmcore cannot go on without it; the message names it."""

    def __init__(self, plugin: str, message: str) -> None:
        super().__init__(message)
        self.plugin = plugin


class PluginConflictError(PluginError):
    """Two plugins claim one name; the message names both."""
