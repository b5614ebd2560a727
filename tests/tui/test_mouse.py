"""The mouse does what keys do: by the same ways, and never by accident."""

from __future__ import annotations

import pytest

from crmcore.crm import Crm
from crmcore.dialect import Dialect
from crmcore_tui.keymap import footer_keys
from crmcore_tui.presenter import footer_key_at, footer_line
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.detail import DetailScreen
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.screens.reader import ReadScreen

READY = {"phone": "13800138000", "source": "trade fair"}


async def drag(d, start: str, at: tuple[int, int], end: str, to: tuple[int, int], *, drop=True):
    await d.pilot.mouse_down(start, offset=at)
    await d.pilot.hover(start, offset=(at[0] + 1, at[1]))
    await d.pilot.hover(end, offset=to)
    await d.settle()
    if drop:
        await d.pilot.mouse_up(end, offset=to)
        await d.settle()


def targets(d) -> list[str]:
    return [stage.id for stage in d.board_screen.query(".stage.-drop")]


async def test_a_click_selects_and_two_open_and_the_wheel_leaves_the_cursor(
    crm: Crm, open_board
) -> None:
    ids = [crm.add(company=f"c{n:02}", budget=f"{99 - n}万", **READY).id for n in range(40)]
    async with open_board(crm) as d:
        await d.pilot.click("#cards-0", offset=(5, 5))
        await d.settle()
        assert d.selected().id == ids[1]
        cards = d.board_screen.board.list_at_cursor()
        for _ in range(20):
            cards._on_mouse_scroll_down(_wheel(cards))
        await d.settle()
        place = cards.scroll_offset.y
        assert place > 8 and d.selected().id == ids[1]
        crm.edit(ids[30], position="boss")
        d.board_screen.look()
        await d.settle()
        assert (cards.scroll_offset.y, d.selected().id) == (place, ids[1])
        await d.press("j")  # a key brings the cursor back into view
        assert cards.scroll_offset.y < place and d.selected().id == ids[2]
        await d.pilot.click("#cards-0", offset=(5, 1), times=2)
        await d.settle()
        assert isinstance(d.screen, DetailScreen)


def _wheel(widget):
    from textual.events import MouseScrollDown

    return MouseScrollDown(
        widget, x=1, y=1, delta_x=0, delta_y=1, button=0, shift=False, meta=False, ctrl=False
    )


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_a_card_is_dragged_to_another_stage(size, crm: Crm, open_board) -> None:
    ready = crm.add(company="Ready", budget="9万", **READY).id
    bare = crm.add(company="Bare", budget="8万", phone="13800138000").id
    async with open_board(crm, size) as d:
        await drag(d, "#cards-0", (5, 1), "#cards-1", (5, 3), drop=False)
        assert targets(d) == ["stage-1"]
        assert "Ready" in d.told() and "release to move" in d.told()
        await d.pilot.hover("#cards-0", offset=(5, 9))  # back home: no target
        await d.settle()
        assert targets(d) == [] and "nothing moves" in d.told()
        await d.pilot.mouse_up("#cards-0", offset=(5, 9))
        await d.settle()
        assert crm.get(ready).stage == "lead" and d.selected().id == ready

        await drag(d, "#cards-0", (5, 1), "#cards-1", (5, 3), drop=False)
        await d.press("escape")  # lets it go where it was
        assert targets(d) == []
        await d.pilot.mouse_up("#cards-1", offset=(5, 3))
        await d.settle()
        assert crm.get(ready).stage == "lead"

        await drag(d, "#cards-0", (5, 1), "#footer", (5, 0))
        assert crm.get(ready).stage == "lead"

        await drag(d, "#cards-0", (5, 1), "#cards-1", (5, 3))
        assert crm.get(ready).stage == "screening" and targets(d) == []
        assert d.selected().id == ready and "undoes it" in d.told()

        await d.press("1")
        await drag(d, "#cards-0", (5, 1), "#cards-1", (5, 3))  # its gate asks
        assert isinstance(d.screen, FormScreen) and "Bare" in d.text()
        await d.fill(source="fair")
        await d.save()
        assert crm.get(bare).stage == "screening"

        await drag(d, "#cards-1", (5, 1), "#cards-0", (5, 1))  # back, with a reason
        assert isinstance(d.screen, FormScreen)
        await d.type("too early")
        await d.save()
        assert crm.get(ready).stage == "lead"


async def test_those_marked_are_dragged_together(crm: Crm, open_board) -> None:
    ids = [crm.add(company=f"c{n}", budget=f"{9 - n}万", **READY).id for n in range(3)]
    async with open_board(crm) as d:
        await d.press("space", "space")
        await drag(d, "#cards-0", (5, 1), "#cards-1", (5, 3))
        assert [crm.get(each).stage for each in ids] == ["screening", "screening", "lead"]


async def test_headings_and_the_footer_can_be_clicked(crm: Crm, open_board) -> None:
    crm.add(company="Acme", **READY)
    async with open_board(crm, (120, 40)) as d:
        await d.pilot.click("#stage-2 .heading", offset=(4, 1))
        await d.settle()
        assert d.state.col == 2
        rows = d.board_screen.footer_rows()
        line = "".join(part.text for part in footer_line(rows, 120, crm.dialect))
        help_ = next(row for row in rows if row.action == "help")
        x = line.index(f" {help_.shown} ")
        await d.pilot.click("#footer", offset=(x + 1, 0))
        await d.settle()
        assert isinstance(d.screen, ReadScreen)
        await d.press("q", "slash")
        await d.pilot.click(
            "#footer", offset=(x + 1, 0)
        )  # keys that do not act now are not clicked
        await d.settle()
        assert isinstance(d.screen, BoardScreen)


def test_every_key_of_the_footer_is_where_it_is_shown() -> None:
    rows = footer_keys()
    for language in ("zh", "en"):
        dialect = Dialect(language)
        for width in (40, 80, 200):
            from rich.cells import cell_len

            x, met = 0, []
            parts = footer_line(rows, width, dialect)
            for part in parts:
                if part.role == "key":
                    found = footer_key_at(x, rows, width, dialect)
                    assert found is not None and part.text == f" {found.shown} "
                    met.append(found.action)
                x += cell_len(part.text)
            assert met == [row.action for row in rows[: len(met)]] and met
            assert footer_key_at(width + 50, rows, width, dialect) is None
