"""A customer's detail: where it stands, what is due, why its grade, whom it is linked to, its history."""

from __future__ import annotations

from attrs import evolve

from crmcore.crm import Crm
from crmcore.records import GradeRecord, RuleEvidence
from crmcore_tui.cells import width_of
from crmcore_tui.detailtext import Linked, due_lines, grade_lines, head_lines, link_lines
from crmcore_tui.keymap import DETAIL
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.detail import STEP, DetailScreen
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.screens.pick import PickScreen
from crmcore_tui.widgets.linkpaper import LinkPaper

LEAD = {"phone": "138", "source": "fair"}


def text_of(lines) -> str:
    """Lines of parts as text."""
    return "\n".join("".join(part.text for part in line) for line in lines)


def test_the_head_tells_how_far_it_has_come_in_every_width(crm: Crm) -> None:
    made = crm.add(company="Acme", budget="10万", **LEAD)
    moved = crm.move(made.id)
    pipeline = crm.pipeline()
    wide = text_of(head_lines(moved, pipeline, crm.dialect, 100))
    assert "● Lead ── ◉ Screening ╌╌ ○ Solution" in wide and "unassigned" in wide
    narrow = text_of(head_lines(moved, pipeline, crm.dialect, 40))
    assert "●◉○○○  Screening" in narrow
    lost = crm.lose(made.id, "too dear")
    said = text_of(head_lines(lost, pipeline, crm.dialect, 100))
    assert "✕ Screening" in said and "✕ lost too dear" in said
    for width in (1, 20, 74, 200):
        assert all(
            width_of(line) <= width for line in head_lines(lost, pipeline, crm.dialect, width)
        )


def test_what_is_due_is_told_soonest_first_the_overdue_marked(crm: Crm) -> None:
    made = crm.add(company="Acme", owner="Li", next_step="{x} [/red]", next_step_due="昨天", **LEAD)
    lines = due_lines(crm.get(made.id), crm.clock(), crm.dialect, 60)
    assert [line[0].role for line in lines] == ["overdue", "later"]
    assert text_of(lines).splitlines()[0].startswith("! ")
    assert "{x} [/red]" in text_of(lines) and "first follow-up" in text_of(lines)


def test_the_grade_in_short_names_the_rules_that_weighed_most(crm: Crm) -> None:
    rules = tuple(
        RuleEvidence(rule=f"r{n}", field="employees", value="8", points=points, reason_zh="规模", reason_en=f"reason {n}")
        for n, points in enumerate((1.0, -30.0, 20.0, 10.0, None))
    )  # fmt: skip
    record = GradeRecord(
        grader="card", version="1", digest="", at=crm.clock(), rules=rules, score=41.0
    )
    customer = evolve(crm.add(company="Acme", **LEAD), grade="A", grading=record)
    said = text_of(grade_lines(customer, crm.dialect, 80))
    assert "expected to close within 30 days" in said and "score 41" in said
    assert [line.split("reason ")[1][0] for line in said.splitlines()[1:]] == ["1", "2", "3"]
    by_sheet = evolve(customer, grading=None, grade_evidence="met them\x1b[31m")
    assert "met them" in text_of(grade_lines(by_sheet, crm.dialect, 80))
    assert "\x1b" not in text_of(grade_lines(by_sheet, crm.dialect, 80))


def test_links_are_numbered_and_fit(crm: Crm, hostile) -> None:
    made = [crm.add(company=text, **LEAD) for text in hostile.texts]
    linked = [Linked("referral", each.id, each) for each in made]
    linked += [Linked("strange [/kind]\n" * 9, "gone", None)]
    lines = link_lines(linked, crm.pipeline(), crm.dialect, 70)
    assert len(lines) == len(linked) + 1 and all(width_of(line) <= 70 for line in lines)
    assert hostile.harmless(text_of(lines)) and "no longer there" in text_of(lines)


async def test_links_lead_to_other_customers_and_back(crm: Crm, open_board) -> None:
    old = crm.add(company="First", **LEAD)
    again = crm.repurchase(old.id)
    friend = crm.refer(again.id, {"company": "Friend", "phone": "139"})
    async with open_board(crm) as d:
        d.state.follow(again.id)
        d.board_screen.show()
        await d.press("enter")
        screen = d.screen
        assert isinstance(screen, DetailScreen)
        assert "1 bought before as  First" in d.text() and "2 referred to us" in d.text()
        await d.press("2")
        assert d.screen is not screen and d.screen.customer.id == friend.id
        assert "1 referred by" in d.text()
        await d.press("f")  # the only one
        assert d.screen.customer.id == again.id
        await d.press("f")
        assert isinstance(d.screen, PickScreen)
        await d.press("j", "enter")
        assert d.screen.customer.id == friend.id
        await d.press("e")  # the one that is shown, not the one under the board's cursor
        assert isinstance(d.screen, FormScreen)
        await d.fill(position="Boss")
        await d.save()
        assert isinstance(d.screen, BoardScreen)
        assert crm.get(friend.id).position == "Boss" and crm.get(again.id).position is None
        d.state.follow(friend.id)
        d.board_screen.show()
        await d.press("enter", "9", "escape", "enter")
        await d.pilot.click(LinkPaper, offset=(3, 0))
        await d.settle()
        assert d.screen.customer.id == again.id
        await d.press("escape", "escape")
        assert isinstance(d.screen, BoardScreen)
    assert {key.action.split("(")[0] for key in DETAIL.keys} == {"follow", "link", "more"}


async def test_history_is_read_on_and_others_changes_keep_the_place(crm: Crm, open_board) -> None:
    made = crm.add(company="Acme", **LEAD)
    for n in range(STEP + 20):
        crm.edit(made.id, position=f"position {n}")
    async with open_board(crm, (80, 24)) as d:
        await d.press("enter", "f")
        assert isinstance(d.screen, PickScreen) and "No other customer is linked" in d.text()
        await d.press("escape", "G")
        assert "and older ones, m reads on" in d.text()
        await d.press("m", "G")
        assert "older ones" not in d.text() and "added · Li Na" in d.text()
        await d.press("pageup")
        body = d.screen.query_one("#dialog-body")
        place = body.scroll_offset.y
        assert place > 0
        crm.edit(made.id, company="Renamed")
        d.board_screen.look()
        await d.settle()
        assert "Renamed" in str(d.screen.query_one("#dialog-title").render())
        assert body.scroll_offset.y == place
        await d.press("ctrl+l")
        assert "历史" in d.screen.found.sections[-1].title
        assert body.scroll_offset.y == place
