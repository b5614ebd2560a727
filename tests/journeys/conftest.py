"""A workspace on disk, driven by the command line, in processes of its own where that is the point."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import define, field

from crmcore.cli import main


@define
class Shell:
    """Runs `crmcore` in one workspace."""

    folder: Path
    environment: dict[str, str] = field(factory=dict)
    apart: bool = False

    def __call__(self, *words: str, code: int = 0) -> str:
        """What the command printed; fails unless it ended with *code*."""
        done = self.run(*words)
        assert done.returncode == code, f"{words}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout if code == 0 else done.stderr

    def at_a_terminal(self, *words: str, typed: str) -> tuple[int, str]:
        """The exit code and all that is on the screen when *typed* is typed at the questions."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "crmcore", *words],
            cwd=self.folder,
            env=self._environment(),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        os.write(ours, typed.encode())
        seen = b""
        try:
            while piece := os.read(ours, 4096):
                seen += piece
        except OSError:  # the other end is closed when the process has ended
            pass
        finally:
            os.close(ours)
        return process.wait(60), seen.decode("utf-8", "replace")

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONUTF8": "1", "CRMCORE_ACTOR": "李娜", **self.environment}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """The ended command: in a process of its own if `apart`, or where plugins are found otherwise."""
        if not self.apart and "PYTHONPATH" not in self.environment:
            return self._run_here(words)
        return subprocess.run(
            [sys.executable, "-m", "crmcore", *words],
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=60,
            check=False,
        )

    def _run_here(self, words: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
        streams = {
            name: io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
            for name in ("stdout", "stderr")
        }
        with (
            pytest.MonkeyPatch.context() as patch,
            Path(os.devnull).open(encoding="utf-8") as nothing,
        ):
            patch.chdir(self.folder)
            for name, value in self._environment().items():
                patch.setenv(name, value)
            for name, stream in {**streams, "stdin": nothing}.items():
                patch.setattr(sys, name, stream)
            patch.setattr(sys, "argv", ["crmcore", *words])
            try:
                main()
            except SystemExit as ended:
                code = int(ended.code or 0)
        said = {name: stream.buffer.getvalue().decode() for name, stream in streams.items()}
        return subprocess.CompletedProcess(words, code, **said)


@pytest.fixture
def shell(tmp_path) -> Shell:
    """An empty workspace, in Chinese, in Shanghai's time zone, on a JSON store."""
    config = 'store = "json:crm.json"\nlanguage = "zh"\ntimezone = "Asia/Shanghai"\n'
    (tmp_path / "crm.toml").write_text(config, "utf-8")
    return Shell(tmp_path)


@pytest.fixture
def install(shell: Shell, tmp_path: Path) -> Callable[..., None]:
    """Puts a distribution `stranger`, whose one module says what is given, where the command line finds it."""

    def installed(text: str, group: str = "crmcore") -> None:
        site = tmp_path / "site"
        info = site / "stranger-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{group}]\nstranger = stranger_plugin\n")
        (site / "stranger_plugin.py").write_text(text, "utf-8")
        paths = [str(site), *filter(None, [os.environ.get("PYTHONPATH")])]
        shell.environment["PYTHONPATH"] = os.pathsep.join(paths)

    return installed


@pytest.fixture
def bytes_of() -> Callable[[Path], dict[str, bytes]]:
    """Every file of a folder, to see that nothing changed."""
    return lambda folder: {f.name: f.read_bytes() for f in sorted(folder.iterdir()) if f.is_file()}
