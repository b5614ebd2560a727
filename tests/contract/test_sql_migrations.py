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
from crmcore.moments import system_clock
from crmcore.reports.catalogue import REPORTS
from crmcore.reports.running import report
from crmcore.testing import StillClock
from crmcore_sql.engines import sqlite_engine
from crmcore_sql.migrating import MIGRATIONS


def opened(folder, clock=system_clock):
    config = Config(store="sqlite:crm.db", directory=folder)
    return open_crm(config=config, clock=clock, actor="Li")


def test_the_first_schema_becomes_this_one_and_asks_of_who_was_moved_back(tmp_path) -> None:
    clock = StillClock()
    with opened(tmp_path, clock) as crm:
        lead = crm.add(company="A", phone="1", source="fair")
        crm.move(lead.id)
        middle = clock()
        clock.forward(days=1)
        shown = shown_by(crm.as_of(middle))
        crm.move(lead.id, "lead", reason="wrong number")
        crm.edit(lead.id, owner="Bo", satisfaction=3)
        crm.undo()
        before = crm.get(lead.id)
        past = remembered(tmp_path / "crm.db")
        assert past
    engine = sqlite_engine(tmp_path / "crm.db")
    config = Alembic()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        names = {column["name"] for column in inspect(connection).get_columns("customers")}
        assert "k_furthest_stage" not in names
        connection.exec_driver_sql("UPDATE facts SET text = 'older fields' WHERE name = 'fields'")
        connection.exec_driver_sql("DELETE FROM facts WHERE name = 'past'")
    engine.dispose()
    with opened(tmp_path, clock) as crm:
        assert crm.get(lead.id) == before
        assert read_history(crm, crm.pipeline()).progress.stages[1].reached == 1
        assert shown_by(crm.as_of(middle)) == shown
    assert remembered(tmp_path / "crm.db") == past


def shown_by(crm) -> dict[str, object]:
    """Every figure's rows."""
    return {one.name: report(crm, one.name).rows for one in REPORTS}


def remembered(path: Path) -> list[str]:
    """What is said of the past."""
    return [line for line in dump(path) if "past" in line]


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
