"""Bad input: a clear error that names the culprit, its exit code, and nothing changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

LEAD = "20240501001"


@pytest.fixture
def with_lead(shell):
    """A workspace with one lead."""
    shell("add", "A", "--set", "first_contact_at=2024-05-01")
    return shell


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["edit", LEAD, "--set", "compny=B"], 2, "Did you mean company"),
        (["edit", LEAD, "--set", "company"], 2, "field=value"),
        (["edit", LEAD, "--set", "budget=a lot"], 2, "budget: 'a lot'"),
        (["edit", LEAD, "--set", "delivered_at=2026-13-45"], 2, "delivered_at: '2026-13-45'"),
        (["edit", LEAD, "--set", "priority=urgent"], 2, "high"),
        (["edit", LEAD, "--set", "satisfaction=17"], 2, "1 to 5"),
        (["edit", LEAD, "--set", "stage=solution"], 2, "crmcore move"),
        (["edit", LEAD, "--set", "value=5"], 2, "computed"),
        (["move", LEAD, "solutoin"], 2, "Did you mean solution"),
        (["move", LEAD], 4, "来源渠道"),
        (["move", LEAD, "--force"], 4, "--reason"),
        (["move", "20990101001"], 3, "20990101001"),
        (["show", "20990101001"], 3, "20990101001"),
        (["history", "nobody"], 3, "nobody"),
        (["undo", "99"], 3, "99"),
        (["lose", LEAD], 4, "--reason"),
        (["reopen", LEAD, "--reason", "x"], 4, "lost"),
        (["grade", LEAD, "A"], 2, "grade_evidence"),
        (["answer", LEAD, "1", "yes"], 3, "no number 1"),
        (["add", "--set", "remarks=x"], 2, "company"),
        (["list", "(owner:x"], 2, "position 1"),
        (["list", "--sort", "nothing"], 2, "nothing"),
        (["due", "--within", "soon"], 2, "soon"),
        (["import", "absent.csv"], 2, "absent.csv"),
        (["import", "."], 2, ""),
        (["export", "out.pdf"], 2, ".pdf"),
        (["export", "no/such/folder/out.csv"], 2, "no/such/folder"),
        (["init"], 2, "nothing was changed"),
        (["nonsense"], 2, "nonsense"),
        (["--store", "crm.json", "list"], 2, "tinydb:crm.json"),
        (["--store", "nosql:crm.json", "list"], 3, "nosql"),
        (["-C", "absent", "list"], 2, "absent"),
    ],
)
def test_refused_by_name_and_nothing_changed(with_lead, bytes_of, words, code, said) -> None:
    before = bytes_of(with_lead.folder)
    done = with_lead.run(*words)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert bytes_of(with_lead.folder) == before


@pytest.mark.parametrize(
    "content", ["not JSON", "[1, 2]", '{"a": 1}', "\x00\x01", '{"_default": {}}']
)
@pytest.mark.parametrize("scheme", ["json", "tinydb"])
def test_a_store_file_of_somebody_else_is_named_and_kept(shell, bytes_of, scheme, content) -> None:
    (shell.folder / "other.json").write_text(content, "utf-8")
    before = bytes_of(shell.folder)
    for words in (["list"], ["add", "A"]):
        done = shell.run("--store", f"{scheme}:other.json", *words)
        assert done.returncode == 1
        assert "other.json" in done.stderr
        assert "Traceback" not in done.stderr
    assert bytes_of(shell.folder) == before


def distribution(folder: Path, name: str, entry: str, code: str) -> None:
    """A plugin's distribution *name* in *folder*, registering *entry* with the module of *code*."""
    folder.mkdir(exist_ok=True)
    module = name.replace("-", "_")
    (folder / f"{module}.py").write_text(code, "utf-8")
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[crmcore]\n{entry} = {module}\n")


@pytest.fixture
def with_plugin(with_lead, tmp_path):
    """Install a plugin of this code, beside the bundled ones."""
    folder = tmp_path.parent / f"{tmp_path.name}-plugins"
    with_lead.environment["PYTHONPATH"] = str(folder)

    def install(code: str, name: str = "bad-plugin", entry: str = "bad") -> None:
        distribution(folder, name, entry, code)

    yield install
    shutil.rmtree(folder, ignore_errors=True)


def test_a_plugin_that_raises_on_import_is_named_and_the_rest_works(with_lead, with_plugin) -> None:
    with_plugin("raise RuntimeError('no licence')")
    done = with_lead.run("list")
    assert done.returncode == 0
    assert LEAD in done.stdout
    assert "bad" in done.stderr
    assert "no licence" in done.stderr
    assert "no licence" in with_lead("plugins")


HOOK = "from crmcore import hookimpl\n@hookimpl\ndef {hook}({argument}):\n    raise RuntimeError('kaputt')\n"


@pytest.mark.parametrize(
    ("hook", "argument", "code"),
    [("crm_check", "change", 4), ("crm_event", "event", 0), ("crm_fields", "", 1)],
)
def test_a_plugin_that_raises_in_a_hook_is_named(
    with_lead, with_plugin, bytes_of, hook, argument, code
) -> None:
    before = bytes_of(with_lead.folder)
    with_plugin(HOOK.format(hook=hook, argument=argument))
    done = with_lead.run("edit", LEAD, "--set", "remarks=x")
    assert done.returncode == code
    assert "bad" in done.stderr
    assert "kaputt" in done.stderr
    assert "Traceback" not in done.stderr
    assert (bytes_of(with_lead.folder) == before) == (code != 0)


def test_two_plugins_with_one_name_are_both_named_and_neither_loads(with_lead, with_plugin) -> None:
    with_plugin("", "first-plugin", "same")
    with_plugin("", "second-plugin", "same")
    done = with_lead.run("list")
    assert done.returncode == 0
    assert "first-plugin" in done.stderr
    assert "second-plugin" in done.stderr


def test_a_plugin_that_claims_a_bundled_store_is_named_when_the_store_is_opened(
    with_lead, with_plugin, bytes_of
) -> None:
    before = bytes_of(with_lead.folder)
    with_plugin(
        "from crmcore import hookimpl\nfrom crmcore.hooktypes import StoreType\n"
        "from crmcore.wording import Text\n@hookimpl\ndef crm_stores():\n"
        "    return [StoreType('json', Text('', ''), None)]\n",
        entry="thief",
    )
    done = with_lead.run("add", "B")
    assert done.returncode == 1
    assert "thief" in done.stderr
    assert "json" in done.stderr
    assert bytes_of(with_lead.folder) == before
    with_lead.environment["CRMCORE_DISABLE"] = "thief"
    with_lead("add", "B")


def test_a_blocked_plugin_never_runs(with_lead, with_plugin) -> None:
    with_plugin("import pathlib; pathlib.Path('ran').write_text('x')")
    with_lead.environment["CRMCORE_DISABLE"] = "bad"
    assert "blocked" in with_lead("plugins")
    assert not (with_lead.folder / "ran").exists()
    with_lead.environment["CRMCORE_DISABLE"] = ""
    with_lead("list")
    assert (with_lead.folder / "ran").exists()


def test_hostile_text_reaches_no_terminal_and_no_spreadsheet(shell) -> None:
    ugly = "[/red]\x1b[2J\u202egnp.exe\r\n=cmd|' /C calc'!A0"
    lead = shell("add", "=HYPERLINK(1)", "--set", f"remarks={ugly}", "--format", "ids").strip()
    for words in (["show", lead], ["list"], ["list", "--format", "csv", "--columns", "remarks"],
                  ["history", lead], ["list", "[/red]"]):  # fmt: skip
        printed = shell(*words)
        assert "\x1b[2J" not in printed
    assert "'=HYPERLINK(1)" in shell("list", "--format", "csv")
    assert "\u202e" not in shell("show", lead)


def test_outside_a_workspace_the_way_in_is_said(tmp_path, shell) -> None:
    (tmp_path / "crm.toml").unlink()
    assert "crmcore init" in shell("list", code=2)
    assert "crmcore" in shell("--help")
    assert shell("--store", "memory:", "list") is not None


def test_without_a_terminal_the_board_is_a_table(shell) -> None:
    assert "线索获取" in shell("board")
    assert "Screening" in shell("--lang", "en", "board")


def test_a_closed_pipe_is_no_error(with_lead) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "crmcore", "fields"],
        cwd=with_lead.folder,
        stdout=writer,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writer)
    assert b"Traceback" not in done.stderr
