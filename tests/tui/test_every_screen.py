"""Every screen in every size and language over hostile names: nothing acts, nothing is cut, no key waits for the store."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from attrs import define, field
from textual.command import CommandPalette

from crmcore.crm import Crm
from crmcore.records import Objection, Proposal
from crmcore_tui.drafts import Drafts
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.columns import ColumnsScreen
from crmcore_tui.screens.confirm import ConfirmScreen
from crmcore_tui.screens.conflict import ConflictScreen
from crmcore_tui.screens.detail import DetailScreen
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.screens.funnel import FunnelScreen
from crmcore_tui.screens.intake import IntakeScreen
from crmcore_tui.screens.leaving import LeaveScreen, OfferScreen
from crmcore_tui.screens.mergetwins import MergeScreen
from crmcore_tui.screens.pick import PickScreen
from crmcore_tui.screens.plugins import PluginsScreen
from crmcore_tui.screens.preview import PreviewScreen
from crmcore_tui.screens.quickadd import QuickAddScreen
from crmcore_tui.screens.reader import ReadScreen
from crmcore_tui.screens.settings import SettingsScreen
from crmcore_tui.screens.table import TableScreen
from crmcore_tui.screens.today import TodayScreen
from crmcore_tui.screens.twins import TwinsScreen

SCREENS = [((80, 24), "zh"), ((80, 24), "en"), ((120, 40), "zh"), ((200, 60), "en")]
"""Sizes and languages: each of both, and both where room is short."""

CALLS = ("get", "find", "tally", "commit", "history", "refresh")

TITLES = {
    TableScreen: ("表格", "Table"),
    TodayScreen: ("今天要做什么", "To be done"),
    FunnelScreen: ("漏斗报表", "Funnel dashboard"),
    SettingsScreen: ("设置", "Settings"),
    IntakeScreen: ("导入", "Import"),
    PluginsScreen: ("插件", "Plugins"),
}
"""What each of these says in Chinese and in English."""


@define
class Doors:
    """Who calls the store, by thread, while it is watched."""

    own: int = field(factory=threading.get_ident)
    watched: bool = False
    calls: list[str] = field(factory=list)
    on_own_thread: list[str] = field(factory=list)
    shut: threading.Event | None = None

    def watch(self, store: object, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put a doorkeeper before each call of *store*."""
        for name in CALLS:
            monkeypatch.setattr(store, name, self._kept(name, getattr(store, name)))

    def _kept(self, name: str, call):
        def through(*args, **named):
            if self.watched:
                self.calls.append(name)
                if threading.get_ident() == self.own:
                    self.on_own_thread.append(name)
                elif self.shut is not None:
                    assert self.shut.wait(30), "the test never opened the store"
            return call(*args, **named)

        return through


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch) -> Doors:
    """Counts the calls of a store, and can shut it."""
    return Doors()


def fill(crm: Crm, texts: tuple[str, ...]) -> list[str]:
    """A customer for each of *texts*, which stands wherever a person can have written something."""
    ids = []
    for number, text in enumerate(texts):
        made = crm.add(
            company=text, contact=text, position=text, region=text, remarks=text, tags=(text,),
            owner=text if number else "Li Na", source=text, phone="138", need_detail=text,
            next_step=text, next_step_due="昨天" if number % 2 else "今天 18:00",
        )  # fmt: skip
        crm.grade(made.id, "A", text)
        crm.append(made.id, "objections", Objection(text))
        crm.append(made.id, "proposals", Proposal(summary=text, sent_at=crm.clock()))
        crm.log(made.id, text, "call")
        ids.append(made.id)
    crm.refer(ids[0], {"company": texts[1], "phone": "139"})
    crm.lose(crm.add(company=texts[0], source=texts[2], phone="137").id, texts[0])
    return ids


@pytest.mark.parametrize(("size", "language"), SCREENS)
async def test_text_from_outside_is_only_text_on_every_screen(
    size: tuple[int, int], language: str, make_crm, open_board, hostile, tmp_path: Path,
    doors: Doors, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    crm = make_crm(language)
    ids = fill(crm, hostile.texts)
    (tmp_path / "odd.csv").write_text(
        "company,contact,phone\n"
        + "".join(
            f'"{t[:200]}","{t[:200]}",1390000{n:04}\n'
            for n, t in enumerate(hostile.texts)
            if "\0" not in t
        ),
        "utf-8",
    )
    doors.watch(crm.store, monkeypatch)
    seen: set[type] = set()

    async with open_board(crm, size, drafts=Drafts(tmp_path / "drafts")) as d:

        def see(wanted: type) -> str:
            screen = d.screen
            assert isinstance(screen, wanted), (wanted, screen)
            seen.add(wanted)
            strips = screen._compositor.render_strips()
            assert len(strips) == size[1]
            assert {strip.cell_length for strip in strips} == {size[0]}, screen
            shown = "\n".join(strip.text for strip in strips)
            assert hostile.harmless(shown), screen
            if wanted in TITLES:
                here, other = TITLES[wanted] if language == "zh" else TITLES[wanted][::-1]
                assert here in shown and other not in shown, screen
            return shown

        doors.watched = True
        d.state.follow(ids[0])
        d.board_screen.show()
        await d.settle()
        assert "[/red][bold]x[/]" in see(BoardScreen)
        for key, wanted in (
            ("enter", DetailScreen), ("i", ReadScreen), ("question_mark", ReadScreen),
            ("x", FormScreen), ("p", FormScreen), ("f", PickScreen), ("P", PluginsScreen),
            ("comma", SettingsScreen), ("ctrl+p", CommandPalette),
        ):  # fmt: skip
            await d.press(key)
            see(wanted)
            if wanted is DetailScreen:
                await d.press("G")
                see(wanted)
            await d.press("escape")
        for number in range(len(hostile.texts)):
            await d.press("j")
            if number % 4 == 1:
                await d.press("enter")
                see(DetailScreen)
                await d.press("escape")
        await d.press("M")
        see(TwinsScreen)
        await d.press("enter")
        see(MergeScreen)
        await d.press("escape", "escape", "at")
        see(ReadScreen)
        await d.press("escape", "t")
        assert "[@click=app.quit]" in see(TableScreen)
        await d.press("dollar_sign")
        see(TableScreen)
        await d.press("C")
        see(ColumnsScreen)
        await d.press("escape", "t", "T")
        see(TodayScreen)
        await d.press("m", "G")
        see(TodayScreen)
        await d.press("g", "g", "y")
        see(FormScreen)
        await d.press("escape", "T", "F")
        see(FunnelScreen)
        await d.press("shift+tab")
        see(FunnelScreen)
        await d.press("enter")
        see(BoardScreen)
        await d.press("escape", "V", "enter")
        see(PreviewScreen)
        await d.press("q", "a")
        await d.type(hostile.texts[0] + " / " + hostile.texts[3])
        see(QuickAddScreen)
        await d.press("escape")
        see(LeaveScreen)
        await d.press("s", "a")
        see(OfferScreen)
        await d.press("delete", "escape", "ctrl+o")
        await d.type("odd.csv")
        await d.press("enter")
        assert "[/red]" in see(IntakeScreen)
        await d.press("enter")
        see(ReadScreen)
        await d.press("escape", "A")
        see(ConfirmScreen)
        await d.press("n", "q", "d")
        await d.type(hostile.texts[2])
        see(FormScreen)
        await d.press("ctrl+s", "z")
        see(BoardScreen)
        await d.press("z", "e")
        await d.fill(region="mine " + hostile.texts[4])
        doors.watched = False
        crm.edit(d.state.selected().id, region=hostile.texts[0])
        doors.watched = True
        await d.press("ctrl+s")
        see(ConflictScreen)
        await d.press("escape", "escape", "d", "slash")
        await d.type(hostile.texts[0])
        see(BoardScreen)
        doors.watched = False
    assert seen == {
        BoardScreen, DetailScreen, ReadScreen, FormScreen, PickScreen, PluginsScreen,
        SettingsScreen, CommandPalette, TableScreen, ColumnsScreen, TodayScreen, FunnelScreen,
        PreviewScreen, QuickAddScreen, LeaveScreen, OfferScreen, IntakeScreen, ConfirmScreen,
        ConflictScreen, TwinsScreen, MergeScreen,
    }  # fmt: skip
    assert {"get", "find", "tally", "commit", "history"} <= set(doors.calls)
    assert not doors.on_own_thread


async def test_no_key_waits_for_the_store(
    crm: Crm, open_board, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [
        crm.add(company=f"C{n}", budget=f"{9 - n}万", phone="1", source="x").id for n in range(5)
    ]
    doors.watch(crm.store, monkeypatch)
    async with open_board(crm) as d:
        doors.shut, doors.watched = threading.Event(), True
        try:
            await d.pilot.press("enter")  # what is known of it is asked for, and does not come
            assert isinstance(d.screen, DetailScreen)
            await d.pilot.press("escape", "j")
            assert d.state.selected().id == ids[1]
            await d.pilot.press("F")
            assert isinstance(d.screen, FunnelScreen)
            await d.pilot.press("escape", "t")
            assert isinstance(d.screen, TableScreen)
            await d.pilot.press("t", "T")
            assert isinstance(d.screen, TodayScreen)
            await d.pilot.press("T", "slash", "x")
            assert d.pilot.app.focused.value == "x"
            await d.pilot.press("backspace", "escape", "L")  # is stored some time
            await d.pilot.press("ctrl+t")
            assert d.pilot.app.theme == "light"
            assert doors.calls and not doors.on_own_thread
        finally:
            doors.shut.set()
        await d.settle()
    doors.watched = False
    assert crm.get(ids[1]).stage == "screening"
