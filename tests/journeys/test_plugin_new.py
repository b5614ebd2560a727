"""`crmcore plugin new`: what it writes works as it is, for every kind; what it refuses leaves nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from crmcore import scaffold
from crmcore.apiversion import API_VERSION
from crmcore.errors import UsageError
from crmcore.scaffold import KINDS, new_plugin


def stand_in(folder: Path, site: Path) -> None:
    """What installing the distribution leaves: its entry points, and where its code is."""
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    info = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    lines = []
    for group, points in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines))
    for package in (folder / "src").iterdir():
        (site / package.name).symlink_to(package)


@pytest.fixture(scope="module")
def all_kinds(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """A plugin `try-KIND` of each kind, and an environment in which they are as if installed."""
    folder = tmp_path_factory.mktemp("kinds")
    site = folder / "site"
    site.mkdir()
    for kind in KINDS:
        stand_in(new_plugin(f"try-{kind}", kind, folder), site)
    paths = [str(site), *filter(None, [os.environ.get("PYTHONPATH")])]
    return folder, {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1"}


def run(all_kinds, *words: str) -> subprocess.CompletedProcess[str]:
    folder, environment = all_kinds
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


def test_the_tests_of_every_kind_pass(all_kinds) -> None:
    done = run(
        all_kinds, "pytest", "-q", "-p", "no:cacheprovider", "-x", "--import-mode=importlib", "."
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    for kind in KINDS:
        assert list((all_kinds[0] / f"crmcore-plugin-try-{kind}" / "tests").glob("test_*.py"))


def test_all_of_them_are_loaded_and_the_doctor_finds_nothing_wrong(all_kinds) -> None:
    run(all_kinds, "crmcore", "--store", "json:crm.json", "add", "Acme", "--phone", "139")
    done = run(
        all_kinds, "crmcore", "--store", "json:crm.json", "--lang", "en", "plugins", "doctor"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for kind, about in KINDS.items():
        name = f"try-{kind}" + (".tui" if about.board else "")
        assert f" {name} 0.1.0" in done.stdout


def test_what_is_written_has_no_fault_that_a_linter_sees(all_kinds) -> None:
    folder, _ = all_kinds
    rules = ("--select", "E,F,B,UP,RET,SIM", "--ignore", "E501", "--isolated")
    done = run(all_kinds, "ruff", "check", *rules, *map(str, folder.glob("crmcore-plugin-*")))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-500:]


def test_nothing_is_left_to_fill_in(all_kinds) -> None:
    folder, _ = all_kinds
    for path in (p for each in folder.glob("crmcore-plugin-*") for p in each.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            text = path.read_text("utf-8").replace("${{ matrix.python }}", "")
            assert "{{" not in text, path
            if path.parts[-3] == "src" and path.suffix == ".py" and "hookimpl" in text:
                assert f'crmcore_api = "{API_VERSION}"' in text


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Big",
        "two words",
        "-a",
        "a--b",
        "../up",
        "a/b",
        "9lives",
        "naïve",
        "x" * 41,
        "class",
        "tui",
    ],
)
def test_a_name_that_is_none_is_refused(tmp_path, name) -> None:
    with pytest.raises(UsageError):
        new_plugin(name, "check", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_by_command(shell, tmp_path) -> None:
    said = shell("--lang", "en", "plugin", "new", "mine", "--kind", "check")
    assert "pytest" in said
    folder = tmp_path / "crmcore-plugin-mine"
    assert (folder / "tests" / "test_mine.py").is_file()
    before = sorted(tmp_path.iterdir())
    assert "exists already" in shell("plugin", "new", "mine", "--kind", "ids", code=2)
    assert "no folder" in shell("plugin", "new", "x", "--kind", "ids", "--in", "nowhere", code=2)
    assert "installed already" in shell("plugin", "new", "sheets", "--kind", "ids", code=2)
    shell("plugin", "new", "other", "--kind", "nonsense", code=2)
    assert sorted(tmp_path.iterdir()) == before


def test_what_fails_half_way_leaves_nothing(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(scaffold, "_texts", lambda kind, words: {"a.txt": "a", "b.txt": None})
    with pytest.raises(TypeError):
        new_plugin("mine", "check", tmp_path)
    assert list(tmp_path.iterdir()) == []
