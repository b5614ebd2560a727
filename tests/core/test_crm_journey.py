"""One customer through all five stages, by the façade."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from crmcore.errors import GateError, RefusedError, UnknownCustomerError, UsageError
from crmcore.records import ContractChange, Link, Objection, Proposal

LEAD = {"company": "Northwind Ltd", "source": "Fair", "phone": "13800138000", "budget": "10万-20万"}


def screened(crm, **more):
    """A lead that has come to the screening stage and is ready to leave it."""
    lead = crm.add({**LEAD, **more})
    crm.move(lead.id)
    crm.edit(lead.id, validity="valid", employees="800", need_match="high", budget_fit="sufficient")
    crm.grade(lead.id)
    crm.assign(lead.id, "Li Na")
    return lead.id


def negotiated(crm):
    """A customer in negotiation, with everything agreed but the signature."""
    customer_id = screened(crm)
    crm.move(customer_id)
    crm.edit(customer_id, need_detail="Three lines")
    crm.append(customer_id, "proposals", Proposal("Standard", sent_at=crm.clock()))
    crm.move(customer_id)
    crm.edit(customer_id, price="15万", payment_terms="3-6-1", contract_sent_at="2024-05-02")
    return customer_id


def test_ids_count_up_by_the_day_of_first_contact(crm) -> None:
    ids = [crm.add(company=f"C{n}", first_contact_at="2024-05-01").id for n in range(2)]
    other = crm.add(company="D", first_contact_at="2024-05-02").id
    assert (*ids, other) == ("20240501001", "20240501002", "20240502001")


def test_the_whole_way(crm, clock) -> None:
    customer_id = negotiated(crm)
    crm.append(customer_id, "contract_changes", ContractChange("5", "5-5", "3-6-1", "their rules"))
    crm.edit(customer_id, contract_signed_at="2024-05-03")
    won = crm.move(customer_id)
    assert (won.stage, won.status, won.closed_at) == ("after_sales", "won", clock.now)

    crm.edit(customer_id, delivered_at="2024-05-06 09:00", acceptance="accepted")
    surveyed = crm.get(customer_id)
    assert surveyed.survey_due - surveyed.delivered_at == timedelta(days=3)
    done = crm.move(customer_id, values={"satisfaction": "5"})
    assert done.completed_at == clock.now
    with pytest.raises(RefusedError, match="repurchase"):
        crm.move(customer_id)

    again = crm.repurchase(customer_id)
    friend = crm.refer(customer_id, {"company": "Friend Ltd"})
    old = crm.get(customer_id)
    assert again.links == (Link("repurchase_of", customer_id),)
    assert (again.company, again.stage, again.price) == ("Northwind Ltd", "lead", None)
    assert friend.links == (Link("referred_by", customer_id),)
    assert old.referrals == (friend.id,)
    assert old.links == (Link("repurchase", again.id), Link("referral", friend.id))


def test_a_blocked_move_names_all_that_is_missing_and_changes_nothing(crm) -> None:
    lead = crm.add(company="Northwind Ltd")
    before = crm.revision
    with pytest.raises(GateError) as refused:
        crm.move(lead.id)
    assert [m.requirement.key for m in refused.value.missing] == ["source", "reachable"]
    assert "source" in str(refused.value)
    assert crm.revision == before
    assert crm.get(lead.id) == lead


def test_what_the_gate_asks_is_filled_in_with_the_move_in_one_commit(crm) -> None:
    lead = crm.add(company="Northwind Ltd")
    before = crm.revision
    moved = crm.move(lead.id, values={"source": "Fair", "phone": "138"})
    assert (moved.stage, crm.revision) == ("screening", before + 1)


def test_a_jump_asks_every_gate_on_the_way(crm) -> None:
    lead = crm.add(LEAD)
    with pytest.raises(GateError) as refused:
        crm.move(lead.id, "negotiation")
    assert {m.stage for m in refused.value.missing} == {"screening", "solution"}


def test_a_forced_move_needs_a_reason_and_leaves_a_debt_until_it_is_paid(crm, clock) -> None:
    lead = crm.add(company="Northwind Ltd", phone="138")
    with pytest.raises(RefusedError, match="reason"):
        crm.move(lead.id, force=True)
    forced = crm.move(lead.id, force=True, reason="the boss's friend")
    assert [(d.stage, d.requirement, d.since) for d in forced.debts] == [
        ("lead", "source", clock.now)
    ]
    crm.edit(lead.id, validity="valid")
    crm.grade(lead.id, "B", "gut feeling")
    crm.assign(lead.id, "Li Na")
    with pytest.raises(GateError) as refused:
        crm.move(lead.id)
    assert [(m.stage, m.requirement.key) for m in refused.value.missing] == [("lead", "source")]
    assert crm.find("gate_debts>0").customers[0].id == lead.id
    assert crm.edit(lead.id, source="Fair").debts == ()
    assert crm.move(lead.id).stage == "solution"


def test_an_unanswered_objection_blocks_until_it_is_answered(crm) -> None:
    customer_id = screened(crm)
    crm.move(customer_id)
    crm.edit(customer_id, need_detail="Three lines")
    crm.append(customer_id, "proposals", Proposal("Standard", sent_at=crm.clock()))
    crm.append(customer_id, "objections", Objection("too dear"))
    with pytest.raises(GateError) as refused:
        crm.move(customer_id)
    assert [m.requirement.key for m in refused.value.missing] == ["objections_answered"]
    crm.amend(customer_id, "objections", 1, response="first year free", resolved=True)
    assert crm.move(customer_id).stage == "negotiation"


def test_a_proposal_that_was_not_sent_does_not_open_the_gate(crm) -> None:
    customer_id = screened(crm)
    crm.move(customer_id)
    crm.edit(customer_id, need_detail="Three lines")
    crm.append(customer_id, "proposals", Proposal("Draft"))
    with pytest.raises(GateError):
        crm.move(customer_id)


def test_back_needs_a_reason_and_takes_the_win_back(crm) -> None:
    customer_id = negotiated(crm)
    crm.edit(customer_id, contract_signed_at="2024-05-03")
    crm.move(customer_id)
    with pytest.raises(RefusedError, match="reason"):
        crm.move(customer_id, "negotiation")
    back = crm.move(customer_id, "negotiation", reason="signed the wrong version")
    assert (back.stage, back.status, back.closed_at) == ("negotiation", "open", None)


def test_assignment_sets_the_first_follow_up_in_24_hours(crm, clock) -> None:
    lead = crm.add(LEAD)
    given = crm.assign(lead.id, "  Wang Qiang\x1b[31m ")
    assert given.owner == "Wang Qiang[31m"
    assert given.assigned_at == clock.now
    assert given.first_follow_up_due == clock.now + timedelta(hours=24)
    assert [item.customer_id for item in crm.due(owner=given.owner)] == [lead.id]
    clock.forward(hours=1)
    crm.log(lead.id, "talked", "call")
    assert crm.due() == []


def test_lost_and_invalid_need_reasons_and_can_be_reopened(crm) -> None:
    lead = crm.add(LEAD)
    with pytest.raises(RefusedError, match="reason"):
        crm.lose(lead.id, " ")
    lost = crm.lose(lead.id, "too dear")
    assert (lost.status, lost.close_reason) == ("lost", "too dear")
    with pytest.raises(RefusedError, match="reopen"):
        crm.move(lead.id)
    with pytest.raises(RefusedError, match="already lost"):
        crm.invalidate(lead.id, "x")
    again = crm.reopen(lead.id, "new budget")
    assert (again.status, again.close_reason, again.closed_at) == ("open", None, None)
    gone = crm.invalidate(lead.id, "empty number")
    assert (gone.status, gone.validity, gone.validity_reason) == (
        "invalid",
        "invalid",
        "empty number",
    )


def test_a_grade_by_the_rules_says_why_and_never_replaces_one_given_by_hand(crm) -> None:
    customer_id = screened(crm)
    ruled = crm.get(customer_id)
    assert ruled.grade in "ABC"
    assert ruled.grading.rules
    assert "800" in ruled.grade_evidence
    crm.grade(customer_id, "C", "they told me so")
    with pytest.raises(RefusedError, match="by hand"):
        crm.grade(customer_id)
    assert crm.get(customer_id).grade_evidence == "they told me so"
    assert crm.grade(customer_id, replace_manual=True).grade == ruled.grade
    with pytest.raises(UsageError):
        crm.grade(customer_id, "A", "  ")


def test_value_is_price_else_proposal_else_middle_of_the_budget(crm) -> None:
    customer_id = negotiated(crm)
    crm.edit(customer_id, price="")
    assert crm.get(customer_id).value.amount == Decimal(150000)
    crm.amend(customer_id, "proposals", 1, price=None)
    funnel = crm.funnel()
    assert funnel.stages["negotiation"].count == 1
    assert funnel.stages["negotiation"].values == {"CNY": Decimal(150000)}


def test_nobody_and_nothing(crm) -> None:
    with pytest.raises(UnknownCustomerError, match="20990101001"):
        crm.move("20990101001")
    with pytest.raises(UnknownCustomerError):
        crm.history("20990101001")
    with pytest.raises(UsageError, match="company"):
        crm.add(remarks="nobody")
