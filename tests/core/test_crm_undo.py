"""Every commit can be taken back, unless that would overwrite later work."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmcore.crm import Crm
from crmcore.errors import ConflictError, CrmError, NotFoundError


def state(crm):
    """All customers, without the revision that every write advances."""
    return {c.id: dict(crm.fields.known_values(c)) for c in crm.find().customers}


def test_undo_and_redo_of_each_verb(crm) -> None:
    lead = crm.add(company="A", source="Fair", phone="138")
    verbs = [
        lambda: crm.edit(lead.id, remarks="x"),
        lambda: crm.move(lead.id),
        lambda: crm.assign(lead.id, "Bo"),
        lambda: crm.log(lead.id, "hello", "call"),
        lambda: crm.grade(lead.id, "A", "because"),
        lambda: crm.lose(lead.id, "gone"),
        lambda: crm.reopen(lead.id, "back"),
        lambda: crm.refer(lead.id, {"company": "Friend"}),
    ]
    for verb in verbs:
        before = state(crm)
        verb()
        after = state(crm)
        assert after != before
        crm.undo()
        assert state(crm) == before
        crm.redo()
        assert state(crm) == after


def test_undo_walks_back_and_redo_forward_again(crm) -> None:
    states = [state(crm)]
    lead = crm.add(company="A")
    for remark in ("1", "2", "3"):
        states.append(state(crm))
        crm.edit(lead.id, remarks=remark)
    newest = state(crm)
    for expected in reversed(states):
        crm.undo()
        assert state(crm) == expected
    with pytest.raises(NotFoundError):
        crm.undo()
    for expected in [*states[1:], newest]:
        crm.redo()
        assert state(crm) == expected
    with pytest.raises(NotFoundError):
        crm.redo()


def test_a_new_change_ends_redo(crm) -> None:
    lead = crm.add(company="A")
    crm.edit(lead.id, remarks="1")
    crm.undo()
    crm.edit(lead.id, remarks="2")
    with pytest.raises(NotFoundError):
        crm.redo()


def test_undo_of_an_older_commit_leaves_later_work_on_other_fields(crm) -> None:
    lead = crm.add(company="A")
    edited = crm.edit(lead.id, remarks="1")
    crm.edit(lead.id, contact="Bo")
    crm.undo(edited.revision)
    now = crm.get(lead.id)
    assert (now.remarks, now.contact) == (None, "Bo")


def test_undo_is_refused_where_it_would_overwrite(crm) -> None:
    lead = crm.add(company="A")
    edited = crm.edit(lead.id, remarks="1")
    crm.edit(lead.id, remarks="2")
    with pytest.raises(ConflictError, match="remarks") as refused:
        crm.undo(edited.revision)
    assert [c.field for c in refused.value.fields] == ["remarks"]
    with pytest.raises(ConflictError):
        crm.undo(lead.revision)
    assert crm.get(lead.id).remarks == "2"


def test_a_seller_undoes_what_is_theirs(crm) -> None:
    theirs = Crm(crm.store, crm.host, crm.config, crm.clock, "Wang Qiang")
    mine, other = crm.add(company="A"), theirs.add(company="B")
    theirs.edit(other.id, remarks="theirs")
    crm.undo()
    assert set(state(crm)) == {other.id}
    assert crm.get(other.id).remarks == "theirs"
    assert mine.id not in state(crm)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.sampled_from(["edit", "move", "assign", "lose", "reopen", "undo", "redo"]),
                  st.integers(0, 3)),
        max_size=12,
    )
)  # fmt: skip
def test_replaying_the_commits_gives_the_state(crm, steps) -> None:
    ids = [crm.add(company=f"C{n}", source="s", phone=str(n)).id for n in range(2)]
    for verb, n in steps:
        try:
            match verb:
                case "edit":
                    crm.edit(ids[n % 2], remarks=str(n), tags=f"a;{n}")
                case "move":
                    crm.move(ids[n % 2], force=True, reason="why not")
                case "assign":
                    crm.assign(ids[n % 2], f"owner {n}")
                case "lose":
                    crm.lose(ids[n % 2], "gone")
                case "reopen":
                    crm.reopen(ids[n % 2], "back")
                case "undo":
                    crm.undo()
                case "redo":
                    crm.redo()
        except CrmError:
            continue
    replayed: dict[str, dict[str, object]] = {}
    for commit in crm.history():
        for edit in commit.edits:
            if edit.kind == "remove":
                del replayed[edit.id]
                continue
            fields = replayed.setdefault(edit.id, {})
            for change in edit.changes:
                fields[change.field] = change.after
    known = {
        i: {k: v for k, v in fields.items() if v is not None and v != ()}
        for i, fields in replayed.items()
    }
    assert known == state(crm)
