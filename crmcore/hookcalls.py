"""Calling hooks one plugin at a time, so that a failure has a name and ends at its plugin."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any

import pluggy
from attrs import frozen

from crmcore.discovery import error_line
from crmcore.text import one_line

Trace = Callable[[str], None]
"""Takes one line about one hook call."""


@frozen
class HookFailure:
    """A plugin that failed where crmcore went on without it.

    `hook` is "" when the plugin could not be loaded at all; `error` is one line safe to show.
    """

    plugin: str
    hook: str
    error: str
    trace: str = ""

    @property
    def line(self) -> str:
        """All of it on one line."""
        where = f"{self.hook} failed" if self.hook else "not loaded"
        return f"plugin {self.plugin}: {where}: {self.error}"


@frozen
class Spent:
    """How often a plugin was asked by one hook, or what it gave by it, and how long it took in all."""

    calls: int = 0
    seconds: float = 0.0


@frozen
class AtWork:
    """A plugin that is answering at present: which, and by what hook."""

    plugin: str
    hook: str


_at_work: ContextVar[AtWork | None] = ContextVar("crmcore_plugin_at_work", default=None)


def at_work() -> AtWork | None:
    """The plugin that is answering in this thread, in whichever workspace; None when none is."""
    return _at_work.get()


@frozen
class Impl:
    """One plugin's implementation of one hook."""

    plugin: str
    hook: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]


class _Working:
    """What `HookCalls.working` gives; reminder rules enter it for every customer there is."""

    __slots__ = ("_before", "_began", "_spent", "_who")

    def __init__(self, spent: dict[tuple[str, str], list[float]], who: AtWork) -> None:
        self._spent = spent.setdefault((who.plugin, who.hook), [0, 0.0])
        self._who = who

    def __enter__(self) -> None:
        self._before = _at_work.set(self._who)
        self._began = time.perf_counter()

    def __exit__(self, *raised: object) -> None:
        self._spent[1] += time.perf_counter() - self._began
        self._spent[0] += 1
        _at_work.reset(self._before)


class HookCalls:
    """The implementations of each hook in order, how to call one, and which have failed."""

    def __init__(self, manager: pluggy.PluginManager, trace: Trace | None) -> None:
        self._manager = manager
        self._trace = trace
        self._impls: dict[str, tuple[Impl, ...]] = {}
        self._failures: dict[tuple[str, str, str], HookFailure] = {}
        self._spent: dict[tuple[str, str], list[float]] = {}

    def forget(self) -> None:
        """Look the implementations up again: a plugin came or went."""
        self._impls.clear()

    def impls(self, hook: str) -> tuple[Impl, ...]:
        """Who implements *hook*: tryfirst, then normal, then trylast; in each by plugin name."""
        if (found := self._impls.get(hook)) is None:
            found = self._impls[hook] = self._sorted(hook)
        return found

    def _sorted(self, hook: str) -> tuple[Impl, ...]:
        caller = getattr(self._manager.hook, hook, None)
        if caller is None:
            return ()
        impls = sorted(
            caller.get_hookimpls(),
            key=lambda impl: (impl.trylast - impl.tryfirst, impl.plugin_name),
        )
        return tuple(Impl(i.plugin_name, hook, i.function, tuple(i.argnames)) for i in impls)

    def call(self, impl: Impl, arguments: Mapping[str, object], *, collect: bool = True) -> Any:
        """What *impl* answers, an iterable made a tuple; passes on whatever it raises.

        A generator runs, and fails, only when it is iterated: hence collecting belongs to the call.
        """
        began = time.perf_counter()
        outcome = "raised"
        try:
            with self.working(impl.plugin, impl.hook):
                answer = impl.function(*[arguments[name] for name in impl.arguments])
                if collect and isinstance(answer, Iterable) and not isinstance(answer, str):
                    answer = tuple(answer)
            outcome = _shown(answer)
            return answer
        except BaseException as error:
            outcome = f"raised {error_line(error)[:80]}"
            raise
        finally:
            if self._trace:
                spent = (time.perf_counter() - began) * 1000
                self._trace(
                    f"{spent:8.2f} ms  {impl.plugin}.{impl.hook} -> {outcome}  (for {_caller()})"
                )

    def working(self, plugin: str, hook: str) -> AbstractContextManager[None]:
        """*plugin* answers meanwhile, and may not write: the time it takes is added up."""
        return _Working(self._spent, AtWork(plugin, hook))

    @property
    def spent(self) -> Mapping[tuple[str, str], Spent]:
        """The time taken so far, by plugin and hook."""
        return {each: Spent(int(calls), seconds) for each, (calls, seconds) in self._spent.items()}

    @property
    def failures(self) -> tuple[HookFailure, ...]:
        """Each distinct failure once, in the order of their first appearance."""
        return tuple(self._failures.values())

    def record(self, plugin: str, hook: str, error: BaseException | str) -> HookFailure:
        """Keep a failure for people to see. Call it where *error* is being handled."""
        if isinstance(error, str):
            line, trace = error, ""
        else:
            line, trace = error_line(error), "".join(traceback.format_exception(error))
        failure = HookFailure(plugin, hook, line, trace)
        return self._failures.setdefault((plugin, hook, line), failure)


def _shown(answer: object) -> str:
    if isinstance(answer, tuple):
        return f"{len(answer)} values"
    try:
        return one_line(repr(answer))[:40]
    except Exception:
        return f"a {type(answer).__name__}"


_BETWEEN = (
    "crmcore.hookcalls",
    "crmcore.host",
    "crmcore.hostcatalogues",
    "crmcore.catalogue",
    "contextlib",
)


def _caller() -> str:
    """Who wanted the answer: the nearest function that is not the host's own."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__") in _BETWEEN:
        frame = frame.f_back
    return f"{frame.f_globals.get('__name__', '?')}.{frame.f_code.co_name}:{frame.f_lineno}"
