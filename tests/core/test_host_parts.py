"""What plugins have for the screens alone: loaded when the screens ask, and by nobody else."""

from __future__ import annotations

import sys
from importlib.metadata import EntryPoint
from types import ModuleType

import pytest

from crmcore.answers import Hook
from crmcore.config import Config
from crmcore.discovery import PARTS
from crmcore.hookspecs import hookimpl, hookspec
from crmcore.host import PluginHost

MARK = Hook("crm_tui_marks", str, "mark", key="name")


class Mark(str):
    """A named value."""

    name = "mark"


@pytest.fixture
def specs() -> ModuleType:
    """The hooks of some screens."""

    def crm_tui_marks(config):
        """Marks."""

    module = ModuleType("specs")
    module.crm_tui_marks = hookspec(crm_tui_marks)  # type: ignore[attr-defined]
    return module


@pytest.fixture
def part(monkeypatch):
    """Makes an entry point of a module with these hooks, and tells whether the module was imported."""

    def make(name: str, group: str = PARTS, **hooks) -> EntryPoint:
        module = ModuleType(f"crmcore_fake_{name}_{group.count('.')}")
        for hook, function in hooks.items():
            function.__module__ = module.__name__
            setattr(module, hook, hookimpl(specname=hook)(function))
        monkeypatch.setitem(sys.modules, module.__name__, module)
        return EntryPoint(name, module.__name__, group)

    return make


def marks():
    return [Mark("x")]


def statuses(host: PluginHost) -> dict[str, str]:
    return {info.name: info.status for info in host.plugins}


def test_a_part_is_a_plugin_of_its_own(specs, part) -> None:
    host = PluginHost.load(Config(), entry_points=[part("mine", "crmcore", crm_event=lambda: None)])
    host.add_specs(specs, [part("mine", crm_tui_marks=marks)])
    assert statuses(host) == {"mine": "loaded", "mine.tui": "loaded"}
    assert host.catalogue(MARK).offer("mark").plugin == "mine.tui"
    assert host.failures == ()


def test_hooks_are_learned_once(specs, part) -> None:
    host = PluginHost.load(Config(), entry_points=[])
    for _ in range(2):
        host.add_specs(specs, [part("mine", crm_tui_marks=marks)])
    assert statuses(host) == {"mine.tui": "loaded"}


@pytest.mark.parametrize(
    ("allow", "disable", "status"),
    [
        (None, (), "loaded"),
        (("mine",), (), "loaded"),
        (("other",), (), "blocked"),
        ((), (), "blocked"),
        (None, ("mine",), "blocked"),
        (None, ("mine.tui",), "blocked"),
    ],
)
def test_what_blocks_a_plugin_blocks_its_part(specs, part, allow, disable, status) -> None:
    point = part("mine", crm_tui_marks=marks)
    host = PluginHost.load(Config(), entry_points=[], allow=allow, disable=disable)
    if status == "blocked":
        del sys.modules[point.value]  # it could not be imported if it were tried
    host.add_specs(specs, [point])
    assert statuses(host)["mine.tui"] == status


@pytest.mark.parametrize(
    ("hooks", "error"),
    [
        ({"crm_tui_mark": marks}, "there is no hook crm_tui_mark. Did you mean crm_tui_marks?"),
        ({"crm_tui_marks": lambda wrong: []}, "crm_tui_marks is given config, not wrong"),
        ({"crm_check": lambda change: []}, "crm_check belongs into a module of the group crmcore:"),
    ],
)
def test_a_part_that_does_not_fit_fails_and_leaves_its_plugin_be(specs, part, hooks, error) -> None:
    host = PluginHost.load(Config(), entry_points=[part("mine", "crmcore", crm_event=lambda: None)])
    host.add_specs(specs, [part("mine", **hooks)])
    assert statuses(host) == {"mine": "loaded", "mine.tui": "failed"}
    (failure,) = host.failures
    assert failure.line.startswith(f"plugin mine.tui: not loaded: {error}")


def test_a_part_that_cannot_be_imported_is_told(specs) -> None:
    host = PluginHost.load(Config(), entry_points=[])
    host.add_specs(specs, [EntryPoint("mine", "crmcore_no_such_module", PARTS)])
    assert "No module named 'crmcore_no_such_module'" in host.failures[0].line


def test_learning_hooks_does_not_ask_the_plugins_again(specs, part) -> None:
    asked = []

    def crm_graders():
        asked.append(1)
        return []

    host = PluginHost.load(Config(), entry_points=[part("a", "crmcore", crm_graders=crm_graders)])
    host.graders()
    host.add_specs(specs, [part("mine", crm_tui_marks=marks)])
    host.graders()
    assert asked == [1]
