"""Customers in a database: `sqlite:crm.db`, and `postgresql://…` for teams on several machines."""

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


def _sqlite(address: Address, codec: Codec) -> Store:
    from crmcore_sql.engines import sqlite_engine
    from crmcore_sql.store import SqlStore

    return SqlStore(sqlite_engine(address.path), codec, str(address))


def _postgresql(address: Address, codec: Codec) -> Store:
    from crmcore_sql.engines import postgresql_engine
    from crmcore_sql.store import SqlStore

    engine = postgresql_engine(str(address))
    shown = engine.url.set(drivername=address.scheme).render_as_string(hide_password=True)
    return SqlStore(engine, codec, shown)


@hookimpl
def crm_stores() -> Iterable[StoreType]:
    """The schemes `sqlite` and `postgresql`."""
    return [
        StoreType("sqlite", Text("SQLite 数据库", "SQLite database"), _sqlite),
        StoreType("postgresql", Text("PostgreSQL 数据库", "PostgreSQL database"), _postgresql),
    ]
