"""Plugins that fail in every way: each is named and contained, and the others work on."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from attrs import field, frozen

from crmcore.changes import Change, Commit
from crmcore.config import Config
from crmcore.customer import Customer
from crmcore.errors import NotFoundError, PluginConflictError, PluginError
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.hookspecs import hookimpl
from crmcore.hooktypes import (
    Assigner,
    Command,
    DueItem,
    Event,
    Exporter,
    Grader,
    IdScheme,
    Importer,
    Notification,
    Notifier,
    Opinion,
    Problem,
    ReminderRule,
    RemindRequest,
    Report,
    WorkCalendar,
)
from crmcore.host import PluginHost
from crmcore.pipeline import Pipeline, Stage
from crmcore.wording import Text

NOW = datetime(2024, 5, 1, tzinfo=UTC)
WORD = Text("词", "word")
CONFIG = Config(timezone="UTC")


@frozen
class Point:
    """What the host needs of an entry point."""

    name: str
    load: Callable[[], Any]
    value: str = "somewhere"
    dist: Any = field(factory=lambda: SimpleNamespace(name="some-dist", version="1.2"))


def module(name: str, **functions: Any) -> ModuleType:
    made = ModuleType(name)
    for key, function in functions.items():
        function.__module__ = name
        setattr(made, key, function)
    return made


def point(name: str, dist: str = "some-dist", **functions: Any) -> Point:
    plugin = module(name, **functions)
    return Point(name, lambda: plugin, f"pkg_{name}", SimpleNamespace(name=dist, version="1.2"))


def load(*points: Point, **options: Any) -> PluginHost:
    return PluginHost.load(CONFIG, entry_points=points, **options)


def plugin_named(host: PluginHost, name: str) -> Any:
    return next(info for info in host.plugins if info.name == name)


def scheme(name: str) -> IdScheme:
    return IdScheme(name, WORD, lambda request: name)


@hookimpl
def crm_id_schemes():
    return [scheme("good-ids")]


def good() -> Point:
    """A plugin that must work on whatever its neighbours do; `good` sorts between bad and worse."""

    @hookimpl
    def crm_id_schemes():
        return [scheme("good-ids")]

    @hookimpl
    def crm_graders():
        return [Grader("good-grader", WORD, lambda c, now: Opinion("A", (), "1", "d"))]

    @hookimpl
    def crm_check(change):
        if change.action == "bad":
            yield Problem(Text("不行", "no"), "company")

    heard.clear()

    @hookimpl
    def crm_event(event):
        heard.append(event.commit.revision)

    return point(
        "good",
        crm_id_schemes=crm_id_schemes,
        crm_graders=crm_graders,
        crm_check=crm_check,
        crm_event=crm_event,
    )


heard: list[int] = []
CHANGE = Change(None, Customer(id="1", company="甲"), "bad", "me", "", NOW)
EVENT = Event(Commit(7, NOW, "me", "add", "", ()), ())


def raises(error: BaseException) -> Callable[[], Any]:
    def load() -> Any:
        raise error

    return load


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ImportError("no module named chart"), "ImportError: no module named chart"),
        (SystemExit(3), "SystemExit: 3"),
        (ValueError("a\x1b[2Jb\nc"), "ValueError: a\N{REPLACEMENT CHARACTER}[2Jb c"),
        (RecursionError(), "RecursionError"),
    ],
)
def test_a_plugin_that_fails_on_import_is_told_and_the_others_load(error, said):
    host = load(Point("bad", raises(error), "bad_package"), good())

    bad = plugin_named(host, "bad")
    assert (bad.status, bad.error, bad.module) == ("failed", said, "bad_package")
    assert (bad.distribution, bad.version) == ("some-dist", "1.2")
    assert "Traceback" in bad.trace
    assert plugin_named(host, "good").status == "loaded"
    assert host.id_schemes().names == ("good-ids",)
    assert [failure.line for failure in host.failures] == [f"plugin bad: not loaded: {said}"]


def test_ctrl_c_while_loading_is_the_users():
    with pytest.raises(KeyboardInterrupt):
        load(Point("bad", raises(KeyboardInterrupt())))


def misspelt():
    @hookimpl
    def crm_grader():
        return []

    return point("bad", crm_grader=crm_grader)


def unmarked():
    def crm_graders():
        return []

    return point("bad", crm_graders=crm_graders)


def wrong_signature():
    @hookimpl
    def crm_graders(configuration):
        return []

    return point("bad", crm_graders=crm_graders)


def wrapper():
    @hookimpl(wrapper=True)
    def crm_graders():
        return (yield)

    return point("bad", crm_graders=crm_graders)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (misspelt, "there is no hook crm_grader. Did you mean crm_graders"),
        (unmarked, "crm_graders is not marked with @crmcore.hookimpl"),
        (wrong_signature, "configuration"),
        (wrapper, "crm_graders is a hook wrapper"),
        (lambda: Point("bad", lambda: None), "nothing to register"),
    ],
)
def test_a_plugin_written_wrong_is_failed_and_taken_out(make, said):
    host = load(make(), good())

    bad = plugin_named(host, "bad")
    assert bad.status == "failed"
    assert said in bad.error
    assert "\n" not in bad.error
    assert host.graders().names == ("good-grader",)


def test_registering_a_plugin_written_wrong_raises_and_leaves_no_trace():
    host = PluginHost(CONFIG)

    with pytest.raises(PluginError, match=r"plugin mine: there is no hook crm_grader\."):
        host.register(misspelt().load(), "mine")
    assert host.plugins == ()
    assert host.graders().values == ()


def test_a_hook_of_the_screens_does_not_fail_where_no_screen_is():
    @hookimpl
    def crm_tui_panels():
        return []

    host = load(point("board", crm_tui_panels=crm_tui_panels))
    assert plugin_named(host, "board").hooks == ("crm_tui_panels",)


def test_of_two_distributions_with_one_plugin_name_neither_loads():
    ran = []
    first = Point("same", lambda: ran.append(1), "a", SimpleNamespace(name="dist-a", version="1"))
    second = Point("same", lambda: ran.append(2), "b", SimpleNamespace(name="dist-b", version="1"))

    host = load(first, second, good())

    same = plugin_named(host, "same")
    assert same.status == "failed"
    assert "dist-a and dist-b" in same.error
    assert ran == []
    assert host.id_schemes().names == ("good-ids",)


@pytest.mark.parametrize(
    "options",
    [
        {"disable": ("evil",)},
        {"allow": ("good",)},
        {"allow": ()},
        {"allow": ("evil", "good"), "disable": ("evil",)},
    ],
)
def test_the_code_of_a_blocked_plugin_never_runs(options, tmp_path, monkeypatch):
    (tmp_path / "evil_plugin.py").write_text("raise SystemExit('ran')", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    def evil():
        import evil_plugin  # type: ignore[import-not-found]

        return evil_plugin

    host = load(Point("evil", evil), good(), **options)

    assert plugin_named(host, "evil").status == "blocked"
    assert "evil_plugin" not in sys.modules
    assert host.failures == ()
    blocked_all = options.get("allow") == ()
    assert plugin_named(host, "good").status == ("blocked" if blocked_all else "loaded")


def test_a_plugin_asked_for_that_is_not_installed_is_told():
    host = load(good(), allow=("good", "godo"))
    assert plugin_named(host, "godo").error.endswith("Did you mean good?")


# Values of every catalogue, to fill hooks that are then broken.
VALUES: dict[str, Any] = {
    "crm_fields": lambda n: FieldSpec(f"{n}.field", Kind.TEXT, "basic", WORD, WORD),
    "crm_pipelines": lambda n: Pipeline(n, WORD, (Stage("one", WORD),)),
    "crm_id_schemes": scheme,
    "crm_graders": lambda n: Grader(n, WORD, lambda c, now: Opinion("A", (), "1", "d")),
    "crm_assigners": lambda n: Assigner(n, WORD, lambda request: None),
    "crm_calendars": lambda n: WorkCalendar(n, WORD, lambda day: True),
    "crm_reminders": lambda n: ReminderRule(n, WORD, lambda request: ()),
    "crm_notifiers": lambda n: Notifier(n, WORD, lambda note: None),
    "crm_importers": lambda n: Importer(n, WORD, (f".{n}",), lambda path, request: None),
    "crm_exporters": lambda n: Exporter(n, WORD, (f".{n}",), lambda path, rows, request: 0),
    "crm_reports": lambda n: Report(n, WORD, WORD, lambda crm: []),
    "crm_commands": lambda n: Command(n, WORD, lambda: None),
}
CLOSED = ("crm_fields", "crm_pipelines", "crm_id_schemes")
ASK = {hook: hook.removeprefix("crm_") for hook in VALUES}


def answering(hook: str, answer: Callable[[], Any], plugin: str) -> Point:
    def implementation():
        return answer()

    return point(plugin, **{hook: hookimpl(implementation, specname=hook)})


def one_raises():
    raise RuntimeError("broken")


def leaves():
    raise SystemExit("I quit")


BROKEN = {
    "raises": (lambda value: one_raises, "RuntimeError: broken"),
    "leaves the program": (lambda value: leaves, "SystemExit: I quit"),
    "wrong type": (lambda value: lambda: [value, "text"], "a str ('text') among its values"),
    "no list": (lambda value: lambda: None, "returned None instead of a list"),
    "text": (lambda value: lambda: "abc", "returned 'abc' instead of a list"),
    "bare value": (lambda value: lambda: value, "instead of a list"),
}


def midway(value: Any) -> Callable[[], Any]:
    def generator():
        yield value
        raise RuntimeError("midway")

    return generator


BROKEN["a generator that raises midway"] = (midway, "RuntimeError: midway")


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("hook", VALUES)
def test_a_broken_catalogue_hook_is_stopped_or_shown_by_its_policy(hook, how):
    make, said = BROKEN[how]
    broken = answering(hook, make(VALUES[hook]("bad-value")), "bad")
    sound = answering(hook, lambda: [VALUES[hook]("sound")], "worse")
    host = load(broken, sound)
    ask = getattr(host, ASK[hook])

    if hook in CLOSED:
        with pytest.raises(PluginError, match=f"Plugin bad failed in {hook}") as caught:
            ask()
        assert caught.value.plugin == "bad"
        assert said in str(caught.value)
        return
    catalogue = ask()
    assert [o.name for o in catalogue.offers if o.plugin not in ("crmcore", "bad")] == ["sound"]
    assert not [o for o in catalogue.offers if o.plugin == "bad"]
    [failure] = host.failures
    assert (failure.plugin, failure.hook) == ("bad", hook)
    assert said in failure.error
    assert said in failure.line
    with pytest.raises(NotFoundError, match="bad"):
        catalogue.named("bad-value")


@pytest.mark.parametrize("hook", VALUES)
def test_a_name_that_two_plugins_offer_is_nobodys(hook):
    value = VALUES[hook]
    host = load(
        answering(hook, lambda: [value("twice"), value("only-a")], "a"),
        answering(hook, lambda: [value("twice")], "b"),
    )
    ask = getattr(host, ASK[hook])

    if hook == "crm_fields":
        with pytest.raises(PluginConflictError, match="plugin a and plugin b"):
            ask()
        return
    catalogue = ask()
    assert "only-a" in catalogue
    assert "twice" not in catalogue
    assert all(value.name != "twice" for value in catalogue)
    with pytest.raises(PluginConflictError, match="'twice' is offered by plugin a and plugin b"):
        catalogue.named("twice")
    assert "plugin a and plugin b" in host.failures[0].line


def test_a_built_in_cannot_be_shadowed():
    host = load(answering("crm_pipelines", lambda: [VALUES["crm_pipelines"]("standard")], "sly"))

    with pytest.raises(PluginConflictError, match=r'disable = \["sly"\]'):
        host.pipelines().named("standard")


@pytest.mark.parametrize("name", ["", 7, "two\nlines", "\x1b[2J"])
def test_a_value_needs_a_name(name):
    host = load(answering("crm_graders", lambda: [VALUES["crm_graders"](name)], "bad"))
    assert host.graders().values == ()
    assert "whose name is" in host.failures[0].error


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        (FieldSpec("company", Kind.TEXT, "basic", WORD, WORD), "needs a namespace"),
        (FieldSpec("a.b", Kind.TEXT, "nowhere", WORD, WORD), "is in group 'nowhere'"),
    ],
)
def test_a_field_stays_in_its_namespace_and_a_known_group(spec, said):
    host = load(answering("crm_fields", lambda: [spec], "bad"))
    with pytest.raises(PluginError, match=said):
        host.fields()


def check_raises(change):
    raise RuntimeError("broken")


def check_raises_midway(change):
    yield Problem(Text("甲", "first"))
    raise RuntimeError("broken")


def check_returns_text(change):
    return ["not a problem"]


def check_of_odd_severity(change):
    return [Problem(Text("甲", "first"), severity="fatal")]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "check", [check_raises, check_raises_midway, check_returns_text, check_of_odd_severity]
)
def test_a_check_that_fails_refuses_by_its_plugins_name_and_the_others_are_heard(check):
    host = load(point("bad", crm_check=hookimpl(check, specname="crm_check")), good())

    failed, other = host.check(CHANGE)

    assert (failed.plugin, failed.severity) == ("bad", "error")
    assert "bad" in failed.message.zh
    assert "bad" in failed.message.en
    assert (other.plugin, other.field) == ("good", "company")


def test_a_check_with_nothing_to_say_may_say_none():
    host = load(answering("crm_check", lambda: None, "quiet"))
    assert host.check(CHANGE) == ()
    assert host.failures == ()


@pytest.mark.parametrize("how", [one_raises, leaves])
def test_a_listener_that_raises_is_recorded_once_and_the_others_hear(how):
    host = load(answering("crm_event", how, "bad"), good())

    host.broadcast(EVENT)
    host.broadcast(EVENT)

    assert heard == [7, 7]
    [failure] = host.failures
    assert (failure.plugin, failure.hook) == ("bad", "crm_event")


NOTE = Notification("k", NOW, "me", WORD, WORD)


def test_a_channel_that_fails_or_is_missing_is_recorded_and_the_others_send():
    sent = []

    def channels():
        return [
            Notifier("broken", WORD, lambda n: one_raises(), lambda limit: ["not a note"], True),
            Notifier("works", WORD, sent.append, lambda limit: [NOTE], True),
            Notifier("slow", WORD, lambda note: sent.append("not at once")),
        ]

    host = load(answering("crm_notifiers", channels, "channels"))
    names = ("broken", "missing", "works", "slow")

    host.notify(names, NOTE)

    assert sent == [NOTE]
    assert host.recent_notifications(names, 5) == (NOTE,)
    assert [failure.plugin for failure in host.failures] == ["channels", "crmcore", "channels"]


def test_a_reminder_rule_that_fails_leaves_the_others_be():
    item = DueItem("1", "甲", None, WORD, NOW)

    def rules():
        return [
            ReminderRule("broken", WORD, lambda request: one_raises()),
            ReminderRule("odd", WORD, lambda request: [3]),
            ReminderRule("works", WORD, lambda request: [item]),
        ]

    host = load(answering("crm_reminders", rules, "rules"))

    assert host.remind(
        RemindRequest(Customer(id="1"), NOW, Stage("call", WORD)), lambda among: True
    ) == (item,)
    assert {failure.plugin for failure in host.failures} == {"rules"}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (one_raises, "RuntimeError: broken"),
        (lambda: "A", "instead of an Opinion"),
        (lambda: Opinion("Z", (), "1", "d"), "gave grade 'Z'"),
        (lambda: Opinion("A", ("rule",), "1", "d"), "RuleEvidence is expected"),
    ],
)
def test_a_grader_that_fails_says_so_for_that_customer(answer, said):
    grader = Grader("odd", WORD, lambda customer, now: answer())
    host = load(answering("crm_graders", lambda: [grader], "graders"))

    [failure] = host.opinions(host.graders().named("odd"), [Customer(id="C-1")], NOW, 1)
    assert isinstance(failure, PluginError)
    assert "of plugin graders failed on C-1" in str(failure)
    assert said in str(failure)
    assert host.failures[0].plugin == "graders"
