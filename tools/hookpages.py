"""What docs/hooks.md and docs/hooks/ say of each hook, from the specifications: `python tools/hookpages.py`.

Signatures, examples and the attributes of what a hook returns are written between marks; the prose around
them is written by hand.
"""

from __future__ import annotations

import doctest
import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs

from crmcore import answers, hookspecs
from crmcore.answers import Hook
from crmcore.hooktypes import Event, Problem
from crmcore_tui import contributions
from crmcore_tui import hookspecs as board

DOCS = Path(__file__).resolve().parents[1] / "docs"
BEGIN, END = "<!-- {name}: written by tools/hookpages.py -->", "<!-- /{name} -->"

KINDS: dict[str, type] = {
    **{hook.name: hook.kind for hook in vars(answers).values() if isinstance(hook, Hook)},
    **{hook.name: hook.kind for hook in contributions.HOOKS},
    "crm_check": Problem,
    "crm_event": Event,
}


def hooks() -> dict[str, Callable[..., Any]]:
    """Every hook there is, the core's first."""
    return {
        name: value
        for module in (hookspecs, board)
        for name, value in vars(module).items()
        if hasattr(value, f"{hookspecs.PROJECT}_spec")
    }


def signature(name: str) -> str:
    """`crm_fields(config: Config) -> Iterable[FieldSpec]`."""
    return f"{name}{inspect.signature(hooks()[name])}".replace("'", "")


def example(name: str) -> str:
    """The example in the hook's docstring, as a module would hold it."""
    [test] = doctest.DocTestFinder(recurse=False).find(hooks()[name], name, globs={})
    code = "".join(each.source for each in test.examples)
    return f"from crmcore import hookimpl\n{code}".rstrip("\n")


def about(name: str) -> str:
    """The section of one hook."""
    text = inspect.getdoc(hooks()[name]) or ""
    prose = text.partition(">>>")[0].strip()
    parts = [f"```\n{signature(name)}\n```", prose, f"```python\n{example(name)}\n```"]
    return "\n\n".join([*parts, "\n".join(_attributes(KINDS[name]))])


def _attributes(kind: type) -> Iterator[str]:
    doc = inspect.getdoc(kind) or ""
    yield f"What it {'is given' if kind is Event else 'returns'}, `{kind.__name__}`:\n"
    yield doc.strip() + "\n"
    yield "| attribute | type | unless told |\n|---|---|---|"
    for each in attrs.fields(kind):
        kind_of = str(each.type).replace("|", "\\|") if isinstance(each.type, str) else "…"
        yield f"| `{each.name}` | `{kind_of}` | {_default(each.default)} |"


def _default(value: object) -> str:
    if value is attrs.NOTHING:
        return "must be given"
    if isinstance(value, attrs.Factory):  # type: ignore[arg-type]
        return "empty"
    return (
        f"`{value!r}`"
        if isinstance(value, (str, bool, float, int, tuple)) or value is None
        else "…"
    )


def table() -> str:
    """All hooks on one page: what each is for, and its page."""
    lines = ["| hook | | signature |", "|---|---|---|"]
    for name, spec in hooks().items():
        first = re.split(r"(?<=\.)\s|\n\n", inspect.getdoc(spec) or "")[0].replace("\n", " ")
        lines.append(
            f"| [`{name}`](hooks/{name}.md) | {first} | `{signature(name)}` |".replace("\\|", "|")
        )
    return "\n".join(lines)


def written(page: str, name: str, content: str) -> str:
    """*page* with what stands between the marks of *name* as it is now."""
    begin, end = BEGIN.format(name=name), END.format(name=name)
    head, found, rest = page.partition(begin)
    _, closed, tail = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"the page has no marks for {name}")
    return f"{head}{begin}\n{content}\n{end}{tail}"


def pages() -> Iterator[tuple[Path, str]]:
    """Each page, and its text as it should be."""
    index = DOCS / "hooks.md"
    yield index, written(index.read_text("utf-8"), "hooks", table())
    for name in hooks():
        page = DOCS / "hooks" / f"{name}.md"
        yield page, written(page.read_text("utf-8"), name, about(name))


if __name__ == "__main__":
    for path, text in pages():
        path.write_text(text, "utf-8")
