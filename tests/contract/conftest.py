"""Where the bundled stores are opened: each in a fresh folder, or a fresh database of a server."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import frozen
from sqlalchemy import make_url, text

from crmcore.crm import Crm
from crmcore_sql.engines import postgresql_engine

SERVER = os.environ.get("CRMCORE_TEST_POSTGRESQL", "")
"""The address of a PostgreSQL server on which tests may make databases; CI starts one."""

FILES = ("json", "tinydb", "sqlite")


@pytest.fixture(scope="session")
def worker_database(worker_id: str) -> str:
    """A database of this test process's own."""
    if not SERVER:
        pytest.skip("CRMCORE_TEST_POSTGRESQL names no server: sh tools/with-postgresql.sh pytest")
    return new_database(SERVER, f"crmcore_{worker_id}")


def new_database(server: str, name: str) -> str:
    """Make the database *name* on *server*, empty; returns its address."""
    engine = postgresql_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def empty_database(worker_database: str) -> str:
    """That database, with nothing in it."""
    engine = postgresql_engine(worker_database)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return worker_database


MEMORY = Path("/dev/shm")


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A folder in memory where there is such a place: thousands of commits need not wait for a disk.

    No test here pulls the plug, so none can tell the difference. `--long` runs on the disk.
    """
    usable = MEMORY.is_dir() and os.access(MEMORY, os.W_OK)
    if request.config.getoption("--long") or not usable:
        yield request.getfixturevalue("tmp_path_factory").mktemp("store")
        return
    with tempfile.TemporaryDirectory(prefix="crmcore-", dir=MEMORY) as name:
        yield Path(name)


@frozen
class Place:
    """Where a store of one kind is, for any number of programs."""

    kind: str
    url: str
    folder: Path

    @property
    def path(self) -> Path:
        """Its file."""
        return self.folder / self.url.partition(":")[2]

    def open(self, actor: str = "tester") -> Crm:
        """The workspace there; not closing it is what a crash does."""
        return Crm.open(self.url, directory=self.folder, actor=actor)


@pytest.fixture
def place_of(tmp_path: Path, request: pytest.FixtureRequest) -> Callable[[str], Place]:
    """A fresh place for a kind of store."""

    def made(kind: str) -> Place:
        if kind == "postgresql":
            return Place(kind, request.getfixturevalue("empty_database"), tmp_path)
        return Place(kind, f"{kind}:crm.{'db' if kind == 'sqlite' else 'json'}", tmp_path)

    return made


@pytest.fixture(params=[*FILES, "postgresql"])
def place(request: pytest.FixtureRequest, place_of: Callable[[str], Place]) -> Place:
    """Each bundled store that keeps what it is given."""
    return place_of(request.param)


@pytest.fixture(params=FILES)
def file_place(request: pytest.FixtureRequest, place_of: Callable[[str], Place]) -> Place:
    """Each bundled store that is a file."""
    return place_of(request.param)
