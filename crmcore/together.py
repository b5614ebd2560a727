"""Many customers changed as one: what became of each."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from crmcore.changes import Commit
from crmcore.customer import Customer
from crmcore.errors import CrmError


@frozen
class Together:
    """What one change of many customers came to.

    `commit` is None where nothing was written. Those `refused`, by id, stayed as they were; why is the
    error that the same change of theirs alone would have raised.
    """

    commit: Commit | None
    changed: tuple[Customer, ...]
    unchanged: tuple[str, ...]
    refused: Mapping[str, CrmError]
