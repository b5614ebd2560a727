"""Two change the same customer: what clashes is decided field by field, the rest is taken over."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmcore.crm import Crm
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.conflict import ConflictScreen
from crmcore_tui.screens.form import FormScreen


@pytest.fixture
def two(tmp_path: Path, clock):
    """Two façades on one file."""
    (tmp_path / "crm.toml").write_text(
        'store = "json:crm.json"\nlanguage = "en"\ntimezone = "Asia/Shanghai"\n'
    )
    with (
        Crm.open(directory=tmp_path, clock=clock, actor="Li Na") as mine,
        Crm.open(directory=tmp_path, clock=clock, actor="Chen") as theirs,
    ):
        yield mine, theirs


async def test_each_field_is_decided_and_saved_against_the_newer_revision(two, open_board) -> None:
    mine, theirs = two
    customer = mine.add(
        company="Acme", position="clerk", region="East", budget="10万", need_match="low",
        phone="13800138000",
    )  # fmt: skip
    async with open_board(mine, (110, 50)) as d:
        await d.press("e")
        await d.fill(
            position=" of works", region=" side", budget="-20万", contact="Amy", tags="hot"
        )
        theirs.refresh()
        theirs.edit(customer.id, position="director", industry="steel")
        theirs.edit(customer.id, region="West", budget="20万-30万", need_match="high", tags="hot")
        await d.save()
        assert isinstance(d.screen, ConflictScreen)
        text = d.text()
        assert "Chen" in text
        fields = [view.clash.field.key for view in d.screen._views]
        assert fields == ["position", "region", "budget"]  # the tags are the same
        assert "before  clerk" in text
        assert "○ mine    clerk of works" in text
        assert "○ theirs  director" in text
        assert "Industry" in text and "→ steel" in text and "Low → High" in text
        await d.press("ctrl+s")
        assert isinstance(d.screen, ConflictScreen) and "(3 to go)" in d.text()
        await d.press("m", "t", "e")  # each choice goes on to the next field
        assert isinstance(d.screen, FormScreen)
        await d.press("end", "ctrl+u")
        await d.type("15万-25万")
        await d.save()
        assert isinstance(d.screen, ConflictScreen) and "● edited" in d.text()
        await d.press("k", "m", "j", "up", "t", "1")
        d.screen._views[0]._lines[2].on_click()  # theirs, with the mouse, and mine again
        await d.settle()
        assert "● theirs  director" in d.text()
        d.screen._views[0]._lines[1].on_click()
        await d.settle()
        await d.save()
        assert isinstance(d.screen, BoardScreen)
    stored = mine.get(customer.id)
    assert (stored.position, stored.region, stored.contact) == ("clerk of works", "West", "Amy")
    assert (stored.industry, stored.need_match) == ("steel", "high")
    assert str(stored.budget) == "15万-25万"
    last = next(mine.history(customer.id, newest_first=True))
    assert {change.field for change in last.edits[0].changes} >= {"position", "contact", "budget"}
    assert "region" not in {change.field for change in last.edits[0].changes}


async def test_where_nothing_clashes_it_is_shown_and_saved_with_one_key(two, open_board) -> None:
    mine, theirs = two
    customer = mine.add(company="Acme", position="clerk", phone="13800138000")
    async with open_board(mine, (80, 24)) as d:
        await d.press("e")
        await d.fill(contact="Amy")
        theirs.refresh()
        theirs.edit(customer.id, position="director")
        theirs.assign(customer.id, "Chen")
        await d.save()
        assert isinstance(d.screen, ConflictScreen)
        assert "clerk → director" in d.text() and "you can save" in d.text()
        await d.press("m", "t", "e", "j", "k", "escape")
        assert isinstance(d.screen, FormScreen)
        rows = {row.field.key: row for row in d.screen._rows}
        assert rows["contact"].text == "Amy"
        await d.save()  # nothing was decided: it is asked again
        assert isinstance(d.screen, ConflictScreen)
        theirs.edit(customer.id, position="chairman")  # and again
        await d.press("enter")
        assert isinstance(d.screen, ConflictScreen) and "director → chairman" in d.text()
        await d.press("enter")
        assert isinstance(d.screen, BoardScreen)
    stored = mine.get(customer.id)
    assert (stored.contact, stored.position, stored.owner) == ("Amy", "chairman", "Chen")


async def test_a_new_answer_does_not_overwrite_the_others_new_objection(two, open_board) -> None:
    from crmcore.records import Objection

    mine, theirs = two
    customer = mine.add(company="Acme", phone="13800138000")
    customer = mine.append(customer.id, "objections", Objection("too dear"))
    async with open_board(mine) as d:
        await d.press("x")
        await d.type("three instalments")
        theirs.refresh()
        theirs.append(customer.id, "objections", Objection("too late"))
        await d.save()
        assert "too late" in d.text()
        await d.press("enter")
    first, second = mine.get(customer.id).objections
    assert (first.response, first.resolved) == ("three instalments", True)
    assert (second.content, second.resolved) == ("too late", False)
