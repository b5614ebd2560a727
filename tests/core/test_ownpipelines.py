"""Pipelines in crm.toml: gates of one's own on the way in and out, policies, and mistakes that are told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crmcore.bootstrap import open_crm
from crmcore.config import load_config
from crmcore.crm import Crm
from crmcore.errors import ConfigError, GateError, RefusedError

NOW = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)
Opened = Callable[[str], Crm]

OWN = """
[pipelines.standard]
allow_force = false

[pipelines.standard.stages.lead]
exit = [
    "company",
    { key = "visited", met = 'activities:visit', zh = "上门拜访一次", en = "one visit" },
]
entry = [{ key = "named", met = "company:*", en = "a company" }]

[pipelines.standard.stages.screening]
entry = [{ key = "sourced", met = "source:*", en = "where it came from" }]
back = "never"
reopen = "never"

[pipelines.standard.stages.solution]
label = "方案"
back = "free"

[pipelines.trade]
base = "standard"
label = { zh = "外贸", en = "Trade" }
order = ["lead", "sample", "negotiation"]

[pipelines.trade.stages.sample]
label = { zh = "样品", en = "Sample" }
exit = [{ key = "far", met = "stage:sample value>1万", en = "worth it", fields = ["price"] }]
stale_after_days = 3
"""


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    made: list[Crm] = []

    def open_one(text: str) -> Crm:
        (tmp_path / "crm.toml").write_text(f'store = "memory:"\nlanguage = "en"\n{text}', "utf-8")
        crm = open_crm(config=load_config(tmp_path), clock=lambda: NOW, actor="Li Na")
        made.append(crm)
        return crm

    yield open_one
    for crm in made:
        crm.close()


def test_a_gate_of_ones_own_is_asked_on_the_way_out_and_in(opened: Opened) -> None:
    crm = opened(OWN)
    acme = crm.add(company="Acme")
    with pytest.raises(GateError, match="one visit, where it came from") as told:
        crm.move(acme.id)
    assert [(m.stage, m.requirement.key, m.requirement.fields) for m in told.value.missing] == [
        ("lead", "visited", ("activities",)),
        ("screening", "sourced", ("source",)),
    ]
    with pytest.raises(RefusedError, match="does not allow forced"):
        crm.move(acme.id, force=True, reason="in a hurry")
    crm.log(acme.id, "saw the plant", "visit")
    assert crm.move(acme.id, values={"source": "Fair"}).stage == "screening"


def test_the_first_stage_asks_before_a_lead_is_added_or_referred(opened: Opened) -> None:
    crm = opened(OWN)
    with pytest.raises(GateError, match=r"cannot be added yet\. Missing: a company"):
        crm.add(contact="Amy")
    acme = crm.add(company="Acme")
    with pytest.raises(GateError):
        crm.refer(acme.id, {"contact": "Bob"})
    assert crm.find().customers[0].links == ()


def test_an_import_owes_what_its_gates_on_the_way_in_would_have_asked(
    opened: Opened, tmp_path: Path
) -> None:
    crm = opened(OWN)
    sheet = tmp_path / "leads.csv"
    sheet.write_text("联系人,电话,阶段\nAmy,13800138000,screening\n", "utf-8")
    crm.apply(crm.plan_import(sheet))
    (amy,) = crm.find().customers
    owed = {(debt.stage, debt.requirement) for debt in amy.debts}
    assert owed == {
        ("lead", "named"), ("lead", "company"), ("lead", "visited"), ("screening", "sourced"),
    }  # fmt: skip
    assert [debt.requirement for debt in crm.edit(amy.id, source="Fair", company="A").debts] == [
        "visited"
    ]


def test_going_back_and_reopening_follow_the_policy_of_the_stage(opened: Opened) -> None:
    crm = opened(OWN)
    acme = crm.add(company="Acme", source="Fair")
    crm.log(acme.id, "saw the plant", "visit")
    crm.move(acme.id)
    with pytest.raises(RefusedError, match="back from screening is not allowed"):
        crm.move(acme.id, "lead", reason="too early")
    ready = {"validity": "valid", "grade": "A", "grade_evidence": "x", "owner": "Li Na"}
    crm.move(acme.id, values=ready)
    with pytest.raises(RefusedError, match="back from screening is not allowed"):
        crm.move(acme.id, "lead", reason="too early")
    assert crm.move(acme.id, "screening").stage == "screening"
    crm.lose(acme.id, "no budget")
    with pytest.raises(RefusedError, match=r"Reopening .* in screening is not allowed"):
        crm.reopen(acme.id, "they called")


def test_a_pipeline_beside_the_standard_one(opened: Opened) -> None:
    crm = opened('pipeline = "trade"\n' + OWN)
    trade = crm.pipeline()
    assert [stage.key for stage in trade.stages] == ["lead", "sample", "negotiation"]
    assert (trade.label.zh, trade.allow_force, trade.stages[1].stale_after_days) == (
        "外贸",
        True,
        3,
    )
    assert trade.stages[2].status_on_exit == "won"
    acme = crm.add(company="Acme", source="Fair", phone="13800138000")
    assert crm.move(acme.id, values={"price": "2万"}).stage == "sample"
    assert crm.move(acme.id).stage == "negotiation"
    assert crm.find("stage:谈判").customers[0].id == acme.id
    assert crm.pipeline("standard").allow_force is False


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("pipelines = 3", "pipelines are tables"),
        ("[pipelines]\nstandard = 3", r"\[pipelines.standard\]: a table was expected"),
        ("[pipelines.x]", "a pipeline needs stages"),
        ("[pipelines.x]\nbase = 'standrad'", "no pipeline 'standrad' .did you mean standard"),
        ("[pipelines.standard]\nallow_froce = true", "'allow_froce' .did you mean allow_force"),
        ("[pipelines.standard]\nallow_force = 1", "allow_force is true or false"),
        ("[pipelines.standard]\norder = ['leed']", "'leed' .did you mean lead"),
        ("[pipelines.standard]\norder = ['lead', 'lead']", "each of them once"),
        ("[pipelines.standard]\norder = ['lead']\n[pipelines.standard.stages.x]", "leaves out"),
        ("[pipelines.standard.stages.lead]\nback = 'maybe'", "back is one of reason, free, never"),
        ("[pipelines.standard.stages.lead]\nstale_after_days = 0", "number of days"),
        ("[pipelines.standard.stages.lead]\nstatus_on_exit = 'lost'", 'is "won"'),
        ("[pipelines.standard.stages.lead]\nlabel = 3", "label is a text"),
        ("[pipelines.standard.stages.lead]\nexit = 3", "a list of requirements"),
        ("[pipelines.standard.stages.lead]\nexit = ['compny']", "did you mean company"),
        ("[pipelines.standard.stages.lead]\nexit = [{ key = 'x' }]", "needs met"),
        ("[pipelines.standard.stages.lead]\nexit = [{ key = 'x', met = 'compny:*', en = 'x' }]",
         r"stages.lead\] exit x: There is no field 'compny'. Did you mean company"),
        ("[pipelines.standard.stages.lead]\nexit = [{ key = 'x', met = 'company:*' }]", "zh or en"),
        ("[pipelines.standard.stages.lead]\nexit = [{ key = 'x', met = 'value>1', en = 'x' }]",
         "value is worked out from others"),
        ("[pipelines.standard.stages.lead]\nexit = [{ key = 'x', met = 'next_step_due<3d', en = 'x' }]",
         "the same every day"),
        ("[pipelines.standard.stages.lead]\nentry = [{ key = 'company', met = 'source:*', en = 'x' }]",
         "'company' is there twice"),
        ("[pipelines.standard.outcomes]\nfound = []", "unknown setting 'found'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_table(text: str, told: str, opened: Opened) -> None:
    with pytest.raises(ConfigError, match=told):
        opened(text)


def test_the_example_in_the_docs_opens(opened: Opened) -> None:
    page = Path(__file__).parents[2] / "docs" / "pipelines.md"
    crm = opened(page.read_text("utf-8").split("```toml\n")[1].split("```")[0])
    solution = crm.pipeline().named("solution")
    assert [requirement.key for requirement in solution.requirements] == [
        "budgeted", "need_detail", "proposal_sent", "objections_answered", "visited",
    ]  # fmt: skip
    assert [stage.key for stage in crm.pipeline("trade").stages] == [
        "lead",
        "sample",
        "negotiation",
    ]
