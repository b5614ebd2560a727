"""Customers in a TinyDB file: `tinydb:crm.json`, the embedded default."""

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
    from crmcore_tinydb.store import TinyDbStore

    return TinyDbStore(address.path, codec)


@hookimpl
def crm_stores() -> Iterable[StoreType]:
    """The scheme `tinydb`."""
    return [StoreType("tinydb", Text("TinyDB 文件", "TinyDB file"), _open)]
