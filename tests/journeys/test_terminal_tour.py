"""The README's tour in a real terminal: keys go in through tmux, what is asserted is what its screen shows."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import define

from crmcore.bootstrap import open_crm
from crmcore.config import load_config
from crmcore.crm import Crm

ROOT = Path(__file__).parents[2]
THEN = datetime(2024, 5, 1, 2, 0, tzinfo=UTC)
PATIENCE = 60


@define
class Terminal:
    """A terminal of 100 by 30 with the board in it."""

    socket: Path

    def tmux(self, *words: str) -> str:
        """What tmux answers."""
        done = subprocess.run(
            ["tmux", "-S", str(self.socket), *words], capture_output=True, encoding="utf-8", check=True
        )  # fmt: skip
        return done.stdout

    def press(self, *keys: str) -> None:
        """Press keys, by the names that tmux has for them."""
        self.tmux("send-keys", "-t", "board", *keys)

    def type(self, text: str) -> None:
        """Type letters."""
        self.tmux("send-keys", "-t", "board", "-l", text)

    def shown(self) -> str:
        """What is on the screen."""
        return self.tmux("capture-pane", "-p", "-t", "board")

    def until(self, *texts: str, gone: str = "", like: str = "") -> list[str]:
        """The lines of the screen, once it shows all of *texts*, nothing of *gone*, and what is *like* that."""
        end, waiting = time.monotonic() + PATIENCE, threading.Event()
        while True:
            shown = self.shown()
            there = all(text in shown for text in texts) and re.search(like, shown) is not None
            if there and not (gone and gone in shown):
                return shown.splitlines()
            assert time.monotonic() < end, f"{texts} never came, without {gone!r}:\n{shown}"
            waiting.wait(0.1)


def fill(crm: Crm) -> None:
    """Five leads of a standing clock, one of them graded, in screening."""
    for n, company in enumerate(("Northwind", "Contoso", "Fabrikam", "上海恒泰机械", "Adatum")):
        crm.add(company=company, budget=f"{50 - n}万", phone=f"1380013800{n}", source="Trade fair")
    (first,) = crm.find("company:Northwind").customers
    crm.move(first.id)
    crm.edit(first.id, validity="valid", owner="Li Na")
    crm.grade(first.id, "A", "their director called us")


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    """The board on a workspace of its own."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    (tmp_path / "crm.toml").write_text(
        'store = "json:crm.json"\nlanguage = "en"\ntimezone = "Asia/Shanghai"\n'
    )
    with open_crm(config=load_config(tmp_path), clock=lambda: THEN, actor="Li Na") as crm:
        fill(crm)
    made = Terminal(tmp_path / "tmux")
    home = {f"XDG_{kind}_HOME": str(tmp_path / kind) for kind in ("STATE", "CONFIG", "DATA")}
    board = [sys.executable, "-m", "crmcore", "board"]
    given = {
        **home,
        "CRMCORE_ACTOR": "Li Na",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    words = [
        "env",
        "-u",
        "COLUMNS",
        "-u",
        "LINES",
        *(f"{name}={value}" for name, value in given.items()),
        *board,
    ]
    made.tmux(
        "-f", os.devnull, "new-session", "-d", "-s", "board", "-x", "100", "-y", "30",
        "-c", str(tmp_path), shlex.join(words),
    )  # fmt: skip
    yield made
    # It has ended by itself where the board was left.
    subprocess.run(
        ["tmux", "-S", str(made.socket), "kill-server"], capture_output=True, check=False
    )


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_tour_of_the_readme_presses_these_keys(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    tour = text[text.index("<!-- tour -->") : text.index("<!-- /tour -->")]
    keys = re.findall(r"^\| ((?:`[^`]+` ?)+) \|", tour, re.MULTILINE)
    assert [re.findall(r"`([^`]+)`", row) for row in keys] == [
        ["2", "enter", "esc"], ["i"], ["a"], ["L"], ["/"], ["t"], ["T"], ["F"], ["u"], ["?"],
        ["ctrl+l"], ["q"],
    ]  # fmt: skip


def test_the_tour(terminal: Terminal) -> None:
    t = terminal
    lines = t.until("Contoso", "Fabrikam", "上海恒泰机械", "Northwind", " help ")
    assert "1 Lead" in lines[1] and "2 Screening" in lines[1]
    assert "Contoso" in lines[6] and "Northwind" in lines[6]  # beside each other, in two stages

    t.press("2", "Enter")
    t.until("Northwind ·", "13800138000", "Company")
    t.press("Escape")
    t.until("Contoso")
    t.press("i")
    t.until("Why this grade: Northwind", "their director called us")
    t.press("Escape")
    t.until("Contoso", gone="Why this grade")

    t.press("a")
    t.until("A lead on one line")
    t.type("Tailspin / Amy Lee / 13900000001 source:web 60万-70万 #hot")
    t.until("Amy Lee", "hot")
    t.press("Enter")
    t.until("Tailspin", "6 customers", gone="A lead on one line")
    t.press("L")
    lines = t.until("▌ Tailspin", "Tailspin · Amy Lee", like=r"2 Screening +2")
    assert next(line.index("▌ Tailspin") for line in lines if "▌ Tailspin" in line) > 20
    t.press("/")
    t.until("Filter /")
    t.type("Tailspin")
    t.until("Tailspin", gone="Contoso")
    t.press("Enter", "Escape")
    t.until("Contoso", gone="Filter")

    t.press("t")
    lines = t.until("Table", "Company", "Fabrikam")
    assert any("Fabrikam" in line and "Lead" in line for line in lines)
    t.press("t")
    t.until("1 Lead", gone="Table")
    t.press("T")
    t.until("To be done", "No next step")
    t.press("T")
    t.until("1 Lead", gone="To be done")
    t.press("F")
    t.until("Funnel dashboard", "6 customers", "Stage conversion")
    t.press("Escape")
    t.until("1 Lead", gone="Funnel dashboard")

    t.press("u")
    t.until("▌ Tailspin", like=r"2 Screening +1")
    t.press("?")
    t.until("Move around", "card below")
    t.press("Escape")
    t.until("Contoso", gone="Move around")
    t.press("C-l")
    t.until("线索获取", gone="1 Lead")
    t.press("q")
    end, waiting = time.monotonic() + PATIENCE, threading.Event()
    while t.socket.exists() and "board" in _sessions(t):
        assert time.monotonic() < end
        waiting.wait(0.1)


def _sessions(terminal: Terminal) -> str:
    command = ["tmux", "-S", str(terminal.socket), "list-sessions"]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False).stdout
