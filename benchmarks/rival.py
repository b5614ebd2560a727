"""kanban-tui, a board with a widget for each card, beside ours: in an environment of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

PACKAGE = "kanban-tui"
_PROBE = Path(__file__).with_name("rivalprobe.py")
_SECONDS = 180
_PRESSES = 10


def measured(sizes: Sequence[int], say: Callable[[str], object]) -> Iterator[str]:
    """A line for each of *sizes*, as far as it goes within a few minutes each."""
    with tempfile.TemporaryDirectory(prefix="crmcore-benchmark-") as name:
        python = _installed(Path(name) / "environment")
        if python is None:
            say(f"Without {PACKAGE}: pip does not find it.")
            return
        for size in sizes:
            say(f"{size:,} cards on {PACKAGE}")
            folder = Path(name) / str(size)
            folder.mkdir()
            told = _told(python, folder, size)
            if told is None:
                yield f"{PACKAGE}, {size:,} cards: not settled after {_SECONDS} s"
                return
            keys = median(told["keys"]) if told["keys"] else float("nan")
            yield (
                f"{PACKAGE}, {size:,} cards: first paint {told['paint'] * 1e3:,.0f} ms, settled "
                f"{told['settle'] * 1e3:,.0f} ms, a key {keys * 1e3:,.0f} ms"
            )


def _installed(folder: Path) -> Path | None:
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    done = subprocess.run([python, "-m", "pip", "install", "-q", PACKAGE], capture_output=True)
    return python if done.returncode == 0 else None


def _told(python: Path, folder: Path, size: int) -> Any:
    try:
        done = subprocess.run(
            [python, _PROBE, folder, str(size), str(_PRESSES)],
            stdout=subprocess.PIPE, encoding="utf-8", check=True, timeout=_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return None
    return json.loads(done.stdout)
