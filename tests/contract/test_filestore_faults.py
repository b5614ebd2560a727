"""What a file store survives: torn tails, damage, a disk that fails."""

from __future__ import annotations

import errno
import json
import os

import pytest
from filelock import FileLock

from crmcore.crm import Crm
from crmcore.errors import ConflictError, CrmError, StoreError
from crmcore.query import Query
from crmcore.storage.base import Store
from crmcore.testing import CODEC
from crmcore_json.store import JsonStore
from crmcore_tinydb.store import TinyDbStore

SCHEMES = ["json", "tinydb"]


@pytest.fixture(params=SCHEMES)
def scheme(request) -> str:
    """Each bundled file format."""
    return request.param


@pytest.fixture
def opened(scheme, tmp_path):
    """Opens the same store again and again; closes nothing, as a crash would not."""

    def open_it() -> Crm:
        return Crm.open(f"{scheme}:crm.json", directory=tmp_path, actor="tester")

    return open_it


@pytest.fixture
def bare(scheme, tmp_path):
    """Opens its store alone, which is quicker than a workspace around it."""
    kind = {"json": JsonStore, "tinydb": TinyDbStore}[scheme]
    return lambda: kind(tmp_path / "crm.json", CODEC)


def names(crm: Crm) -> list[str | None]:
    """Who is there."""
    return held(crm.store)


def held(store: Store) -> list[str | None]:
    """Who is in *store*."""
    return [customer.company for customer in store.find(Query()).customers]


def test_everything_is_there_after_a_crash_and_after_a_close(opened) -> None:
    crm = opened()
    for name in ("A", "乙", "[/red]"):
        crm.add(company=name)
    assert names(opened()) == ["A", "乙", "[/red]"]
    crm.close()
    again = opened()
    assert names(again) == ["A", "乙", "[/red]"]
    assert [commit.revision for commit in again.history()] == [1, 2, 3]


def test_the_file_itself_is_plain_after_a_close(opened, scheme, tmp_path) -> None:
    with opened() as crm:
        customer_id = crm.add(company="A").id
    if scheme == "tinydb":
        from tinydb import TinyDB

        (doc,) = TinyDB(tmp_path / "crm.json").table("customers").all()
    else:
        doc = json.loads((tmp_path / "crm.json").read_text("utf-8"))["customers"][customer_id]
    assert (doc["id"], doc["company"]) == (customer_id, "A")


def test_opening_makes_no_file(opened, tmp_path) -> None:
    opened().close()
    assert list(tmp_path.iterdir()) == []


def test_a_tail_torn_at_any_byte_loses_only_what_was_never_acknowledged(
    opened, bare, tmp_path, one_in
) -> None:
    crm = opened()
    crm.add(company="A")
    log = tmp_path / "crm.json.log"
    kept = log.stat().st_size
    crm.add(company="B")
    whole = log.read_bytes()
    for end in (*range(kept, len(whole) - 3, one_in(5)), *range(len(whole) - 3, len(whole))):
        log.write_bytes(whole[:end])
        with bare() as torn:
            assert held(torn) == ["A"]
    opened().add(company="C")
    assert names(opened()) == ["A", "C"]


def test_a_flipped_byte_in_the_last_line_is_never_taken_for_data(
    opened, bare, tmp_path, one_in
) -> None:
    crm = opened()
    crm.add(company="A")
    log = tmp_path / "crm.json.log"
    kept = log.stat().st_size
    crm.add(company="B")
    whole = log.read_bytes()
    for place in range(kept, len(whole), one_in(5)):
        flipped = bytearray(whole)
        flipped[place] ^= 0x10
        log.write_bytes(flipped)
        with bare() as store:
            assert held(store) == ["A"]


def test_damage_before_acknowledged_lines_is_refused_not_skipped(opened, tmp_path) -> None:
    crm = opened()
    for name in "ABC":
        crm.add(company=name)
    log = tmp_path / "crm.json.log"
    lines = log.read_bytes().splitlines(keepends=True)
    lines[2] = lines[2].replace(b'"B"', b'"X"')
    log.write_bytes(b"".join(lines))
    with pytest.raises(StoreError, match=r"crm\.json\.log is damaged"):
        opened()


def test_a_damaged_snapshot_is_rebuilt_from_the_log_and_kept_aside(opened, tmp_path) -> None:
    with opened() as crm:
        crm.add(company="A")
    path = tmp_path / "crm.json"
    whole = path.read_bytes()
    for end in (1, len(whole) // 2, len(whole) - 2):
        path.write_bytes(whole[:end])
        again = opened()
        assert names(again) == ["A"]
        assert "damaged" in again.warnings[0]
    again.store.checkpoint()
    assert (tmp_path / "crm.json.damaged").read_bytes() == whole[:end]
    assert opened().warnings == ()


def test_a_full_disk_is_told_changes_nothing_and_passes(opened, tmp_path, monkeypatch) -> None:
    crm = opened()
    crm.add(company="A")
    before = (tmp_path / "crm.json.log").read_bytes()
    real = os.pwrite

    def full(descriptor: int, data: bytes, offset: int) -> int:
        if len(data) > 20:
            return real(descriptor, data[:20], offset)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(StoreError, match="No space left"):
        crm.add(company="B")
    assert names(crm) == ["A"]
    assert (tmp_path / "crm.json.log").read_bytes() == before
    monkeypatch.undo()
    crm.add(company="C")
    assert names(opened()) == ["A", "C"]


def test_a_disk_that_does_not_sync_acknowledges_nothing(opened, monkeypatch) -> None:
    crm = opened()
    crm.add(company="A")

    def fails(descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(StoreError):
        crm.add(company="B")
    monkeypatch.undo()
    assert names(crm) == names(opened()) == ["A"]


def test_others_commits_are_seen_and_conflicts_are_not_overwritten(opened) -> None:
    mine, theirs = opened(), opened()
    lead = mine.add(company="A")
    theirs.refresh()
    theirs.edit(lead.id, remarks="theirs")
    with pytest.raises(ConflictError):
        mine.edit(lead.id, remarks="mine", expected=lead.revision)
    mine.refresh()
    assert mine.get(lead.id).remarks == "theirs"
    mine.edit(lead.id, contact="Bo")
    theirs.refresh()
    assert (theirs.get(lead.id).contact, theirs.get(lead.id).remarks) == ("Bo", "theirs")


def test_a_lock_that_is_held_is_told(opened, tmp_path) -> None:
    crm = opened()
    crm.store.lock_seconds = 0.05
    with (
        FileLock(tmp_path / "crm.json.lock"),
        pytest.raises(StoreError, match="another program"),
    ):
        crm.add(company="A")
    crm.add(company="B")


def test_a_newer_file_is_refused(opened, scheme, tmp_path) -> None:
    with opened() as crm:
        crm.add(company="A")
    path = tmp_path / "crm.json"
    path.write_text(path.read_text("utf-8").replace('"schema": 1', '"schema": 9'), "utf-8")
    with pytest.raises(StoreError, match="newer crmcore"):
        opened()


def test_the_other_formats_file_is_refused(opened, scheme, tmp_path) -> None:
    with opened() as crm:
        crm.add(company="A")
    other = next(s for s in SCHEMES if s != scheme)
    with pytest.raises(StoreError, match=r"crm\.json is not a"):
        Crm.open(f"{other}:crm.json", directory=tmp_path)


def test_errors_of_the_store_are_ours(opened, tmp_path) -> None:
    crm = opened()
    crm.add(company="A")
    (tmp_path / "crm.json.log").write_bytes(b"")
    with pytest.raises(CrmError, match="Open it again"):
        crm.refresh()
