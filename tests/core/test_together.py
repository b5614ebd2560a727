"""Many changed as one come out as if each had been changed alone, and one undo takes all back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcore import hookimpl
from crmcore.bootstrap import open_crm
from crmcore.config import Config
from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.errors import CheckError, CrmError, GateError, UnknownCustomerError, UsageError
from crmcore.hooktypes import Problem
from crmcore.wording import Text

NOW = datetime(2024, 5, 1, 2, tzinfo=UTC)
READY = {"phone": "13800138000", "source": "fair"}


def workspace(tmp_path) -> Crm:
    config = Config(store="memory:", timezone="UTC", language="en", directory=tmp_path, notify=())
    return open_crm(config=config, clock=lambda: NOW, actor="tester")


@pytest.fixture
def crm(tmp_path) -> Crm:
    return workspace(tmp_path)


VERBS: list[Callable[[Crm, str], Customer]] = [
    lambda crm, each: crm.move(each),
    lambda crm, each: crm.assign(each, "Li Na"),
    lambda crm, each: crm.edit(each, tags=["x"]),
    lambda crm, each: crm.lose(each, "price"),
    lambda crm, each: crm.invalidate(each, "no such company"),
    lambda crm, each: crm.reopen(each, "called again"),
    lambda crm, each: crm.log(each, "called", "call"),
    lambda crm, each: crm.grade(each, "A", "met them"),
]


def plain(customer: Customer) -> Customer:
    return evolve(customer, revision=0)


@settings(max_examples=25)
@given(
    ready=st.lists(st.booleans(), min_size=1, max_size=6),
    first=st.sampled_from(VERBS),
    then=st.sampled_from(VERBS),
    data=st.data(),
)
def test_together_is_one_by_one(ready, first, then, data, tmp_path_factory) -> None:
    folder = tmp_path_factory.mktemp("together")
    alone, together = workspace(folder), workspace(folder)
    for crm in (alone, together):
        for number, is_ready in enumerate(ready):
            crm.add(company=f"C{number}", **(READY if is_ready else {}))
    ids = [customer.id for customer in alone.find().customers]
    chosen = data.draw(st.lists(st.sampled_from(ids), max_size=8))
    for verb in (first, then):
        refused = {}
        for each in dict.fromkeys(chosen):
            try:
                verb(alone, each)
            except CrmError as error:
                refused[each] = (type(error), str(error))
        before, revision = together.find().customers, together.revision
        told = together.together(chosen, lambda each, v=verb: v(together, each), action="many")
        assert {each: (type(e), str(e)) for each, e in told.refused.items()} == refused
        assert [plain(c) for c in together.find().customers] == [
            plain(c) for c in alone.find().customers
        ]
        touched = {*(c.id for c in told.changed), *told.unchanged, *told.refused}
        assert touched == set(chosen)
        if told.commit is None:
            assert together.revision == revision and not told.changed
            continue
        assert told.commit.revision == together.revision == revision + 1
        together.undo()
        assert [plain(c) for c in together.find().customers] == [plain(c) for c in before]
        together.redo()


def test_a_gate_refuses_some_and_the_others_move(crm) -> None:
    good, bad = crm.add(company="A", **READY), crm.add(company="B")
    told = crm.together([good.id, bad.id, "nobody"], crm.move, action="move")
    assert [c.id for c in told.changed] == [good.id]
    assert isinstance(told.refused[bad.id], GateError)
    assert isinstance(told.refused["nobody"], UnknownCustomerError)
    assert [crm.get(each).stage for each in (good.id, bad.id)] == ["screening", "lead"]


def test_whole_means_all_or_nobody(crm) -> None:
    good, bad = crm.add(company="A", **READY), crm.add(company="B")
    told = crm.together([good.id, bad.id], crm.move, action="move", whole=True)
    assert (told.commit, told.changed, set(told.refused)) == (None, (), {bad.id})
    assert crm.get(good.id).stage == "lead"
    assert crm.together([good.id], crm.move, action="move", whole=True).commit is not None


def test_two_verbs_on_one_customer_build_on_each_other(crm) -> None:
    lead = crm.add(company="A")

    def both(each: str) -> None:
        crm.edit(each, READY)
        crm.move(each)

    told = crm.together([lead.id], both, action="many")
    assert told.commit is not None
    (edit,) = told.commit.edits
    assert crm.get(lead.id).stage == "screening"
    assert {change.field for change in edit.changes} >= {"phone", "source", "stage"}
    crm.undo()
    assert crm.get(lead.id).phone is None


def test_a_verb_refused_half_way_leaves_nothing_of_its_first_half(crm) -> None:
    lead = crm.add(company="A")

    def both(each: str) -> None:
        crm.edit(each, employees=5)
        crm.move(each)

    assert set(crm.together([lead.id], both, action="many").refused) == {lead.id}
    assert crm.get(lead.id).employees is None


def test_a_veto_refuses_its_customer_alone(crm) -> None:
    class Veto:
        @hookimpl
        def crm_check(self, change):
            if change.after is not None and change.after.company == "B":
                yield Problem(Text("不行", "not this one"), "company")

    good, bad = crm.add(company="A"), crm.add(company="B2")
    crm.edit(bad.id, company="B")
    crm.host.register(Veto(), "veto")
    told = crm.together([good.id, bad.id], lambda e: crm.assign(e, "Li"), action="assign")
    assert isinstance(told.refused[bad.id], CheckError)
    assert [c.owner for c in told.changed] == ["Li"]


def test_another_program_that_was_faster_is_not_overwritten(crm, monkeypatch) -> None:
    lead = crm.add(company="A")
    commit, raced = crm.store.commit, []

    def slower(batch):
        if not raced:
            raced.append(True)
            crm.writer.change(lead.id, "edit", lambda c, _: evolve(c, employees=7), "", None)
        return commit(batch)

    monkeypatch.setattr(crm.store, "commit", slower)
    crm.together([lead.id], lambda each: crm.assign(each, "Li"), action="assign")
    found = crm.get(lead.id)
    assert (found.owner, found.employees) == ("Li", 7)


def test_nobody_is_added_among_many(crm) -> None:
    lead = crm.add(company="A")
    told = crm.together([lead.id], lambda each: crm.repurchase(each), action="repurchase")
    assert isinstance(told.refused[lead.id], UsageError)
    assert len(crm.find().customers) == 1
