"""The database stores keep the contract."""

from __future__ import annotations

import os

import pytest
from sqlalchemy import make_url, text

from crmcore.testing import OpenStore, StoreContract
from crmcore_sql.engines import postgresql_engine, sqlite_engine
from crmcore_sql.store import SqlStore

SERVER = os.environ.get("CRMCORE_TEST_POSTGRESQL", "")
"""The address of a PostgreSQL server on which tests may make databases; CI starts one."""


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def open_store(self, tmp_path) -> OpenStore:
        return lambda codec: SqlStore(sqlite_engine(tmp_path / "crm.db"), codec, "sqlite:crm.db")


@pytest.mark.skipif(not SERVER, reason="CRMCORE_TEST_POSTGRESQL names no server")
class TestPostgresqlStore(StoreContract):
    @pytest.fixture
    def open_store(self, worker_database) -> OpenStore:
        with postgresql_engine(worker_database).begin() as connection:
            for table in ("alembic_version", "touched", "commits", "customers", "facts"):
                connection.execute(text(f"DROP TABLE IF EXISTS {table}"))
        return lambda codec: SqlStore(postgresql_engine(worker_database), codec, "postgresql")


@pytest.fixture(scope="session")
def worker_database(worker_id: str) -> str:
    """A database of this test process's own."""
    name = f"crmcore_{worker_id}"
    server = postgresql_engine(SERVER).execution_options(isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    return make_url(SERVER).set(database=name).render_as_string(hide_password=False)
