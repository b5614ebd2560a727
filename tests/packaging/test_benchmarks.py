"""The benchmarks run and leave nothing out; how fast anything is does not matter here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STORES = ("json", "tinydb", "sqlite")
ASKED = ["--sizes", "1200", "--stores", "json,tinydb,sqlite", "--rounds", "3", "--repeats", "1"]

RAW, SQLITE3, SHIPPED = "raw append + fsync", "sqlite3 of the standard library", "TinyDB as shipped"
ROWS = {
    "Commit, one changed customer": {RAW, SQLITE3, *STORES},
    "… of 1,000 customers, in the same rounds": set(STORES),
    "Commit, one new customer": {RAW, SQLITE3, SHIPPED, *STORES},
    "`Crm.edit`, the whole way": set(STORES),
    "`Crm.add`, the whole way": set(STORES),
    "All customers in one commit": {RAW, SQLITE3, SHIPPED, "sqlite3, same rows", *STORES},
    "Get by id": {SQLITE3, SHIPPED, *STORES},
    "Board column's first page, after a commit": set(STORES),
    "Board header's tally, after a commit": set(STORES),
    "First page, as the first question after opening": set(STORES),
    "Tally, as the first question after opening": set(STORES),
    "Opening": {*STORES, "json.load of the json file", "json.load of the tinydb file"},
    "Importing what opens it, once in a process": set(STORES),
    "Snapshot file": {"json", "tinydb"},
}


def _run(checkout: Path, temporary: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TMPDIR": str(temporary), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        cwd=checkout, env=environment, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A checkout whose documentation may be written to."""
    copy = tmp_path / "checkout"
    shutil.copytree(ROOT / "benchmarks", copy / "benchmarks")
    (copy / "docs").mkdir()
    return copy


def test_every_row_is_measured_and_written(checkout, tmp_path) -> None:
    page = checkout / "docs" / "storage.md"
    page.write_text("Before.\n\n<!-- table -->\nold\n<!-- /table -->\n\nAfter.\n", "utf-8")
    work = tmp_path / "work"
    work.mkdir()
    done = _run(checkout, work, "storage", *ASKED, "--write")
    assert done.returncode == 0, done.stderr
    text = page.read_text("utf-8")
    assert text.startswith("Before.\n\n<!-- table -->\nMeasured on: ")
    assert text.endswith("<!-- /table -->\n\nAfter.\n")
    assert "old" not in text
    tables = [_cells(line) for line in text.splitlines() if line.startswith("|")]
    border = next(n for n, cells in enumerate(tables) if cells[0] == "Budget")
    rows = _by_title(tables[:border])
    # Memory is told where the system tells it.
    assert {what: who for what, who in rows.items() if not what.startswith("Memory")} == ROWS
    budgets = tables[border + 2 :]
    assert len(budgets) == 10 + 10 + 9
    assert {cells[-1] for cells in budgets if not cells[0].startswith("Memory")} <= {"pass", "miss"}
    for cells in budgets:
        assert cells[0] in done.stdout
    assert not list(work.iterdir())


def test_an_import_is_measured_beside_the_bare_loop(checkout, tmp_path) -> None:
    done = _run(checkout, tmp_path, "imports", "--rows", "40", "--rounds", "1", "--stores", "json")
    assert done.returncode == 0, done.stderr
    assert re.search(r"json +│ +[\d.]+ s │ [\d.]+ s", done.stdout)
    assert re.search(r"at most 10× the bare loop: (pass|miss)", done.stdout)


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def _by_title(table: list[list[str]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    title = ""
    for name, *cells in table[2:]:
        if bold := re.fullmatch(r"\*\*(.*)\*\*", name):
            title = bold.group(1)
        else:
            assert re.match(r"[\d.]", cells[-1]), (title, name, cells)
            found.setdefault(title, set()).add(name)
    return found


@pytest.mark.parametrize("content", [None, "No place.\n", "<!-- table -->\nhalf\n"])
def test_a_page_without_a_place_for_the_table_is_left_alone(checkout, tmp_path, content) -> None:
    page = checkout / "docs" / "storage.md"
    if content is not None:
        page.write_text(content, "utf-8")
    done = _run(checkout, tmp_path, "storage", *ASKED, "--write")
    assert done.returncode == 1
    assert "storage.md" in done.stderr
    assert (page.read_text("utf-8") if page.exists() else None) == content


def test_it_asks_what_the_board_asks() -> None:
    code = """
from benchmarks import board
from crmcore.pipeline import STANDARD
from crmcore.query import EVERYBODY, Query
from crmcore_tui.boardquery import ORDER, PAGE, in_stage, whom
for stage in STANDARD.stages:
    where = whom(STANDARD, False, EVERYBODY)
    assert board.WHOM == where
    assert board.column(stage.key) == Query(in_stage(where, stage.key), ORDER, PAGE)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
