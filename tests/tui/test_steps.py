"""The records of each step by key, owners by the rules, messages, and who was referred."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crmcore.assigning import AssignmentPlan, PlannedAssignment
from crmcore.bootstrap import open_crm
from crmcore.config import load_config
from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.errors import UsageError
from crmcore.hooktypes import Assignment, Notification, PassedOver
from crmcore.wording import Text
from crmcore_tui import recordforms, stepforms
from crmcore_tui.cells import width_of
from crmcore_tui.detailtext import Linked, link_lines
from crmcore_tui.inboxtext import inbox_sections
from crmcore_tui.keymap import FROM_DETAIL, WORKING
from crmcore_tui.ownertext import is_by_rules, owners_to_offer, plan_lines
from crmcore_tui.screens.assigning import AssigningScreen
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.screens.pick import PickScreen
from crmcore_tui.screens.reader import ReadScreen
from crmcore_tui.screens.table import TableScreen

POLICIES = """
[pipelines.standard.stages.screening]
back = "free"
[pipelines.standard.stages.lead]
reopen = "never"
"""
LEAD = {"phone": "13800000000", "source": "fair"}
RULES = """
store = "memory:"
language = "en"
timezone = "Asia/Shanghai"
assigner = "territory"
notify = ["inbox"]

[[plugin.territory.rules]]
name = "East"
when = "region:East"
owners = ["Wu", "Chen"]

[plugin.territory.people."Wu"]
capacity = 0
"""


@pytest.fixture
def ruled(tmp_path: Path) -> Iterator[Callable[..., Crm]]:
    """Opens a workspace with an assigner."""
    made: list[Crm] = []

    def open_one(team: str = "", more: str = "") -> Crm:
        (tmp_path / "crm.toml").write_text(team + RULES + more, "utf-8")
        clock = lambda: datetime(2024, 5, 6, 2, tzinfo=UTC)  # noqa: E731
        made.append(open_crm(config=load_config(tmp_path), clock=clock, actor="Li Na"))
        return made[-1]

    yield open_one
    for crm in made:
        crm.close()


def text_of(lines) -> str:
    """Lines of parts as text."""
    return "\n".join("".join(part.text for part in line) for line in lines)


# the forms


def test_a_screening_records_outcomes_with_reasons(crm: Crm) -> None:
    lead = crm.add(company="Acme", **LEAD)
    form = stepforms.screen_lead(crm, lead)
    with pytest.raises(UsageError, match="Answer one"):
        form.submit({"keep": ""}, None)
    some = form.submit({"company_exists": "pass", "company_exists reason": "on the web"}, None)
    assert some.validity in (None, "unchecked") and some.validity_checks[0].reason == "on the web"
    asked = {field.key: field.help for field in stepforms.screen_lead(crm, some).fields}
    assert asked["company_exists"] == "so far: Passed on the web"
    kept = form.submit(
        {"number_reachable": "fail", "number_reachable reason": "no answer", "keep": "yes"}, None
    )
    assert kept.status == "open"
    passed = form.submit({"contact_decides": "pass", "number_reachable": "pass"}, None)
    assert passed.validity == "valid"


def test_each_step_fills_in_its_own_fields(crm: Crm) -> None:
    made = crm.add(company="Acme", **LEAD)
    for make, typed in (
        (stepforms.terms, {"price": "15万", "bottom_line": "no more", "concessions": "training"}),
        (
            stepforms.contract,
            {"contract_sent_at": "2024-04-30", "contract_signed_at": "2024-05-01"},
        ),
        (stepforms.delivery, {"delivered_at": "2024-05-01", "acceptance": "accepted"}),
        (stepforms.survey, {"satisfaction": "5", "feedback": "fine", "repurchase_intent": "high"}),
    ):
        form = make(crm, crm.get(made.id))
        assert typed.keys() <= {field.key for field in form.fields}
        assert not form.everything
        made = form.submit(typed, made.revision)
        assert form.submit({}, made.revision).revision == made.revision
    assert str(made.price) and made.concessions == "training" and made.survey_due is not None
    assert (made.acceptance, made.satisfaction, made.repurchase_intent) == ("accepted", 5, "high")
    clause = {"clause": "3", "before": "a", "after": "b", "reason": "law", "version": "v2"}
    made = recordforms.clause(crm, made).submit(clause, None)
    assert made.contract_changes[0].version == "v2"
    again = {field.key: field.initial for field in recordforms.clause(crm, made).fields}
    assert again["version"] == "v2"


def test_the_new_steps_begin_from_the_detail_too() -> None:
    steps = {"screen_lead", "terms", "contract", "delivery", "survey"}
    assert steps <= set(FROM_DETAIL) and steps <= {key.action for key in WORKING.keys}


# what is written


def test_an_assigners_choice_is_explained_in_every_width(crm: Crm, hostile) -> None:
    reason = Text("规则 东", "rule East")
    for text in hostile.texts:
        who = Customer(id="1", company=text, owner=text)
        over = (PassedOver(text, Text(text, text)),)
        rows = (
            PlannedAssignment(who, Assignment("Chen", reason, over)),
            PlannedAssignment(who, Assignment(None, reason)),
            PlannedAssignment(who, None, text),
        )
        for width in (40, 78, 108):
            lines = plan_lines(AssignmentPlan(rows, 0), crm.dialect, width)
            assert all(width_of(line) <= width for line in lines)
            assert hostile.harmless(text_of(lines))
    said = text_of(lines)
    assert "1 for somebody else, 0 as they are, 2 for nobody" in said
    assert "→ Chen" in said and "rule East" in said and "passed over" in said
    assert "No open customers" in text_of(plan_lines(AssignmentPlan((), 0), crm.dialect, 40))


def test_owners_are_offered_the_least_busy_first(ruled) -> None:
    crm = ruled()
    for owner in ("Wu", "Wu", "Chen"):
        crm.add(company="x", owner=owner)
    assert owners_to_offer(crm) == ("by the rules", "Chen", "Wu")
    team = ruled('team = ["Wu", "Chen", "Zhao"]\n')
    team.add(company="x", owner="Chen")
    assert owners_to_offer(team) == ("by the rules", "Wu", "Zhao", "Chen")
    zh = Dialect("zh")
    assert is_by_rules(" 按规则 ", zh) and is_by_rules("by the rules", zh)
    assert not is_by_rules("Wu", zh)


def test_notifications_are_read_newest_first(crm: Crm, hostile) -> None:
    at = datetime(2024, 5, 1, tzinfo=UTC)
    notes = [Notification("won:1", at, t, Text(t, t), Text(t, t), t) for t in hostile.texts]
    (section,) = inbox_sections(notes, crm.dialect)
    assert all(hostile.harmless(row.label + row.text) for row in section.rows)
    first = [Notification("won:2", at, "Wu", Text("成交", "Won"), Text("甲", "Acme"), "7")]
    (section,) = inbox_sections(first, crm.dialect)
    assert [row.text for row in section.rows] == ["Won · to Wu · 7", "Acme"]
    (section,) = inbox_sections([], crm.dialect)
    assert "No notifications" in section.rows[0].text


def test_who_referred_is_credited_with_what_came_of_it(crm: Crm) -> None:
    old = crm.add(company="Old", **LEAD)
    won = crm.refer(old.id, {"company": "Won Ltd", "budget": "20万", **LEAD})
    lost = crm.lose(crm.refer(old.id, {"company": "Lost Ltd", "budget": "9万", **LEAD}).id, "price")
    new = crm.refer(old.id, {"company": "New Ltd", "budget": "10万", **LEAD})
    again = crm.repurchase(old.id, {"budget": "5万"})
    pipeline = crm.pipeline()
    won = crm.edit(won.id, contract_signed_at="2024-05-01", price="30万")
    won = won.with_values(status="won")
    linked = [Linked("referral", each.id, each) for each in (won, lost, new)]
    lines = link_lines([*linked, Linked("repurchase", again.id, again)], pipeline, crm.dialect, 100)
    said = [text_of([line]) for line in lines]
    assert "Lead  won  ¥300k" in said[0] and "lost" in said[1] and "¥100k" in said[2]
    assert "Lead  ¥50k" in said[3]
    assert said[4].strip() == "3 referred: 1 won, 1 open, ¥400k"
    assert len(link_lines([Linked("repurchase", again.id, again)], pipeline, crm.dialect, 100)) == 1


# by key


async def test_steps_by_key_on_board_table_and_detail(crm: Crm, open_board) -> None:
    made = crm.add(company="Acme", **LEAD)
    async with open_board(crm, (80, 24)) as d:
        await d.press("S")
        await d.fill(company_exists="pass", contact_decides="pass", number_reachable="pass")
        await d.save()
        assert crm.get(made.id).validity == "valid" and "is valid" in d.told()
        await d.press("enter", "N")
        await d.fill(price="15万", bottom_line="delivery in June")
        await d.save()
        assert crm.get(made.id).bottom_line == "delivery in June"
        await d.press("t", "K")
        assert isinstance(d.screen, FormScreen)
        await d.fill(contract_sent_at="今天")
        await d.save()
        assert isinstance(d.screen, TableScreen) and crm.get(made.id).contract_sent_at is not None
        await d.press("Y")
        await d.fill(delivered_at="今天", acceptance="accepted")
        await d.save()
        await d.press("Q")
        await d.fill(satisfaction="9")
        await d.save()
        assert isinstance(d.screen, FormScreen)  # a score is 1 to 5
        await d.press("ctrl+a", "delete", "4")
        await d.save()
        assert crm.get(made.id).satisfaction == 4
        await d.press("t", "S")
        await d.fill(**{"number_reachable": "fail", "number_reachable reason": "empty number"})
        await d.save()
        gone = crm.get(made.id)
        assert gone.status == "invalid" and gone.close_reason == "empty number"
        await d.press("u", "@")
        assert isinstance(d.screen, ReadScreen)
        assert crm.get(made.id).status == "open"


async def test_owners_by_the_rules_are_explained_before_it_is_done(ruled, open_board) -> None:
    crm = ruled()
    east = crm.add(company="East Ltd", region="East", **LEAD)
    west = crm.add(company="West Ltd", region="West", phone="1", source="x")
    async with open_board(crm, (120, 40)) as d:
        d.state.follow(east.id)
        d.board_screen.show()
        await d.press("A")
        assert "↓ choose: by the rules" in d.text()
        await d.press("down", "enter")
        assert isinstance(d.screen, AssigningScreen)
        said = d.text()
        assert "(nobody) → Chen" in said and "rule East" in said and "passed over Wu" in said
        assert crm.get(east.id).owner is None
        await d.press("escape")
        assert crm.get(east.id).owner is None
        await d.press("A", "down", "enter", "A")
        assert crm.get(east.id).owner == "Chen"
        await d.press("u", "space", "space", "A", "down", "enter")
        assert "1 for somebody else, 0 as they are, 1 for nobody" in d.text()
        revision = crm.revision
        await d.press("A")
        assert crm.revision == revision + 1 and crm.get(west.id).owner is None
        assert isinstance(d.screen, BoardScreen)
        await d.press("@")
        assert "East Ltd" in d.text()
        # who left
        crm.assign(west.id, "Sun")
        crm.assign(east.id, "Sun")
        await d.press("escape", "O")
        assert isinstance(d.screen, PickScreen) and "2 open" in d.text()
        await d.press("enter")
        assert "by the rules" in d.text()
        await d.press("enter")
        assert "Sun → Chen" in d.text() and "Sun → (nobody)" in d.text()
        await d.press("A")
        assert (crm.get(east.id).owner, crm.get(west.id).owner) == ("Chen", "Sun")
        await d.press("u")
        assert crm.get(east.id).owner == "Sun"


async def test_going_back_and_reopening_follow_the_stages_policy(ruled, open_board) -> None:
    crm = ruled(more=POLICIES)
    made = crm.move(crm.add(company="Acme", **LEAD).id)
    other = crm.move(crm.add(company="Else", **LEAD).id)
    async with open_board(crm) as d:
        d.state.follow(made.id)
        d.board_screen.show()
        await d.press("H")  # free: nothing is asked
        assert isinstance(d.screen, BoardScreen) and crm.get(made.id).stage == "lead"
        crm.move(made.id)
        d.board_screen.look()
        await d.settle()
        await d.press("2", "home", "space", "space", "H")
        assert {crm.get(each.id).stage for each in (made, other)} == {"lead"}
        crm.lose(made.id, "price")
        d.board_screen.look()
        await d.settle()
        await d.press("escape", "z", "1", "r")
        assert "does not let Acme be reopened in Lead" in d.told()
        assert crm.get(made.id).status == "lost"


async def test_a_step_back_that_is_never_allowed_is_not_asked_about(ruled, open_board) -> None:
    crm = ruled(more=POLICIES.replace('"free"', '"never"'))
    made = crm.move(crm.add(company="Acme", **LEAD).id)
    async with open_board(crm) as d:
        d.state.follow(made.id)
        d.board_screen.show()
        await d.press("H")
        assert "does not let Acme go back from Screening" in d.told()
        assert crm.get(made.id).stage == "screening"
