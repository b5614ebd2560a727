"""Every hook has an example in its docstring, the example runs, and what it defines works."""

from __future__ import annotations

import doctest
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

import pytest

from crmcore import hookspecs
from crmcore.changes import Change, Commit
from crmcore.config import Config
from crmcore.customer import Customer
from crmcore.hooktypes import Event
from crmcore.host import PluginHost

HOOKS = sorted(
    name for name, value in vars(hookspecs).items() if hasattr(value, f"{hookspecs.PROJECT}_spec")
)
NOW = datetime(2024, 5, 1, tzinfo=UTC)


def run_example(hook: str) -> dict[str, Any]:
    """The names that the example of *hook* defines; fails where the example does."""
    names: dict[str, Any] = {"hookimpl": hookspecs.hookimpl}
    found = doctest.DocTestFinder(recurse=False).find(getattr(hookspecs, hook), hook, globs=names)
    [test] = [test for test in found if test.examples]
    said: list[str] = []
    results = doctest.DocTestRunner(verbose=False).run(test, out=said.append, clear_globs=False)
    assert results.attempted > 0
    assert results.failed == 0, "".join(said)
    return test.globs


def test_there_are_hooks():
    assert {"crm_fields", "crm_stores", "crm_check", "crm_event"} <= set(HOOKS)
    assert all(name.startswith("crm_") for name in HOOKS)


@pytest.mark.parametrize("hook", HOOKS)
def test_the_example_runs_and_a_host_can_use_it(hook):
    names = run_example(hook)
    plugin = ModuleType("example")
    setattr(plugin, hook, names[hook])
    host = PluginHost(Config(timezone="UTC"))

    host.register(plugin, "example")

    assert host.plugins[0].hooks == (hook,)
    if hook == "crm_check":
        customer = Customer(id="1", company="ACME")
        [problem] = host.check(Change(None, customer, "add", "me", "", NOW))
        assert problem.plugin == "example"
        assert host.check(Change(None, None, "remove", "me", "", NOW)) == ()
    elif hook == "crm_event":
        host.broadcast(Event(Commit(3, NOW, "me", "add", "", ()), ()))
        assert names["heard"] == [(3, "add")]
    else:
        offers = getattr(host, hook.removeprefix("crm_"))().offers
        assert [offer.plugin for offer in offers if offer.plugin != "crmcore"] == ["example"]
    assert host.failures == ()


@pytest.mark.parametrize("hook", HOOKS)
def test_no_hook_has_default_arguments(hook):
    assert getattr(hookspecs, hook).__defaults__ is None
