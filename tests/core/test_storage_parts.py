"""The pieces file stores are built from keep their laws."""

from __future__ import annotations

import io

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from crmcore.customer import Customer
from crmcore.query import And, Compare, Query
from crmcore.storage import files, logscan
from crmcore.storage.ids import Ids
from crmcore.storage.index import Indexes
from crmcore.storage.logline import Turning, decode_line, encode_line, mentions, revision_of
from crmcore.storage.table import Table
from crmcore.storage.turns import RECORDING, turns_of
from crmcore.testing import CODEC

IDS = st.text("ab客1", min_size=1, max_size=4)
LINES = st.lists(st.integers(0, 40), max_size=12).map(
    lambda sizes: [
        encode_line("commit", {"revision": n, "pad": "值" * size})
        for n, size in enumerate(sizes, 1)
    ]
)


@given(st.lists(IDS, max_size=12), st.lists(IDS, max_size=6), st.text("ab客1", max_size=5))
def test_the_last_id_is_found_as_by_looking_at_all(first, more, prefix) -> None:
    ids = Ids(first)
    for customer_id in more:
        ids.add(customer_id)
    everyone = sorted({*first, *more})
    fitting = [i for i in everyone if i.startswith(prefix)]
    assert list(ids) == everyone
    assert list(ids.after(prefix)) == [i for i in everyone if i > prefix]
    assert ids.last(prefix) == max(fitting, key=lambda i: (len(i), i), default=None)


@given(LINES, st.integers(1, 64), st.integers(0, 14))
def test_lines_are_found_from_either_end(lines, block, since) -> None:
    head = b"header\n"
    file = io.BytesIO(head + b"".join(lines))
    end = len(file.getvalue())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logscan, "_BLOCK", block)
        back = list(logscan.lines_back(file, len(head), end))
    assert [line for _, line in back] == lines[::-1]
    assert all(file.getvalue()[at:].startswith(line) for at, line in back)
    start = logscan.start_after(file, since, len(head), end)
    assert file.getvalue()[start:end] == b"".join(lines[since:])


EDITS = st.sampled_from(
    [
        {"id": "C1", "kind": "update", "set": {"stage": ["lead", "won"]}},
        {"id": "C1", "kind": "update", "set": {"remarks": [None, '"stage":[']}},
        {"id": "C1", "kind": "create", "doc": {"id": "C1", "stage": "lead"}},
        {"id": "C1", "kind": "remove", "doc": {"id": "C1", "stage": "lead"}},
    ]
)
COMMITS = st.lists(
    st.fixed_dictionaries(
        {
            "at": st.just("2024-05-01T02:00:00Z"),
            "action": st.sampled_from(["edit", "import", "merge"]),
            "edits": st.lists(EDITS, min_size=1, max_size=3),
        },
        optional={"undoes": st.integers(1, 3), "reason": st.text(max_size=30)},
    ),
    max_size=6,
)


@given(COMMITS, st.integers(40, 400), st.integers(1, 2))
def test_turns_are_found_without_looking_at_each_line(commits, window, first) -> None:
    told = [{"revision": number, **commit} for number, commit in enumerate(commits, first)]
    if first == 1 and told and told[0]["action"] in RECORDING:  # before it there is nobody
        creates = [edit for edit in told[0]["edits"] if edit["kind"] == "create"]
        told[0] = {k: v for k, v in told[0].items() if k != "undoes"} | {"edits": creates}
    head = b"header\n"
    file = io.BytesIO(head + b"".join(encode_line("commit", commit) for commit in told))
    turning = Turning("stage")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logscan, "_WINDOW", window)
        lines = logscan.lines_turning(file, len(head), len(file.getvalue()), turning)
        found = []
        for _, line in lines:
            if (turn := turning.only(line)) is not None:
                found.append(turn)
            elif turning(line):
                found += turns_of([decode_line("commit", line)], "stage")
    assert found == list(turns_of(told, "stage"))


@given(st.text(), st.integers(0, 2**40))
def test_a_line_says_what_was_written(text, revision) -> None:
    body = {"revision": revision, "edits": [{"id": text}]}
    line = encode_line("commit", body)
    assert decode_line("commit", line) == body
    assert decode_line("header", line) is None
    assert revision_of(line) == revision
    assert mentions(text) in line
    assert line.count(b"\n") == 1


def test_any_changed_byte_of_a_line_is_noticed() -> None:
    line = encode_line("commit", {"revision": 1, "edits": [{"id": "客"}]})
    for place in range(len(line)):
        for bit in range(8):
            flipped = bytearray(line)
            flipped[place] ^= 1 << bit
            assert decode_line("commit", bytes(flipped)) is None


def test_a_turn_told_without_decoding_is_what_decoding_tells() -> None:
    commit = {
        "revision": 7, "at": "2024-05-01T02:00:00Z", "actor": "李", "action": "move", "reason": "因为",
        "edits": [{"id": "客1", "kind": "update", "set": {"stage": ["lead", "筛选"], "remarks": [None, "x"]}}],
    }  # fmt: skip
    line = encode_line("commit", commit)
    turning = Turning("stage")
    assert [turning.only(line)] == list(turns_of([commit], "stage"))
    for place in range(len(line)):
        flipped = bytearray(line)
        flipped[place] ^= 1
        assert turning.only(bytes(flipped)) is None
    several = commit | {"edits": commit["edits"] * 2}
    later = commit | {
        "edits": [{"id": "客1", "kind": "update", "set": {"a.b": [None, {"stage": ["x", "y"]}]}}]
    }
    undoing = commit | {"undoes": 3}
    for other in (several, later, undoing, commit | {"reason": 'said "no"'}):
        assert turning.only(encode_line("commit", other)) is None


FIELD = st.sampled_from(["external_id", "email", "phone"])
VALUE = st.sampled_from(["a", "b", "客"])
DOCS = st.dictionaries(IDS, st.dictionaries(FIELD, VALUE))


@given(DOCS, DOCS, st.lists(st.tuples(FIELD, st.lists(VALUE, max_size=3)), max_size=3))
def test_indexes_stay_true_while_documents_change(before, after, asked) -> None:
    docs = dict(before)
    indexes = Indexes(docs, lambda key: lambda doc: doc.get(key))
    where = And(tuple(Compare(key, "in", tuple(values)) for key, values in asked))
    indexes.narrow(where)  # makes them
    for customer_id in {*before, *after}:
        if (old := docs.pop(customer_id, None)) is not None:
            indexes.remove(customer_id, old)
        if customer_id in after:
            docs[customer_id] = after[customer_id]
            indexes.add(customer_id, docs[customer_id])
    ids, left = indexes.narrow(where)
    expected = {i for i, d in docs.items() if all(d.get(key) in values for key, values in asked)}
    assert (set(docs) if ids is None else ids) == expected
    assert left == And(())


def test_a_value_that_is_no_text_is_left_to_the_evaluator() -> None:
    doc = CODEC.encode(Customer(id="C1", phone="138")) | {"phone": 138}
    table = Table(CODEC)
    table.load({"C1": doc}, 1, ())
    assert len(table.find(Query(Compare("phone", "=", "138"))).customers) == 1


def test_taking_a_commit_in_twice_is_as_good_as_once() -> None:
    from datetime import UTC, datetime

    from crmcore.changes import Batch, Write

    table, at = Table(CODEC), datetime(2024, 5, 1, tzinfo=UTC)
    made = Customer(id="C1", owner="李娜")
    moved = evolve(made, owner="王伟", revision=1)
    for revision, write in enumerate(
        [Write(None, made), Write(evolve(made, revision=1), moved), Write(evolve(moved, revision=2), None)], 1
    ):  # fmt: skip
        raw = CODEC.encode_commit(revision, Batch((write,), at, "x", "edit"))
        table.apply(raw)
        docs = dict(table.docs)
        table.apply(raw)
        assert (table.docs, table.revision) == (docs, revision)
    assert table.retired == ("C1",)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path) -> None:
    path = tmp_path / "f"
    path.write_text("old")
    path.chmod(0o640)
    (tmp_path / ".f.new").write_text("left by a killed writer, longer than what comes")

    def half(new) -> None:
        new.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        files.replace_file(path, half)
    assert (path.read_text(), [p.name for p in tmp_path.iterdir()]) == ("old", ["f"])
    files.replace_file(path, lambda new: new.write_text("new") and None)
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)
