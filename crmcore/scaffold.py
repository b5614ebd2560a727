"""A new plugin's distribution, written from the templates that crmcore brings along."""

from __future__ import annotations

import keyword
import re
import shutil
import tempfile
from collections.abc import Mapping
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from attrs import frozen

from crmcore.apiversion import API_VERSION
from crmcore.errors import UsageError
from crmcore.hookspecs import PROJECT

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST = 40
_BOARD = f"{PROJECT}.tui"


@frozen
class PluginKind:
    """A kind of plugin: what it is called, and how its users use it, as Markdown."""

    what: str
    use: str
    board: bool = False


def _picked(key: str, what: str) -> str:
    return f'`{key} = "{{{{name}}}}"` in `crm.toml` picks {what}.'


KINDS: Mapping[str, PluginKind] = {
    "grader": PluginKind("A grader", "`crmcore grade ID` grades with it, and says by which rules."),
    "store": PluginKind("A store", "`crmcore --store {{scheme}}:crm.{{scheme}} list` uses it."),
    "ids": PluginKind("Customer numbers", _picked("id_scheme", "them")),
    "notifier": PluginKind(
        "A notification channel", '`notify = ["inbox", "{{name}}"]` in `crm.toml` sends by it.'
    ),
    "importer": PluginKind("An importer", "`crmcore import customers.{{scheme}}` reads by it."),
    "exporter": PluginKind("An exporter", "`crmcore export customers.{{scheme}}` writes by it."),
    "report": PluginKind("A report", "`crmcore report {{name}}` shows it."),
    "reminder": PluginKind("A reminder", "`crmcore due` shows what it finds."),
    "assigner": PluginKind("An assigner", _picked("assigner", "it") + " `crmcore assign` asks it."),
    "calendar": PluginKind("Working days", _picked("calendar", "them")),
    "pipeline": PluginKind("A pipeline", _picked("pipeline", "it for new customers")),
    "check": PluginKind("A check", "Every change is shown to it before it is stored."),
    "command": PluginKind("A command", "`crmcore {{name}}` runs it."),
    "panel": PluginKind(
        "A board panel", "The key `\\` on the board shows it beside the cards.", board=True
    ),
    "badge": PluginKind("A card badge", "The board's cards carry it.", board=True),
    "action": PluginKind(
        "A board action", "The command palette of the board (ctrl+p) has it.", board=True
    ),
}


def new_plugin(name: str, kind: str, parent: Path) -> Path:
    """Write the distribution of a plugin called *name* into a new folder in *parent*; returns the folder.

    All of it or nothing. Raises UsageError for a name that cannot be one or is taken, for a kind there is
    none of, and where the folder is there already.
    """
    if kind not in KINDS:
        raise UsageError(f"There is no kind {kind!r}; the kinds are {', '.join(KINDS)}.")
    words = _words(name, kind)
    folder = parent / words["dist"]
    if not parent.is_dir():
        raise UsageError(f"There is no folder {parent}. Make it first, or name another by --in.")
    if folder.exists() or folder.is_symlink():
        raise UsageError(f"{folder} exists already. Nothing was written; name another by --in.")
    beside = Path(tempfile.mkdtemp(prefix=f".{words['dist']}-", dir=parent))
    try:
        for path, text in _texts(kind, words).items():
            (beside / path).parent.mkdir(parents=True, exist_ok=True)
            (beside / path).write_text(text, "utf-8", newline="\n")
        beside.chmod(0o755)  # mkdtemp's is for the owner alone
        beside.rename(folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return folder


def _words(name: str, kind: str) -> dict[str, str]:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise UsageError(
            f"{name[:60]!r} is no name for a plugin: small letters, digits and single hyphens, a letter "
            f"first, at most {_LONGEST} characters, as in medical-grades."
        )
    key = name.replace("-", "_")
    module = f"{PROJECT}_{key}"
    if keyword.iskeyword(name):
        raise UsageError(f"{name!r} is a word of Python's; choose another name.")
    if find_spec(module) is not None:
        raise UsageError(f"A package {module} is installed already; choose another name.")
    about = KINDS[kind]
    loaded = f"{module}.board" if about.board else module
    words = {
        "name": name,
        "dist": f"{PROJECT}-plugin-{name}",
        "module": module,
        "scheme": name.replace("-", ""),
        "prefix": name.split("-")[0].upper()[:8],
        "title": name.replace("-", " ").capitalize(),
        "what": about.what,
        "group": _BOARD if about.board else PROJECT,
        "loaded": loaded,
        "requires": f"{PROJECT}[tui]" if about.board else PROJECT,
        "source": f"src/{loaded.replace('.', '/')}{'.py' if about.board else '/__init__.py'}",
        "api": API_VERSION,
    }
    return {**words, "use": _filled(about.use, words)}


def _texts(kind: str, words: Mapping[str, str]) -> dict[str, str]:
    home = files("crmcore.templates") / "plugin"

    def made(*names: str) -> str:
        return _filled(home.joinpath(*names).read_text("utf-8"), words)

    module = words["module"]
    texts = {
        "pyproject.toml": made("common", "pyproject.toml.in"),
        "README.md": made("common", "README.md.in"),
        ".gitignore": made("common", "gitignore.in"),
        ".github/workflows/test.yml": made("common", "ci.yml.in"),
        f"src/{module}/py.typed": "",
        f"tests/test_{module.removeprefix(PROJECT + '_')}.py": made("kinds", f"{kind}.test.in"),
    }
    if KINDS[kind].board:
        texts[f"src/{module}/__init__.py"] = f'"""{words["what"]} for crmcore: see `board`."""\n'
    return {**texts, words["source"]: made("kinds", f"{kind}.py.in")}


def _filled(text: str, words: Mapping[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(f"{{{{{word}}}}}", value)
    return text
