"""A board whose terminal goes ends, whoever started it."""

from __future__ import annotations

import os
import pty
import select
import shlex
import signal
import sys
from pathlib import Path

import pytest

BOARD = f"{shlex.quote(sys.executable)} -P -m crmcore board"


@pytest.mark.parametrize("starter", [f"exec {BOARD}", f"trap : HUP; {BOARD}; true"])
def test_a_board_ends_with_its_terminal(tmp_path: Path, starter: str) -> None:
    """The second starter hears of it as `make` does: it alone is told, and waits for what it started."""
    told, alive = os.pipe()
    (tmp_path / "crm.toml").write_text('store = "json:crm.json"\n')
    own = {f"XDG_{kind}_HOME": str(tmp_path) for kind in ("STATE", "CONFIG", "DATA")}
    kept = {**os.environ, **own, "TERM": "xterm-256color", "PYTHONPATH": os.pathsep.join(sys.path)}
    pid, terminal = pty.fork()
    if pid == 0:
        os.close(told)
        os.set_inheritable(alive, True)
        os.chdir(tmp_path)
        os.execvpe("sh", ["sh", "-c", starter], kept)
    os.close(alive)
    try:
        shown = b""
        while b"\x1b[?1049h" not in shown:
            assert select.select([terminal], [], [], 60)[0], shown
            shown += os.read(terminal, 65536)
    finally:
        os.close(terminal)
    # Whoever lives still holds the other end of the pipe.
    ended = bool(select.select([told], [], [], 30)[0])
    if not ended:
        os.killpg(pid, signal.SIGKILL)
    os.close(told)
    os.waitpid(pid, 0)
    assert ended
