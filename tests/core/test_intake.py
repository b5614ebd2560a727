"""Imports: what a plan says, and that applying it does just that."""

from __future__ import annotations

import pytest
from attrs import evolve

from crmcore.errors import ConflictError
from crmcore.hooktypes import Draft


def outcomes(a_plan):
    """Row number → outcome."""
    return {row.number: row.outcome for row in a_plan.rows}


def test_new_rows_land_where_the_sheet_says_with_their_debt(crm, plan) -> None:
    a_plan = plan(
        {"company": "A", "source": "Fair", "phone": "1"},
        {"company": "B", "stage": "negotiation", "status": "open", "external_id": "X1"},
        {"company": "C", "stage": "solution", "status": "lost"},
    )
    assert a_plan.counts == {"create": 3}
    crm.apply(a_plan)
    a, b, c = (crm.find(f"company={name}").customers[0] for name in "ABC")
    assert (a.stage, a.debts) == ("lead", ())
    assert b.stage == "negotiation"
    assert {d.stage for d in b.debts} == {"lead", "screening", "solution"}
    assert ("lost", "close_reason") in {(d.stage, d.requirement) for d in c.debts}
    assert len({a.id, b.id, c.id}) == 3


def test_strict_refuses_what_would_be_owed(crm, plan) -> None:
    a_plan = plan({"company": "B", "stage": "negotiation"}, strict=True)
    assert outcomes(a_plan) == {2: "refused"}
    assert "the source" in a_plan.rows[0].reasons
    assert crm.apply(a_plan) is None


def test_the_same_external_id_updates_and_an_equal_row_changes_nothing(crm, plan) -> None:
    row = {"company": "A", "external_id": "X1", "remarks": "old"}
    crm.apply(plan(row))
    again = plan(row)
    assert outcomes(again) == {2: "unchanged"}
    revision = crm.revision
    assert crm.apply(again) is None
    assert crm.revision == revision
    crm.apply(plan({**row, "remarks": "new", "contact": "Bo"}))
    (only,) = crm.find().customers
    assert (only.remarks, only.contact) == ("new", "Bo")
    crm.undo()
    assert crm.get(only.id).remarks == "old"
    assert crm.get(only.id).contact is None


def test_duplicates_in_the_file_and_in_the_store_are_named(crm, plan) -> None:
    known = crm.add(company="Known", phone="138")
    a_plan = plan(
        {"company": "A", "phone": "138"},
        {"company": "B", "email": "b@example.com"},
        {"company": "C", "email": "b@example.com"},
        {"company": "D", "external_id": "X"},
        {"company": "E", "external_id": "X"},
    )
    assert outcomes(a_plan) == {
        2: "duplicate", 3: "create", 4: "duplicate", 5: "create", 6: "duplicate",
    }  # fmt: skip
    assert known.id in a_plan.rows[0].reasons[0]
    assert "row 3" in a_plan.rows[2].reasons[0]
    kept = plan(
        {"company": "A", "phone": "138"},
        {"company": "D", "external_id": "X"},
        {"company": "E", "external_id": "X"},
        keep_duplicates=True,
    )
    assert outcomes(kept) == {2: "create", 3: "create", 4: "duplicate"}


def test_rows_with_problems_or_bad_values_are_refused_with_the_reason(crm, plan) -> None:
    a_plan = plan(
        Draft(2, {}, problems=("nothing in it names a customer",)),
        {"company": "A", "budget": "about a lot"},
        {"company": "B", "satisfaction": 17},
        {"company": "C"},
    )
    assert outcomes(a_plan) == {2: "refused", 3: "refused", 4: "refused", 5: "create"}
    assert "budget" in a_plan.rows[1].reasons[0]


def test_a_plan_made_before_another_change_is_refused(crm, plan) -> None:
    a_plan = plan({"company": "A"})
    crm.add(company="meanwhile")
    with pytest.raises(ConflictError, match="Plan it again"):
        crm.apply(a_plan)
    assert len(crm.find().customers) == 1


def test_an_import_is_one_commit_and_one_undo(crm, plan) -> None:
    commit = crm.apply(plan(*({"company": f"C{n}"} for n in range(50))))
    assert len(commit.edits) == 50
    assert crm.revision == 1
    crm.undo()
    assert crm.find().customers == ()
    # Ids that were once given out are not given to others.
    assert plan({"company": "planned"}).rows[0].after.id.endswith("051")
    assert crm.add(company="later").id.endswith("051")


def test_a_store_that_never_had_an_id_is_asked_once(crm, plan, monkeypatch) -> None:
    asked: list[str] = []
    last_id = crm.store.last_id
    monkeypatch.setattr(
        crm.store, "last_id", lambda prefix: asked.append(prefix) or last_id(prefix)
    )
    days = [
        {"company": f"C{number}", "first_contact_at": f"2024-05-{day:02}"}
        for number, day in enumerate((1, 2, 2, 3))
    ]
    ids = [row.after.id for row in plan(*days).rows]
    assert ids == ["20240501001", "20240502001", "20240502002", "20240503001"]
    assert asked == [""]
    crm.apply(plan({"company": "first", "id": "20240502001"}))
    assert plan(days[1]).rows[0].after.id == "20240502002"


def test_an_id_in_the_sheet_is_kept_when_it_is_free(crm, plan) -> None:
    crm.apply(plan({"company": "A", "id": "20230101007"}))
    assert crm.get("20230101007").company == "A"
    crm.apply(plan({"company": "B", "id": "20230101007"}))
    assert evolve(crm.get("20230101007"), revision=0).company == "B"
