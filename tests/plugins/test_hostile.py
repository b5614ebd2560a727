"""Hostile plugins, one a file in `hostile/`: each is named and contained, and the rest works on.

The docstring of each says what it does, which of its hooks must be named, and what must be told.
"""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from attrs import field, frozen

from crmcore.bootstrap import open_crm
from crmcore.config import Config, GradingConfig
from crmcore.crm import Crm
from crmcore.discovery import installed
from crmcore.errors import CrmError
from crmcore.hookspecs import hookimpl
from crmcore.hooktypes import Report
from crmcore.host import PluginHost
from crmcore.testing import StillClock
from crmcore.wording import Text
from crmcore_tui import hookspecs as board_hookspecs
from crmcore_tui.contributions import Contributions, Refusal

FOLDER = Path(__file__).parent / "hostile"
FILES = sorted(FOLDER.glob("*.py"))
STOPS_OPENING = {"raises_in_fields", "raises_in_pipelines", "raises_in_stores", "field_of_the_core"}
STOPS_ADDING = {
    "raises_in_check": 0, "mutates_its_argument": 0, "raises_in_id_schemes": 0,
    "shadows_a_built_in": 0, "one_id_for_all": 1,
}  # fmt: skip
"""What fails closed, and how many customers are there then."""


@frozen
class Point:
    """An entry point whose module is a file."""

    name: str
    path: Path
    dist: Any = field(factory=lambda: SimpleNamespace(name="dist-a", version="1"))
    value: str = "somewhere"

    def load(self) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"hostile_{self.path.stem}", self.path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


def count(request: Any) -> list[dict[str, int]]:
    return [{"n": len(request.crm.find().customers)}]


class Neighbour:
    """A sound plugin beside the hostile one; `zz` is asked after it."""

    def __init__(self) -> None:
        self.heard: list[int] = []

    @hookimpl
    def crm_event(self, event: Any) -> None:
        """Remember what is heard."""
        self.heard.append(event.commit.revision)

    @hookimpl
    def crm_reports(self) -> list[Report]:
        """A report of its own."""
        word = Text("词", "word")
        return [Report("neighbour", word, word, count)]


def points(path: Path) -> list[Point]:
    if path.stem == "two_distributions":
        return [
            Point("hostile", path),
            Point("hostile", path, SimpleNamespace(name="dist-b", version="2"), "b"),
        ]
    return [Point("hostile", path)]


def config_of(path: Path, folder: Path) -> Config:
    scheme = "hostile" if path.stem == "one_id_for_all" else "date-sequence"
    return Config(
        store="memory:", language="en", timezone="UTC", id_scheme=scheme, directory=folder,
        grading=GradingConfig(seconds=0.3),
    )  # fmt: skip


def work(crm: Crm, host: PluginHost) -> list[str]:
    """A day's work, in which every hook is asked; returns the refusals."""
    refused = []

    def add() -> None:
        crm.add(company="Acme", phone="139", email="a@example.com")

    def edit() -> None:
        for customer in crm.find(limit=1).customers:
            crm.edit(customer.id, remarks="ours")

    def grade() -> None:
        for grader in host.graders():
            host.opinions(grader, crm.find().customers, crm.clock(), 0.3)

    def ask() -> None:
        host.grader_formats(), host.assigners(), host.calendars(), host.notifiers()
        host.importers(), host.exporters(), host.commands(), host.reminders(), crm.due()

    for act in (add, add, edit, grade, ask):
        try:
            act()
        except CrmError as error:
            refused.append(str(error))
    return refused


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_is_named_and_contained(path, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("crmcore_tui.contributions.PANEL_SECONDS", 0.2)
    about = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    told = re.search(r"^Told: (.*)$", about, re.M)[1]
    hooks = re.search(r"^Hook: (.*?)^Told", about, re.M | re.S)[1].removeprefix("none").split()
    neighbour = Neighbour()
    config = config_of(path, tmp_path)
    board = path.stem.startswith("board_")
    mine = points(path)
    bundled = [point for point in installed() if point.value.startswith("crmcore_")]
    host = PluginHost.load(config, entry_points=bundled + ([] if board else mine))
    host.register(neighbour, "zz")
    said: list[str] = []
    try:
        with open_crm(config=config, host=host, clock=StillClock()) as crm:
            plugin = next((f.plugin for f in host._found if f.name == "hostile"), None)
            if hasattr(plugin, "crm"):
                plugin.crm = crm
            if board:
                host.add_specs(board_hookspecs, mine)
            said += work(crm, host)
            if board:
                said += on_the_board(crm)
            opened = True
            stored = crm.find().customers
            rows = host.reports().named("neighbour").run(SimpleNamespace(crm=crm))
    except CrmError as error:
        opened = False
        said.append(str(error))

    # it is named, with what is wrong
    lines = [*said, *(failure.line for failure in host.failures)]
    assert any(re.search(told, line) and "hostile" in line for line in lines), lines
    for hook in hooks:
        named = [f for f in host.failures if hook == f.hook]
        assert named or path.stem in {*STOPS_OPENING, *STOPS_ADDING}, hook
    assert not any("\x1b" in line for line in lines)

    # it is contained: what fails closed stops the opening by name, all else works on
    assert opened == (path.stem not in STOPS_OPENING)
    if not opened:
        return
    expected = STOPS_ADDING.get(path.stem, 2)
    assert len(stored) == expected
    assert rows == [{"n": expected}]
    assert all("hostile.sneaked" not in customer.extra for customer in stored)
    assert all(customer.remarks in (None, "ours") for customer in stored)
    edits = 1 if expected else 0
    assert neighbour.heard == list(range(1, expected + edits + 1))


def on_the_board(crm: Crm) -> list[str]:
    """What its panels say when they are drawn."""
    board = Contributions(crm.host)
    told = []
    for offer in board.panels("detail"):
        answer = board.write_panel(offer, crm.find().customers[0], 40, crm.clock(), crm.dialect)
        if isinstance(answer, Refusal):
            told.append(f"hostile: {board.refuse(answer).en}")
            assert offer not in board.panels("detail")
    return told


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_left_out_it_is_as_if_it_were_not_there(path, tmp_path) -> None:
    bundled = [point for point in installed() if point.value.startswith("crmcore_")]
    config = Config(store="memory:", timezone="UTC", directory=tmp_path)
    loaded = []

    class Watched(Point):
        def load(self) -> ModuleType:
            loaded.append(self.name)
            return super().load()

    points = [*bundled, Watched("hostile", path)]
    host = PluginHost.load(config, entry_points=points, disable=("hostile",))
    assert loaded == []
    assert host.failures == ()


def test_there_are_as_many_as_promised() -> None:
    assert len(FILES) >= 20
