"""What the board shows and in which order: sorted, by a saved filter."""

from __future__ import annotations

import pytest

from crmcore.errors import ConfigError
from crmcore_tui.boardquery import SORTINGS
from crmcore_tui.savedfilters import OwnFilters
from crmcore_tui.screens.form import FormScreen


def names(d) -> list[str]:
    """The companies in the first column, from the top."""
    return [customer.company for customer in d.state.columns[0].rows]


# sorting


@pytest.mark.parametrize(
    ("place", "wanted"),
    [(1, ["B", "C", "A"]), (2, ["C", "A", "B"]), (4, ["A", "B", "C"])],
)
async def test_another_order_stays_through_reloads(place, wanted, crm, open_board) -> None:
    crm.add(company="A", budget="1万", next_step_due="明天")
    crm.add(company="B", budget="9万")
    last = crm.add(company="C", budget="5万")
    crm.grade(last.id, "A", "met them")
    async with open_board(crm) as d:
        assert names(d)[0] == "A"
        await d.press("s", *["j"] * place, "enter")
        assert names(d)[: len(wanted)] == wanted
        assert crm.dialect.say(SORTINGS[place].label) in d.text().splitlines()[0]
        crm.edit(last.id, employees=3)
        d.board_screen.look()
        await d.settle()
        assert names(d) == wanted
        await d.press("s", "k", "enter")


async def test_every_order_pages_through_everybody_once(crm, open_board) -> None:
    for n in range(120):
        crm.add(company=f"C-{n % 7}", budget=f"{n % 5 + 1}万")
    async with open_board(crm) as d:
        for place in range(len(SORTINGS)):
            d.board_screen.sorting = SORTINGS[place]
            d.board_screen.reload()
            await d.settle()
            await d.press("G")
            ids = [customer.id for customer in d.state.columns[0].rows]
            assert len(ids) == len(set(ids)) == 120, SORTINGS[place].key
            await d.press("g", "g")


# saved filters


async def test_a_filter_is_saved_picked_and_removed(crm, open_board) -> None:
    wanted = crm.add(company="Acme", owner="Chen")
    crm.add(company="Other")
    async with open_board(crm) as d:
        await d.press("f")
        assert "None yet" in d.text()
        await d.press("escape", "slash")
        await d.type("owner:Chen")
        await d.press("enter", "f")
        assert "Save the filter in force" in d.text()
        await d.press("enter")
        assert isinstance(d.screen, FormScreen)
        await d.type("[/red] mine")
        await d.save()
        await d.press("escape")
        assert len(names(d)) == 2
        await d.press("f")
        assert "[/red] mine" in d.text() and "owner:Chen" in d.text()
        await d.press("enter")
        assert names(d) == [wanted.company] and d.board_screen.filter_text == "owner:Chen"
        await d.press("f", "j", "d")
        assert "is removed" in d.told()
        assert d.pilot.app.filters.read() == {}


async def test_the_teams_filters_come_from_crm_toml(make_crm, open_board) -> None:
    crm = make_crm(filters={"big": "value>5万", "broken": "nonsense:1"})
    crm.add(company="Big", budget="9万")
    crm.add(company="Small", budget="1万")
    async with open_board(crm) as d:
        await d.press("f", "enter")
        assert names(d) == ["Big"]
        await d.press("f", "j", "d")
        assert "crm.toml" in d.told()
        await d.press("f", "j", "j", "enter")
        assert "nonsense" in d.told() and d.board_screen.filter_text == "value>5万"


def test_own_filters_last_and_a_broken_file_is_told_and_kept(tmp_path) -> None:
    path = tmp_path / "own" / "filters.toml"
    OwnFilters(path).keep('a "b"\n', "owner:李娜")
    OwnFilters(path).keep("c", "x")
    assert OwnFilters(path).read() == {'a "b"\n': "owner:李娜", "c": "x"}
    OwnFilters(path).remove("c")
    assert list(OwnFilters(path).read()) == ['a "b"\n']
    path.write_text("= broken", "utf-8")
    for act in (OwnFilters(path).read, lambda: OwnFilters(path).keep("d", "y")):
        with pytest.raises(ConfigError, match=r"filters\.toml cannot be read"):
            act()
    assert path.read_text("utf-8") == "= broken"
