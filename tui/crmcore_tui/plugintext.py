"""What is written of the plugins: how many there are, what is wrong, what each offers; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from crmcore.dialect import Dialect
from crmcore.discovery import Status
from crmcore.examining import Examined
from crmcore.hookcalls import HookFailure
from crmcore.text import one_line
from crmcore_tui import settingwordings as words
from crmcore_tui.cells import Line, Part, crop, wrap

_MARKS: dict[Status, tuple[str, str]] = {
    "loaded": ("✓", "done"),
    "blocked": ("–", "dim"),
    "failed": ("✕", "stale"),
}
_LONGEST = 400
_NAMES = 12


def plugin_lines(
    plugins: Sequence[Examined], failures: Sequence[HookFailure], dialect: Dialect, width: int
) -> tuple[Line, ...]:
    """All of it, no line wider than *width* cells."""
    lines = [*_head(plugins, failures, dialect, width)]
    for plugin in plugins:
        lines += [(), *_plugin(plugin, dialect, width)]
    return tuple(crop(line, width) for line in lines)


def _head(
    plugins: Sequence[Examined], failures: Sequence[HookFailure], dialect: Dialect, width: int
) -> Iterator[Line]:
    statuses = Counter(plugin.info.status for plugin in plugins)
    counts = {status: statuses[status] for status in _MARKS}
    yield (Part(dialect.say(words.COUNTS).format(**counts), "title"),)
    if not failures:
        yield (Part(dialect.say(words.NOTHING_WRONG), "done"),)
        return
    yield ()
    yield (Part(dialect.say(words.PROBLEMS), "heading"),)
    for failure in failures:
        yield from _hung("! ", "stale", one_line(failure.line[:_LONGEST]), width)


def _plugin(plugin: Examined, dialect: Dialect, width: int) -> Iterator[Line]:
    info, say = plugin.info, dialect.say
    mark, role = _MARKS[info.status]
    failing = info.status == "loaded" and bool(plugin.failures)
    mark, role = ("!", "stale") if failing else (mark, role)
    where = f"{info.distribution} {info.version}".strip() or Path(info.file).name
    yield (
        Part(f"{mark} ", role),
        Part(one_line(info.name[:80]), "label"),
        Part(f"  {say(words.STATUSES[info.status])}", role),
        Part(f"  {one_line(where[:200])}", "dim"),
    )
    if info.error:
        yield from _hung("  ", "", one_line(info.error[:_LONGEST]), width)
    for what, names in plugin.offers.items():
        named = words.KINDS.get(what)
        kind = say(named) if named else what
        shown = " · ".join(one_line(name[:60]) for name in names[:_NAMES])
        more = f" … {len(names)}" if len(names) > _NAMES else ""
        yield from _hung("  ", "", f"{kind}: {shown}{more}", width)
    others = [hook for hook in info.hooks if hook in _LISTENING or hook.startswith("crm_tui_")]
    if others:
        hooks = say(words.LISTENS).format(hooks=" · ".join(others))
        yield from _hung("  ", "dim", hooks, width)
    elif info.status == "loaded" and not plugin.offers:
        yield (Part(f"  {say(words.OFFERS_NOTHING)}", "dim"),)


_LISTENING = ("crm_check", "crm_event")


def _hung(head: str, role: str, text: str, width: int) -> Iterator[Line]:
    first, *more = wrap(text, max(width - 4, 8))
    yield (Part(f"  {head}", role or "dim"), Part(first, "" if head.strip() else role))
    yield from ((Part("    "), Part(line, "" if head.strip() else role)) for line in more)
