"""A database of an older crmcore is brought to the tables and indexes of this one, and keeps all it holds."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config as Alembic
from sqlalchemy import inspect

from crmcore.bootstrap import open_crm
from crmcore.config import Config
from crmcore.errors import StoreError
from crmcore.figures.gather import read_history
from crmcore_sql.engines import sqlite_engine
from crmcore_sql.migrating import MIGRATIONS


def opened(folder):
    return open_crm(config=Config(store="sqlite:crm.db", directory=folder), actor="Li")


def test_the_first_schema_becomes_this_one_and_asks_of_who_was_moved_back(tmp_path) -> None:
    with opened(tmp_path) as crm:
        lead = crm.add(company="A", phone="1", source="fair")
        crm.move(lead.id)
        crm.move(lead.id, "lead", reason="wrong number")
        before = crm.get(lead.id)
    engine = sqlite_engine(tmp_path / "crm.db")
    config = Alembic()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        names = {column["name"] for column in inspect(connection).get_columns("customers")}
        assert "k_furthest_stage" not in names
        connection.exec_driver_sql("UPDATE facts SET text = 'older fields' WHERE name = 'fields'")
    engine.dispose()
    with opened(tmp_path) as crm:
        assert crm.get(lead.id) == before
        assert read_history(crm, crm.pipeline()).progress.stages[1].reached == 1


def test_a_database_of_a_newer_crmcore_is_refused_and_left_alone(tmp_path) -> None:
    with opened(tmp_path) as crm:
        crm.add(company="A")
    path = tmp_path / "crm.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    before = dump(path)
    with pytest.raises(StoreError, match=r"newer crmcore \(schema 9999\)\. Update crmcore"):
        opened(tmp_path)
    assert dump(path) == before


def test_tables_of_somebody_elses_are_refused_and_left_alone(tmp_path) -> None:
    path = tmp_path / "crm.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE customers (name TEXT)")
        connection.execute("INSERT INTO customers VALUES ('theirs')")
    before = dump(path)
    with pytest.raises(StoreError, match="not crmcore's"):
        opened(tmp_path)
    assert dump(path) == before


def dump(path: Path) -> list[str]:
    """All that a database says."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())
