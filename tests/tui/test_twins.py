"""Likely duplicates on the board: merged field by field, as one change that is taken back."""

from __future__ import annotations

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.duplicates import Likely
from crmcore.wording import Text
from crmcore_tui.cells import width_of
from crmcore_tui.keymap import MERGING_TWINS, TWINS
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.mergetwins import MergeScreen
from crmcore_tui.screens.twins import TwinsScreen
from crmcore_tui.twintext import (
    Pair,
    chooses,
    field_note,
    merge_head,
    merge_line,
    pair_line,
    pair_lines,
)

KNOWN = {
    "company": "Acme Ltd", "phone": "13800138000", "source": "fair", "tags": "a", "position": "Boss",
}  # fmt: skip
TWIN = {
    "company": "Acme", "phone": "138 0013 8000", "source": "web", "tags": "b", "email": "a@acme.io",
}  # fmt: skip


def text_of(lines) -> str:
    """Lines of parts as text."""
    return "\n".join("".join(part.text for part in line) for line in lines)


def test_pairs_and_fields_fit_every_width(crm: Crm, hostile) -> None:
    for text in hostile.texts:
        one, other = Customer(id="1", company=text), Customer(id="2", contact=text)
        pair = Pair(Likely("1", "2", 0.9, (Text(text, text),)), one, other)
        first = crm.add(company=text or "x", phone="1", source="a", remarks="one")
        second = crm.add(company=text, phone="2", source=text, remarks=text)
        plan = crm.plan_merge(first.id, second.id)
        for width in (40, 78, 106):
            lines = [pair_line(pair, crm.dialect, width), *pair_lines(pair, crm.dialect, width)]
            lines.append(merge_head(plan, crm.dialect, width))
            lines += [merge_line(field, crm.dialect, width) for field in plan.fields]
            assert all(width_of(line) == width for line in lines)
            assert hostile.harmless(text_of(lines))
    assert pair_lines(None, crm.dialect, 40) == ()


def test_only_one_of_two_values_is_chosen(crm: Crm) -> None:
    one, other = crm.add(KNOWN), crm.add(TWIN)
    fields = {field.spec.key: field for field in crm.plan_merge(one.id, other.id).fields}
    assert chooses(fields["company"]) and field_note(fields["company"], crm.dialect) == ""
    assert "Those of both" in field_note(fields["tags"], crm.dialect)
    assert "Only the other" in field_note(fields["email"], crm.dialect)
    said = text_of([merge_line(fields["company"], crm.dialect, 100)])
    assert "● Acme Ltd" in said and "○ Acme" in said
    tags = text_of([merge_line(fields["tags"], crm.dialect, 100)])
    assert "● a" in tags and "● b" in tags and "a; b" in tags


async def test_twins_are_merged_field_by_field_and_taken_back(crm: Crm, open_board) -> None:
    one, other = crm.add(KNOWN), crm.add(TWIN)
    crm.add(company="Else", phone="1", source="x")
    async with open_board(crm, (80, 24)) as d:
        await d.press("M")
        assert isinstance(d.screen, TwinsScreen)
        assert "1 pairs" in d.text() and "same phone: 13800138000" in d.text()
        await d.press("u")
        assert "Nothing was merged here" in d.text()
        await d.press("enter")
        screen = d.screen
        assert isinstance(screen, MergeScreen)
        assert [field.spec.key for field in screen.fields][:2] == ["company", "phone"]
        await d.press("right")
        assert screen.plan.kept.company == "Acme"
        await d.press("left", "j", "l", "ctrl+l")
        assert screen.plan.kept.company == "Acme Ltd"
        assert screen.plan.kept.phone == "138 0013 8000"
        assert "合并后" in d.text()
        await d.press("ctrl+l", "s")
        assert (screen.keep.id, screen.take) == (other.id, frozenset())
        await d.press("s")
        revision = crm.revision
        await d.burst("l", "A")  # what was chosen just before is merged
        assert d.screen is not screen
        assert crm.revision == revision + 1
        kept, gone = crm.get(one.id), crm.get(other.id)
        assert (kept.email, kept.tags) == ("a@acme.io", ("a", "b"))
        assert "Acme" in (kept.company, kept.phone) or kept.phone == "138 0013 8000"
        assert gone.status == "invalid" and gone.links[0].id == one.id
        assert "is merged into" in d.text() and "No likely duplicates" in d.text()
        await d.press("u")
        assert crm.get(one.id).email is None and crm.get(other.id).status == "open"
        assert "The merge is taken back" in d.text() and "1 pairs" in d.text()
        await d.press("escape")
        assert isinstance(d.screen, BoardScreen)
        assert [c.status for c in d.state.columns[0].rows] == ["open"] * 3
    for screen, section in ((TwinsScreen, TWINS), (MergeScreen, MERGING_TWINS)):
        assert all(hasattr(screen, f"action_{key.action}") for key in section.keys)


async def test_a_merge_of_what_others_changed_is_looked_at_again(crm: Crm, open_board) -> None:
    one, other = crm.add(KNOWN), crm.add(TWIN)
    async with open_board(crm) as d:
        await d.press("M", "enter")
        crm.edit(one.id, position="Chair")
        await d.press("A")
        assert isinstance(d.screen, MergeScreen) and "changed meanwhile" in d.text()
        assert crm.get(other.id).status == "open"
        await d.press("A")
        assert isinstance(d.screen, TwinsScreen)
        assert crm.get(one.id).position == "Chair" and crm.get(other.id).status == "invalid"


async def test_one_who_was_won_is_not_merged_away(crm: Crm, open_board) -> None:
    one, other = crm.add(KNOWN), crm.add(TWIN)
    won = crm.move(other.id, "after_sales", reason="as the sheet says", force=True)
    assert won.status == "won"
    async with open_board(crm) as d:
        await d.press("M", "enter")
        assert "was won" in d.text() and d.screen.plan is None
        await d.press("A", "l", "s")
        assert d.screen.plan.kept.id == other.id
        await d.press("A")
        assert crm.get(one.id).status == "invalid"
