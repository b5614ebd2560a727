"""The stores of crmcore, each with a façade over it, as contenders."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from random import Random

from benchmarks import board
from benchmarks.contender import Contender, Setting
from benchmarks.customers import STAGES, START, call, creation, customer_id
from benchmarks.timing import Work
from crmcore.bootstrap import open_crm
from crmcore.changes import Batch, Write
from crmcore.config import Config
from crmcore.customer import Customer
from crmcore.errors import ConfigError

FILES = {"json": "crm.json", "tinydb": "crm.json", "sqlite": "crm.db"}
FILE_STORES = ("json", "tinydb")
KINDS = (*FILES, "postgresql")

SERVER = "CRMCORE_TEST_POSTGRESQL"
"""The environment variable with the address of a server on which databases may be made."""

DATABASE = "crmcore_benchmark"


class Ours(Contender):
    """One store, by its kind. In every round a commit lies between two asks of one kind."""

    def __init__(self, kind: str, setting: Setting) -> None:
        super().__init__(setting)
        self.name = kind
        self.url = f"{kind}:{FILES[kind]}" if kind in FILES else _new_database()
        self._stage = STAGES[0]
        self._shown: tuple[Customer, ...] = ()
        self._open()
        self.operations = {
            "update": self._update,
            "find": self._find,
            "create": self._create,
            "tally": self._tally,
            "get": self._get,
            "edit": self._edit,
            "add": self._add,
        }

    def _open(self) -> None:
        config = Config(store=self.url, directory=self.setting.folder)
        self._crm = open_crm(config=config, actor="bench")

    def reopen(self) -> None:
        """Close and open again."""
        self.close()
        self._open()

    def close(self) -> None:
        """Close the store."""
        self._crm.store.close()

    def show(self) -> None:
        """Ask what the board asks, so that commits have to keep its answers."""
        for stage in STAGES:
            self._crm.page(board.column(stage))
        self._crm.tally(board.WHOM, board.BY)

    def load(self, customers: Sequence[Customer]) -> Work:
        """One commit."""
        batch = Batch(tuple(Write(None, one) for one in customers), START, "bench", "import")
        return partial(self._crm.store.commit, batch)

    def _update(self, number: int) -> Work:
        """Somebody anywhere, and in every other round somebody on the page last shown."""
        visible = self._shown[number % len(self._shown)].id if self._shown else ""
        anywhere = customer_id(self.chosen(number))
        before = self._crm.get(visible if visible and number % 2 else anywhere)
        self._stage = before.stage
        return partial(self._crm.store.commit, call(before, number))

    def _create(self, number: int) -> Work:
        return partial(self._crm.store.commit, creation(self.fresh(number)))

    def _find(self, _: int) -> Work:
        """The column in which the last update was."""
        query = board.column(self._stage)

        def find() -> None:
            self._shown = self._crm.page(query).customers

        return find

    def _tally(self, _: int) -> Work:
        return partial(self._crm.tally, board.WHOM, board.BY)

    def _get(self, number: int) -> Work:
        return partial(self._crm.store.get, self.sought(number))

    def _edit(self, number: int) -> Work:
        who = customer_id(Random(number).randrange(self.setting.size))
        return partial(
            self._crm.edit, who, {"next_step": f"第 {number} 次回访", "budget": "10万-20万"}
        )

    def _add(self, number: int) -> Work:
        values = {
            "company": f"嘉兴合力包装{number}有限公司",
            "contact": "王经理",
            "phone": f"138{number:08d}",
            "source": "展会",
            "initial_need": "生产排程系统",
            "budget": "10万-20万",
        }
        return partial(self._crm.add, values)


def server() -> str:
    """The address of the PostgreSQL server to measure with; empty when there is none."""
    return os.environ.get(SERVER, "")


def _new_database() -> str:
    """The address of an empty database of our own on the server."""
    drop_database()
    _on_server(f"CREATE DATABASE {DATABASE}")
    from sqlalchemy import make_url

    return make_url(server()).set(database=DATABASE).render_as_string(hide_password=False)


def drop_database() -> None:
    """Remove that database, if it is there."""
    _on_server(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def _on_server(statement: str) -> None:
    from sqlalchemy import create_engine, make_url, text

    if not server():
        raise ConfigError(f"{SERVER} names no PostgreSQL server. Set it, or leave the store out.")
    engine = create_engine(make_url(server()).set(drivername="postgresql+psycopg"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))
    engine.dispose()
