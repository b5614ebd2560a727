"""The board's hooks: each has an example that runs and works, and docs/board-plugins.md tells all there is."""

from __future__ import annotations

import doctest
import inspect
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from attrs import fields

from crmcore.config import Config
from crmcore.crm import Crm
from crmcore.hookspecs import PROJECT, hookimpl
from crmcore.host import PluginHost
from crmcore_tui import hookspecs, hooktypes
from crmcore_tui.contributions import HOOKS, Contributions
from crmcore_tui.hooktypes import ROLES, Action, ActionContext, Badge, Panel, Question
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.widgets import ink

NAMES = sorted(n for n, value in vars(hookspecs).items() if hasattr(value, f"{PROJECT}_spec"))
GUIDE = (Path(__file__).parents[2] / "docs" / "board-plugins.md").read_text("utf-8")


def example_of(hook: str) -> ModuleType:
    """The plugin that the example of *hook* is; fails where the example does."""
    names: dict[str, Any] = {"hookimpl": hookimpl}
    found = doctest.DocTestFinder(recurse=False).find(getattr(hookspecs, hook), hook, globs=names)
    [test] = [test for test in found if test.examples]
    said: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(test, out=said.append, clear_globs=False)
    assert results.attempted > 0
    assert results.failed == 0, "".join(said)
    plugin = ModuleType("example")
    setattr(plugin, hook, test.globs[hook])
    return plugin


def test_these_are_the_hooks() -> None:
    assert NAMES == ["crm_tui_actions", "crm_tui_badges", "crm_tui_panels"]
    assert {hook.name for hook in HOOKS} == set(NAMES)


@pytest.mark.parametrize("hook", NAMES)
def test_no_hook_has_default_arguments(hook) -> None:
    assert getattr(hookspecs, hook).__defaults__ is None


@pytest.mark.parametrize("hook", NAMES)
def test_the_host_takes_the_example(hook) -> None:
    host = PluginHost(Config(timezone="UTC"))
    host.register(example_of(hook), "example")
    found = Contributions(host)
    offers = [*found.badges, *found.actions, *found.panels("side"), *found.panels("detail")]
    assert [offer.plugin for offer in offers] == ["example"]
    assert host.failures == ()


async def test_the_examples_work_on_a_board(crm: Crm, open_board) -> None:
    for hook in NAMES:
        crm.host.register(example_of(hook), hook)
    customer_id = crm.add(company="Acme", employees="2000").id
    crm.log(customer_id, "sent the brochure")
    async with open_board(crm, (130, 30)) as d:
        while " big" not in d.text():
            await d.settle()
        await d.press("backslash")
        while "sent the brochure" not in d.text():
            await d.settle()
        await d.press("f12")
        while not isinstance(d.screen, FormScreen):
            await d.settle()
        await d.type("hello")
        await d.press("enter")
        while "1 noted" not in d.told():
            await d.settle()
    assert crm.get(customer_id).activities[-1].content == "hello"
    assert crm.host.failures == ()


def test_every_role_has_a_style() -> None:
    assert set(ROLES) <= set(ink.ROLES)


# the guide


@pytest.mark.parametrize("hook", NAMES)
def test_the_guide_holds_the_exact_signature_of_every_hook(hook) -> None:
    signature = str(inspect.signature(getattr(hookspecs, hook))).replace("'", "")
    assert f"{hook}{signature}" in GUIDE


@pytest.mark.parametrize("kind", [Badge, Panel, Action, ActionContext, Question])
def test_the_guide_tells_every_attribute_of_every_value(kind) -> None:
    part = GUIDE.split(f"### `{kind.__name__}`")[1].split("\n#")[0]
    assert {attribute.name for attribute in fields(kind)} == set(
        re.findall(r"^\| `(\w+)`", part, re.M)
    )


def test_the_guide_names_every_role_and_everything_importable() -> None:
    for name in (*ROLES, *hooktypes.__all__):
        assert f"`{name}`" in GUIDE, name


def test_the_python_of_the_guide_runs() -> None:
    for number, code in enumerate(re.findall(r"```python\n(.*?)```", GUIDE, re.S)):
        plugin = ModuleType(f"guide{number}")
        exec(compile(code, f"board-plugins.md, example {number}", "exec"), vars(plugin))
        host = PluginHost(Config(timezone="UTC"))
        host.register(plugin, "guide")
        Contributions(host)
        assert host.failures == ()
        assert host.plugins[0].hooks
