"""What is shipped: the wheel holds our packages and nothing else, and importing them costs little."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = {
    "crmcore", "crmcore_json", "crmcore_tinydb", "crmcore_sql", "crmcore_ids", "crmcore_scorecard",
    "crmcore_calendar_cn", "crmcore_territory", "crmcore_followup", "crmcore_sheets", "crmcore_notify",
    "crmcore_tui",
}  # fmt: skip


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    """The wheel of this tree."""
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT],
        check=True,
        capture_output=True,
    )
    return zipfile.ZipFile(next(out.glob("*.whl")))


def test_the_top_level_is_exactly_our_packages(wheel) -> None:
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == PACKAGES


def test_data_files_are_shipped(wheel) -> None:
    names = set(wheel.namelist())
    assert {"crmcore/py.typed", "crmcore_scorecard/cards/general.toml"} <= names
    assert any(re.fullmatch(r"crmcore_tui/.*\.tcss", name) for name in names)
    assert {"crmcore/locale/de/LC_MESSAGES/crmcore.mo", "crmcore_tui/settings.tcss"} <= names
    assert "crmcore/templates/plugin/common/pyproject.toml.in" in names
    assert "crmcore/templates/plugin/kinds/grader.test.in" in names
    assert not any("__pycache__" in name for name in names)


def test_the_bundled_plugins_come_through_the_same_door_as_a_strangers(wheel) -> None:
    (points,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    text = wheel.read(points).decode()
    listed = re.findall(r"^(\w+) = (crmcore_\w+)$", text.split("[crmcore]")[1].split("[")[0], re.M)
    shipped = {path.name for path in (ROOT / "plugins").iterdir() if path.is_dir()}
    assert {module for _, module in listed} == shipped


def loaded_by(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter has after running *code*."""
    report = f"import sys\n{code}\nprint(*sorted({{n.split('.')[0] for n in sys.modules}}))"
    done = subprocess.run(
        [sys.executable, "-c", report],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT / "docs",
    )
    return set(done.stdout.splitlines()[-1].split())


HEAVY = {"textual", "tinydb", "sqlalchemy", "rich", "ulid", "charset_normalizer", "hypothesis"}


def test_importing_crmcore_imports_hardly_anything() -> None:
    assert not loaded_by("import crmcore") & (HEAVY | {"attrs", "click", "pluggy", "cattrs"})


def test_the_version_is_told_without_loading_the_workspace() -> None:
    code = (
        "from crmcore.cli import main\nsys.argv = ['crmcore', '--version']\n"
        "try: main()\nexcept SystemExit: pass"
    )
    assert not loaded_by(code) & (HEAVY | {"pluggy", "cattrs", "filelock"})


def test_loading_every_plugin_loads_no_heavy_library() -> None:
    code = (
        "from crmcore.config import Config\nfrom crmcore.host import PluginHost\n"
        "h = PluginHost.load(Config())\nh.stores(), h.id_schemes(), h.importers()"
    )
    assert not loaded_by(code) & HEAVY


def sources() -> list[Path]:
    """Every module of the product."""
    return [
        path for top in ("crmcore", "plugins", "tui") for path in sorted((ROOT / top).rglob("*.py"))
    ]


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_imports_no_folder_of_the_checkout_and_stays_small(path) -> None:
    text = path.read_text("utf-8")
    for node in ast.walk(ast.parse(text)):
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        assert not {name.split(".")[0] for name in names} & {"plugins", "tui", "tests"}
    table_of_fields = path.name == "customer.py"
    assert table_of_fields or len(text.splitlines()) <= 380


def test_pins_are_names_and_versions_only() -> None:
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+(; .+)?|#.*|", line), line


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_every_command_and_file_the_readme_names_exists(name) -> None:
    from crmcore.cli import cli

    text = (ROOT / name).read_text("utf-8")
    verbs = set(re.findall(r"(?:^|`)crmcore ([a-z]+)", text, re.M))
    assert len(verbs) > 10
    assert verbs <= set(cli.list_commands(cli.make_context("crmcore", ["fields"])))
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (ROOT / target).exists(), target


def test_both_readmes_have_the_same_sections() -> None:
    counts = {
        len(re.findall(r"^#+ ", (ROOT / name).read_text("utf-8"), re.M))
        for name in ("README.md", "README.zh.md")
    }
    assert len(counts) == 1
