"""Plans a person decides in: twins, decisions, vetoes, masked values, and that nothing is lost."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime

import pytest
from attrs import evolve

from crmcore import hookimpl, importrows, importseen
from crmcore.errors import CheckError, ConflictError, UnknownCustomerError, UsageError
from crmcore.exchange import plan_readings
from crmcore.hooktypes import Draft, Problem, Reading
from crmcore.importplan import parse_decision
from crmcore.importreport import read_decisions, save_plan, write_plan
from crmcore.wording import Text

WALL = datetime(2024, 5, 1)  # noqa: DTZ001 - of no zone


def outcomes(a_plan):
    """Row number → outcome."""
    return {row.number: row.outcome for row in a_plan.rows}


def row_of(a_plan, number):
    """The row of that number."""
    return next(row for row in a_plan.rows if row.number == number)


def test_twins_are_found_by_likeness_and_said_with_a_score_but_not_where_something_differs(
    crm, plan
) -> None:
    known = crm.add(company="上海华锐科技有限公司", contact="王经理")
    a_plan = plan(
        {"company": "上海华锐科技有限公司", "contact": "李总"},
        {"company": "（上海）华锐科技股份有限公司", "contact": "王经理"},
        {"company": "华锐科技", "contact": "王经理"},
        {"company": "北京华锐科技有限公司"},
        {"company": "Acme Co., Ltd."},
        {"company": "ACME GmbH", "phone": "1"},
        {"company": "Acme", "phone": "2"},
    )
    assert outcomes(a_plan) == {
        2: "create", 3: "duplicate", 4: "duplicate", 5: "create", 6: "create", 7: "duplicate", 8: "duplicate",
    }  # fmt: skip
    assert a_plan.rows[0].reasons == ()
    near = row_of(a_plan, 3)
    assert (near.twin, near.score) == (known.id, 0.95)
    assert "95%" in near.reasons[0]
    assert (row_of(a_plan, 4).score, row_of(a_plan, 7).score) == (0.9, 0.95)
    assert "row 6" in row_of(a_plan, 7).reasons[0]


def test_of_rows_of_one_company_that_of_the_same_person_is_meant_or_of_nobody(crm, plan) -> None:
    a_plan = plan(
        {"company": "Acme", "contact": "Wang"},
        {"company": "Acme Ltd", "contact": "Li"},
        {"company": "ACME Inc", "contact": "Li"},
        {"company": "Acme GmbH", "phone": "1"},
        {"company": "Acme AG", "contact": "Zhao"},
    )
    assert outcomes(a_plan) == {
        2: "create",
        3: "create",
        4: "duplicate",
        5: "duplicate",
        6: "duplicate",
    }
    assert "row 3" in row_of(a_plan, 4).reasons[0]
    assert "row 2" in row_of(a_plan, 5).reasons[0]
    assert "row 5" in row_of(a_plan, 6).reasons[0]


def test_rows_of_one_company_with_ids_of_their_own_are_no_twins(crm, plan) -> None:
    rows = [{"company": "Acme", "external_id": f"OPP-{n}"} for n in range(5)]
    assert plan(*rows).counts == {"create": 5}


def test_keys_are_compared_as_they_are_meant(crm, plan) -> None:
    known = crm.add(company="Known", phone="13800138000", email="Bo@Example.com")
    crm.edit(known.id, {"sheet.统一社会信用代码": "91310000MA1FL0ABCD"})
    a_plan = plan(
        {"company": "A", "phone": "+86 138-0013-8000"},
        {"company": "B", "email": "bo@example.com"},
        {"company": "C", "sheet.统一社会信用代码": "91310000ma1fl0abcd"},
        {"company": "D", "phone": "138****8000"},
        {"company": "E", "phone": "138****8000"},
        {"company": "F", "credit_code": "91310000MA1FL0ABCD"},
    )
    assert outcomes(a_plan) == {
        2: "duplicate",
        3: "duplicate",
        4: "duplicate",
        5: "create",
        6: "create",
        7: "duplicate",
    }
    assert {row.twin for row in a_plan.some("duplicate")} == {known.id}


def test_a_person_decides_row_by_row(crm, plan) -> None:
    known = crm.add(company="Known", phone="138")
    drafts = [
        {"company": "A", "phone": "138", "remarks": "a"},
        {"company": "B"},
        {"company": "Known Ltd", "phone": "138", "remarks": "c"},
    ]
    a_plan = plan(*drafts)
    assert outcomes(a_plan) == {2: "duplicate", 3: "create", 4: "duplicate"}
    decided = a_plan.with_override(2, "create").with_override(3, "skip").with_override(4, "update")
    assert outcomes(decided) == {2: "create", 3: "skipped", 4: "update"}
    assert decided.counts == {"create": 1, "skipped": 1, "update": 1}
    assert outcomes(a_plan) == {2: "duplicate", 3: "create", 4: "duplicate"}
    commit = crm.apply(decided)
    assert [edit.kind for edit in commit.edits] == ["create", "update"]
    assert crm.get(known.id).remarks == "c"
    crm.undo()
    assert (crm.get(known.id).company, crm.get(known.id).remarks) == ("Known", None)
    at_once = plan(*drafts, decisions={("leads.csv", 2): parse_decision(f"update:{known.id}")})
    assert outcomes(at_once)[2] == "update"


def test_decisions_that_cannot_be_are_refused(crm, plan) -> None:
    known = crm.add(company="Known", phone="138")
    a_plan = plan({"company": "A"}, {"company": "B"}, Draft(4, {}, ("no name",)))
    with pytest.raises(UsageError, match="no row 9"):
        a_plan.with_override(9, "skip")
    with pytest.raises(UsageError, match="no decision"):
        a_plan.with_override(2, "destroy")
    with pytest.raises(UsageError, match="like no customer"):
        a_plan.with_override(2, "update")
    with pytest.raises(UnknownCustomerError):
        a_plan.with_override(2, "update:nobody")
    with pytest.raises(UsageError, match="no name"):
        a_plan.with_override(4, "create")
    once = a_plan.with_override(2, f"update:{known.id}")
    with pytest.raises(UsageError, match="already"):
        once.with_override(3, f"update:{known.id}")
    with pytest.raises(UsageError, match="no row 9"):
        plan({"company": "A"}, decisions={("leads.csv", 9): parse_decision("skip")})


class _NoFridays:
    """A plugin that refuses some companies, warns of others, and hears what is written."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.refuse = {"Friday"}

    @hookimpl
    def crm_check(self, change):
        if change.after.company in self.refuse:
            yield Problem(Text("不行", "not on Fridays"))
        if change.after.company == "Monday":
            yield Problem(Text("当心", "take care"), severity="warning")

    @hookimpl
    def crm_event(self, event):
        self.heard += [f"{customer.company} {customer.revision}" for customer in event.customers]


def test_a_veto_refuses_its_row_and_plugins_hear_of_the_others(crm, plan) -> None:
    plugin = _NoFridays()
    crm.host.register(plugin, "no-fridays")
    a_plan = plan({"company": "Friday"}, {"company": "Monday"}, {"company": "Tuesday"})
    assert outcomes(a_plan) == {2: "refused", 3: "create", 4: "create"}
    assert row_of(a_plan, 2).reasons == ("not on Fridays (no-fridays)",)
    assert row_of(a_plan, 3).reasons == ("take care (no-fridays)",)
    plugin.refuse.add("Tuesday")
    with pytest.raises(CheckError, match="no-fridays"):
        crm.apply(a_plan)
    assert crm.revision == 0 and plugin.heard == []
    plugin.refuse.clear()
    crm.apply(a_plan)
    assert plugin.heard == ["Monday 1", "Tuesday 1"]


def test_what_is_hidden_in_the_file_is_not_written_over_what_is_known(crm, plan) -> None:
    crm.apply(
        plan({"company": "A", "external_id": "X", "phone": "13800138000", "contact": "王经理"})
    )
    masked = {"company": "A", "external_id": "X", "phone": "138****8000", "contact": "*经理"}
    assert outcomes(plan(masked)) == {2: "unchanged"}
    a_plan = plan({**masked, "remarks": "new"})
    assert "phone" in row_of(a_plan, 2).reasons[0]
    crm.apply(a_plan)
    (only,) = crm.find().customers
    assert (only.phone, only.contact, only.remarks) == ("13800138000", "王经理", "new")
    crm.apply(plan({"company": "B", "external_id": "Y", "phone": "139****9000"}))
    assert crm.find("company=B").customers[0].phone == "139****9000"


def test_what_only_a_new_customer_gets(crm, plan) -> None:
    draft = Draft(2, {"company": "A", "external_id": "X"}, only_new={"source": "Fair"})
    crm.apply(plan(draft))
    assert crm.find().customers[0].source == "Fair"
    later = Draft(2, {"company": "A", "external_id": "X"}, only_new={"source": "Web"})
    assert outcomes(plan(later)) == {2: "unchanged"}


def test_an_id_that_comes_late_in_the_file_is_kept_and_the_earlier_row_gets_another(
    crm, plan
) -> None:
    taken = "20240501001"
    crm.apply(plan({"company": "A"}, {"company": "B", "id": taken}, {"company": "C"}))
    assert crm.get(taken).company == "B"
    assert {c.id for c in crm.find().customers} == {taken, "20240501002", "20240501003"}


def test_several_files_are_one_plan_and_one_commit(crm) -> None:
    readings = [
        ("a.csv", Reading([Draft(2, {"company": "A", "phone": "1"})])),
        ("b.csv", Reading([Draft(2, {"company": "B", "phone": "1"}), Draft(3, {"company": "C"})])),
    ]
    a_plan = plan_readings(crm, readings)
    assert [row.outcome for row in a_plan.rows] == ["create", "duplicate", "create"]
    assert "a.csv row 2" in a_plan.rows[1].reasons[0]
    with pytest.raises(UsageError, match=r"a\.csv, b\.csv"):
        a_plan.with_override(2, "create")
    assert len(crm.apply(a_plan.with_override(2, "create", "b.csv")).edits) == 3


def test_a_saved_plan_is_decided_in_and_read_back(crm, plan, tmp_path) -> None:
    crm.add(company="Known", phone="138")
    a_plan = plan({"company": "=A", "phone": "138"}, {"company": "B"})
    for name in ("plan.csv", "plan.json"):
        path = tmp_path / name
        save_plan(path, a_plan)
        assert read_decisions(path, ["leads.csv"], 1) == {}
        with pytest.raises(ConflictError, match="Plan it again"):
            read_decisions(path, ["leads.csv"], 2)
    path = tmp_path / "plan.csv"
    lines = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    assert (lines[0]["title"], lines[0]["outcome"]) == ("'=A", "duplicate")
    lines[0]["decision"] = "create"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, lines[0])
        writer.writeheader()
        writer.writerows(lines)
    decisions = read_decisions(path, ["leads.csv"], 1)
    assert decisions == {("leads.csv", 2): parse_decision("create")}
    told = io.StringIO()
    write_plan(told, plan({"company": "A", "phone": "138"}, decisions=decisions), "json")
    said = json.loads(told.getvalue())
    assert (said["totals"], said["base_revision"]) == ({"create": 1}, 1)
    assert said["plan"][0]["decision"] == "create"


@pytest.mark.parametrize("at_once", [4, 500])
def test_a_large_plan_is_put_aside_and_says_the_same(crm, plan, monkeypatch, at_once: int) -> None:
    monkeypatch.setattr("crmcore.intake.BATCH", at_once)
    monkeypatch.setattr(importrows, "BLOCK", 10)
    monkeypatch.setattr(importrows, "HELD", 2)
    monkeypatch.setattr("crmcore.importplan.BLOCK", 10)
    monkeypatch.setattr("crmcore.importplan.HELD", 2)
    monkeypatch.setattr(importseen, "HELD", 16)
    drafts = [
        {
            "company": f"C{n}",
            "phone": str(n % 90),
            "budget": "10万-20万",
            "sheet.x": f"v{n}",
            "stage": "solution",
        }
        for n in range(95)
    ]
    a_plan = plan(*drafts)
    assert a_plan.counts == {"create": 90, "duplicate": 5}
    assert [row.number for row in a_plan.rows] == list(range(2, 97))
    assert a_plan.rows[3].after.extra == {"sheet.x": "v3"}
    assert row_of(a_plan, 96).reasons == ("same phone as row 6: 4",)
    decided = a_plan.with_override(2, "skip").with_override(96, "create")
    commit = crm.apply(decided)
    assert len(commit.edits) == 90
    stored = crm.find("company=C94").customers[0]
    assert (stored.budget.low, stored.extra, len(stored.debts)) == (100_000, {"sheet.x": "v94"}, 5)
    crm.undo()
    assert crm.find().customers == ()


def test_what_was_checked_is_not_checked_again_but_by_plugins(crm, plan, monkeypatch) -> None:
    asked: list[str] = []
    objections = crm.writer.objections

    def noted(change, linked=None):
        asked.append(change.after.company)
        return objections(change, linked)

    monkeypatch.setattr(crm.writer, "objections", noted)
    a_plan = plan({"company": "A"}, {"company": "B"})
    assert asked == ["A", "B"]
    crm.apply(a_plan)
    assert asked == ["A", "B"]
    crm.host.register(_NoFridays(), "no-fridays")
    crm.apply(plan({"company": "C"}))
    assert asked == ["A", "B", "C", "C"]


def test_rows_with_values_of_every_kind_are_kept_as_an_edit_keeps_them(crm, plan) -> None:
    """Rows are checked by the hundred: what one of them says wrong is its own affair."""
    odd = [
        {"employees": True}, {"employees": "12 人"}, {"budget": "10万"}, {"tags": ["a;b", "c"]}, {"priority": "高"},
        {"priority": "nonsense"}, {"first_contact_at": WALL}, {"remarks": " a  b\r\nc "},
        {"contact": "Wa\u0301ng  Li"}, {"position": None}, {"satisfaction": 9}, {"nonsense": 1}, {"sheet.x": "  "},
        {"source": 5}, {"price": "abc"}, {"referrals": ()},
    ]  # fmt: skip
    plain = {"contact": "Wang", "employees": 5, "priority": "high", "remarks": "ok"}
    rows = [{"company": f"C{n}", **plain, **more} for n, more in enumerate(odd)]
    together = plan(*rows).rows
    for row, values in zip(together, rows, strict=True):
        (alone,) = plan(values).rows
        assert (row.outcome, row.reasons, dict(row.stated)) == (
            alone.outcome,
            alone.reasons,
            dict(alone.stated),
        )
    assert [row.outcome for row in together] == [
        "refused", "create", "create", "create", "create", "refused", "refused", "create", "create", "create",
        "refused", "refused", "create", "refused", "refused", "create",
    ]  # fmt: skip
    assert together[8].after.contact == "Wáng Li"
    assert together[7].after.remarks == "a  b\nc"
    assert "position" not in together[9].stated


def test_the_rules_of_the_workspace_itself_refuse_rows_too(crm, plan) -> None:
    crm.writer._config = evolve(crm.config, team=("Li Na",))
    a_plan = plan({"company": "A", "owner": "Nobody"}, {"company": "B", "owner": "Li Na"})
    assert outcomes(a_plan) == {2: "refused", 3: "create"}
    assert "team" in a_plan.rows[0].reasons[0]
