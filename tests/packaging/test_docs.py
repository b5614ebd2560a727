"""The documentation tells the truth: signatures and examples are those of the code, and what it shows runs."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from crmcore.config import Config
from crmcore.host import PluginHost
from crmcore.scaffold import KINDS
from crmcore.testing import StillClock
from crmcore_tui import hookspecs as board

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
MEDICAL = ROOT / "examples" / "crmcore-plugin-medical"
PAGES = [*sorted(DOCS.rglob("*.md")), ROOT / "README.md", ROOT / "README.zh.md"]


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hookpages", ROOT / "tools" / "hookpages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


HOOKPAGES = tool()


@pytest.mark.parametrize(
    ("path", "text"),
    HOOKPAGES.pages(),
    ids=lambda each: each.name if isinstance(each, Path) else "",
)
def test_the_page_of_each_hook_is_as_its_specification(path, text) -> None:
    assert path.read_text("utf-8") == text, "python tools/hookpages.py writes it anew"


def test_every_hook_has_its_signature_and_its_example_in_the_docs() -> None:
    index = (DOCS / "hooks.md").read_text("utf-8")
    assert len(HOOKPAGES.hooks()) >= 19
    for name in HOOKPAGES.hooks():
        page = (DOCS / "hooks" / f"{name}.md").read_text("utf-8")
        assert HOOKPAGES.signature(name) in page
        assert HOOKPAGES.signature(name) in index
        assert HOOKPAGES.example(name) in page
        assert f"def {name}(" in HOOKPAGES.example(name)
    assert {path.stem for path in (DOCS / "hooks").iterdir()} == set(HOOKPAGES.hooks())
    board_page = (DOCS / "board-plugins.md").read_text("utf-8")
    for name in (each for each in HOOKPAGES.hooks() if each.startswith("crm_tui_")):
        assert HOOKPAGES.signature(name) in board_page


def blocks(*names: str) -> list[tuple[str, str]]:
    """The Python of some pages, by page and number."""
    return [
        (f"{name}-{number}", code)
        for name in names
        for number, code in enumerate(
            re.findall(r"```python\n(.*?)```", (DOCS / name).read_text("utf-8"), re.S), 1
        )
    ]


RUNNABLE = blocks(
    "recipes.md",
    "plugins.md",
    "board-plugins.md",
    *(f"hooks/{name}.md" for name in HOOKPAGES.hooks()),
)


@pytest.mark.parametrize(
    "code",
    [pytest.param(code, id=name) for name, code in RUNNABLE if "@hookimpl" in code],
)
def test_a_plugin_in_the_docs_works(code, tmp_path) -> None:
    module = ModuleType("shown")
    exec(compile(code, "shown", "exec"), vars(module))
    for value in vars(module).values():
        if callable(value) and getattr(value, "__module__", "") == "builtins":
            value.__module__ = "shown"
    host = PluginHost(Config(timezone="UTC", directory=tmp_path))
    host.add_specs(board)
    host.register(module, "shown")
    for catalogue in (
        host.fields, host.pipelines, host.id_schemes, host.stores, host.graders, host.grader_formats,
        host.assigners, host.calendars, host.reminders, host.notifiers, host.importers,
        host.exporters, host.reports, host.commands,
    ):  # fmt: skip
        catalogue()
    for hook in HOOKPAGES.contributions.HOOKS:
        host.catalogue(hook)
    assert host.plugins[0].hooks
    assert host.failures == ()


def test_all_other_python_in_them_compiles() -> None:
    assert len(RUNNABLE) > 25
    for name, code in RUNNABLE:
        compile(code, name, "exec")


def test_the_tutorial_builds_the_example() -> None:
    page = (DOCS / "plugins.md").read_text("utf-8")
    assert (MEDICAL / "crmcore_medical.py").read_text("utf-8") in page
    assert (MEDICAL / "pyproject.toml").read_text("utf-8") in page


def medical() -> Any:
    spec = importlib.util.spec_from_file_location("crmcore_medical", MEDICAL / "crmcore_medical.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tutorials_test_passes(tmp_path) -> None:
    """As its reader runs it; the plugin is installed in .ci/run, and stood in for here."""
    code = dict(RUNNABLE)["plugins.md-2"]
    (tmp_path / "test_shown.py").write_text(code, "utf-8")
    (tmp_path / "conftest.py").write_text(
        "import pytest, crmcore_medical\n\n@pytest.fixture\ndef plugin_host(plugin_host):\n"
        "    plugin_host.register(crmcore_medical, 'medical')\n    return plugin_host\n",
        "utf-8",
    )
    (tmp_path / "crmcore_medical.py").write_text(
        (MEDICAL / "crmcore_medical.py").read_text("utf-8")
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    assert "6 passed" in done.stdout


def test_a_recipe_refuses_what_it_says(tmp_path) -> None:
    from crmcore.bootstrap import open_crm
    from crmcore.errors import CheckError

    module = ModuleType("shown")
    exec(dict(RUNNABLE)["recipes.md-1"], vars(module))
    config = Config(store="memory:", timezone="UTC", language="en", directory=tmp_path)
    host = PluginHost.load(config)
    host.register(module, "shown")
    with open_crm(config=config, host=host, clock=StillClock()) as crm:
        customer = crm.add(company="Acme", price="1500")
        with pytest.raises(CheckError, match="below what we sell for"):
            crm.edit(customer.id, price="900")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_that_a_page_names_exists(page) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#\s]+)[^)]*\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_every_page_is_on_the_site() -> None:
    nav = (ROOT / "mkdocs.yml").read_text("utf-8")
    for page in DOCS.rglob("*.md"):
        assert f"- {page.relative_to(DOCS).as_posix()}\n" in nav, page
    assert "font: false" in nav


def test_the_kinds_in_the_docs_are_those_there_are() -> None:
    text = "".join(path.read_text("utf-8") for path in (DOCS / "hooks").iterdir())
    assert set(re.findall(r"`--kind (\w+)`", text)) == set(KINDS)
