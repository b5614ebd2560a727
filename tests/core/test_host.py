"""What the plugin host loads, in which order it asks, and how it names what is missing."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from crmcore.catalogue import Catalogue, Offer
from crmcore.changes import Change
from crmcore.config import Config
from crmcore.errors import NotFoundError, PluginConflictError, PluginError, UsageError
from crmcore.hookspecs import hookimpl, hookspec
from crmcore.hooktypes import Grader, IdScheme, Importer, Opinion, Problem
from crmcore.host import Hook, PluginHost
from crmcore.wording import Text

NOW = datetime(2024, 5, 1, tzinfo=UTC)
WORD = Text("词", "word")
CONFIG = Config(timezone="UTC")
CHANGE = Change(None, None, "add", "me", "", NOW)


def plugin(hook: str, answer: Any, **options: bool) -> SimpleNamespace:
    def implementation():
        return answer()

    return SimpleNamespace(**{hook: hookimpl(implementation, specname=hook, **options)})


def graders(*names: str, **options: bool) -> SimpleNamespace:
    def grade(customer, now):
        return Opinion("A", (), "1", "d")

    return plugin("crm_graders", lambda: [Grader(n, WORD, grade) for n in names], **options)


def host_with(**plugins: Any) -> PluginHost:
    host = PluginHost(CONFIG)
    for name, made in plugins.items():
        host.register(made, name)
    return host


MEMBERS = {
    "a": graders("a2", "a1"),
    "b": graders("b", trylast=True),
    "c": graders("c"),
    "d": graders("d", tryfirst=True),
}


@pytest.mark.parametrize("order", list(permutations(MEMBERS)))
def test_the_order_does_not_depend_on_who_came_first(order):
    host = host_with(**{name: MEMBERS[name] for name in order})

    assert host.graders().names == ("d", "a2", "a1", "c", "b")
    assert [offer.plugin for offer in host.graders().offers] == ["d", "a", "a", "c", "b"]
    assert [info.name for info in host.plugins] == ["a", "b", "c", "d"]


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_problems_come_in_the_order_of_names(order):
    checks = {
        name: plugin("crm_check", lambda name=name: [Problem(Text(name, name), plugin="liar")])
        for name in order
    }
    problems = host_with(**checks).check(CHANGE)
    assert [(p.plugin, p.message.en) for p in problems] == [("a", "a"), ("b", "b"), ("c", "c")]


def test_only_the_arguments_asked_for_are_given():
    seen = []

    @hookimpl
    def crm_id_schemes(config):
        seen.append(config)
        return iter([IdScheme("x", WORD, lambda request: "1")])

    host = host_with(mine=SimpleNamespace(crm_id_schemes=crm_id_schemes))
    assert host.id_schemes().named("x").new(None) == "1"
    assert host.id_schemes() is host.id_schemes()
    assert seen == [CONFIG]


def test_a_plugin_registered_later_is_asked_too():
    host = host_with(a=graders("a"))
    assert host.graders().names == ("a",)
    host.register(graders("b"), "b")
    assert host.graders().names == ("a", "b")
    with pytest.raises(PluginError, match="plugin b"):
        host.register(graders("c"), "b")
    assert host.graders().names == ("a", "b")


def test_without_plugins_the_core_offers_its_own():
    host = PluginHost.load(CONFIG, allow=(), entry_points=())

    assert host.pipelines().names == ("standard",)
    assert host.calendars().names == ("weekdays",)
    assert host.stores().names == ("memory",)
    assert host.pipelines().offer("standard").plugin == "crmcore"
    assert host.check(CHANGE) == ()
    assert host.failures == ()


def test_what_a_plugin_says_of_itself():
    info = host_with(a=graders("a")).plugins[0]
    assert (info.name, info.status, info.hooks, info.error) == ("a", "loaded", ("crm_graders",), "")


def test_a_missing_name_is_answered_with_the_nearest_and_the_failed_plugins():
    def broken():
        raise ImportError("no module named chart")

    point = SimpleNamespace(name="charts", value="charts", dist=None, load=broken)
    host = PluginHost.load(CONFIG, entry_points=[point])
    host.register(graders("manufacturing"), "mine")

    with pytest.raises(NotFoundError) as caught:
        host.graders().named("manufacturin")
    said = str(caught.value)
    assert "There is no grader 'manufacturin'. Did you mean manufacturing?" in said
    assert "charts (ImportError: no module named chart)" in said


def test_a_catalogue_tells_who_offers_what():
    mine, theirs = object(), object()
    catalogue = Catalogue("thing", [Offer("a", mine, "p"), Offer("b", theirs, "q")])

    assert catalogue.provider(theirs) == "q"
    assert catalogue.provider(object()) == ""
    assert list(catalogue) == [mine, theirs]
    assert len(catalogue) == 2
    assert "a" in catalogue


def test_one_plugin_offering_a_name_twice_is_told_by_itself():
    with pytest.raises(PluginConflictError, match="'a' is offered twice by plugin p"):
        Catalogue("thing", [Offer("a", 1, "p"), Offer("a", 2, "p")]).named("a")


def importer(name: str, *suffixes: str) -> Importer:
    return Importer(name, WORD, suffixes, lambda path, request: None)


def test_a_file_goes_to_the_importer_of_its_longest_suffix():
    files = plugin(
        "crm_importers", lambda: [importer("gz", ".gz"), importer("csv", ".csv", ".csv.gz")]
    )
    host = host_with(files=files)

    assert host.importer_for(Path("客户.CSV.gz")).name == "csv"
    assert host.importer_for(Path("a.json.gz")).name == "gz"
    with pytest.raises(UsageError, match=r"\.csv, \.csv\.gz, \.gz"):
        host.importer_for(Path("a.docx"))


def test_two_importers_of_one_suffix_are_a_conflict():
    host = host_with(
        a=plugin("crm_importers", lambda: [importer("one", ".csv")]),
        b=plugin("crm_importers", lambda: [importer("two", ".csv")]),
    )
    with pytest.raises(PluginConflictError, match="'one' of plugin a and 'two' of plugin b"):
        host.importer_for(Path("a.csv"))


def test_the_trace_tells_each_call_its_plugin_and_what_came_of_it():
    lines: list[str] = []
    host = PluginHost(CONFIG, trace=lines.append)
    host.register(graders("a", "b"), "mine")
    host.register(plugin("crm_graders", lambda: 1 / 0), "bad")

    host.graders()

    assert len(lines) == 2
    assert "bad.crm_graders -> raised" in lines[0]
    assert "mine.crm_graders -> 2 values" in lines[1]


def test_the_screens_may_add_hooks_of_their_own_and_misfits_fail():
    def crm_tui_badges(config):
        """Badges."""

    specs = ModuleType("specs")
    specs.crm_tui_badges = hookspec(crm_tui_badges)  # type: ignore[attr-defined]
    host = host_with(
        fits=plugin("crm_tui_badges", lambda: [SimpleNamespace(name="new")]),
        misspelt=plugin("crm_tui_badge", list),
        odd=SimpleNamespace(crm_tui_badges=hookimpl(lambda wrong: [], specname="crm_tui_badges")),
    )

    host.add_specs(specs)

    assert host.catalogue(Hook("crm_tui_badges", SimpleNamespace, "badge")).names == ("new",)
    assert [failure.line for failure in host.failures] == [
        "plugin misspelt: not loaded: there is no hook crm_tui_badge. Did you mean crm_tui_badges?",
        "plugin odd: not loaded: crm_tui_badges is given config, not wrong",
    ]
