"""Which plugins are installed, which of them may load, and what became of each."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

import pluggy
from attrs import evolve, frozen

from crmcore import hookspecs
from crmcore.apiversion import STATED, misfit
from crmcore.hookspecs import PROJECT
from crmcore.text import did_you_mean, one_line

Status = Literal["loaded", "blocked", "failed"]

CONTAINED = (Exception, SystemExit)
"""What a plugin may raise without ending the program; Ctrl-C is the user's and passes."""

LATER_SPECS = "crm_tui_"
"""Hooks of this prefix are the screens' own; without the screens nobody calls or checks them."""

PARTS = f"{PROJECT}.tui"
"""The entry-point group of what plugins have for the screens alone; nobody else loads it."""

PART = ".tui"
"""Behind a plugin's name: its part for the screens."""


@frozen
class PluginInfo:
    """What became of one plugin.

    `module` is what its entry point names, `hooks` what it implements, `error` one line on why it
    was blocked or failed, `trace` the traceback of a failure. `api` is the crmcore API it states it was
    written for, `warnings` are lines on what may stop working: another API, hooks on their way out.
    """

    name: str
    status: Status
    module: str = ""
    file: str = ""
    distribution: str = ""
    version: str = ""
    hooks: tuple[str, ...] = ()
    error: str = ""
    trace: str = ""
    api: str = ""
    warnings: tuple[str, ...] = ()


class PluginDefectError(Exception):
    """A plugin that cannot be registered as it is written."""


@frozen
class Found:
    """One plugin as it was met: its entry points (several are a conflict), and what came of it."""

    name: str
    status: Status
    points: tuple[EntryPoint, ...] = ()
    plugin: object = None
    hooks: tuple[str, ...] = ()
    error: str = ""
    trace: str = ""
    outdated: tuple[str, ...] = ()

    def info(self) -> PluginInfo:
        """What there is to show; reads the distribution's metadata, which takes a millisecond."""
        dist = self.points[0].dist if len(self.points) == 1 else None
        module = " and ".join(dict.fromkeys(point.value for point in self.points))
        stated = getattr(self.plugin, STATED, None)
        return PluginInfo(
            name=self.name,
            status=self.status,
            module=module or type(self.plugin).__module__,
            file=getattr(self.plugin, "__file__", None) or _file(self.points),
            distribution=_names(self.points),
            version=dist.version if dist is not None else "",
            hooks=self.hooks,
            error=self.error,
            trace=self.trace,
            api="" if stated is None else one_line(str(stated)),
            warnings=(*filter(None, [misfit(stated)]), *self.outdated),
        )


def installed(group: str = PROJECT) -> Iterable[EntryPoint]:
    """The entry points of *group* in this environment."""
    return entry_points(group=group)


def discover(
    manager: pluggy.PluginManager,
    points: Iterable[EntryPoint],
    allow: tuple[str, ...] | None,
    disable: tuple[str, ...],
) -> list[Found]:
    """Register what may load, sorted by name; a blocked plugin's code never runs.

    *allow* None admits all; a name in it that is not installed counts as failed.
    """
    by_name = _by_name(points)
    found = []
    for name, same in by_name.items():
        if why := _blocked(name, allow, disable):
            manager.set_blocked(name)
            found.append(Found(name, "blocked", same, error=why))
        else:
            found.append(_load(manager, name, same))
    missing = set(allow or ()) - by_name.keys()
    for name in sorted(missing and missing - {point.name for point in installed(PARTS)}):
        hint = did_you_mean(name, by_name, " Did you mean")
        found.append(Found(name, "failed", error=f"it is asked for, but not installed.{hint}"))
    return found


def discover_parts(
    manager: pluggy.PluginManager,
    points: Iterable[EntryPoint],
    allow: tuple[str, ...] | None,
    disable: tuple[str, ...],
) -> list[Found]:
    """Register what plugins have for the screens, each as a plugin of its own called `NAME.tui`.

    What blocks the plugin blocks its part as well; *disable* may name the part alone.
    """
    found = []
    for name, same in _by_name(points).items():
        part = name + PART
        why = _blocked(name, allow, disable) or _blocked(part, None, disable)
        found.append(
            Found(part, "blocked", same, error=why)
            if why
            else _load(manager, part, same, part=True)
        )
    return found


def _by_name(points: Iterable[EntryPoint]) -> dict[str, tuple[EntryPoint, ...]]:
    """The points of each name, names in order; a distribution met twice on the path counts once."""
    by_name: dict[str, list[EntryPoint]] = {}
    for point in points:
        same = by_name.setdefault(point.name, [])
        if not any(point == other and _names([point]) == _names([other]) for other in same):
            same.append(point)
    return {name: tuple(by_name[name]) for name in sorted(by_name)}


def _blocked(name: str, allow: tuple[str, ...] | None, disable: tuple[str, ...]) -> str:
    if name in disable:
        return "disabled in crm.toml or by CRMCORE_DISABLE"
    if allow is not None and name not in allow:
        return "not among the plugins allowed (CRMCORE_PLUGINS, --no-plugins)"
    return ""


def _load(
    manager: pluggy.PluginManager, name: str, points: tuple[EntryPoint, ...], *, part: bool = False
) -> Found:
    if len(points) > 1:
        whose = _names(points)
        error = (
            f"several distributions bring a plugin of this name: {whose}. Uninstall all but one."
        )
        return Found(name, "failed", points, error=error)
    try:
        plugin = points[0].load()
        if part:
            _for_screens_alone(manager, plugin)
        hooks = admit(manager, plugin, name)
        return Found(name, "loaded", points, plugin, hooks, outdated=outdated(manager, hooks))
    except CONTAINED as error:
        return Found(name, "failed", points, error=error_line(error), trace=traceback.format_exc())


def _for_screens_alone(manager: pluggy.PluginManager, plugin: object) -> None:
    # A check that only the board makes would let the command line store what the board refuses.
    for name in known_hooks(manager):
        if not name.startswith(LATER_SPECS) and hasattr(_own(plugin, name), f"{PROJECT}_impl"):
            raise PluginDefectError(
                f"{name} belongs into a module of the group {PROJECT}: "
                f"what is in the group {PARTS} is loaded by the board alone"
            )


def admit(manager: pluggy.PluginManager, plugin: object, name: str) -> tuple[str, ...]:
    """Register *plugin*; returns the hooks it implements.

    Raises PluginDefectError for one whose hooks cannot be called as written; it is not registered.
    """
    try:
        registered = manager.register(plugin, name)
        if registered is None:
            raise PluginDefectError(f"the name {name!r} is blocked or there is nothing to register")
        return _sound_hooks(manager, plugin)
    except BaseException as error:
        if manager.get_plugin(name) is plugin:
            manager.unregister(name=name)
        if isinstance(error, (pluggy.PluginValidationError, ValueError)):
            raise PluginDefectError(_plain(error)) from error
        raise


def _sound_hooks(manager: pluggy.PluginManager, plugin: object) -> tuple[str, ...]:
    specified = known_hooks(manager)
    hooks = []
    for caller in manager.get_hookcallers(plugin) or ():
        mine = [impl for impl in caller.get_hookimpls() if impl.plugin is plugin]
        unknown = not caller.has_spec() and not caller.name.startswith(LATER_SPECS)
        if unknown and not all(impl.optionalhook for impl in mine):
            raise PluginDefectError(_misspelt(caller.name, specified))
        if any(impl.wrapper or impl.hookwrapper for impl in mine):
            raise PluginDefectError(
                f"{caller.name} is a hook wrapper, but crmcore calls each plugin apart, so there is "
                "nothing to wrap. Implement the hook itself."
            )
        hooks.append(caller.name)
    for name in specified:
        forgotten = None if name in hooks else _own(plugin, name)
        if callable(forgotten) and not hasattr(forgotten, f"{PROJECT}_impl"):
            raise PluginDefectError(f"{name} is not marked with @crmcore.hookimpl")
    return tuple(sorted(hooks))


def outdated(manager: pluggy.PluginManager, hooks: Iterable[str]) -> tuple[str, ...]:
    """What to say of those of *hooks* that are on their way out: their spec's `warn_on_impl`."""
    specs = ((name, getattr(manager.hook, name).spec) for name in hooks)
    return tuple(
        f"{name}: {one_line(str(spec.warn_on_impl))}"
        for name, spec in specs
        if spec is not None and spec.warn_on_impl is not None
    )


def _own(plugin: object, name: str) -> Any:
    """What *plugin* itself defines as *name*, not what a module merely imported."""
    value = getattr(plugin, name, None)
    foreign = isinstance(plugin, ModuleType) and getattr(value, "__module__", "") != plugin.__name__
    return None if foreign else value


def learn(manager: pluggy.PluginManager, specs: ModuleType, found: Iterable[Found]) -> list[Found]:
    """Add the hooks of *specs*; plugins whose `crm_tui_` hooks do not fit them fail and are taken out."""
    marked = {n: v for n, v in vars(specs).items() if hasattr(v, f"{PROJECT}_spec")}
    asked = {name: tuple(signature(spec).parameters) for name, spec in marked.items()}
    after = []
    for one in found:
        if one.status == "loaded" and (error := _misfit(manager, one.plugin, asked)):
            manager.unregister(name=one.name)
            after.append(evolve(one, status="failed", hooks=(), error=error))
        else:
            after.append(one)
    manager.add_hookspecs(specs)
    return [evolve(one, outdated=outdated(manager, one.hooks)) for one in after]


def _misfit(
    manager: pluggy.PluginManager, plugin: object, asked: Mapping[str, tuple[str, ...]]
) -> str:
    for caller in manager.get_hookcallers(plugin) or ():
        if not caller.name.startswith(LATER_SPECS):
            continue
        for impl in (impl for impl in caller.get_hookimpls() if impl.plugin is plugin):
            if caller.name not in asked:
                if not impl.optionalhook:
                    return _misspelt(caller.name, asked)
            elif wrong := set(impl.argnames) - set(asked[caller.name]):
                given = ", ".join(asked[caller.name]) or "nothing"
                return f"{caller.name} is given {given}, not {', '.join(sorted(wrong))}"
    return ""


def known_hooks(manager: pluggy.PluginManager) -> tuple[str, ...]:
    """The hooks that have a specification."""
    return tuple(n for n, caller in sorted(vars(manager.hook).items()) if _has_spec(caller))


def _has_spec(caller: Any) -> bool:
    return isinstance(caller, pluggy.HookCaller) and caller.has_spec()


def _misspelt(name: str, specified: Iterable[str]) -> str:
    hint = did_you_mean(name, specified, "Did you mean") or "docs/hooks.md lists the hooks."
    return f"there is no hook {name}. {hint}"


def _file(points: Iterable[EntryPoint]) -> str:
    """Where the code of a plugin that is not loaded lies, as far as that is known without running it."""
    files = []
    for point in points:
        top, *rest = point.value.partition(":")[0].split(".")
        try:
            spec = find_spec(top)
        except (ImportError, ValueError, AttributeError):
            continue
        if spec is not None and spec.origin:
            origin = Path(spec.origin)
            files.append(str(origin.parent.joinpath(*rest).with_suffix(".py") if rest else origin))
    return " and ".join(dict.fromkeys(files))


def _names(points: Iterable[EntryPoint]) -> str:
    dists = (getattr(point.dist, "name", "") or point.value for point in points)
    return " and ".join(dict.fromkeys(dists))


def _plain(error: BaseException) -> str:
    # pluggy's messages run over several lines, the objects' addresses among them.
    return one_line(str(error)).split(" Positional args:")[0]


def error_line(error: BaseException) -> str:
    """*error* on one line, safe to show: its type, unless it is crmcore's own, and its message."""
    from crmcore.errors import CrmError

    message = one_line(str(error))
    if isinstance(error, (CrmError, PluginDefectError)) and message:
        return message
    kind = type(error).__name__
    return f"{kind}: {message}" if message else kind


def new_manager() -> pluggy.PluginManager:
    """A manager that knows the core's hooks and no plugin."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    return manager
