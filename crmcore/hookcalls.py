"""Calling hooks one plugin at a time, so that a failure has a name and ends at its plugin."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pluggy
from attrs import frozen

from crmcore.discovery import error_line

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
class Impl:
    """One plugin's implementation of one hook."""

    plugin: str
    hook: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]


class HookCalls:
    """The implementations of each hook in order, how to call one, and which have failed."""

    def __init__(self, manager: pluggy.PluginManager, trace: Trace | None) -> None:
        self._manager = manager
        self._trace = trace
        self._impls: dict[str, tuple[Impl, ...]] = {}
        self._failures: dict[tuple[str, str, str], HookFailure] = {}

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
        began = time.perf_counter() if self._trace else 0.0
        outcome = "raised"
        try:
            answer = impl.function(*[arguments[name] for name in impl.arguments])
            if collect and isinstance(answer, Iterable) and not isinstance(answer, str):
                answer = tuple(answer)
            outcome = f"{len(answer)} values" if isinstance(answer, tuple) else repr(answer)[:40]
            return answer
        finally:
            if self._trace:
                spent = (time.perf_counter() - began) * 1000
                self._trace(f"{spent:8.2f} ms  {impl.plugin}.{impl.hook} -> {outcome}")

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
