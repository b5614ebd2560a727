"""The store looked after from the shell: info, check, backup, restore, compact, copy."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from crmcore.codec import Codec
from crmcore.crm import Crm
from crmcore_sql.engines import postgresql_engine

SERVER = os.environ.get("CRMCORE_TEST_POSTGRESQL", "")
KINDS = ("json", "tinydb", "sqlite", *(["postgresql"] if SERVER else []))
LOCAL = ("json", "tinydb", "sqlite")


@pytest.fixture
def url(worker_id) -> Callable[[str, str], str]:
    """The address of a new store of a kind."""

    def make(kind: str, name: str) -> str:
        if kind != "postgresql":
            return f"{kind}:{name}.{kind}"
        database = f"crmcore_cli_{worker_id}_{name}"
        server = postgresql_engine(SERVER).execution_options(isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {database}"))
        server.dispose()
        return make_url(SERVER).set(database=database).render_as_string(hide_password=False)

    return make


def live(folder: Path, url: str) -> None:
    """Customers, changes of many kinds, an undo, on several days."""
    with Crm.open(url, directory=folder, actor="李娜") as crm:
        lead = crm.add(company="上海某某科技有限公司", phone="13800138000", budget="10万-20万")
        crm.edit(lead.id, remarks="[/red] \u202e =1+1", tags="展会,VIP")
        crm.undo()
        crm.redo()
        other = crm.add(company="乙")
        crm.lose(other.id, reason="价格过高")


def past(folder: Path, url: str) -> tuple[object, ...]:
    """All that a store says of itself."""
    with Crm.open(url, directory=folder) as crm:
        return crm.revision, list(crm.history()), list(crm.find().customers)


def info(shell, url: str) -> dict[str, object]:
    """What `store info` says."""
    found = json.loads(shell("--store", url, "store", "info", "--format", "json"))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_backed_up_lost_and_restored(shell, tmp_path, url, kind) -> None:
    here = url(kind, "here")
    live(tmp_path, here)
    was = past(tmp_path, here)
    shell("--store", here, "store", "backup", "b.gz")
    assert stat.S_IMODE((tmp_path / "b.gz").stat().st_mode) == 0o600
    assert "--force" in shell("--store", here, "store", "backup", "b.gz", code=2)
    shell("--store", here, "store", "backup", "b.gz", "--force")

    # later changes are not thrown away unasked, and kept when they are
    shell("--store", here, "add", "丙")
    later = past(tmp_path, here)
    refused = shell("--store", here, "store", "restore", "b.gz", code=4)
    assert f"revision {later[0]}" in refused
    assert past(tmp_path, here) == later
    done = shell.run("--store", here, "store", "restore", "b.gz", "--force")
    assert done.returncode == 0, done.stderr
    assert past(tmp_path, here) == was
    aside = done.stderr.strip().split()[-1]
    new = url("sqlite", "again")
    shell("--store", new, "store", "restore", aside)
    assert past(tmp_path, new) == later

    # any store takes it, and one that has nothing else takes it unasked
    there = url(KINDS[KINDS.index(kind) - 1], "there")
    assert "已恢复" in shell("--store", there, "store", "restore", "b.gz")
    assert past(tmp_path, there) == was
    shell("--store", there, "store", "check")


@pytest.mark.parametrize("kind", LOCAL)
def test_a_store_that_cannot_be_read_is_set_aside_and_restored(shell, tmp_path, url, kind) -> None:
    here = url(kind, "here")
    live(tmp_path, here)
    was = past(tmp_path, here)
    shell("--store", here, "store", "backup", "b.gz")
    damaged = tmp_path / (f"here.{kind}" + ("" if kind == "sqlite" else ".log"))
    whole = damaged.read_bytes()
    damaged.write_bytes(b"SQLite format 3\0" + b"?" * 3000 if kind == "sqlite" else whole[50:])
    checked = shell.run("--store", here, "store", "check")
    assert checked.returncode == 1
    assert "Traceback" not in checked.stdout + checked.stderr
    assert "cannot be read" in shell("--store", here, "store", "restore", "b.gz", code=1)
    shell("--store", here, "store", "restore", "b.gz", "--force")
    assert past(tmp_path, here) == was
    shell("--store", here, "store", "check")
    kept = [f for f in tmp_path.iterdir() if "before-restore" in f.name]
    assert len(kept) == (1 if kind == "sqlite" else 2)


def test_a_file_that_is_no_backup_changes_nothing(shell, tmp_path, bytes_of) -> None:
    shell("add", "A")
    (tmp_path / "other.gz").write_bytes(b"x" * 100)
    before = bytes_of(tmp_path)
    assert "not a backup" in shell("store", "restore", "other.gz", code=2)
    assert "cannot be read" in shell("store", "restore", "absent.gz", "--force", code=2)
    assert bytes_of(tmp_path) == before


def test_a_check_finds_a_flipped_bit_and_says_what_to_do(shell, tmp_path) -> None:
    live(tmp_path, "json:crm.json")
    assert "没有发现问题" in shell("store", "check")
    path = tmp_path / "crm.json"
    path.write_bytes(path.read_bytes().replace(b"13800138000", b"13800138001"))
    checked = shell.run("store", "check")
    assert checked.returncode == 1
    (line,) = checked.stdout.splitlines()
    assert "Phone of customer" in line
    assert "move crm.json away" in line
    answer = json.loads(shell.run("store", "check", "--format", "json").stdout)
    assert (answer["ok"], len(answer["problems"])) == (False, 1)
    path.rename(tmp_path / "away")
    shell("store", "check")


@pytest.mark.parametrize("kind", KINDS)
def test_info_says_what_there_is(shell, tmp_path, url, kind) -> None:
    here = url(kind, "here")
    live(tmp_path, here)
    found = info(shell, here)
    assert (found["kind"], found["customers"], found["commits"], found["revision"]) == (
        kind,
        2,
        6,
        6,
    )
    sizes = {"snapshot", "log"} if kind in ("json", "tinydb") else {"database"}
    assert set(found["bytes"]) == sizes
    assert all(size > 0 for size in found["bytes"].values())
    assert found["last_commit_at"].endswith("Z")
    said = shell("--store", here, "store", "info")
    assert "客户: 2" in said
    assert "多台电脑" in said or kind == "postgresql"


def test_a_password_is_not_shown(shell, tmp_path) -> None:
    from crmcore.storage.maintenance import shown_address

    assert shown_address("postgresql://a:p/s@w@h/d") == "postgresql://a:***@h/d"
    assert shown_address("postgresql://a@h:5432/d") == "postgresql://a@h:5432/d"


@pytest.mark.parametrize("kind", KINDS)
def test_compacting_drops_history_only_when_that_is_meant(shell, tmp_path, url, kind) -> None:
    here = url(kind, "here")
    live(tmp_path, here)
    was = past(tmp_path, here)
    shell("--store", here, "store", "compact")
    assert past(tmp_path, here) == was
    refused = shell("--store", here, "store", "compact", "--forget-before", "4", code=2)
    assert "--yes" in refused
    assert past(tmp_path, here) == was
    said = shell("--store", here, "store", "compact", "--forget-before", "4", "--yes")
    assert "1–3" in said
    assert past(tmp_path, here) == (was[0], was[1][3:], was[2])
    assert info(shell, here)["commits"] == 3
    forgotten = shell("--store", here, "undo", "2", code=3)
    assert "history up to revision 3 was dropped" in forgotten
    assert "no revision 99" in shell("--store", here, "undo", "99", code=3)
    shell("--store", here, "undo", "6")
    shell("--store", here, "store", "check")
    assert "没有更早" in shell(
        "--store", here, "store", "compact", "--forget-before", "2000-01-01", "--yes"
    )
    shell("--store", here, "store", "compact", "--forget-before", "+1d", "--yes")
    assert info(shell, here)["commits"] == 0
    assert past(tmp_path, here)[1] == []
    shell("--store", here, "add", "丁")
    shell("--store", here, "store", "check")


@pytest.mark.parametrize("wrong", ["99", "0", "someday"])
def test_what_is_no_revision_and_no_date_is_refused(shell, tmp_path, bytes_of, wrong) -> None:
    live(tmp_path, "json:crm.json")
    before = bytes_of(tmp_path)
    shell("store", "compact", "--forget-before", wrong, "--yes", code=2)
    assert bytes_of(tmp_path) == before


@pytest.mark.parametrize("target", KINDS)
def test_a_copy_holds_everything_and_needs_an_empty_place(shell, tmp_path, url, target) -> None:
    live(tmp_path, "json:crm.json")
    there = url(target, "there")
    said = shell("store", "copy", "json:crm.json", there)
    assert "crm.toml" in said
    assert past(tmp_path, there) == past(tmp_path, "json:crm.json")
    shell("--store", there, "store", "check")
    assert "holds 6 revisions" in shell("store", "copy", "json:crm.json", there, code=2)


@pytest.mark.parametrize("kind", LOCAL)
def test_a_copy_that_fails_leaves_nothing(shell, tmp_path, bytes_of, kind) -> None:
    before = bytes_of(tmp_path)
    assert "nothing to copy" in shell(
        "store", "copy", f"{kind}:absent.{kind}", f"{kind}:new.{kind}", code=2
    )
    assert bytes_of(tmp_path) == before
    live(tmp_path, f"{kind}:one.{kind}")
    before = bytes_of(tmp_path)
    shell("store", "copy", f"{kind}:one.{kind}", "json:absent/new.json", code=1)
    shell("store", "copy", f"{kind}:one.{kind}", "what:new", code=3)
    assert bytes_of(tmp_path) == before


def test_stores_are_copied_without_a_workspace_too(shell, tmp_path) -> None:
    live(tmp_path, "json:crm.json")
    (tmp_path / "crm.toml").unlink()
    shell("store", "copy", "json:crm.json", "sqlite:crm.db")
    assert past(tmp_path, "sqlite:crm.db") == past(tmp_path, "json:crm.json")


def test_the_demo_survives_every_move(shell, tmp_path) -> None:
    shell("demo", "--dir", "demo", "--no-board")
    folder = tmp_path / "demo"
    was = past(folder, "tinydb:crm.json")
    for step in (
        ("store", "copy", "tinydb:crm.json", "sqlite:a.db"),
        ("store", "copy", "sqlite:a.db", "json:b.json"),
        ("--store", "json:b.json", "store", "backup", "demo/c.gz"),
        ("--store", "sqlite:d.db", "store", "restore", "demo/c.gz"),
    ):
        shell("-C", "demo", *step)
    for url in ("tinydb:crm.json", "sqlite:a.db", "json:b.json", "sqlite:d.db"):
        assert past(folder, url) == was
        with Crm.open(url, directory=folder) as crm:
            assert list(crm.store.check(Codec(crm.fields))) == []
