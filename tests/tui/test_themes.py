"""Each theme can be read: whatever role on whatever ground; and no sign is a colour alone."""

from __future__ import annotations

import pytest
from rich.style import Style
from textual.color import Color

from crmcore_tui.presenter import CARD_LINES
from crmcore_tui.themes import LABELS, READABLE, THEMES, contrast, readable
from crmcore_tui.widgets.cardlist import CardList
from crmcore_tui.widgets.ink import DRAWN, ROLES, Ink
from crmcore_tui.widgets.lines import Lines
from crmcore_tui.widgets.statusline import StatusLine


def ratio(style: Style) -> float:
    """Between the letters of *style* and what is behind them."""
    return contrast(Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor))


@pytest.mark.parametrize("name", THEMES)
async def test_everything_written_can_be_read(name: str, crm, open_board) -> None:
    crm.add(company="Acme", phone="139", source="fair")
    async with open_board(crm) as d:
        d.pilot.app.theme = name
        await d.settle()
        board = d.board_screen
        cards, summary = board.query_one("#cards-0", CardList), board.query_one("#summary", Lines)
        heading, status = board.query(".heading").first(Lines), board.query_one(StatusLine)
        written = [role for role in ("", *ROLES) if role not in DRAWN]
        poor = {
            f"{widget.id or 'heading'}: {role or 'plain'} on {ground}": round(ratio(ink), 2)
            for widget, grounds in (
                (cards, ("card", "selected", "resting", "plain")),
                (summary, ("plain",)),
                (heading, ("plain",)),
                (status, ("plain",)),
            )
            for ground in grounds
            for role in written
            if ratio(ink := widget._ink(role, ground)) < READABLE
        }
        assert not poor


@pytest.mark.parametrize("name", THEMES)
async def test_every_dialog_can_be_read(name: str, crm, open_board) -> None:
    customer = crm.add(company="Acme", phone="139", source="fair", budget="10万")
    crm.grade(customer.id, "A", "met them")
    async with open_board(crm) as d:
        d.pilot.app.theme = name
        poor = {}
        for key in ("a", "e", "enter", "i", "question_mark", "comma", "P", "V"):
            await d.press(key)
            assert d.screen is not d.board_screen
            for widget in d.screen.query("Static, Input, TextArea"):
                style = widget.rich_style
                if widget.display and ratio(style) < READABLE:
                    poor[f"{key}: {widget!r}"] = round(ratio(style), 2)
            for ink in d.screen.query(Ink):
                for role in ROLES:
                    if role not in DRAWN and ratio(ink._ink(role, "plain")) < READABLE:
                        poor[f"{key}: {role}"] = 0
            await d.press("escape")
        assert not poor


async def test_inks_are_those_of_the_theme_of_the_moment_also_under_a_dialog(
    crm, open_board
) -> None:
    crm.add(company="Acme", phone="139", source="fair")
    async with open_board(crm) as d:
        cards = d.board_screen.query_one("#cards-0", CardList)
        seen: dict[str, list[Style]] = {}
        for key in ("question_mark", "escape"):
            await d.press(key)
            for name in THEMES:
                d.pilot.app.theme = name
                await d.settle()
                inks = [cards._ink(role, "card") for role in ROLES]
                assert seen.setdefault(name, inks) == inks
        assert len({tuple(inks) for inks in seen.values()}) == len(THEMES)


def test_the_measure_knows_black_on_white_and_grey_on_grey() -> None:
    assert ratio(Style.parse("#000000 on #ffffff")) == pytest.approx(21)
    assert ratio(Style.parse("#777777 on #888888")) < 1.5
    grey = Color.parse("#777777")
    assert contrast(readable(Color.parse("#808080"), grey), grey) >= READABLE
    assert readable(Color.parse("#ffffff"), Color.parse("#000000")) == Color.parse("#ffffff")


def test_each_theme_has_a_name_for_people() -> None:
    assert set(LABELS) == set(THEMES)
    assert {theme.dark for theme in THEMES.values()} == {True, False}


async def test_no_sign_is_a_colour_alone(crm, open_board, clock) -> None:
    late = crm.add(company="Late Ltd", phone="1", source="x", next_step="call")
    crm.edit(late.id, next_step_due="2024-04-30 09:00")
    good = crm.add(company="Good Ltd", phone="2", source="x")
    crm.grade(good.id, "B", "met them")
    async with open_board(crm) as d:
        text = d.text()
        assert "! 1d overdue" in text  # overdue: a mark and words
        assert " B " in text  # the grade: its letter
        assert text.count("▌") == CARD_LINES  # the card under the cursor: a mark at its edge
