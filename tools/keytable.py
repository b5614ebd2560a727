"""The table of keys in docs/board.md, from the keymap: `python tools/keytable.py` writes it anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crmcore_tui.keymap import Key
from crmcore_tui.keymaps import PLAIN, VI, Keymap, keymap_named
from crmcore_tui.keynames import shown

PAGE = Path(__file__).resolve().parents[1] / "docs" / "board.md"
BEGIN, END = "<!-- keys: written by tools/keytable.py -->", "<!-- /keys -->"


def tables() -> str:
    """A table for each section: the action's name, its keys in both keymaps, what it does."""
    return "\n".join(_lines(keymap_named(VI), keymap_named(PLAIN)))


def _lines(vi: Keymap, plain: Keymap) -> Iterator[str]:
    for section in vi.all:
        yield f"\n### {section.label.en}\n"
        yield "| name | vi | plain | what it does |\n|---|---|---|---|"
        for key in section.keys:
            other = plain.named(key.id)
            keys = _all(other) if other is not None else ""
            yield f"| `{key.id}` | {_all(key)} | {keys} | {key.label.en} |"
    yield ""


def _all(key: Key) -> str:
    double = key.action.endswith("_chord")
    written = [shown([name]).replace("|", "\\|") for name in key.keys]
    return " ".join(f"`{name} {name}`" if double else f"`{name}`" for name in written)


def written(page: str) -> str:
    """*page* with the tables as they are now."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{tables()}\n{END}{tail}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
