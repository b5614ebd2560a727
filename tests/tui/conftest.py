"""A workspace in memory whose clock the test moves, and a board over it that looks when told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from attrs import define, field
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.events import Key
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea
from textual.worker import WorkerCancelled

from crmcore.bootstrap import open_crm
from crmcore.config import Config
from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore_tui.app import CrmApp
from crmcore_tui.boardstate import BoardState
from crmcore_tui.drafts import Drafts
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.settings import OwnFile
from crmcore_tui.widgets.lines import Lines
from crmcore_tui.widgets.statusline import StatusLine


@define
class BoardClock:
    """Stands still until the test moves it."""

    now: datetime = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: float) -> None:
        """Let time pass: `forward(days=2)`."""
        self.now += timedelta(**step)


def _to_do() -> bool:
    """Whether something of this loop could go on at once."""
    return bool(asyncio.get_running_loop()._ready)


async def nothing_to_do(*_: float) -> None:
    """Until everything in this loop waits for a thread, or for time to pass."""
    await asyncio.sleep(0)
    while _to_do():
        await asyncio.sleep(0)


async def settled(app: App[None]) -> None:
    """Until no worker of *app* runs, no message waits and what changed is drawn."""
    while True:
        with suppress(WorkerCancelled):  # its screen was left: nobody waits for it
            await app.workers.wait_for_complete()
        await nothing_to_do()
        app.screen._on_timer_update()
        if not _to_do() and not any(worker.is_running for worker in app.workers):
            return


@pytest.fixture
def settle() -> Callable[[App[None]], Awaitable[None]]:
    """Waits as a driver does, for tests that have none."""
    return settled


@pytest.fixture(scope="session", autouse=True)
def styles_parsed_once() -> Iterator[None]:
    """Each app of a session would parse the same style sheets anew."""
    parsed: dict[tuple[object, ...], list[RuleSet]] = {}
    parse = Stylesheet._parse_rules

    def kept(sheet: Stylesheet, *args: object, **named: object) -> list[RuleSet]:
        key = (args, tuple(named.items()), tuple(sheet._variables.items()))
        if key not in parsed:
            parsed[key] = parse(sheet, *args, **named)  # type: ignore[arg-type]
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", kept)
        yield


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's pilot goes on when nothing is left to do, not when the processor looks idle."""
    monkeypatch.setattr("textual.app.wait_for_idle", nothing_to_do)
    monkeypatch.setattr("textual.pilot.wait_for_idle", nothing_to_do)


@define
class Driver:
    """Presses keys on a board and waits for what they lead to; never for time to pass."""

    pilot: Pilot[None]
    crm: Crm
    board_screen: BoardScreen = field(init=False)
    by_keys_alone: bool = False

    @property
    def screen(self) -> Screen[object]:
        """What is on top."""
        return self.pilot.app.screen

    @property
    def state(self) -> BoardState:
        """What the board shows."""
        return self.board_screen.state

    async def settle(self) -> None:
        """Until no worker runs, no message waits and what changed is drawn."""
        await settled(self.pilot.app)

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other, settling after each."""
        for key in keys:
            await self.pilot.app._press_keys([key])
            await self.settle()

    async def burst(self, *keys: str) -> None:
        """Press keys so fast that none waits for what the one before leads to."""
        driver = self.pilot.app._driver
        for key in keys:
            driver.send_message(Key(key, key if len(key) == 1 else None))
        await self.settle()
        await self.settle()  # what the first led to may have begun a worker of its own

    async def resize(self, width: int, height: int) -> None:
        """Give the terminal another size; Textual waits a moment whether more of it comes."""
        await self.pilot.resize_terminal(width, height)
        while self.screen._compositor.size != (width, height):
            await asyncio.sleep(0.001)
        await self.settle()

    async def type(self, text: str) -> None:
        """Put text into the field that has the focus, as a paste does."""
        focused = self.pilot.app.focused
        assert isinstance(focused, (Input, TextArea)), focused
        if isinstance(focused, TextArea):
            focused.insert(text)
        else:
            focused.insert_text_at_cursor(text)
        await self.settle()

    async def fill(self, **texts: str) -> None:
        """Fill in these fields of the open form, by key; on the way with tab when by keys alone."""
        screen = self.screen
        assert isinstance(screen, FormScreen), screen
        for row in screen._rows:
            if row.field.key in texts:
                if self.by_keys_alone:
                    await self.pilot.press(*["tab"] * self._tabs_to(row.editor))
                else:
                    row.editor.focus()
                    await self.pilot.pause()
                assert self.pilot.app.focused is row.editor
                if row.field.editor == "choice":
                    await self.choose([choice.key for choice in row.field.choices], row, texts)
                else:
                    await self.type(texts.pop(row.field.key))
        assert not texts, f"the form does not ask for {texts}"

    def _tabs_to(self, editor: Widget) -> int:
        chain = self.screen.focus_chain
        return (chain.index(editor) - chain.index(self.pilot.app.focused)) % len(chain)

    async def choose(self, keys: list[str], row: object, texts: dict[str, str]) -> None:
        """Open the choice that has the focus, and pick one."""
        wanted = texts.pop(row.field.key)  # type: ignore[attr-defined]
        await self.press("enter", "home")
        await self.press(*["down"] * (keys.index(wanted) + 1), "enter")

    async def save(self) -> None:
        """Save the open form."""
        await self.press("ctrl+s")

    def told(self) -> str:
        """What the status line says."""
        return self.board_screen.query_one(StatusLine).message

    def selected(self) -> Customer:
        """The customer under the cursor."""
        found = self.state.selected()
        assert found is not None
        return found

    def footer(self) -> str:
        """All that the footer offers, the most needed first, as if the screen had room for it."""
        (line,) = self.screen.query_one("#footer", Lines)._write(10_000)
        return "".join(part.text for part in line)

    def text(self) -> str:
        """What is on the screen, as plain text."""
        lines = self.pilot.app.screen._compositor.render_strips()
        assert len(lines) == self.pilot.app.size.height
        return "\n".join(strip.text for strip in lines)


OpenBoard = Callable[..., AbstractAsyncContextManager[Driver]]
MakeCrm = Callable[..., Crm]


@pytest.fixture
def clock() -> BoardClock:
    """The moment is 2024-05-01 10:00 in Shanghai."""
    return BoardClock()


@pytest.fixture
def make_crm(clock: BoardClock, tmp_path: Path) -> Iterator[MakeCrm]:
    """Opens empty workspaces in memory, in Shanghai's time zone."""
    opened = []

    def make(language: str = "en", **settings: object) -> Crm:
        config = Config(
            store="memory:",
            language=language,
            timezone="Asia/Shanghai",
            directory=tmp_path,
            **settings,
        )
        crm = open_crm(config=config, clock=clock, actor="Li Na")
        opened.append(crm)
        return crm

    yield make
    for crm in opened:
        crm.close()


@pytest.fixture
def crm(make_crm: MakeCrm) -> Crm:
    """An empty workspace in English."""
    return make_crm()


@pytest.fixture
def open_board() -> OpenBoard:
    """Opens a board over a façade; nothing happens on it but what the test does."""

    @asynccontextmanager
    async def opened(
        crm: Crm,
        size: tuple[int, int] = (110, 30),
        own: OwnFile | None = None,
        drafts: Drafts | None = None,
    ) -> AsyncIterator[Driver]:
        app = CrmApp(crm, live=None, own=own, drafts=drafts)
        async with app.run_test(size=size) as pilot:
            driver = Driver(pilot, crm)
            await driver.settle()
            assert isinstance(app.screen, BoardScreen)
            driver.board_screen = app.screen
            yield driver

    return opened


@define
class Hostile:
    """Text that would act on a terminal, or in markup, if it were not shown as text."""

    texts: tuple[str, ...] = (
        "[/red][bold]x[/]",
        "\x1b[31mred\x1b]0;owned\x07",
        "safe\u202egnp.exe\u2066",
        "啊" * 10_000,
        "👨\u200d👩\u200d👧\u200d👦🇨🇳 GmbH",
        "\u200b\u200d\u2060\ufeff",
        "[@click=app.quit]click[/]",
        "{name} {0} {",
        "Z\u0301\u0302" * 300,
    )

    def harmless(self, shown: str) -> bool:
        """Whether nothing in *shown* acts on a terminal."""
        return not set(shown) & set("\x1b\x07\u202e\u2066\r\0")


@pytest.fixture
def hostile() -> Hostile:
    """Names that must not do anything."""
    return Hostile()


@define
class Witness:
    """Which keys were heard by which screen: the screen, its action, the key."""

    heard: set[tuple[str, str, str]] = field(factory=set)
    _key: str = ""

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Note each action that a key begins."""
        check, run = CrmApp._check_bindings, CrmApp.run_action

        async def checked(app: CrmApp, key: str, priority: bool = False) -> bool:
            self._key = key
            return await check(app, key, priority)

        async def ran(app: CrmApp, action: str, where: object = None, names: object = None) -> bool:
            key = self._key
            done = await run(app, action, where, names)
            if done:
                self.heard.add((type(where).__name__, str(action), key))
            return done

        monkeypatch.setattr(CrmApp, "_check_bindings", checked)
        monkeypatch.setattr(CrmApp, "run_action", ran)

    def by(self, screen: type[object]) -> set[tuple[str, str]]:
        """The actions and keys that *screen* heard."""
        return {(action, key) for name, action, key in self.heard if name == screen.__name__}


@pytest.fixture
def witness(monkeypatch: pytest.MonkeyPatch) -> Witness:
    """Notes which keys are heard from now on."""
    made = Witness()
    made.watch(monkeypatch)
    return made
