"""A grade explained, and rules on trial: seen as they would be, written only when asked, taken back."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from textual.widgets import Input

from crmcore import hookimpl
from crmcore.bootstrap import open_crm
from crmcore.config import Config, GradingConfig
from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.errors import ConfigError
from crmcore.hooktypes import Grader, GraderFormat, IdScheme, Opinion
from crmcore.host import PluginHost
from crmcore.records import RuleEvidence
from crmcore.wording import Text
from crmcore_tui import trying
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.confirm import ConfirmScreen
from crmcore_tui.screens.preview import PreviewScreen
from crmcore_tui.screens.reader import ReadScreen
from crmcore_tui.widgets.cardfield import CardField
from crmcore_tui.widgets.moverlist import MoverList

NARROW = (80, 24)
HOSTILE = "[red]x[/] [@click=app.quit]\x1b[31m\u202egnp 上海"


def grader(rules: dict) -> Grader:
    """Grades by *rules*: points by what `need_match` is, and the score an A begins at."""

    def grade(customer: Customer, now: datetime) -> Opinion:
        if rules.get("broken"):
            raise RuntimeError(rules["broken"])
        while rules.get("endless"):
            pass
        known = customer.need_match
        points = None if known is None else float(rules["points"].get(known, 0))
        reason = rules.get("reason", "the need")
        rule = RuleEvidence("need", "need_match", known or "", points, reason, reason, "need")
        best = float(max(rules["points"].values()))
        raises = ("need_match",) if known is None else ()
        return Opinion(
            "A" if (points or 0) >= rules["A"] else "C", (rule,), "1", json.dumps(rules),
            score=points or 0.0, raise_with=raises, raise_to=("A",) * len(raises),
            share_unknown=float(known is None), best=best,
        )  # fmt: skip

    name = rules.get("name", "general")
    return Grader(name, Text(rules.get("label", name), rules.get("label", name)), grade)


def read_rules(path: Path, config: Config) -> Grader:
    """A grader from a file of JSON."""
    try:
        return grader(json.loads(path.read_text("utf-8")))
    except OSError as error:
        raise ConfigError(f"{path.name} cannot be read: {error.strerror}") from error
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path.name}, line {error.lineno}: a rule is not understood") from error


LIVE = {"points": {"high": 10, "low": -5}, "A": 10}
STRICT = {**LIVE, "A": 30}
FLIPPED = {"points": {"high": 0, "medium": 10, "low": 30}, "A": 20, "label": "Flipped"}


class Rules:
    """The plugin of these tests: a grader, and files that describe one."""

    def __init__(self, live: list[Grader]) -> None:
        self.live = live

    @hookimpl
    def crm_graders(self):
        return self.live

    @hookimpl
    def crm_grader_formats(self):
        return [GraderFormat("json-rules", Text("规则", "Rules"), (".rules",), read_rules)]

    @hookimpl
    def crm_id_schemes(self):
        count = iter(range(1, 999_999))
        return [IdScheme("date-sequence", Text("n", "n"), lambda request: f"{next(count):06}")]


@pytest.fixture
def open_rules(tmp_path, clock) -> Iterator:
    """Opens workspaces in memory, with the test's own graders."""
    opened = []

    def make(*live: Grader, language: str = "en", **settings) -> Crm:
        config = Config(
            store="memory:", timezone="Asia/Shanghai", language=language, directory=tmp_path,
            notify=(), grading=GradingConfig(**settings),
        )  # fmt: skip
        host = PluginHost(config)
        host.register(Rules(list(live or [grader(LIVE)])), "rules")
        crm = open_crm(config=config, host=host, clock=clock, actor="Li Na")
        opened.append(crm)
        return crm

    yield make
    for crm in opened:
        crm.close()


@pytest.fixture
def crm(open_rules) -> Crm:
    """Six graded leads: three A by a high need, two C by a low one, one C by a person."""
    crm = open_rules()
    fill(crm)
    return crm


def fill(crm: Crm) -> list[str]:
    needs = ["high", "high", "high", "low", "low", "low"]
    ids = [crm.add(company=f"Company {n}", need_match=need).id for n, need in enumerate(needs)]
    crm.apply_grading(crm.plan_grading())
    crm.grade(ids[-1], "C", "they told me so")
    return ids


def write(folder: Path, name: str, rules: object) -> Path:
    path = folder / name
    text = rules if isinstance(rules, str) else json.dumps(rules)
    path.write_text(text, "utf-8")
    return path


async def preview(d, text: str) -> PreviewScreen:
    """Open the preview and try the file named *text*."""
    await d.press("V")
    assert isinstance(d.screen, PreviewScreen)
    await d.type(text)
    await d.press("enter")
    return d.screen


def note(d) -> str:
    return d.screen.query_one(CardField).said


def grades(crm: Crm) -> str:
    return "".join(c.grade or "-" for c in sorted(crm.find().customers, key=lambda c: c.id))


# why a grade


async def test_the_explanation_shows_points_unknowns_and_what_to_ask(open_rules, open_board):
    crm = open_rules()
    known = crm.grade(crm.add(company="Known", need_match="low").id)
    crm.grade(crm.add(company="Unknown").id)
    async with open_board(crm, NARROW) as d:
        d.state.follow(known.id)
        await d.press("i")
        text = d.text()
        assert "general 1" in text
        assert "score -5 of at most 10" in text
        assert "-5 ██" in text
        assert "the need (Need match: low)" in text
        await d.press("q", "j", "i")
        text = d.text()
        assert "100% of the score is unknown" in text
        assert "?  the need (Need match)" in text
        assert "→ Need match would move this from C to A" in text


async def test_all_who_spoke_are_named_with_the_policy(open_rules, open_board):
    other = grader({**STRICT, "name": "other"})
    crm = open_rules(grader(LIVE), other, policy="strictest")
    crm.grade(crm.add(company="x", need_match="high").id)
    async with open_board(crm, NARROW) as d:
        await d.press("i")
        text = d.text()
        assert "joined by the strictest" in text
        assert " A  general 1" in text
        assert " C  other 1" in text
        assert "general · Need  +10" in text


async def test_a_long_explanation_is_scrolled_by_keys(open_rules, open_board):
    crm = open_rules(*(grader({**LIVE, "name": f"g{n}"}) for n in range(30)), policy="strictest")
    crm.grade(crm.add(company="x").id)
    async with open_board(crm, NARROW) as d:
        await d.press("i")
        assert "What to ask next" not in d.text()
        await d.press("G")
        assert "What to ask next" in d.text()
        await d.press("g")
        assert "Graded" not in d.text()
        assert "g0 1" in d.text()


async def test_keys_right_behind_the_one_that_closes_reach_the_board(crm, open_board):
    async with open_board(crm) as d:
        d.state.go(rows=-99)
        await d.press("i")
        await d.burst("q", "j")
        assert isinstance(d.screen, BoardScreen)
        assert d.state.column.at == 1


@pytest.mark.parametrize("size", [NARROW, (40, 12), (160, 50)])
async def test_hostile_text_stays_text(open_rules, open_board, tmp_path, size):
    hostile = {**LIVE, "reason": HOSTILE * 9, "label": HOSTILE, "name": "[b]x"}
    crm = open_rules(grader(hostile))
    crm.grade(crm.add(company=HOSTILE, need_match="low").id)
    write(tmp_path, "[b]x.rules", {**hostile, "A": -50, "broken": ""})
    async with open_board(crm, size) as d:
        await d.press("i")
        assert "[red]x[/]" in d.text()
        assert "\x1b" not in d.text()
        await d.press("q")
        await preview(d, "[b]x.rules")
        assert "C → A" in d.text()
        assert "\x1b" not in d.text()
        assert "\u202e" not in d.text()
        await d.press("A")
        assert isinstance(d.screen, ConfirmScreen)
        assert "[b]x.rules" in d.text()


# a grader that fails


async def test_a_failing_grader_is_told_and_the_grade_stays(open_rules, open_board):
    rules = dict(LIVE)
    crm = open_rules(grader(rules))
    lead = crm.grade(crm.add(company="Acme", need_match="high").id)
    rules["broken"] = "its table is gone"
    async with open_board(crm) as d:
        await d.press("ctrl+g")
        assert "the grader failed, the grade A stays" in d.told()
        assert "its table is gone" in d.told()
        assert " A? " in d.text()
        assert crm.get(lead.id).grade == "A"
        await d.press("i")
        assert "Not renewed, the grade it had stays" in d.text()
        await d.press("q")
        rules["broken"] = ""
        await d.press("ctrl+g")
        assert "is graded A" in d.told()
        assert " A? " not in d.text()


async def test_a_failing_grader_without_a_grade_before(open_rules, open_board):
    crm = open_rules(grader({**LIVE, "broken": "no table"}))
    crm.add(company="Acme")
    async with open_board(crm, NARROW) as d:
        await d.press("ctrl+g")
        assert "the grader failed, no grade yet" in d.told()
        assert " -? " in d.text()
        await d.press("i")
        assert "Grading failed, there is no grade yet" in d.text()


# rules on trial


async def test_a_changed_file_is_tried_on_the_board(crm, open_board, tmp_path):
    write(tmp_path, "new.rules", FLIPPED)
    revision = crm.revision
    async with open_board(crm, NARROW) as d:
        screen = await preview(d, "new.rules")
        assert "new.rules (Flipped): 5 would change grade" in " ".join(note(d).split())
        assert dict(screen.trial.plan.moves) == {("A", "C"): 3, ("C", "A"): 2}
        assert [row.outcome for row in screen.trial.rows] == ["moved"] * 5
        text = " ".join(d.text().split())
        assert "1 graded by hand, left alone" in text
        assert "A → C" in text
        assert crm.revision == revision
        await d.press("q")
        assert grades(crm) == "AAACCC"


async def test_who_moves_tells_the_rule_or_the_limits_that_did_it(crm, open_board, tmp_path):
    write(tmp_path, "new.rules", FLIPPED)
    async with open_board(crm) as d:
        await preview(d, "new.rules")
        assert "the need (high) +10 → +0" in d.text()
        await d.press("G", "i")
        assert isinstance(d.screen, ReadScreen)
        assert "The grade it would get: Company 4" in d.text()
        assert "score 30 of at most 30" in d.text()
        await d.press("q", "enter")
        assert isinstance(d.screen, ReadScreen)
        assert "Company 4" in d.text()
        await d.press("q")
        assert isinstance(d.screen, PreviewScreen)
        write(tmp_path, "new.rules", STRICT)
        await d.press("r")
        assert "the same points, other limits" in d.text()


async def test_what_is_tried_is_written_as_one_change_and_taken_back(crm, open_board, tmp_path):
    write(tmp_path, "new.rules", FLIPPED)
    before = crm.revision
    async with open_board(crm) as d:
        await preview(d, "new.rules")
        await d.press("A")
        assert "5  change grade" in d.text()
        await d.press("n")
        assert crm.revision == before
        await d.press("A", "y")
        assert isinstance(d.screen, BoardScreen)
        assert crm.revision == before + 1
        assert "5 customers are graded anew" in d.told()
        assert grades(crm) == "CCCAAC"
        assert [c.grade for c in sorted(d.state.column.rows, key=lambda c: c.id)] == list("CCCAAC")
        assert next(crm.history(newest_first=True)).reason == "new.rules"
        await d.press("u")
        assert grades(crm) == "AAACCC"


async def test_data_that_changed_meanwhile_is_told_and_looked_at_again(crm, open_board, tmp_path):
    write(tmp_path, "new.rules", FLIPPED)
    async with open_board(crm) as d:
        await preview(d, "new.rules")
        crm.edit("000001", remarks="changed by somebody")
        await d.press("A", "y")
        assert isinstance(d.screen, ConfirmScreen)
        assert "data has changed" in " ".join(d.text().split())
        assert grades(crm) == "AAACCC"
        await d.press("n")
        await d.press("A")  # what is old is not offered again
        assert isinstance(d.screen, PreviewScreen)
        await d.press("r", "A", "y")
        assert isinstance(d.screen, BoardScreen)
        assert grades(crm) == "CCCAAC"


async def test_a_mistake_in_the_file_is_told_and_can_be_corrected(crm, open_board, tmp_path):
    path = write(tmp_path, "new.rules", '{"points":\n oops')
    async with open_board(crm, NARROW) as d:
        screen = await preview(d, "new.rules")
        assert d.screen is screen
        assert "new.rules, line 2: a rule is not understood" in d.text()
        await d.press("A")
        assert isinstance(d.screen, PreviewScreen)
        path.write_text(json.dumps(FLIPPED))
        await d.press("r")
        assert "5 would change grade" in note(d)
        await d.press("j")
        selected = screen.selected().before.id
        path.write_text("{")
        await d.press("r")
        assert "line 1" in note(d)
        assert len(screen.trial.rows) == 5  # what it said before is still to be read
        await d.press("A")
        assert isinstance(d.screen, PreviewScreen)  # but not to be written
        path.write_text(json.dumps(STRICT))
        await d.press("r")
        assert screen.selected().before.id == selected


LEADS_NOWHERE = [
    ("gone.rules", "gone.rules cannot be read"),
    ("rules.xyz", "no way to read graders from 'rules.xyz'"),
    ("~nobody-of-this-name/x.rules", "expected"),
    ("\x00.rules", ""),
]


async def test_a_name_that_leads_nowhere_is_told_and_none_is_the_rules_in_use(crm, open_board):
    crm.edit("000001", reason="x", need_match="low")
    async with open_board(crm) as d:
        screen = await preview(d, "gone.rules")
        for name, said in LEADS_NOWHERE:
            await d.press("f", "ctrl+u")
            await d.type(name)
            await d.press("enter")
            assert d.screen is screen
            assert screen.trial is None
            assert screen.query_one(CardField).wrong
            assert said in note(d)
        await d.press("f", "ctrl+u", "enter")
        assert "the rules in use: nobody's grade would change" in note(d)
        await d.press("A")
        assert d.screen is screen  # nothing to write
        await d.press("f")
        assert screen.query_one(CardField).typing
        await d.press("escape")
        assert d.screen is screen
        await d.press("escape")
        assert isinstance(d.screen, BoardScreen)


async def test_only_those_whom_the_filter_leaves_are_tried(crm, open_board, tmp_path):
    write(tmp_path, "new.rules", FLIPPED)
    crm.lose("000002", "too dear")
    async with open_board(crm) as d:
        await d.press("slash")
        await d.type("need_match:high")
        await d.press("enter")
        screen = await preview(d, "new.rules")
        assert {row.before.id for row in screen.trial.rows} == {"000001", "000003"}
        assert "need_match:high" in d.text()


async def test_a_failing_file_marks_and_says_so(crm, open_board, tmp_path):
    write(tmp_path, "new.rules", {**LIVE, "broken": "division by zero"})
    async with open_board(crm) as d:
        await preview(d, "new.rules")
        assert "keep theirs: the grader failed" in d.text()
        assert "division by zero" in d.text()
        await d.press("A")
        assert "5  marked as not renewed" in d.text()
        await d.press("y")
        assert "the grader failed on 5, their grades stay" in d.told()
        assert grades(crm) == "AAACCC"


async def test_an_endless_file_does_not_cut_off_the_rules_in_use(open_rules, open_board, tmp_path):
    crm = open_rules(seconds=0.05)
    fill(crm)
    write(tmp_path, "new.rules", {**LIVE, "endless": True})
    async with open_board(crm) as d:
        screen = await preview(d, "new.rules")
        assert screen.trial.plan.counts["stale"] == 5
        write(tmp_path, "new.rules", FLIPPED)
        await d.press("r")
        assert dict(screen.trial.plan.counts) == {"moved": 5, "by hand": 1}
        await d.press("q", "ctrl+g")
        assert crm.get("000001").grading.stale == ""


# the file's name


async def test_the_name_is_completed_from_the_folder(crm, open_board, tmp_path):
    for name in ("new-a.rules", "new-b.rules", "old.rules", "crm.toml", "notes.txt"):
        write(tmp_path, name, LIVE)
    (tmp_path / "cards").mkdir()
    write(tmp_path / "cards", "jk.rules", FLIPPED)
    async with open_board(crm) as d:
        await d.press("V")
        assert "There are: new-a.rules · new-b.rules · old.rules · cards/" in note(d)
        line = d.screen.query_one(Input)
        await d.press("n", "tab")
        assert line.value == "new-"
        await d.press("tab")
        assert line.value == "new-a.rules"
        await d.press("tab")
        assert line.value == "new-b.rules"
        await d.press("ctrl+u", "c", "tab", "tab")
        assert line.value == "cards/jk.rules"
        await d.press("ctrl+u", *"cards/jk.rules", "enter")  # keys of the list are letters here
        assert "5 would change grade" in note(d)


async def test_what_is_typed_at_once_is_the_name(crm, open_board, tmp_path):
    write(tmp_path, "Aqi.rules", FLIPPED)
    async with open_board(crm) as d:
        await d.burst("V", *"Aqi.rules", "enter")
        assert isinstance(d.screen, PreviewScreen)
        await d.settle()  # the name can be typed only once the screen is drawn
        assert "5 would change grade" in note(d)
        await d.press("q", "V")
        assert d.screen.query_one(Input).value == "Aqi.rules"  # remembered


# stopping, and the file that changes


async def test_a_run_is_stopped(crm, open_board, tmp_path, monkeypatch):
    write(tmp_path, "new.rules", FLIPPED)
    halfway, go_on = asyncio.Event(), asyncio.Event()
    plan = crm.plan_grading

    def slow(where, *, seen, **options):
        seen(1)
        loop.call_soon_threadsafe(halfway.set)
        asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()
        return plan(where, seen=seen, **options)

    monkeypatch.setattr(crm, "plan_grading", slow)
    async with open_board(crm) as d:
        loop = asyncio.get_running_loop()
        await d.press("V")
        await d.type("new.rules")
        await d.pilot.press("enter")
        await asyncio.wait_for(halfway.wait(), 10)
        await d.pilot.pause()
        assert "Working it out… 1 of 6" in note(d)
        await d.pilot.press("escape")
        go_on.set()
        await d.settle()
        assert isinstance(d.screen, PreviewScreen)
        assert note(d) == "Stopped"
        assert d.screen.trial is None


async def test_a_file_that_changed_is_tried_again_by_itself(crm, open_board, tmp_path):
    path = write(tmp_path, "new.rules", FLIPPED)
    async with open_board(crm) as d:
        screen = await preview(d, "new.rules")
        first = screen.trial
        screen.look()
        await d.settle()
        assert screen.trial is first
        write(tmp_path, "new.rules", STRICT)
        os.utime(path, (1, 1))
        screen.look()
        await d.settle()
        assert dict(screen.trial.plan.moves) == {("A", "C"): 3}
        path.unlink()
        screen.look()
        await d.settle()
        assert "cannot be read" in note(d)
        write(tmp_path, "new.rules", FLIPPED)
        screen.look()
        await d.settle()
        assert "5 would change grade" in note(d)
        last = screen.trial
        await d.press("A")
        os.utime(path, (1, 1))
        screen.look()
        await d.settle()
        assert screen.trial is last  # not behind a question


async def test_the_timer_looks(crm, open_board, tmp_path, monkeypatch):
    looked = asyncio.Event()
    monkeypatch.setattr(PreviewScreen, "look", lambda self: looked.set())
    async with open_board(crm) as d:
        d.board_screen.live = 0.01
        await d.press("V")
        await asyncio.wait_for(looked.wait(), 10)


# many


async def test_a_long_list_is_written_as_it_is_seen(open_rules, open_board, monkeypatch):
    from crmcore.changes import Write

    crm = open_rules()
    people = [Customer(id=f"{n:06}", company=f"C{n}", need_match="high") for n in range(3000)]
    crm.writer.commit([Write(None, customer) for customer in people], "add")
    written = []
    reasons = trying.reasons
    monkeypatch.setattr(
        "crmcore_tui.trialtext.reasons", lambda *args: written.append(1) or reasons(*args)
    )
    async with open_board(crm, NARROW) as d:
        screen = await preview(d, "")
        assert len(screen.trial.rows) == 3000
        await d.press("G")
        assert "C2999" in d.text()
        assert screen.query_one(MoverList).at == 2999
        await d.press("pageup", "g")
        assert screen.query_one(MoverList).at == 0
        assert len(written) < 500


# the palette


async def test_the_palette_leads_to_the_preview(open_rules, open_board):
    crm = open_rules(language="zh")
    fill(crm)
    async with open_board(crm) as d:
        await d.press("ctrl+p")
        await d.type("试算")
        while "试算评级规则" not in d.text():
            await d.pilot.pause()
        await d.press("enter")
        if not isinstance(d.screen, PreviewScreen):
            await d.press("enter")
        await d.settle()
        assert isinstance(d.screen, PreviewScreen)
        assert "规则文件" in d.text()
