"""Customers in one JSON file that people and programs can read: `json:crm.json`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crmcore import hookimpl
from crmcore.hooktypes import StoreType
from crmcore.wording import Text

if TYPE_CHECKING:
    from crmcore.codec import Codec
    from crmcore.storage.address import Address
    from crmcore.storage.base import Store


def _open(address: Address, codec: Codec) -> Store:
    from crmcore_json.store import JsonStore

    return JsonStore(address.path, codec)


@hookimpl
def crm_stores() -> Iterable[StoreType]:
    """The scheme `json`."""
    return [StoreType("json", Text("JSON 文件", "JSON file"), _open)]
