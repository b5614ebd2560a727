"""The plugin host: loads plugins, asks each apart, and names the one that fails."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy
from attrs import evolve

from crmcore import answers
from crmcore import hooktypes as types
from crmcore.answers import Hook
from crmcore.catalogue import CORE, Catalogue, Offer
from crmcore.changes import Change
from crmcore.config import Config
from crmcore.customer import Customer
from crmcore.discovery import (
    CONTAINED,
    Found,
    PluginDefectError,
    PluginInfo,
    admit,
    discover,
    discover_parts,
    error_line,
    installed,
    learn,
    new_manager,
    outdated,
)
from crmcore.errors import CrmError, PluginConflictError, PluginError, UsageError
from crmcore.hookcalls import HookCalls, HookFailure, Impl, Spent, Trace
from crmcore.hostcatalogues import Catalogues
from crmcore.query import Condition
from crmcore.text import one_line
from crmcore.timebox import Done, OvertimeError, run_each
from crmcore.wording import Text

__all__ = ["Hook", "HookFailure", "PluginHost", "PluginInfo"]

_UNTIL_THEN = Text("在此之前等级保持不变。", " Until then grades stay as they are.")


class PluginHost(Catalogues):
    """The plugins of one workspace. Answers are cached: catalogues do not change while it lives."""

    def __init__(self, config: Config, *, trace: Trace | bool | None = None) -> None:
        self._config = config
        self._manager: pluggy.PluginManager = new_manager()
        self._calls = HookCalls(self._manager, _to_stderr if trace is True else trace or None)
        self._found: list[Found] = []
        self._allow: tuple[str, ...] | None = None
        self._disable: tuple[str, ...] = ()
        self._specs: set[str] = set()
        self._catalogues: dict[str, Catalogue[Any]] = {}
        # By the grader itself, not its name: another one of its name may be on trial.
        self._cut_off: dict[int, tuple[types.Grader, PluginError]] = {}

    @classmethod
    def load(
        cls,
        config: Config,
        *,
        allow: tuple[str, ...] | None = None,
        disable: tuple[str, ...] = (),
        entry_points: Iterable[Any] | None = None,
        trace: Trace | bool | None = None,
    ) -> PluginHost:
        """The installed plugins (or those of *entry_points*), without the blocked ones.

        *allow* None admits all, () none. A plugin that cannot be loaded is told in `plugins` and
        `failures`; it stops nobody. *trace* takes a line for each hook call, True prints them to
        standard error.
        """
        host = cls(config, trace=trace)
        host._allow, host._disable = allow, disable
        points = installed() if entry_points is None else entry_points
        host._found = discover(host._manager, points, allow, disable)
        return host

    def register(self, plugin: object, name: str) -> None:
        """Add *plugin*, a module or an object. Raises PluginError when it cannot be added."""
        try:
            hooks = admit(self._manager, plugin, name)
        except PluginDefectError as error:
            raise PluginError(name, f"plugin {name}: {error}") from error
        late = outdated(self._manager, hooks)
        new = Found(name, "loaded", (), plugin, hooks, outdated=late)
        others = [found for found in self._found if found.name != name]
        self._found = sorted([*others, new], key=lambda found: found.name)
        self._forget()

    def add_specs(self, specs: ModuleType, parts: Iterable[Any] = ()) -> None:
        """Know more hooks, as the screens do with theirs; a plugin they do not fit is failed.

        *parts* are the entry points of what plugins have for these hooks alone; they are loaded now,
        but for those of blocked plugins. Hooks that are known already are not learned twice.
        """
        if specs.__name__ in self._specs:
            return
        self._specs.add(specs.__name__)
        new = discover_parts(self._manager, parts, self._allow, self._disable)
        before = sorted([*self._found, *new], key=lambda found: found.name)
        self._found = learn(self._manager, specs, before)
        self._calls.forget()
        if self._found != before:  # what a plugin offered goes with it
            self._forget()

    def _forget(self) -> None:
        self._calls.forget()
        self._catalogues.clear()
        self._cut_off.clear()

    # what is there, and what went wrong

    @property
    def plugins(self) -> tuple[PluginInfo, ...]:
        """Every plugin met, by name: loaded, blocked and failed ones."""
        return tuple(found.info() for found in self._found)

    @property
    def failures(self) -> tuple[HookFailure, ...]:
        """What failed without stopping anything: plugins that did not load, hooks that raised."""
        unloaded = (
            HookFailure(found.name, "", found.error, found.trace)
            for found in self._found
            if found.status == "failed"
        )
        return (*unloaded, *self._calls.failures)

    def fail(self, plugin: str, hook: str, error: BaseException | str) -> HookFailure:
        """Keep for people to see that what *plugin* gave from *hook* failed at work elsewhere."""
        return self._calls.record(plugin, hook, error)

    def settings_of(self, plugin: str) -> Mapping[str, object]:
        """The table `[plugin.NAME]` of crm.toml."""
        return self._config.settings(plugin)

    def working(self, plugin: str, hook: str) -> AbstractContextManager[None]:
        """What *plugin* gave from *hook* is asked meanwhile: its time is added up, it may not write."""
        return self._calls.working(plugin, hook)

    @property
    def spent(self) -> Mapping[tuple[str, str], Spent]:
        """How much time each plugin took so far, by plugin and hook."""
        return self._calls.spent

    # catalogues

    def catalogue(self, hook: Hook, own: Sequence[Any] = ()) -> Catalogue[Any]:
        """What the plugins return from *hook*, after the core's *own* values.

        Raises PluginError for a hook that fails closed.
        """
        if (known := self._catalogues.get(hook.name)) is not None:
            return known
        offers = [Offer(getattr(value, hook.key), value, CORE) for value in own]
        for impl in self._calls.impls(hook.name):
            try:
                answer = self._calls.call(impl, {"config": self._config})
                offers += [
                    Offer(getattr(v, hook.key), v, impl.plugin)
                    for v in answers.values(hook, answer)
                ]
            except CONTAINED as error:
                if hook.policy == "closed":
                    raise _stopped(impl, error) from error
                self._calls.record(impl.plugin, hook.name, error)
        broken = ", ".join(
            f"{failure.plugin} ({failure.error})"
            for failure in self.failures
            if failure.hook in ("", hook.name)
        )
        made = Catalogue(hook.what, offers, broken)
        for problem in made.problems:
            self._calls.record(CORE, hook.name, problem)
        if hook is answers.FIELDS and made.problems:
            # Two meanings of one stored field cannot be told apart later.
            plugin = next(offer.plugin for offer in made.offers if offer.name not in made)
            raise PluginConflictError(plugin, made.problems[0])
        self._catalogues[hook.name] = made
        return made

    def importer_for(self, path: Path) -> types.Importer:
        """Who reads files such as *path*. Raises UsageError, PluginConflictError."""
        if path.is_dir():
            raise UsageError(f"{path} is a folder. Name the files in it.")
        return answers.by_suffix(path, self.importers(), "import")

    def exporter_for(self, path: Path) -> types.Exporter:
        """Who writes files such as *path*. Raises UsageError, PluginConflictError."""
        return answers.by_suffix(path, self.exporters(), "export")

    # plugins at work

    @property
    def checks(self) -> bool:
        """Whether any plugin may object to changes."""
        return bool(self._calls.impls("crm_check"))

    def check(self, change: Change) -> tuple[types.Problem, ...]:
        """What all plugins object to in *change*; a check that fails objects by failing."""
        problems: list[types.Problem] = []
        for impl in self._calls.impls("crm_check"):
            try:
                with answers.unchanged(change.before, change.after):
                    answer = answers.problems(self._calls.call(impl, {"change": change}))
                problems += [evolve(problem, plugin=impl.plugin) for problem in answer]
            except CONTAINED as error:
                failure = self._calls.record(impl.plugin, impl.hook, error)
                problems.append(_failed_check(failure))
        return tuple(problems)

    def broadcast(self, event: types.Event) -> None:
        """Tell every plugin of *event*; never raises, the commit is durable already."""
        for impl in self._calls.impls("crm_event"):
            try:
                self._calls.call(impl, {"event": event}, collect=False)
            except CONTAINED as error:
                self._calls.record(impl.plugin, impl.hook, error)

    def notify(self, names: Iterable[str], notification: types.Notification) -> None:
        """Send *notification* through those of the channels *names* that send at once; never raises."""
        for name in names:
            plugin = CORE
            try:
                offer = self.notifiers().offer(name)
                plugin = offer.plugin
                if offer.value.at_once:
                    with self.working(plugin, answers.NOTIFIERS.name):
                        offer.value.send(notification)
            except CONTAINED as error:
                self._calls.record(plugin, answers.NOTIFIERS.name, error)

    def recent_notifications(
        self, names: Iterable[str], limit: int
    ) -> tuple[types.Notification, ...]:
        """The newest *limit* of each of the channels *names* that can be read back."""
        notes: list[types.Notification] = []
        for name in names:
            plugin = CORE
            try:
                offer = self.notifiers().offer(name)
                plugin = offer.plugin
                if offer.value.recent is not None:
                    notes += answers.all_of(types.Notification, offer.value.recent(limit))
            except CONTAINED as error:
                self._calls.record(plugin, answers.NOTIFIERS.name, error)
        return tuple(notes)

    def remind(
        self, request: types.RemindRequest, holds: Callable[[Condition], bool]
    ) -> tuple[types.DueItem, ...]:
        """What the plugins' rules find due for a customer; a failing rule leaves the others be.

        *holds* tells whether the customer is one of those *among* whom a rule looks.
        """
        items: list[types.DueItem] = []
        for offer in self.reminders().agreed:
            if not holds(offer.value.among):
                continue
            try:
                with self.working(offer.plugin, answers.REMINDERS.name):
                    items += answers.all_of(types.DueItem, offer.value.due(request))
            except CONTAINED as error:
                self._calls.record(offer.plugin, answers.REMINDERS.name, error)
        return tuple(items)

    def assignment(self, name: str, request: types.AssignRequest) -> types.Assignment | None:
        """Whom the assigner *name* chooses. Raises NotFoundError, and PluginError when it fails."""
        offer = self.assigners().offer(name)
        try:
            with self.working(offer.plugin, answers.ASSIGNERS.name):
                chosen = offer.value.choose(request)
            if chosen is not None and not isinstance(chosen, types.Assignment):
                raise PluginDefectError(f"it returned {chosen!r}, not an Assignment")
        except CrmError:
            raise
        except CONTAINED as error:
            failure = self._calls.record(offer.plugin, answers.ASSIGNERS.name, error)
            raise PluginError(
                offer.plugin,
                f"The assigner {name!r} of plugin {offer.plugin} failed on {request.customer.id}: "
                f"{failure.error}. Its owner stays as it is.",
            ) from error
        return chosen

    def opinions(
        self, grader: types.Grader, customers: Sequence[Customer], now: datetime, seconds: float
    ) -> list[types.Opinion | PluginError]:
        """What *grader* says of each of *customers*, or how it failed on one.

        Where it takes more than *seconds* over one it is cut off, and fails on all that are left, here
        and whenever it is asked again.
        """
        plugin = self.graders().provider(grader) or grader.name
        if grader.trouble:
            stays = _UNTIL_THEN.in_("zh" if self._config.language == "zh" else "en")
            return [PluginError(plugin, one_line(grader.trouble) + stays)] * len(customers)
        if (cut := self._cut_off.get(id(grader))) is not None:
            return [cut[1]] * len(customers)

        def ask(customer: Customer) -> types.Opinion:
            with answers.unchanged(customer):
                return answers.opinion(grader.grade(customer, now))

        said: list[types.Opinion | PluginError] = []
        with self.working(plugin, answers.GRADERS.name):
            outcomes = run_each(ask, customers, seconds)
        for customer, outcome in zip(customers, outcomes, strict=False):
            if isinstance(outcome, Done):
                said.append(outcome.value)
                continue
            if not isinstance(outcome.error, CONTAINED):
                raise outcome.error
            failure = self._calls.record(plugin, answers.GRADERS.name, outcome.error)
            refusal = PluginError(
                plugin,
                f"The grader {grader.name!r} of plugin {plugin} failed on {customer.id}: "
                f"{failure.error}. The grade it had stays.",
            )
            refusal.__cause__ = outcome.error
            said.append(refusal)
            if isinstance(outcome.error, OvertimeError):
                self._cut_off[id(grader)] = grader, refusal
        return said + [self._cut_off[id(grader)][1] for _ in customers[len(said) :]]

    def grader_from(self, path: Path) -> types.Grader:
        """The grader that the file *path* describes. Raises UsageError, ConfigError."""
        formats = self.grader_formats()
        return answers.by_suffix(path, formats, "read graders from").read(path, self._config)


def _stopped(impl: Impl, error: BaseException) -> PluginError:
    return PluginError(
        impl.plugin,
        f"Plugin {impl.plugin} failed in {impl.hook}: {error_line(error)}.\n"
        f"crmcore does not go on without it; to leave it out: CRMCORE_DISABLE={impl.plugin}",
    )


def _failed_check(failure: HookFailure) -> types.Problem:
    message = Text(
        "插件 {plugin} 的检查出错：{error}",
        "the check of plugin {plugin} failed: {error}",
    ).with_(plugin=failure.plugin, error=failure.error)
    return types.Problem(message, plugin=failure.plugin)


def _to_stderr(line: str) -> None:
    print(f"crmcore: {line}", file=sys.stderr)  # noqa: T201
