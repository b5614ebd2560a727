"""A workspace on disk, driven by the command line in processes of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import define, field


@define
class Shell:
    """Runs `crmcore` in one workspace."""

    folder: Path
    environment: dict[str, str] = field(factory=dict)

    def __call__(self, *words: str, code: int = 0) -> str:
        """What the command printed; fails unless it ended with *code*."""
        done = self.run(*words)
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout if code == 0 else done.stderr

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The ended process of the command."""
        return subprocess.run(
            [sys.executable, "-m", "crmcore", *words],
            cwd=self.folder,
            env={**os.environ, "PYTHONUTF8": "1", "CRMCORE_ACTOR": "李娜", **self.environment},
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )


@pytest.fixture
def shell(tmp_path) -> Shell:
    """An empty workspace, in Chinese, in Shanghai's time zone, on a JSON store."""
    config = 'store = "json:crm.json"\nlanguage = "zh"\ntimezone = "Asia/Shanghai"\n'
    (tmp_path / "crm.toml").write_text(config, "utf-8")
    return Shell(tmp_path)


@pytest.fixture
def bytes_of() -> Callable[[Path], dict[str, bytes]]:
    """Every file of a folder, to see that nothing changed."""
    return lambda folder: {f.name: f.read_bytes() for f in sorted(folder.iterdir()) if f.is_file()}
