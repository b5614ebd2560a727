"""A file store and its medium: what it refuses, what it mends, what it leaves alone."""

from __future__ import annotations

import errno
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from crmcore.changes import Batch, Commit, Write
from crmcore.customer import Customer
from crmcore.errors import StoreError
from crmcore.query import Query
from crmcore.storage import filestore
from crmcore.storage.logline import encode_line
from crmcore.testing import CODEC
from crmcore_json.store import JsonStore

AT = datetime(2024, 5, 1, tzinfo=UTC)


@pytest.fixture
def path(tmp_path) -> Path:
    """Where the store is."""
    return tmp_path / "crm.json"


@pytest.fixture
def log(path) -> Path:
    """Where its log is."""
    return path.with_name("crm.json.log")


def add(store: JsonStore, customer_id: str, **values: object) -> Commit:
    """Commit one new customer."""
    new = Customer(id=customer_id).with_values(**values)
    return store.commit(Batch((Write(None, new),), AT, "x", "add"))


def ids(store: JsonStore) -> str:
    """Who is there."""
    return " ".join(customer.id for customer in store.find(Query()).customers)


def filled(path: Path, *customer_ids: str) -> JsonStore:
    """A store on *path* with these customers, not closed."""
    store = JsonStore(path, CODEC)
    for customer_id in customer_ids:
        add(store, customer_id)
    return store


def seen_in(folder: Path) -> dict[str, bytes]:
    """Every file there and its bytes."""
    return {f.name: f.read_bytes() for f in folder.iterdir() if f.is_file()}


# the tail


def test_a_torn_tail_is_cut_off_and_told(path, log) -> None:
    filled(path, "A")
    whole = log.read_bytes()
    torn = b'{"crc":"00000000","commit":{"rev' + b"x" * 5000  # longer than what is written next
    log.write_bytes(whole + torn)
    store = JsonStore(path, CODEC)
    assert store.warnings == ()  # nothing is written by looking
    add(store, "B")
    assert f"{len(torn)} bytes of an unfinished commit were cut off" in store.warnings[0]
    assert log.read_bytes().startswith(whole)
    assert b"xxx" not in log.read_bytes()
    assert ids(JsonStore(path, CODEC)) == "A B"
    assert not path.with_name("crm.json.log.cut").exists()


def test_a_whole_line_that_cannot_be_read_is_cut_off_but_kept(path, log) -> None:
    filled(path, "A", "B")
    head, line = log.read_bytes().rsplit(b"\n", 2)[:2]
    flipped = line.replace(b'"B"', b'"X"') + b"\n"
    log.write_bytes(head + b"\n" + flipped)
    store = JsonStore(path, CODEC)
    assert ids(store) == "A"
    add(store, "C")
    assert "crm.json.log.cut" in store.warnings[0]
    assert path.with_name("crm.json.log.cut").read_bytes() == flipped
    assert ids(JsonStore(path, CODEC)) == "A C"


def test_damage_names_the_file_and_the_line(path, log) -> None:
    filled(path, *"ABCD")
    log.write_bytes(log.read_bytes().replace(b'"B"', b'"X"', 1))
    before = seen_in(path.parent)
    with pytest.raises(StoreError, match=r"crm\.json\.log is damaged in line 3"):
        JsonStore(path, CODEC)
    assert seen_in(path.parent) == before


def test_damage_under_a_running_store_ends_its_history_not_silently(path, log) -> None:
    store = filled(path, *"ABCD")
    log.write_bytes(log.read_bytes().replace(b'"B"', b'"X"', 1))
    for newest_first in (False, True):
        with pytest.raises(StoreError, match="line 3"):
            list(store.history(newest_first=newest_first))
    assert [c.revision for c in store.history(since=2)] == [3, 4]


def test_commits_that_do_not_follow_each_other_are_refused(path, log) -> None:
    filled(path, *"ABC")
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join((*lines[:2], lines[3])))
    with pytest.raises(StoreError, match="revision 3 follows 1"):
        JsonStore(path, CODEC)


# the two files together


def test_a_log_that_was_lost_is_missed(path, log) -> None:
    filled(path, "A").close()
    log.unlink()
    before = seen_in(path.parent)
    with pytest.raises(StoreError, match=r"has lost its log crm\.json\.log"):
        JsonStore(path, CODEC)
    assert seen_in(path.parent) == before


def test_an_older_log_than_the_snapshot_is_refused(path, log) -> None:
    store = filled(path, "A")
    older = log.read_bytes()
    add(store, "B")
    store.close()
    log.write_bytes(older)
    with pytest.raises(StoreError, match="ends before revision 2"):
        JsonStore(path, CODEC)


def test_another_stores_log_is_refused(path, log, tmp_path) -> None:
    filled(path, "A").close()
    filled(tmp_path / "other.json", "A", "B").close()
    log.write_bytes((tmp_path / "other.json.log").read_bytes())
    with pytest.raises(StoreError, match="do not belong together"):
        JsonStore(path, CODEC)


def test_a_replaced_store_is_noticed_by_who_has_it_open(path, log, tmp_path) -> None:
    mine = filled(path, "A")
    new = filled(tmp_path / "new.json", *"PQR")
    log.unlink()
    (tmp_path / "new.json.log").rename(log)
    assert mine.refresh() == 3
    assert ids(mine) == "P Q R"
    assert [c.edits[0].id for c in mine.history(newest_first=True)] == ["R", "Q", "P"]
    new.close()


def test_a_store_that_went_back_is_refused_by_who_has_it_open(path, log) -> None:
    store = filled(path, "A")
    older = log.read_bytes()
    add(store, "B")
    log.write_bytes(older)
    with pytest.raises(StoreError, match="shortened or replaced while it was in use"):
        store.refresh()
    assert ids(store) == "A B"


def test_two_names_of_one_file_share_its_log(path, tmp_path) -> None:
    filled(path, "A").close()
    link = tmp_path / "link.json"
    link.symlink_to(path)
    store = JsonStore(link, CODEC)
    add(store, "B")
    store.close()
    assert link.is_symlink()
    assert ids(JsonStore(path, CODEC)) == "A B"


# what is not ours


@pytest.mark.parametrize(
    "content",
    [b"not json", b"\xff\xfe\x00", b"[1, 2]", b'"text"', b"{}", b'{"crmcore": 5}', b'{"_default": {}}',
     b'{"crmcore": {"format": "crmcore-json"}}', b'{"crmcore": {"format": "crmcore-json", "schema": 1}}',
     b'{"crmcore": {"1": {"format": "crmcore-tinydb"}}, "customers": {}}', b"[" * 100_000],
    ids=lambda content: content[:24].decode("latin-1"),
)  # fmt: skip
def test_a_file_that_is_not_ours_is_named_and_left_alone(path, content) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreError, match=r"crm\.json is not a .*\. Nothing was changed") as refused:
        JsonStore(path, CODEC)
    assert "\n" not in str(refused.value)
    assert seen_in(path.parent) == {"crm.json": content}


@pytest.mark.parametrize("content", [b"my own notes", b"my own\nnotes\n", b"x" * 9999])
def test_a_log_that_is_not_ours_is_left_alone(path, log, content) -> None:
    log.write_bytes(content)
    with pytest.raises(StoreError, match=r"crm\.json\.log is not a crmcore log"):
        JsonStore(path, CODEC)
    assert seen_in(path.parent) == {"crm.json.log": content}


def test_a_newer_log_is_refused(path, log) -> None:
    header = {"format": "crmcore-log", "schema": 9, "id": "x", "base_revision": 0}
    log.write_bytes(encode_line("header", header))
    with pytest.raises(StoreError, match=r"crm\.json\.log was written by a newer crmcore"):
        JsonStore(path, CODEC)


def test_a_log_that_was_cut_off_while_it_was_made_is_made_again(path, log) -> None:
    header = encode_line("header", {"format": "crmcore-log", "schema": 1, "id": "x"})
    for end in (0, 1, 5, 30, len(header) - 1):
        log.write_bytes(header[:end])
        store = filled(path, "A")
        assert ids(JsonStore(path, CODEC)) == "A"
        store._log.close()
        log.unlink()


def test_a_path_that_is_no_file_is_refused(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    refusals = [
        ("pipe", "not a regular file"),
        ("file/crm.json", "no folder"),
        (".", "is a folder"),
        ("loop", "cannot be read: Too many levels"),
    ]
    for name, told in refusals:
        with pytest.raises(StoreError, match=told):
            JsonStore(tmp_path / name, CODEC)


# the disk


def failing(number: int):
    """A system call that fails."""

    def call(*args: object) -> None:
        raise OSError(number, os.strerror(number))

    return call


@pytest.mark.parametrize(("name", "number"), [("pwrite", errno.ENOSPC), ("fsync", errno.EIO)])
def test_the_first_commit_on_a_failing_disk_can_be_repeated(
    path, monkeypatch, name, number
) -> None:
    store = JsonStore(path, CODEC)
    monkeypatch.setattr(os, name, failing(number))
    with pytest.raises(
        StoreError, match=r"crm\.json\.log cannot be written: .*Nothing was changed"
    ):
        add(store, "A")
    assert (store.revision, ids(store), ids(JsonStore(path, CODEC))) == (0, "", "")
    monkeypatch.undo()
    assert add(store, "A").revision == 1
    assert ids(JsonStore(path, CODEC)) == "A"


def test_a_text_that_cannot_be_stored_is_refused(path) -> None:
    store = filled(path, "A")
    with pytest.raises(StoreError, match="half a character"):
        add(store, "B", remarks="\ud800")
    add(store, "C")
    assert ids(JsonStore(path, CODEC)) == "A C"


class NoSnapshots(JsonStore):
    """A format that cannot write."""

    def write_snapshot(self, path, snapshot) -> None:
        raise RuntimeError("the format is broken")


def test_a_snapshot_that_fails_does_not_fail_a_commit(path, monkeypatch) -> None:
    monkeypatch.setattr(filestore, "LARGE_TAIL", 0)
    store = NoSnapshots(path, CODEC)
    add(store, "A")
    add(store, "B")  # the one that would write it
    assert "could not be brought up to date: the format is broken" in store.warnings[0]
    with pytest.raises(StoreError, match="Nothing is lost"):
        store.checkpoint()
    store.close()
    assert ids(JsonStore(path, CODEC)) == "A B"
    assert sorted(f.name for f in path.parent.iterdir()) == ["crm.json.lock", "crm.json.log"]


def test_damage_is_set_aside_under_a_name_of_its_own_each_time(path) -> None:
    filled(path, "A").close()
    for text in ("{broken", "{again"):
        path.write_text(text)
        store = JsonStore(path, CODEC)
        assert path.read_text() == text
        store.checkpoint()
        store.close()
    aside = [path.with_name(f"crm.json.damaged{n}").read_text() for n in ("", "-1")]
    assert aside == ["{broken", "{again"]
    assert ids(JsonStore(path, CODEC)) == "A"


# what it costs


def test_a_commit_writes_one_line_and_nothing_else(path, log) -> None:
    filled(path, *(f"C{n:03}" for n in range(50))).close()
    store = JsonStore(path, CODEC)
    size, snapshot = log.stat().st_size, path.stat()
    add(store, "D", remarks="x")
    grown = log.read_bytes()[size:]
    assert (grown.count(b"\n"), len(grown) < 300) == (1, True)
    now = path.stat()
    assert (now.st_ino, now.st_mtime_ns) == (snapshot.st_ino, snapshot.st_mtime_ns)


def test_a_commit_is_synced_behind_its_last_byte(path, log, monkeypatch) -> None:
    store = filled(path, "A")
    calls: list[tuple[str, int]] = []
    for name in ("pwrite", "fsync"):
        real = getattr(os, name)

        def call(descriptor: int, *args: object, name=name, real=real) -> object:
            done = real(descriptor, *args)
            calls.append((name, os.fstat(descriptor).st_size))
            assert os.path.samestat(os.fstat(descriptor), log.stat())
            return done

        monkeypatch.setattr(os, name, call)
    add(store, "B")
    assert calls == [("pwrite", log.stat().st_size), ("fsync", log.stat().st_size)]


def test_the_snapshot_follows_when_the_tail_outgrows_it(path, log, monkeypatch) -> None:
    monkeypatch.setattr(filestore, "LARGE_TAIL", 500)
    store = JsonStore(path, CODEC)
    written = []
    for number in range(60):
        add(store, f"C{number}", remarks="x" * 100)
        written.append(path.stat().st_mtime_ns if path.exists() else 0)
    assert 3 <= len(set(written)) - 1 <= 8  # rarer and rarer: each time for as much again
    assert ids(JsonStore(path, CODEC)) == ids(store)


def test_opening_reads_the_tail_only(path, log) -> None:
    filled(path, "A", "B").close()
    add(JsonStore(path, CODEC), "C")
    damaged = log.read_bytes().replace(b'"A"', b'"X"', 1)
    log.write_bytes(damaged)
    assert ids(JsonStore(path, CODEC)) == "A B C"  # the snapshot stands for what is before it


# several programs


def test_a_commit_behind_a_lock_names_it(path) -> None:
    store = filled(path, "A")
    store.lock_seconds = 0.05
    with FileLock(path.with_name("crm.json.lock")):
        with pytest.raises(StoreError, match=r"crm\.json\.lock is held by another program"):
            add(store, "B")
        assert ids(store) == "A"
        store.close()  # others hold it: they, or the next to open it, write the snapshot
    assert ids(JsonStore(path, CODEC)) == "A"
