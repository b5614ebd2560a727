"""After a checkpoint the TinyDB store's file is a plain TinyDB database."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tinydb import Query, TinyDB

from crmcore.bootstrap import open_crm
from crmcore.errors import StoreError


def test_tinydb_opens_the_file_and_finds_the_state(tmp_path) -> None:
    with open_crm("tinydb:crm.json", directory=tmp_path, actor="x") as crm:
        made = [crm.add(company=name).id for name in ("某某", "B", "C")]
        crm.edit(made[1], owner="李娜")
        crm.undo(3)
    database = TinyDB(tmp_path / "crm.json", encoding="utf-8")
    assert database.tables() == {"crmcore", "customers"}
    customers = database.table("customers")
    assert [doc["id"] for doc in customers.all()] == made[:2]
    (found,) = customers.search(Query().owner == "李娜")
    assert (found["id"], found["company"], found["revision"]) == (made[1], "B", 4)
    (meta,) = database.table("crmcore").all()
    assert (meta["format"], meta["revision"]) == ("crmcore-tinydb", 5)
    database.close()
    with open_crm("tinydb:crm.json", directory=tmp_path, actor="x") as crm:
        assert [customer.id for customer in crm.find().customers] == made[:2]


def test_a_checkpoint_brings_the_file_up_to_date_while_open(tmp_path) -> None:
    with open_crm("tinydb:crm.json", directory=tmp_path, actor="x") as crm:
        crm.add(company="A")
        assert not (tmp_path / "crm.json").exists()
        crm.store.checkpoint()
        assert len(TinyDB(tmp_path / "crm.json").table("customers")) == 1


def test_a_tinydb_database_of_somebody_elses_is_refused(tmp_path) -> None:
    path = tmp_path / "theirs.json"
    TinyDB(path).table("customers").insert({"name": "theirs"})
    before = path.read_bytes()
    with pytest.raises(StoreError, match="was not written by crmcore"):
        open_crm("tinydb:theirs.json", directory=tmp_path, actor="x")
    assert path.read_bytes() == before


def test_loading_the_plugin_does_not_load_tinydb() -> None:
    code = "import sys, crmcore_tinydb; sys.exit('tinydb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
