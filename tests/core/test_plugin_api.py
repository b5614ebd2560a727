"""What plugins were written for, what is on its way out, what their time goes into, and who may write."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext, suppress
from threading import Thread
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

import crmcore
from crmcore.apiversion import misfit
from crmcore.config import Config
from crmcore.errors import CheckError, RefusedError
from crmcore.hookspecs import hookimpl, hookspec
from crmcore.hooktypes import Grader, Opinion
from crmcore.host import PluginHost
from crmcore.wording import Text

WORD = Text("词", "word")


def test_the_api_has_a_version() -> None:
    assert crmcore.api_version.split(".")[0].isdecimal()
    assert misfit(crmcore.api_version) == ""


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (None, ""), ("1", ""), ("1.0", ""), ("1.2", ""), ("1.3", "update crmcore"),
        ("2", "another version"), ("0.9", "another version"), (1, "is a version such as"),
        ("1.x", "is a version such as"), ("", "is a version such as"),
    ],
)  # fmt: skip
def test_a_plugin_fits_the_api_it_was_written_for_and_later_ones_of_its_kind(stated, said) -> None:
    told = misfit(stated, ours="1.2")
    assert bool(told) == bool(said)
    assert said in told


def test_another_api_and_hooks_on_their_way_out_are_told_of_the_plugin() -> None:
    @hookspec(warn_on_impl=DeprecationWarning("use crm_tui_lamps instead"))
    def crm_tui_lights():
        """Lights."""

    specs = ModuleType("specs")
    specs.crm_tui_lights = crm_tui_lights  # type: ignore[attr-defined]
    host = PluginHost(Config(timezone="UTC"))
    host.register(SimpleNamespace(crmcore_api="9.1"), "late")
    old = plugin("crm_tui_lights", lambda: None)
    with pytest.warns(DeprecationWarning, match="crm_tui_lamps"):
        host.register(old, "old")
        host.add_specs(specs)
    warnings = {info.name: info.warnings for info in host.plugins}
    assert "API 9.1" in warnings["late"][0]
    assert warnings["old"] == ("crm_tui_lights: use crm_tui_lamps instead",)
    assert {info.name: info.api for info in host.plugins} == {"late": "9.1", "old": ""}


def test_the_time_each_plugin_takes_is_kept_by_hook(crm) -> None:
    grader = Grader("mine", WORD, lambda customer, now: Opinion("A", (), "1", "d"))
    crm.host.register(plugin("crm_graders", lambda: [grader]), "mine")
    crm.add(company="Acme")
    customers = crm.find().customers
    crm.host.opinions(crm.host.graders().named("mine"), customers, crm.clock(), 1)
    assert crm.host.spent["mine", "crm_graders"].calls == 2
    assert crm.host.spent["mine", "crm_graders"].seconds > 0


def plugin(hook: str, function: Callable[..., Any]) -> SimpleNamespace:
    return SimpleNamespace(**{hook: hookimpl(function, specname=hook)})


def test_the_trace_tells_who_asked_and_what_was_raised() -> None:
    lines: list[str] = []
    host = PluginHost(Config(timezone="UTC"), trace=lines.append)
    host.register(plugin("crm_graders", lambda: 1 / 0), "bad")
    host.graders()
    assert "bad.crm_graders -> raised ZeroDivisionError: division by zero" in lines[0]
    assert "test_the_trace_tells_who_asked" in lines[0]


def write_by(crm) -> Callable[[], None]:
    done: list[str] = []

    def write() -> None:
        if not done:  # once, so that a missing guard does not go on for ever
            done.append("")
            crm.edit(crm.find().customers[0].id, remarks="written by the plugin")

    return write


@pytest.mark.parametrize("silent", [False, True])
def test_what_hears_of_a_commit_cannot_write(crm, silent) -> None:
    write = write_by(crm)

    def crm_event(event):
        with suppress(RefusedError) if silent else nullcontext():
            write()

    crm.host.register(plugin("crm_event", crm_event), "sly")
    added = crm.add(company="Acme")
    assert crm.revision == 1
    assert crm.get(added.id).remarks is None
    [failure] = crm.host.failures
    assert (failure.plugin, failure.hook) == ("sly", "crm_event")
    assert "Nothing was changed" in failure.error


def test_a_check_cannot_write_and_refuses_by_trying(crm) -> None:
    crm.add(company="Acme")
    write = write_by(crm)
    crm.host.register(plugin("crm_check", lambda change: write()), "sly")
    with pytest.raises(CheckError, match="sly"):
        crm.add(company="Second")
    assert crm.revision == 1


def test_a_grader_cannot_write(crm) -> None:
    crm.add(company="Acme", phone="139")
    write = write_by(crm)

    def grade(customer, now):
        write()
        return Opinion("A", (), "1", "d")

    crm.host.register(plugin("crm_graders", lambda: [Grader("sly", WORD, grade)]), "sly")
    customers = crm.find().customers
    [said] = crm.host.opinions(crm.host.graders().named("sly"), customers, crm.clock(), 5)
    assert "Nothing was changed" in str(said)
    assert crm.revision == 1


def test_afterwards_in_a_thread_of_its_own_a_plugin_may_write(crm) -> None:
    write = write_by(crm)
    begun: list[Thread] = []

    def crm_event(event):
        if not begun:
            begun.append(Thread(target=write))
            begun[0].start()

    crm.host.register(plugin("crm_event", crm_event), "patient")
    added = crm.add(company="Acme")
    begun[0].join(30)
    assert crm.get(added.id).remarks == "written by the plugin"
    assert crm.host.failures == ()


def test_after_a_failed_check_everybody_may_write_again(crm) -> None:
    crm.host.register(plugin("crm_check", lambda change: 1 / 0), "bad")
    with pytest.raises(CheckError):
        crm.add(company="Acme")
    with pytest.raises(CheckError):  # refused by the check once more, not by what was left behind
        crm.add(company="Acme")
