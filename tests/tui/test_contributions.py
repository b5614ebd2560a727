"""What plugins add to the board, and how each way of breaking it ends: told, switched off, the board goes on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from threading import Event
from types import SimpleNamespace

import pytest
from textual.command import CommandPalette

from crmcore.crm import Crm
from crmcore.hookspecs import hookimpl
from crmcore.records import Objection
from crmcore_tui import contributions, hooktypes
from crmcore_tui.cells import Part, width_of
from crmcore_tui.contributions import Contributions
from crmcore_tui.hooktypes import Action, Badge, Panel, Question, Text
from crmcore_tui.presenter import card_lines
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.detail import DetailScreen
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.screens.reader import ReadScreen
from crmcore_tui.widgets.panelview import SidePanel

LABEL = Text("我的", "Mine")
WIDE = (130, 30)


def plugin(**hooks: Callable[[], object]) -> SimpleNamespace:
    """A plugin with these hooks."""
    marked = {name: hookimpl(specname=name)(function) for name, function in hooks.items()}
    return SimpleNamespace(**marked)


def badge(write: Callable[..., object], name: str = "mark") -> Badge:
    return Badge(name, LABEL, write)


def panel(write: Callable[..., object], where: str = "side", name: str = "lines") -> Panel:
    return Panel(name, LABEL, write, where)


def action(run: Callable[..., object], key: str = "Z", **more: object) -> Action:
    return Action("act", Text("做事", "Do it"), run, key, **more)


def add(crm: Crm, hook: str, *values: object, name: str = "mine") -> None:
    crm.host.register(plugin(**{hook: lambda: list(values)}), name)


@pytest.fixture
def acme(crm: Crm) -> str:
    """The id of the one customer there is, Acme."""
    return crm.add(company="Acme", contact="Wang", budget="10万").id


async def until(d, condition: Callable[[], bool]) -> None:
    """Let the board work until *condition* holds."""
    end = time.monotonic() + 8
    while not condition():
        assert time.monotonic() < end, d.text()
        await asyncio.sleep(0.002)
        await d.settle()


# badges


async def test_a_badge_is_on_the_second_line_of_the_card(crm, acme, open_board) -> None:
    crm.assign(acme, "Li Na")
    add(crm, "crm_tui_badges", badge(lambda c, now, dialect: Part(f"<{c.contact}>", "flag")))
    async with open_board(crm, WIDE) as d:
        await until(d, lambda: "<Wang>" in d.text())
        (line,) = [line for line in d.text().splitlines() if "<Wang>" in line]
        assert "¥100k <Wang> Li" in " ".join(line.split())


async def test_a_badge_is_written_once_for_each_revision(crm, acme, open_board) -> None:
    asked: list[int] = []

    def write(customer, now, dialect):
        asked.append(customer.revision)
        return Part(f"r{customer.revision}")

    add(crm, "crm_tui_badges", badge(write))
    async with open_board(crm, WIDE) as d:
        await until(d, lambda: "r1" in d.text())
        await d.press("j", "k", "l", "h")
        assert asked == [1]
        crm.edit(acme, position="boss")
        d.board_screen.look()
        await until(d, lambda: "r2" in d.text())
        assert asked == [1, 2]


async def test_a_badge_is_written_anew_on_another_day(crm, acme, open_board, clock) -> None:
    add(crm, "crm_tui_badges", badge(lambda c, now, dialect: Part(f"{now:%d.%m}")))
    async with open_board(crm, WIDE) as d:
        await until(d, lambda: "01.05" in d.text())
        clock.forward(days=1)
        d.board_screen.show()
        await until(d, lambda: "02.05" in d.text())


@pytest.mark.parametrize("width", range(8, 40))
def test_badges_never_make_a_card_wider_and_never_cut_a_value(crm, acme, width, clock) -> None:
    marks = (Part("大客户", "flag"), Part("😀😀", "flag"), Part("x", "flag"))
    lines = card_lines(crm.get(acme), width, clock(), crm.dialect, marks)
    assert [width_of(line) for line in lines] == [width] * 3
    written = "".join(part.text for part in lines[1])
    assert "大…" not in written
    if width >= 22:
        bare = "".join(
            part.text for part in card_lines(crm.get(acme), width, clock(), crm.dialect)[1]
        )
        assert written.startswith(bare.rsplit("unassigned", 1)[0].rstrip())


# panels


async def test_a_panel_is_a_section_of_the_detail_before_the_history(crm, acme, open_board) -> None:
    def write(customer, width, now, dialect):
        yield (Part("w" * width, "dim"),)
        yield (Part("met "), Part(customer.contact, "value"))

    add(crm, "crm_tui_panels", panel(write, "detail"))
    async with open_board(crm, WIDE) as d:
        await d.press("enter", "G")
        await until(d, lambda: "met Wang" in d.text())
        text = d.text()
        assert text.index("Mine") < text.index("met Wang") < text.index("History")
        wide = max(len(line.strip(" │w")) for line in text.splitlines())
        assert wide < 130  # all of the w's are on one line, none is folded
        assert sum("wwww" in line for line in text.splitlines()) == 1


async def test_the_side_panel_follows_the_cursor_and_needs_room(crm, acme, open_board) -> None:
    crm.add(company="Beta", contact="Li")
    add(crm, "crm_tui_panels", panel(lambda c, w, n, d: [(Part(f"met {c.contact}"),)]))
    async with open_board(crm, WIDE) as d:
        side = d.board_screen.query_one(SidePanel)
        assert not side.display
        await d.press("backslash")
        await until(d, lambda: "met Wang" in d.text())
        await d.press("j")
        await until(d, lambda: "met Li" in d.text())
        assert "met Wang" not in d.text()
        await d.resize(90, 24)
        assert not side.display
        await d.press("backslash")
        assert "at least 100 columns" in d.told()
        await d.resize(*WIDE)
        await until(d, lambda: "met Li" in d.text())
        await d.press("backslash")
        assert not side.display


# actions


async def test_an_action_has_its_key_asks_tells_and_stores(crm, acme, open_board) -> None:
    def run(context):
        question = Question("what", Text("内容", "What"), required=True)
        answer = context.ask(Text("问", "A question"), [question])
        context.crm.log(context.customer.id, answer["what"], "note")
        return Text("好", "noted {n}").with_(n=len(context.customers))

    add(crm, "crm_tui_actions", action(run))
    async with open_board(crm, WIDE) as d:
        assert " Z Do it " in d.footer()
        await d.press("Z")
        await until(d, lambda: isinstance(d.screen, FormScreen))
        assert "A question" in d.text()
        await d.press("enter")
        assert isinstance(d.screen, FormScreen)  # it is required
        await d.type("met at the fair")
        await d.press("enter")
        await until(d, lambda: "noted 1" in d.told())
    assert [activity.content for activity in crm.get(acme).activities] == ["met at the fair"]
    assert crm.host.failures == ()


async def test_an_action_is_in_the_help_and_in_the_palette(crm, acme, open_board) -> None:
    ran: list[str] = []
    add(crm, "crm_tui_actions", action(lambda context: ran.append(context.customer.id)))
    async with open_board(crm, WIDE) as d:
        await d.press("question_mark", "G")
        assert isinstance(d.screen, ReadScreen)
        assert "Do it · mine" in d.text()
        await d.press("q", "ctrl+p")
        assert isinstance(d.screen, CommandPalette)
        await d.type("do it")
        await until(d, lambda: "Do it" in d.text())
        await d.press("enter", "enter")
        await until(d, lambda: ran == [acme])


async def test_an_action_takes_the_customer_under_the_cursor_when_its_key_is_pressed(
    crm, acme, open_board
) -> None:
    other = crm.add(company="Beta").id
    ran: list[str] = []
    add(crm, "crm_tui_actions", action(lambda context: ran.append(context.customer.id)))
    async with open_board(crm) as d:
        await d.burst("Z", "j")
        await until(d, lambda: ran == [acme])
        assert d.selected().id == other


async def test_a_form_given_up_answers_none(crm, acme, open_board) -> None:
    answers: list[object] = []

    def run(context):
        answers.append(context.ask(Text("问", "A question"), [Question("a", LABEL)]))

    add(crm, "crm_tui_actions", action(run))
    async with open_board(crm) as d:
        await d.press("Z")
        await until(d, lambda: isinstance(d.screen, FormScreen))
        await d.press("escape")
        await until(d, lambda: answers == [None])


async def test_a_question_waits_while_another_screen_is_open(crm, acme, open_board) -> None:
    go = Event()

    def run(context):
        go.wait(20)
        context.ask(Text("问", "A question"), [Question("a", LABEL)])

    add(crm, "crm_tui_actions", action(run))
    async with open_board(crm) as d:
        await d.press("Z", "o")
        assert isinstance(d.screen, FormScreen)
        go.set()
        await until(d, lambda: "has a question" in d.told())
        assert "A question" not in d.text()
        await d.press("escape")
        await until(d, lambda: "A question" in d.text())


async def test_a_gate_that_stops_an_action_is_told_and_leaves_the_action_on(
    crm, acme, open_board
) -> None:
    crm.append(acme, "objections", Objection("dear"))
    add(crm, "crm_tui_actions", action(lambda context: context.crm.move(context.customer.id)))
    async with open_board(crm) as d:
        await d.press("Z")
        await until(d, lambda: "source" in d.told().lower())
        assert d.pilot.app.contributions.actions
    assert crm.host.failures == ()


async def test_an_action_that_needs_nobody_runs_on_an_empty_board(crm, open_board) -> None:
    ran: list[object] = []
    add(crm, "crm_tui_actions", action(lambda c: ran.append(c.customers), needs_customer=False))
    async with open_board(crm) as d:
        await d.press("Z")
        await until(d, lambda: ran == [()])


async def test_an_action_that_needs_somebody_does_not(crm, open_board) -> None:
    ran: list[object] = []
    add(crm, "crm_tui_actions", action(lambda context: ran.append(1)))
    async with open_board(crm) as d:
        await d.press("Z")
        assert "No customer is selected" in d.told()
    assert not ran


async def test_the_board_can_be_left_while_an_action_waits_for_an_answer(
    crm, acme, open_board
) -> None:
    answers: list[object] = []
    add(
        crm,
        "crm_tui_actions",
        action(lambda c: answers.append(c.ask(Text("问", "A question"), [Question("a", LABEL)]))),
    )
    async with open_board(crm) as d:
        await d.press("Z")
        await until(d, lambda: isinstance(d.screen, FormScreen))
        (run,) = d.board_screen._runs.values()
    await asyncio.to_thread(run.thread.join, 20)
    assert answers == [None]


# keys


async def test_a_key_that_is_taken_stays_the_boards_and_is_told(crm, acme, open_board) -> None:
    ran: list[object] = []
    add(crm, "crm_tui_actions", action(lambda context: ran.append(1), key="n"))
    async with open_board(crm, WIDE) as d:
        assert "the key 'n' is the board's own (next step)" in d.told()
        await d.press("n")
        assert isinstance(d.screen, FormScreen)
        await d.press("escape", "ctrl+p")
        await d.type("do it")
        await until(d, lambda: "Do it" in d.text())
        await d.press("enter", "enter")
        await until(d, lambda: ran == [1])
    assert ["the key 'n'" in failure.error for failure in crm.host.failures] == [True]


@pytest.mark.parametrize("key", ["ctrl+q", "tab", "escape"])
def test_keys_of_the_app_are_taken_too(key, crm, acme, open_board) -> None:
    add(crm, "crm_tui_actions", action(print, key=key))

    async def go() -> None:
        async with open_board(crm):
            pass

    asyncio.run(go())
    assert "the board's own" in crm.host.failures[0].error


def test_of_two_actions_with_one_key_the_first_has_it(crm) -> None:
    first = Action("one", LABEL, print, "Z")
    second = Action("two", LABEL, print, "Z")
    add(crm, "crm_tui_actions", first, name="a")
    add(crm, "crm_tui_actions", second, name="b")
    keys = Contributions(crm.host).keys({})
    assert {key: offer.name for key, offer in keys.items()} == {"Z": "one"}
    assert "that of 'one' of plugin a" in crm.host.failures[0].error


@pytest.mark.parametrize("key", ["no such key", "ctrl+", "hyper+x", "\x1b", "MM"])
def test_what_is_no_key_is_told(crm, key) -> None:
    add(crm, "crm_tui_actions", action(print, key=key))
    assert Contributions(crm.host).keys({}) == {}
    assert "is no key" in crm.host.failures[0].error


# broken plugins


def endless(*_: object) -> None:
    while True:
        pass


def raises(*_: object) -> None:
    raise ValueError("boom \x1b[31m")


def leaves(*_: object) -> None:
    raise SystemExit(3)


BAD_BADGES = {
    "raises": (raises, "ValueError: boom \N{REPLACEMENT CHARACTER}[31m"),
    "exits": (leaves, "SystemExit: 3"),
    "never ends": (endless, "it took more than"),
    "no Part": (lambda *_: "text", "it returned a str where a Part is expected"),
    "a number": (lambda *_: Part(3), "it returned a Part where a Part is expected"),
    "nothing to see": (lambda *_: Part("  "), "a badge without a text"),
    "a role that is none": (lambda *_: Part("x", "loud"), "there is no role 'loud'"),
    "escapes": (lambda *_: Part("\x1b[2J"), "control character U+001B"),
    "a line break": (lambda *_: Part("a\nb"), "control character U+000A"),
    "a direction": (lambda *_: Part("a\u202eb"), "control character U+202E"),
    "too wide": (lambda *_: Part("大" * 7), "14 cells wide where 12 are free"),
}


@pytest.mark.parametrize("why", ["raises", "never ends"])
async def test_a_bad_badge_is_told_and_switched_off(
    why, crm, acme, open_board, monkeypatch
) -> None:
    monkeypatch.setattr(contributions, "BADGE_SECONDS", 0.2)
    write, error = BAD_BADGES[why]
    asked: list[int] = []

    def counted(*arguments):
        asked.append(1)
        return write(*arguments)

    add(crm, "crm_tui_badges", badge(counted), badge(lambda *_: Part("good"), "good"))
    async with open_board(crm, WIDE) as d:
        await until(d, lambda: "switched off" in d.told())
        assert "Plugin mine: the badge 'mark'" in d.told()
        await until(d, lambda: "good" in d.text())  # the other one is not hurt
        crm.edit(acme, position="boss")
        d.board_screen.look()
        await d.settle()
        await d.press("n")  # the board goes on
        assert isinstance(d.screen, FormScreen)
    assert len(asked) == 1
    (failure,) = crm.host.failures
    assert (failure.plugin, failure.hook) == ("mine", "crm_tui_badges")
    assert error in failure.error


async def test_each_way_of_being_a_bad_badge_is_found(crm, acme, open_board, monkeypatch) -> None:
    monkeypatch.setattr(contributions, "BADGE_SECONDS", 0.2)
    asked: list[str] = []

    def counted(why: str):
        return lambda *arguments: asked.append(why) or BAD_BADGES[why][0](*arguments)

    for number, why in enumerate(BAD_BADGES):
        add(crm, "crm_tui_badges", badge(counted(why), f"bad{number}"), name=why)
    add(crm, "crm_tui_badges", badge(lambda *_: Part("good"), "good"))
    async with open_board(crm, WIDE) as d:
        await until(d, lambda: len(crm.host.failures) == len(BAD_BADGES))
        await until(d, lambda: "good" in d.text())
        crm.edit(acme, position="boss")
        d.board_screen.look()
        await d.settle()
    assert sorted(asked) == sorted(BAD_BADGES)
    found = {failure.plugin: (failure.hook, failure.error) for failure in crm.host.failures}
    for why, (_, error) in BAD_BADGES.items():
        assert found[why][0] == "crm_tui_badges"
        assert error in found[why][1]


BAD_PANELS = {
    "raises": (raises, "ValueError: boom"),
    "never ends": (endless, "it took more than"),
    "endless lines": (lambda *_: iter(lambda: (Part("x"),), None), "more than 200 lines"),
    "endless parts": (lambda *_: [iter(lambda: Part("x"), None)], "more than 50 parts"),
    "text": (lambda *_: "text", "it returned a str instead of lines"),
    "lines of text": (lambda *_: ["text"], "it returned a str instead of parts"),
    "None": (lambda *_: None, "it returned a NoneType instead of lines"),
    "escapes": (lambda *_: [(Part("\x1b]0;x\x07"),)], "control character U+001B"),
    "too wide": (lambda c, width, *_: [(Part("x" * (width + 1)),)], "cells wide where"),
}


@pytest.mark.parametrize("where", ["side", "detail"])
@pytest.mark.parametrize("why", ["raises", "never ends"])
async def test_a_bad_panel_is_told_in_its_place_and_switched_off(
    why, where, crm, acme, open_board, monkeypatch
) -> None:
    monkeypatch.setattr(contributions, "PANEL_SECONDS", 0.2)
    write, error = BAD_PANELS[why]
    add(crm, "crm_tui_panels", panel(write, where))
    async with open_board(crm, WIDE) as d:
        await d.press("backslash" if where == "side" else "enter")
        await until(d, lambda: "switched off" in d.told())
        if where == "detail":
            await d.press("G")
        assert "Plugin mine: the panel" in d.text()
        if where == "detail":
            assert isinstance(d.screen, DetailScreen)
            await d.press("escape", "enter")
            assert "Mine" not in d.text()
        else:
            await d.press("n")
            assert isinstance(d.screen, FormScreen)
    (failure,) = crm.host.failures
    assert (failure.plugin, failure.hook) == ("mine", "crm_tui_panels")
    assert error in failure.error


@pytest.mark.parametrize("where", ["side", "detail"])
async def test_each_way_of_being_a_bad_panel_is_found(
    where, crm, acme, open_board, monkeypatch
) -> None:
    monkeypatch.setattr(contributions, "PANEL_SECONDS", 0.2)
    for number, (why, (write, _)) in enumerate(BAD_PANELS.items()):
        add(crm, "crm_tui_panels", panel(write, where, f"bad{number}"), name=why)
    async with open_board(crm, (130, 90)) as d:
        await d.press("backslash" if where == "side" else "enter")
        await until(d, lambda: len(crm.host.failures) == len(BAD_PANELS))
        await d.settle()
        for why in BAD_PANELS:
            assert f"Plugin {why}: the panel" in d.text()
    found = {failure.plugin: (failure.hook, failure.error) for failure in crm.host.failures}
    for why, (_, error) in BAD_PANELS.items():
        assert found[why][0] == "crm_tui_panels"
        assert error in found[why][1]


BAD_ACTIONS = {
    "raises": (raises, "ValueError: boom"),
    "exits": (leaves, "SystemExit: 3"),
    "returns rubbish": (lambda context: 7, "it returned a int instead of a Text"),
    "tells rubbish": (lambda context: context.tell("hi"), "tell takes a Text, not a str"),
    "asks nothing": (lambda context: context.ask(LABEL, []), "ask takes a title and at least"),
    "asks rubbish": (lambda context: context.ask(LABEL, ["a"]), "ask takes Questions, not a str"),
}


async def test_a_bad_action_is_told_and_switched_off(crm, acme, open_board) -> None:
    for number, (run, _) in enumerate(BAD_ACTIONS.values()):
        name, label = f"act{number}", Text(f"做{number}", f"Do {number}")
        add(crm, "crm_tui_actions", Action(name, label, run, f"alt+{number}"), name=f"p{number}")
    async with open_board(crm, WIDE) as d:
        for number, (_, error) in enumerate(BAD_ACTIONS.values()):
            assert f"Do {number} " in d.footer()
            await d.press(f"alt+{number}")
            await until(d, lambda: f"the action 'act{number}' is switched off" in d.told())  # noqa: B023
            assert f"Do {number} " not in d.footer()
            assert error in crm.host.failures[-1].error
        await d.press("alt+0", "n")
        assert isinstance(d.screen, FormScreen)
    assert [failure.plugin for failure in crm.host.failures] == [
        f"p{number}" for number in range(len(BAD_ACTIONS))
    ]


async def test_a_slow_action_is_given_up_and_blocks_no_key(crm, acme, open_board) -> None:
    go, ended = Event(), Event()

    def run(context):
        go.wait(30)
        context.tell(Text("晚", "too late to be told"))
        assert context.ask(Text("问", "too late to be asked"), [Question("a", LABEL)]) is None
        ended.set()
        return Text("晚", "too late to be told")

    add(crm, "crm_tui_actions", action(run, seconds=0.3))
    async with open_board(crm, WIDE) as d:
        await d.press("Z")
        await d.press("Z")
        assert "still at work" in d.told()
        await until(d, lambda: "it took longer than 0.3 s" in d.told())
        go.set()
        await until(d, ended.is_set)
        await d.settle()
        assert "too late" not in d.told() + d.text()
        assert isinstance(d.screen, BoardScreen)
    assert crm.host.failures[0].hook == "crm_tui_actions"


async def test_the_time_an_action_waits_for_an_answer_does_not_count(crm, acme, open_board) -> None:
    def run(context):
        context.ask(Text("问", "A question"), [Question("a", LABEL)])
        return Text("好", "answered")

    add(crm, "crm_tui_actions", action(run, seconds=1.0))
    async with open_board(crm) as d:
        await d.press("Z")
        await until(d, lambda: isinstance(d.screen, FormScreen))
        end = time.monotonic() + 1.5
        await until(d, lambda: time.monotonic() > end)
        await d.press("enter")
        await until(d, lambda: d.told() == "answered")
    assert crm.host.failures == ()


@pytest.mark.parametrize(
    ("hook", "answer", "error"),
    [
        ("crm_tui_badges", raises, "ValueError: boom"),
        ("crm_tui_badges", lambda: [panel(print)], "Badge is expected"),
        ("crm_tui_panels", lambda: "rubbish", "instead of a list of Panel"),
        ("crm_tui_panels", lambda: [panel(print, "top")], "'where' must be in"),
        ("crm_tui_actions", lambda: [Action("a", "no Text", print)], "a Text in two languages"),
        ("crm_tui_actions", lambda: [Action("a", Text("\x1b", "x"), print)], "on one line"),
        ("crm_tui_actions", lambda: [Action("a", Text("长" * 21, "x"), print)], "40 cells"),
        ("crm_tui_actions", lambda: [Action("a", LABEL, "no function")], "must be callable"),
    ],
)
async def test_a_hook_that_fails_is_told_when_the_board_opens(
    hook, answer, error, crm, acme, open_board
) -> None:
    crm.host.register(plugin(**{hook: lambda: answer()}), "mine")
    add(crm, hook, *_good(hook), name="other")
    async with open_board(crm, (200, 30)) as d:
        assert "plugin mine" in d.told()
        assert error in crm.host.failures[0].error
        found = d.pilot.app.contributions
        offers = [*found.badges, *found.actions, *found.panels("side")]
        assert [offer.plugin for offer in offers] == ["other"]


def _good(hook: str) -> list[object]:
    return {
        "crm_tui_badges": [badge(lambda *_: Part("good"))],
        "crm_tui_panels": [panel(lambda *_: [])],
        "crm_tui_actions": [action(print)],
    }[hook]


def test_two_of_one_name_are_nobodys_and_both_are_named(crm) -> None:
    for name in ("a", "b"):
        add(crm, "crm_tui_badges", badge(lambda *_: Part("x")), name=name)
    found = Contributions(crm.host)
    assert found.badges == ()
    (trouble,) = found.troubles()
    assert "The badge 'mark' is offered by plugin a and plugin b" in trouble


def test_the_hook_types_know_nothing_of_textual() -> None:
    assert not any("textual" in str(value) for value in vars(hooktypes).values())


def test_what_a_plugin_says_of_a_hostile_customer_is_harmless(crm, acme) -> None:
    crm.edit(acme, contact="[/red]\u202e" + "王" * 5000)
    write = lambda c, now, dialect: Part(hooktypes.fit(c.contact, hooktypes.BADGE_WIDTH))  # noqa: E731
    add(crm, "crm_tui_badges", badge(write))
    written = Contributions(crm.host).write_badges([crm.get(acme)], crm.clock(), crm.dialect)
    assert written.refusals == ()
    assert written.parts[acme][0].text.startswith("[/red]\N{REPLACEMENT CHARACTER}")
