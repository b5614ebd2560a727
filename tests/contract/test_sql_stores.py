"""The database stores keep the contract, and hear of each other whatever the server can do."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import text

from crmcore.changes import Batch, Write
from crmcore.codec import Doc
from crmcore.customer import Customer
from crmcore.query import Compare, Query
from crmcore.testing import CODEC, OpenStore, StoreContract
from crmcore.testing.contract_base import add
from crmcore_sql import bodies, listening, store
from crmcore_sql.analysing import EVERY
from crmcore_sql.engines import postgresql_engine, sqlite_engine
from crmcore_sql.keys import folded, number_text
from crmcore_sql.rows import COLUMNS, Rows
from crmcore_sql.store import SqlStore


class TestSqliteStore(StoreContract):
    @pytest.fixture
    def open_store(self, tmp_path) -> OpenStore:
        return lambda codec: SqlStore(sqlite_engine(tmp_path / "crm.db"), codec, "sqlite:crm.db")


class TestPostgresqlStore(StoreContract):
    @pytest.fixture
    def open_store(self, empty_database) -> OpenStore:
        return lambda codec: SqlStore(postgresql_engine(empty_database), codec, "postgresql")


@pytest.fixture
def server_store(empty_database) -> OpenStore:
    """Opens one store on the server again and again."""
    return lambda codec: SqlStore(postgresql_engine(empty_database), codec, "postgresql")


def test_own_commits_are_no_news(server_store) -> None:
    with server_store(CODEC) as store:
        assert store.wait(0) is False
        add(store, Customer(id="A"))
        assert store.wait(0) is False


def test_who_listens_hears_no_sooner_and_no_later_than_the_commit(server_store) -> None:
    with server_store(CODEC) as mine, server_store(CODEC) as theirs:
        assert mine.wait(0) is False
        with theirs._writing.begin() as connection:
            theirs._listening.tell(connection, 1)
            connection.rollback()
        assert mine.wait(0) is False
        add(theirs, Customer(id="A"))
        assert mine.wait(0) is True
        assert mine.wait(0) is True  # until it is taken in
        assert mine.refresh() == 1
        assert mine.wait(0) is False


def test_a_lost_connection_is_made_again(server_store, monkeypatch) -> None:
    monkeypatch.setattr(listening, "SERVER_SECONDS", 0.01)
    with server_store(CODEC) as mine, server_store(CODEC) as theirs:
        assert mine.wait(0) is False
        with theirs._engine.begin() as connection:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE :said"
            # The last thing said on the connection that listens is the question for the revision.
            assert connection.execute(
                text(others), {"said": f"{listening._REVISION}%"}
            ).scalars().all() == [True]
        assert mine.wait(30) is True  # look: something may have been missed
        mine.refresh()
        assert mine.wait(0) is False
        woken: list[bool] = []
        waiting = Thread(target=lambda: woken.append(mine.wait(60)), daemon=True)
        waiting.start()
        add(theirs, Customer(id="A"))
        waiting.join(30)
        assert woken == [True]


def test_a_server_without_notifications_is_asked(server_store, monkeypatch) -> None:
    monkeypatch.setattr(listening, "CHANNEL", "")  # refused, by LISTEN and by pg_notify
    monkeypatch.setattr(listening, "SERVER_SECONDS", 0.01)
    with server_store(CODEC) as mine, server_store(CODEC) as theirs:
        assert mine.wait(0) is False
        for number in (1, 2):
            add(theirs, Customer(id=f"C{number}"))
            assert mine.wait(30) is True
            assert mine.refresh() == number
        assert mine.wait(0) is False
        assert list(mine.check(CODEC)) == []
        waiting = Thread(target=mine.wait, args=(60,), daemon=True)
        waiting.start()
    waiting.join(30)
    assert not waiting.is_alive()


def test_closing_leaves_no_connection_behind(server_store, empty_database) -> None:
    with server_store(CODEC) as watcher:
        with server_store(CODEC) as store:
            assert store.wait(0) is False
            waiting = Thread(target=store.wait, args=(60,), daemon=True)
            waiting.start()
        waiting.join(30)
        counted = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid()"
        )
        with watcher._engine.connect() as connection:
            connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            while connection.scalar(counted):  # the server takes a moment; the test has a limit
                pass


def test_a_commit_written_some_at_a_time_is_one_and_whole(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(store, "PART", 2)
    monkeypatch.setattr(bodies, "PART", 2)
    one = SqlStore(sqlite_engine(tmp_path / "crm.db"), CODEC, "crm.db")
    add(one, *(Customer(id=f"{n}", company="甲") for n in range(3)))
    old = [one.get(f"{n}") for n in range(3)]
    writes = (
        Write(old[0], old[0].with_values(company="乙")),
        Write(old[1], None),
        *(Write(None, Customer(id=f"new {n}", company="丙")) for n in range(4)),
        Write(old[2], old[2].with_values(contact="王")),
    )
    told = one.commit(Batch(writes, told_at := datetime(2024, 5, 1, tzinfo=UTC), "Li Na", "import"))
    kept = list(one.history())[-1]
    assert told == kept and kept.at == told_at
    assert [edit.id for edit in kept.edits] == [write.id for write in writes]
    assert [one.get(write.id) and one.get(write.id).title for write in writes] == [
        "乙", None, "丙", "丙", "丙", "丙", "甲",
    ]  # fmt: skip
    assert list(one.check(CODEC)) == []


@pytest.mark.parametrize(
    ("damage", "wrong"),
    [
        ("UPDATE commit_parts SET body = replace(body, '长', '短') WHERE part = 1", "checksum"),
        ("UPDATE commit_parts SET part = 5 - part", "checksum"),
        ("DELETE FROM commit_parts WHERE part = 2", "checksum"),
        ("UPDATE commits SET body = replace(body, '\"parts\":3', '\"parts\":2')", "checksum"),
        ("UPDATE touched SET part = 0 WHERE part = 1", "touched"),
    ],
)
def test_a_large_commit_stands_in_parts_and_each_is_checked(tmp_path, damage, wrong) -> None:
    one = SqlStore(sqlite_engine(tmp_path / "crm.db"), CODEC, "crm.db")
    made = add(one, *(Customer(id=f"{n}", remarks="长" * 50) for n in range(2 * bodies.PART + 3)))
    assert list(one.history()) == [made] and list(one.check(CODEC)) == []
    with closing(sqlite3.connect(tmp_path / "crm.db", isolation_level=None)) as db:
        (longest,) = db.execute("SELECT max(length(body)) FROM commits").fetchone()
        assert longest < 200
        assert db.execute("SELECT part FROM commit_parts").fetchall() == [(0,), (1,), (2,)]
        assert db.execute(damage).rowcount > 0
    told = list(one.check(CODEC))
    assert told and wrong in told[0]


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("2024-05-01T02:00:00Z", "2024-05-01T02:00:00"),
        ("2024-05-01T02:00:00.000005Z", "2024-05-01T02:00:00.000005"),
        ("2024-05-01T10:00:00+08:00", "2024-05-01T02:00:00"),
    ],
)
def test_moments_are_ordered_however_they_are_written(written, key) -> None:
    doc = {"id": "A", "first_contact_at": written, "contract_sent_at": written, "contact": "Bo"}
    row = row_of(doc, "postgresql")
    keys = json.loads(row["keys"])
    assert (row["k_first_contact_at"], keys["contract_sent_at"], keys["contact"]) == (
        key,
        key,
        "Bo",
    )
    assert "contact" not in json.loads(row_of(doc, "sqlite")["keys"])


def row_of(doc: Doc, dialect: str) -> dict[str, Any]:
    """The row of the customer whose document is *doc*, by column."""
    (row,) = Rows(CODEC.fields, dialect).rows([(CODEC.decode(doc), doc, "{}", 1)])
    return dict(zip(COLUMNS, row, strict=True))


def test_numbers_are_ordered_as_their_texts_are() -> None:
    numbers = [-(10**30), -20, "-2.75", "-2.5", -2, 0, "0.05", "0.5", 3, 20, 10**18, 10**30]
    texts = [number_text(Decimal(number)) for number in numbers]
    assert texts == sorted(texts)
    assert number_text(True) == number_text(1) == number_text(1.0) == "p011"


@pytest.mark.parametrize(
    ("said", "kept"),
    [("Bo 王 & Co", None), ("ÉCOLE", "école"), ("Straße 5 B", "strasse 5 b"), ("école B", None)],
)
def test_what_databases_fold_themselves_is_not_kept(tmp_path, said, kept) -> None:
    assert folded(said) == kept
    assert folded(["plain", said]) == (kept and ["plain", kept])
    with SqlStore(sqlite_engine(tmp_path / "crm.db"), CODEC, "crm.db") as one:
        add(one, Customer(id="A", company=said, contact=said, tags=("plain", said)))
        for field in ("company", "contact", "tags"):
            for needle in (said.casefold(), said.upper(), said):
                assert one.find(Query(Compare(field, "contains", needle))).customers, field
            assert not one.find(Query(Compare(field, "contains", said + "x"))).customers


def test_whom_an_owner_has_is_not_looked_for_among_all_that_are_open(tmp_path) -> None:
    path = tmp_path / "crm.db"
    question = (
        "EXPLAIN QUERY PLAN SELECT id FROM customers WHERE k_pipeline = 'standard' "
        "AND k_status = '000:open' AND k_owner = 'Li 7'"
    )

    def plan() -> str:
        with closing(sqlite3.connect(path)) as connection:
            return str(connection.execute(question).fetchall())

    with SqlStore(sqlite_engine(path), CODEC, "sqlite:crm.db") as opened:
        assert "customers_owner" not in plan()
        add(opened, *(Customer(id=f"C{n}", owner=f"Li {n % 50}") for n in range(EVERY)))
        assert "customers_owner" in plan()
