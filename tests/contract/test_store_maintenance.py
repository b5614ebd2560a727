"""Every bundled store can be checked, backed up, copied, rewritten and shortened."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, permutations
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url, text

from crmcore.changes import Batch, Write
from crmcore.customer import Customer
from crmcore.errors import ConflictError, CrmError, StoreError, UsageError
from crmcore.query import Page, Query
from crmcore.storage.backup import chronicle_of, read_backup, write_backup
from crmcore.storage.base import Footprint, Store
from crmcore.storage.chronicle import Chronicle, commit_to_json
from crmcore.storage.maintenance import (
    StoreFacts,
    advice,
    copy,
    last_before,
    not_held,
    set_aside,
)
from crmcore.storage.memory import MemoryStore
from crmcore.testing import CODEC
from crmcore.testing.contract_base import add, batch, change
from crmcore.testing.strategies import customers
from crmcore_json.store import JsonStore
from crmcore_sql.engines import postgresql_engine, sqlite_engine
from crmcore_sql.store import SqlStore
from crmcore_tinydb.store import TinyDbStore

SERVER = os.environ.get("CRMCORE_TEST_POSTGRESQL", "")
NOW = datetime(2024, 6, 1, tzinfo=UTC)
FILES = {"json": JsonStore, "tinydb": TinyDbStore}
LOCAL = (*FILES, "sqlite")
KINDS = (*LOCAL, *(["postgresql"] if SERVER else []))
Opens = Callable[..., Store]


@pytest.fixture(scope="session")
def databases(worker_id: str) -> Callable[[str], str]:
    """Addresses of new databases of this test process's own."""

    def make(name: str) -> str:
        full = f"crmcore_keep_{worker_id}_{name}"
        server = postgresql_engine(SERVER).execution_options(isolation_level="AUTOCOMMIT")
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE IF EXISTS {full} WITH (FORCE)"))
            connection.execute(text(f"CREATE DATABASE {full}"))
        server.dispose()
        return make_url(SERVER).set(database=full).render_as_string(hide_password=False)

    return make


@pytest.fixture
def opened(tmp_path, databases) -> Iterator[Opens]:
    """Opens the store of a kind under a name; the same medium for the same name. Closes all."""
    stores: list[Store] = []
    addresses: dict[str, str] = {}

    def open_it(kind: str, name: str = "crm") -> Store:
        path = tmp_path / f"{name}.{kind}"
        if kind in FILES:
            store: Store = FILES[kind](path, CODEC)
        elif kind == "sqlite":
            store = SqlStore(sqlite_engine(path), CODEC, "sqlite")
        else:
            address = addresses.setdefault(name, "") or databases(name)
            addresses[name] = address
            store = SqlStore(postgresql_engine(address), CODEC, "postgresql")
        stores.append(store)
        return store

    yield open_it
    for store in stores:
        store.close()


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    """Each kind of store that can be tested here."""
    return request.param


def live(store: Store) -> None:
    """A life of every kind of commit: ten revisions, an id retired, one retired and used again."""
    add(store, *(Customer(id=f"C{n}", company=f"某某{n}", tags=("展会",)) for n in range(1, 8)))
    change(store, "C1", stage="screening", remarks="\u2028 a\nb", **{"x.note": "[/red]"})
    change(store, "C2", company=None, tags=())
    store.commit(batch(Write(store.get("C7"), None), action="remove", reason="重复"))
    store.commit(batch(Write(store.get("C6"), None), action="remove"))
    add(store, Customer(id="C6", company="again"))
    at = datetime(2024, 5, 3, 4, 5, 6, tzinfo=UTC)
    before = store.get("C1")
    write = Write(before, before.with_values(stage="lead", **{"x.note": None}))
    store.commit(Batch((write,), at, "王伟", "undo", "看错了", 2))
    store.commit(Batch((), at + timedelta(days=1), "王伟", "nothing"))
    change(store, "C3", owner="李娜")
    store.commit(
        batch(*(Write(store.get(i), evolve(store.get(i), grade="A")) for i in ("C4", "C5")))
    )


def told(store: Store) -> tuple[object, ...]:
    """All that can be asked of a store."""
    return (
        store.revision,
        list(store.history()),
        list(store.find(Query()).customers),
        store.last_id("C"),
    )


def sound(store: Store) -> bool:
    """Whether a check finds nothing."""
    problems = list(store.check(CODEC))
    assert problems == []
    return True


# checks


def test_a_sound_store_has_no_problems(opened, kind) -> None:
    store = opened(kind)
    assert sound(store)
    live(store)
    assert sound(store)
    store.close()
    again = opened(kind)
    assert sound(again)
    change(again, "C1", remarks="on")
    assert sound(again)


class Lying(MemoryStore):
    """Answers questions with a customer changed and another left out."""

    def find(self, query: Query) -> Page:
        page = super().find(query)
        shown = tuple(c for c in page.customers if c.id != "C2")
        return evolve(page, customers=(evolve(shown[0], remarks="flipped"), *shown[1:]))


def test_a_store_of_any_kind_is_checked_by_its_answers() -> None:
    for made, wrong in (
        (MemoryStore, []),
        (Lying, ["Remarks of customer C1", "Customer C2 of the history is not there"]),
    ):
        store = made(CODEC)
        live(store)
        problems = list(store.check(CODEC))
        assert [p.startswith(w) for p, w in zip(problems, wrong, strict=True)] == [True] * len(
            wrong
        )


def test_values_that_a_later_plugin_writes_in_another_form_are_no_damage(opened, kind) -> None:
    store = opened(kind)
    add(store, Customer(id="C1", extra={"x.rate": 1.5}))  # a field is a number to its plugin
    change(store, "C1", remarks="x")
    change(store, "C1", **{"x.rate": None})
    assert sound(store)


# the whole past, elsewhere


@pytest.mark.parametrize(("source", "target"), list(permutations(KINDS, 2)))
def test_a_copy_is_the_same_in_another_kind_of_store(opened, source, target) -> None:
    one, other = opened(source, "one"), opened(target, "other")
    live(one)
    copy(one, other, CODEC)
    assert told(other) == told(one)
    assert sound(other)
    other.close()
    again = opened(target, "other")
    assert told(again) == told(one)
    assert add(again, Customer(id="C9")).revision == one.revision + 1
    assert sound(again)


def test_a_store_that_knows_only_commits_can_be_copied_from_and_to(opened, kind) -> None:
    one, memory, back = opened(kind, "one"), MemoryStore(CODEC), opened(kind, "back")
    live(one)
    copy(one, memory, CODEC)
    assert told(memory) == told(one)
    copy(memory, back, CODEC)
    assert told(back) == told(one)


@settings(max_examples=8)
@given(data=st.data())
def test_random_lives_survive_every_move(tmp_path_factory, data) -> None:
    folder = tmp_path_factory.mktemp("random")
    people = data.draw(st.lists(customers(), min_size=1, max_size=4))
    others = data.draw(st.lists(customers(), min_size=len(people), max_size=len(people)))
    with (
        SqlStore(sqlite_engine(folder / "a"), CODEC, "sqlite") as one,
        JsonStore(folder / "b", CODEC) as two,
        SqlStore(sqlite_engine(folder / "c"), CODEC, "sqlite") as three,
        TinyDbStore(folder / "d", CODEC) as four,
    ):
        add(one, *(evolve(c, id=f"C{n}") for n, c in enumerate(people)))
        for number, new in enumerate(others):
            before = one.get(f"C{number}")
            one.commit(batch(Write(before, evolve(new, id=before.id, revision=before.revision))))
        one.commit(batch(Write(one.get("C0"), None)))
        copy(one, two, CODEC)
        copy(two, three, CODEC)
        write_backup(three, folder / "backup", CODEC, NOW)
        four.rewrite(chronicle_of(folder / "backup"), CODEC, expected=0)
        assert told(one) == told(two) == told(three) == told(four)
        for store in (one, two, three, four):
            assert sound(store)
            middle = store.revision // 2
            store.forget(middle, CODEC)
            assert sound(store)
            assert told(store)[1] == list(one.history(since=middle))


@pytest.mark.parametrize(
    ("customers", "size", "outgrown"),
    [(100_000, 200_000_000, False), (100_001, 1, True), (1, 200_000_001, True)],
)
def test_a_team_is_told_when_it_has_outgrown_its_file(customers, size, outgrown) -> None:
    def told(serves: str, loads_whole: bool) -> str:
        footprint = Footprint(None, {"log": 1, "snapshot": size - 1}, serves, loads_whole)
        facts = StoreFacts(9, 0, customers, 9, None, footprint, ())
        said = advice(facts, "tinydb:crm.json")
        return "" if said is None else said.en

    move = "Move: crmcore store copy tinydb:crm.json sqlite:crm.db"
    assert told("machine", True).endswith(move) is outgrown
    assert outgrown or told("machine", True).startswith("It fits.")
    assert told("machine", False).startswith("It fits.")
    assert told("network", False) == ""


def test_copying_wants_something_to_copy_and_an_empty_store(opened, kind) -> None:
    one, other = opened(kind, "one"), opened(kind, "other")
    with pytest.raises(UsageError, match="nothing to copy"):
        copy(one, other, CODEC)
    add(one, Customer(id="C1"))
    add(other, Customer(id="C2"))
    with pytest.raises(UsageError, match="holds 1 revisions already"):
        copy(one, other, CODEC)
    assert other.get("C1") is None


def test_a_store_that_moved_on_is_not_rewritten(opened, kind) -> None:
    store, theirs = opened(kind), opened(kind)
    live(store)
    before = told(store)
    add(theirs, Customer(id="C8"))
    with pytest.raises(ConflictError, match="try again"):
        store.rewrite(Chronicle(), CODEC, expected=before[0])
    store.refresh()
    assert told(store) == told(theirs)


class BrokenError(Exception):
    """What a test raises."""


def breaking(chronicle: Chronicle, after: int, how: Callable[[], None]) -> Chronicle:
    """*chronicle*, but for *how* after that many commits."""

    def commits() -> Iterator[dict[str, object]]:
        for number, raw in enumerate(chronicle.commits):
            if number == after:
                how()
            yield raw

    return Chronicle(chronicle.base, commits())


def test_what_breaks_off_changes_nothing(opened, kind, tmp_path) -> None:
    one, other = opened(kind, "one"), opened(kind, "other")
    live(one)
    add(other, Customer(id="X"))
    before = told(other)

    def fail() -> None:
        raise BrokenError

    for store, expected in ((other, 1), (opened(kind, "new"), 0)):
        was = told(store)
        with pytest.raises(BrokenError):
            store.rewrite(breaking(one.chronicle(CODEC), 3, fail), CODEC, expected=expected)
        assert told(store) == was
        assert sound(store)
    assert told(opened(kind, "other")) == before
    assert not [f.name for f in tmp_path.iterdir() if f.name.endswith(".new")]


def test_a_history_with_a_gap_or_of_another_past_is_refused(opened, kind) -> None:
    one, other = opened(kind, "one"), opened(kind, "other")
    live(one)
    raws = list(one.chronicle(CODEC).commits)
    with pytest.raises(StoreError, match="Revision 3 is missing"):
        other.rewrite(Chronicle(commits=[*raws[:2], *raws[3:]]), CODEC, expected=0)
    second = {**raws[1], "revision": 1}
    with pytest.raises(StoreError, match="update of C1, who does not exist"):
        other.rewrite(Chronicle(commits=[second]), CODEC, expected=0)
    assert other.refresh() == 0


def test_commits_as_json_are_what_stores_keep(opened, kind) -> None:
    store = opened(kind)
    live(store)
    kept = [{k: v for k, v in raw.items() if k != "crc"} for raw in store.chronicle(CODEC).commits]
    assert [commit_to_json(CODEC, commit) for commit in store.history()] == kept


# forgetting


@pytest.mark.parametrize("revision", [1, 4, 9, 10])
def test_forgetting_keeps_the_customers_and_the_later_history(opened, kind, revision) -> None:
    store, theirs = opened(kind), opened(kind)
    live(store)
    theirs.refresh()
    _, history, held, last = told(store)
    store.forget(revision, CODEC)
    store.compact()
    for seen in (store, theirs, opened(kind)):
        seen.refresh()
        assert seen.base_revision == revision
        assert told(seen) == (10, history[revision:], held, last)
        assert list(seen.history(since=2)) == history[max(revision, 2) :]
        assert list(seen.history(newest_first=True)) == history[revision:][::-1]
        assert sound(seen)
    assert list(store.history("C4")) == [
        evolve(c, edits=mine)
        for c in history[revision:]
        if (mine := tuple(e for e in c.edits if e.id == "C4"))
    ]
    change(theirs, "C1", remarks="on")
    add(store, Customer(id="C8"))
    theirs.close()
    store.close()
    again = opened(kind)
    assert again.revision == 12
    assert sound(again)
    again.forget(11, CODEC)
    assert len(list(again.history())) == 1
    assert sound(again)


@pytest.mark.parametrize("target", KINDS)
def test_a_shortened_history_can_be_copied_and_backed_up(opened, kind, target, tmp_path) -> None:
    one, other, third = opened(kind, "one"), opened(target, "other"), opened(kind, "third")
    live(one)
    one.forget(6, CODEC)
    copy(one, other, CODEC)
    write_backup(other, tmp_path / "backup", CODEC, NOW)
    third.rewrite(chronicle_of(tmp_path / "backup"), CODEC, expected=0)
    for store in (other, third):
        assert told(store) == told(one)
        assert store.base_revision == 6
        assert sound(store)
        assert store.get("C7") is None
        assert store.last_id("C") == "C7"  # retired, and never given again


def test_a_store_that_cannot_begin_later_says_so(opened) -> None:
    one = opened("json")
    live(one)
    one.forget(3, CODEC)
    with pytest.raises(StoreError, match="begins after revision 3"):
        copy(one, MemoryStore(CODEC), CODEC)
    memory = MemoryStore(CODEC)
    with pytest.raises(StoreError, match="keeps its whole history"):
        memory.forget(3, CODEC)


def test_a_date_is_the_last_revision_before_it(opened, kind) -> None:
    store = opened(kind)
    for day in (1, 2, 2, 3):
        new = Customer(id=f"C{store.revision}")
        store.commit(Batch((Write(None, new),), datetime(2024, 5, day, 9, tzinfo=UTC), "x", "add"))
    for day, revision in ((1, 0), (2, 1), (3, 3), (4, 4)):
        assert last_before(store, CODEC, datetime(2024, 5, day, tzinfo=UTC)) == revision


# backups


def test_a_backup_says_what_it_holds_and_is_for_its_owner(opened, kind, tmp_path) -> None:
    store, path = opened(kind), tmp_path / "backup.gz"
    live(store)
    made = write_backup(store, path, CODEC, NOW)
    assert made == read_backup(path)
    assert (made.revision, made.customers, made.made_at) == (10, 6, NOW)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(UsageError, match="there already"):
        write_backup(store, path, CODEC, NOW)
    path.chmod(0o644)
    change(store, "C1", remarks="later")
    assert write_backup(store, path, CODEC, NOW, force=True).revision == 11
    assert path.stat().st_mode & 0o777 == 0o600
    assert sorted(f.name for f in tmp_path.iterdir() if "backup" in f.name) == ["backup.gz"]


def test_of_a_damaged_backup_nothing_is_restored(opened, tmp_path) -> None:
    store, path = opened("json"), tmp_path / "backup.gz"
    live(store)
    store.forget(2, CODEC)
    write_backup(store, path, CODEC, NOW)
    packed = path.read_bytes()
    plain = gzip.decompress(packed)
    lines = plain.splitlines(keepends=True)
    damaged = [
        *(packed[:end] for end in range(1, len(packed), 37)),
        *(
            packed[:at] + bytes([packed[at] ^ 1]) + packed[at + 1 :]
            for at in range(12, len(packed), 41)
        ),
        *(
            gzip.compress(b"".join([*lines[:n], *lines[n + 1 :]]))
            for n in (0, 1, 2, len(lines) - 1)
        ),
        gzip.compress(plain + plain),
        b"",
        b"not a backup",
        json.dumps({"a": 1}).encode(),
    ]
    for content in damaged:
        path.write_bytes(content)
        with pytest.raises((StoreError, UsageError)):
            read_backup(path)
            list(chronicle_of(path).commits)
            with MemoryStore(CODEC) as new:
                new.rewrite(chronicle_of(path), CODEC, expected=0)
    with pytest.raises(UsageError, match="cannot be read"):
        read_backup(tmp_path / "absent")


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_backup_is_whole_or_not_there(opened, tmp_path, monkeypatch, call) -> None:
    store = opened("json")
    live(store)
    target = tmp_path / "backup.gz"
    names = sorted(tmp_path.iterdir())

    def fails(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, fails)
    with pytest.raises(StoreError, match="There is no backup"):
        write_backup(store, target, CODEC, NOW)
    assert sorted(tmp_path.iterdir()) == names


def test_what_a_backup_lacks_is_named(opened, kind, tmp_path) -> None:
    store, path = opened(kind), tmp_path / "backup"
    live(store)
    write_backup(store, path, CODEC, NOW)

    def lacking(held: Store) -> int | None:
        return not_held(held.chronicle(CODEC), chronicle_of(path), CODEC)

    assert lacking(store) is None
    assert lacking(opened(kind, "new")) is None
    change(store, "C1", remarks="later")
    assert lacking(store) == 11
    store.forget(5, CODEC)
    assert lacking(store) == 11
    store.forget(11, CODEC)
    assert lacking(store) == 11
    other = opened(kind, "other")
    add(other, Customer(id="C1"))
    assert lacking(other) == 1
    write_backup(store, path, CODEC, NOW, force=True)  # it begins at 11
    assert lacking(store) is None
    assert lacking(other) == 1


# damage


def flipped(whole: bytes, step: int) -> Iterator[tuple[int, bytes]]:
    """*whole* with one bit of every *step*th byte the other way."""
    for at in range(0, len(whole), step):
        bit = 1 << (at % 8)
        yield at, whole[:at] + bytes([whole[at] ^ bit]) + whole[at + 1 :]


def found(open_it: Callable[[], Store]) -> bool:
    """Whether opening or checking finds something."""
    try:
        with open_it() as store:
            return bool(list(store.check(CODEC)))
    except CrmError:
        return True


@pytest.mark.parametrize("forgot", [0, 4])
@pytest.mark.parametrize("suffix", ["", ".log"])
@pytest.mark.parametrize("kind", list(FILES))
def test_every_flipped_bit_of_a_file_store_is_found(tmp_path, kind, suffix, forgot, one_in) -> None:
    path = tmp_path / "crm.json"
    with FILES[kind](path, CODEC) as store:
        live(store)
        if forgot:
            store.forget(forgot, CODEC)
    file = path.with_name(path.name + suffix)
    whole = file.read_bytes()
    missed = []
    for at, damaged in flipped(whole, one_in(23)):
        file.write_bytes(damaged)
        if not found(lambda: FILES[kind](path, CODEC)) and not same_json(whole, damaged):
            missed.append((at, whole[max(at - 20, 0) : at + 20]))
    assert missed == []


def same_json(one: bytes, other: bytes) -> bool:
    """Whether two files say the same, as far as anybody reads them: a space may become another."""
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False


def test_every_flipped_bit_of_a_database_is_found(tmp_path) -> None:
    path = tmp_path / "crm.db"
    with SqlStore(sqlite_engine(path), CODEC, "sqlite") as store:
        live(store)
        store.forget(3, CODEC)
        store.compact()
    whole = path.read_bytes()
    said = dump(path)
    used = [at for at, byte in enumerate(whole) if byte and at >= 100]  # zeros are free space
    missed = []
    for at in used[:: len(used) // 150]:
        flipped_one = whole[:at] + bytes([whole[at] ^ (1 << (at % 8))]) + whole[at + 1 :]
        path.write_bytes(flipped_one)
        told_of = found(lambda: SqlStore(sqlite_engine(path), CODEC, "sqlite"))
        if not told_of and dump(path) != said:  # opening mends what follows from other rows
            missed.append((at, whole[max(at - 20, 0) : at + 20]))
    assert missed == []


def dump(path: Path) -> list[str]:
    """All that a database says."""
    connection = sqlite3.connect(path)
    try:
        return sorted(connection.iterdump())
    finally:
        connection.close()


@pytest.mark.parametrize("kind", [k for k in KINDS if k not in FILES])
@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE customers SET doc = replace(doc, '某某1', '某某2')", "company of customer C1"),
        ("UPDATE customers SET k_company = '某某9' WHERE id = 'C3'", "k_company of customer C3"),
        ("UPDATE customers SET folded = '{}', keys = '{}' WHERE id = 'C3'", "keys of customer C3"),
        ("UPDATE customers SET revision = 2 WHERE id = 'C3'", "revision of customer C3"),
        ("UPDATE customers SET doc = '{' WHERE id = 'C3'", "C3 cannot be read"),
        ("UPDATE customers SET value_whole = 1 WHERE id = 'C3'", "value_whole of customer C3"),
        ("DELETE FROM customers WHERE id = 'C3'", "customer C3 of the history is not there"),
        ("UPDATE customers SET id = 'C33' WHERE id = 'C3'", "C33 is there, but not by the history"),
        ("UPDATE commits SET body = replace(body, '李娜', '李安')", "revision 1 does not fit"),
        ("UPDATE commits SET body = '' WHERE revision = 4", "revision 4 does not fit"),
        ("UPDATE commits SET revision = 77 WHERE revision = 10", "revision 77 does not fit"),
        ("DELETE FROM commits WHERE revision = 5", "revision 6 follows revision 4"),
        ("DELETE FROM touched WHERE revision = 9", "whom revision 9 changed"),
        ("UPDATE touched SET customer_id = 'C5' WHERE revision = 9", "whom revision 9 changed"),
        ("INSERT INTO touched VALUES ('C1', 99, NULL)", "names revision 99"),
        ("DELETE FROM past WHERE until = 9", "what revision 9 replaced"),
        ("UPDATE past SET k_owner = 'Bo' WHERE until = 9", "what revision 9 replaced"),
        ("UPDATE past SET until = 99 WHERE until = 9", "revisions that are not there"),
        (
            "UPDATE facts SET number = 11 WHERE name = 'revision'",
            "does not fit the commits in revision",
        ),
        ("INSERT INTO facts VALUES ('base', 3, '')", "begins with does not fit its checksum"),
    ],
)
def test_a_row_that_is_not_what_the_commits_say_is_found(opened, kind, statement, says) -> None:
    store = opened(kind)
    live(store)
    with store._engine.begin() as connection:
        connection.execute(text(statement))
    problems = list(store.check(CODEC))
    assert any(says.casefold() in problem.casefold() for problem in problems), problems
    assert all(problem.endswith(("FILE`.", "again.")) for problem in problems)


def test_a_cut_off_log_and_a_lost_snapshot_are_told_apart(opened, tmp_path) -> None:
    live(opened("json"))
    log = tmp_path / "crm.json.log"
    whole = log.read_bytes()
    log.write_bytes(whole + b'{"crc":"0000')
    (problem,) = opened("json").check(CODEC)
    assert "12 bytes that are no whole commit" in problem
    log.write_bytes(whole)
    assert sound(opened("json"))  # without a snapshot, which is only there to open faster


# killed in between


def killed_at(step: int, work: Callable[[], None]) -> bool:
    """Run *work* in a process that is killed at its nth sync or renaming; whether it was."""
    child = os.fork()
    if not child:
        number = count(1)
        for name in ("fsync", "replace", "rename"):
            real = getattr(os, name)

            def once_more(*args: object, real: Callable[..., object] = real) -> object:
                if next(number) == step:
                    os._exit(9)
                return real(*args)

            setattr(os, name, once_more)
        try:
            work()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


@pytest.mark.parametrize("kind", list(FILES))
@pytest.mark.parametrize("close_first", [True, False])
def test_a_store_killed_while_it_forgets_is_as_before_or_after(tmp_path, kind, close_first) -> None:
    steps = 0
    for step in count(1):
        path = tmp_path / f"{step}.json"
        store = FILES[kind](path, CODEC)
        live(store)
        if close_first:  # there is a snapshot then
            store.close()
            store = FILES[kind](path, CODEC)
        whole = told(store)

        def work(path: Path = path) -> None:
            mine = FILES[kind](path, CODEC)
            mine.forget(4, CODEC)
            mine.forget(6, CODEC)
            mine.compact()

        killed = killed_at(step, work)
        with FILES[kind](path, CODEC) as again:
            base = again.base_revision
            assert base in ((0, 4, 6) if killed else (6,))
            assert told(again) == (whole[0], whole[1][base:], *whole[2:])
            assert sound(again)
            change(again, "C1", remarks="on")
        store.refresh()
        assert store.get("C1").remarks == "on"
        store.close()
        with FILES[kind](path, CODEC) as again:
            assert sound(again)
        if not killed:
            break
        steps += 1
    assert steps >= 8


@pytest.mark.parametrize("kind", list(FILES))
def test_a_copy_that_is_killed_is_whole_or_not_there(opened, tmp_path, kind) -> None:
    one = opened("sqlite", "one")
    live(one)
    raws = list(one.chronicle(CODEC).commits)
    for step in count(1):
        path = tmp_path / f"{step}.json"

        def work(path: Path = path) -> None:
            FILES[kind](path, CODEC).rewrite(Chronicle(commits=raws), CODEC, expected=0)

        killed = killed_at(step, work)
        with FILES[kind](path, CODEC) as store:
            assert store.revision in ((0, one.revision) if killed else (one.revision,))
            if not store.revision:
                copy(one, store, CODEC)
            assert told(store) == told(one)
            assert sound(store)
        if not killed:
            break
    assert step > 4


def test_a_database_killed_while_it_is_rewritten_is_as_before(opened, tmp_path) -> None:
    one = opened("json", "one")
    live(one)
    raws = list(one.chronicle(CODEC).commits)
    with SqlStore(sqlite_engine(tmp_path / "crm.db"), CODEC, "sqlite") as store:
        add(store, Customer(id="X"))

    def work() -> None:
        mine = SqlStore(sqlite_engine(tmp_path / "crm.db"), CODEC, "sqlite")
        broken = breaking(Chronicle(commits=raws), 5, lambda: os._exit(9))
        mine.rewrite(broken, CODEC, expected=1)

    assert killed_at(0, work)
    with SqlStore(sqlite_engine(tmp_path / "crm.db"), CODEC, "sqlite") as store:
        assert store.revision == 1
        assert store.get("X") is not None
        assert sound(store)


@pytest.mark.parametrize("kind", list(LOCAL))
def test_what_cannot_be_opened_is_set_aside_whole(opened, kind, tmp_path) -> None:
    live(opened(kind))
    path = tmp_path / f"crm.{kind}"
    aside = set_aside(path, "before")
    assert not [f.name for f in tmp_path.iterdir() if f.name in (path.name, f"{path.name}.log")]
    assert aside.parent == tmp_path
    new = opened(kind)
    assert new.revision == 0
    with pytest.raises(UsageError, match="no file"):
        set_aside(tmp_path / "absent", "before")
