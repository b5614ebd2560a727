"""What is drawn is what would be drawn anew, though most of it is kept, and some of it never drawn."""

from __future__ import annotations

from datetime import timedelta

import pytest
from rich.cells import cell_len
from rich.style import Style
from textual.filter import Monochrome
from textual.geometry import Region
from textual.screen import UPDATE_PERIOD, Screen

from crmcore.crm import Crm
from crmcore_tui.app import CrmApp
from crmcore_tui.widgets.board import Board
from crmcore_tui.widgets.cardlist import CardList
from crmcore_tui.widgets.covered import CoveredRow, UnseenBar
from crmcore_tui.widgets.ink import Ink

LEAD = {"phone": "138", "source": "fair"}
KEYS = (
    "j", "pagedown", "pagedown", "l", "j", "h", "G", "k", "L", "u", "ctrl+r", "space", "j", "space", "v", "k",
    "escape", "escape", "slash", "c", "1", "backspace", "enter", "escape", "z", "z", "ctrl+t", "j", "ctrl+t",
    "ctrl+l", "k", "backslash", "question_mark", "j", "escape", "t", "j", "l", "s", "t", "T", "j", "escape",
)  # fmt: skip


@pytest.fixture
def some(crm: Crm, clock) -> Crm:
    """Three dozen customers in two stages, something due of some."""
    for n in range(36):
        due = clock.now + timedelta(days=n % 5 - 2)
        made = crm.add(company=f"C{n} 公司", budget=f"{n + 1}万", next_step_due=due, **LEAD)
        if n % 3 == 0:
            crm.move(made.id, force=True, reason="try")
    return crm


def _drawn(screen: Screen[object]) -> list[list[tuple[str, Style | None]]]:
    """The cells of all lines, each with its style."""
    lines = screen._compositor.render_strips()
    return [
        [(part, style) for text, style, _ in line for c in text for part in [c, ""][: cell_len(c)]]
        for line in lines
    ]


def _drawn_anew(screen: Screen[object]) -> list[list[tuple[str, Style | None]]]:
    for widget in screen.query("*"):
        widget._styles_cache.clear()
    for ink in screen.query(Ink):
        ink._made.clear()
    for cards in screen.query(CardList):
        cards._written.clear()
    return _drawn(screen)


async def test_after_every_key_the_screen_is_as_if_drawn_anew(some: Crm, open_board) -> None:
    async with open_board(some, size=(111, 31)) as d:
        for key in KEYS:
            await d.press(key)
            assert _drawn(d.screen) == _drawn_anew(d.screen), key


async def test_the_colours_that_a_terminal_has_are_those_of_the_moment(
    some: Crm, open_board
) -> None:
    async with open_board(some) as d:
        await d.press("j")
        d.pilot.app._filters.append(Monochrome())
        styles = [style for line in _drawn(d.screen) for _, style in line if style]
        inks = {style.color.triplet for style in styles if style.color is not None}
        assert all(ink.red == ink.green == ink.blue for ink in inks)
        assert _drawn(d.screen) == _drawn_anew(d.screen)


async def test_a_key_writes_only_the_lines_it_changes(some: Crm, open_board, monkeypatch) -> None:
    async with open_board(some) as d:
        written: list[Ink] = []
        for kind in {type(ink) for ink in d.screen.query(Ink)}:

            def watched(ink: Ink, y: int, write=kind.render_line) -> object:
                written.append(ink)
                return write(ink, y)

            monkeypatch.setattr(kind, "render_line", watched)
        monkeypatch.setattr(UnseenBar, "render", None)
        await d.press("j")
        cards = d.screen.query_one("#cards-0")
        assert {ink for ink in written if isinstance(ink, CardList)} == {cards}
        assert written.count(cards) == 8  # of two cards, four lines each
        written.clear()
        await d.press("L")
        assert {ink.id for ink in written if isinstance(ink, CardList)} == {"cards-0", "cards-1"}


async def test_what_a_key_leads_to_does_not_wait_for_textuals_next_period(
    some: Crm, open_board
) -> None:
    async with open_board(some) as d:
        await d.press("question_mark")
        for screen in d.pilot.app.screen_stack[1:]:
            assert screen._update_timer is screen._drawing
            assert 2 * screen._drawing._interval < UPDATE_PERIOD


@pytest.mark.parametrize("width", [26, 53, 79, 80, 97, 131, 160])
async def test_what_is_in_a_row_covers_it(width: int, some: Crm, open_board) -> None:
    async with open_board(some, size=(width, 24)) as d:
        await d.press("j")
        rows = list(d.screen.query(CoveredRow))
        assert len(rows) == 2
        for row in rows:
            shown = [child.region for child in row.children if child.display]
            assert Region.from_union(shown) == row.region
            assert sum(region.area for region in shown) == row.region.area


async def test_a_scroll_bar_is_seen_when_the_mouse_is_over_it_and_does_what_it_did(
    some: Crm, open_board
) -> None:
    async with open_board(some, size=(60, 24)) as d:
        cards = d.screen.query_one("#cards-0", CardList)
        bar = cards.vertical_scrollbar.region

        def colours() -> set[object]:
            column = [line[bar.x : bar.right] for line in _drawn(d.screen)[bar.y : bar.bottom]]
            styles = [style for line in column for _, style in line if style is not None]
            return {style.color if style.reverse else style.bgcolor for style in styles}

        assert len(colours()) == 1
        below = d.screen.get_style_at(bar.x, bar.bottom - 1)
        assert below.meta == {"@mouse.down": "scroll_down"}
        await d.pilot.hover(offset=(bar.x, bar.y + 1))
        await d.settle()
        assert cards.vertical_scrollbar.mouse_over
        assert len(colours()) > 1 or any(
            s.reverse for line in _drawn(d.screen) for _, s in line if s
        )
        await d.pilot.hover(offset=(0, 0))
        await d.settle()
        assert len(colours()) == 1


async def test_the_stage_that_a_card_would_be_dropped_in_is_framed(some: Crm, open_board) -> None:
    async with open_board(some) as d:
        assert "┏" not in d.text()
        d.screen.query_one(Board).mark_drop(1)
        await d.settle()
        assert "┏" in d.text()
        d.screen.query_one(Board).mark_drop(None)
        await d.settle()
        assert "┏" not in d.text()


async def test_graders_are_loaded_before_the_first_change_needs_them(
    some: Crm, open_board, monkeypatch
) -> None:
    asked = []
    graders = type(some.host).graders

    def watched(host: object) -> object:
        asked.append(host)
        if len(asked) == 1:
            raise RuntimeError("not yet")
        return graders(host)

    monkeypatch.setattr(type(some.host), "graders", watched)
    async with open_board(some) as d:
        await d.settle()
        assert asked == [some.host]
        assert d.told() == ""
        await d.press("e", "escape")
        assert isinstance(d.pilot.app, CrmApp)
