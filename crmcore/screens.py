"""The screens, where they are installed: found by their entry point, never imported by name."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points
from types import ModuleType

from crmcore.errors import ConfigError


def screens() -> ModuleType:
    """The module that shows the board: `run`, `serve` and `examine`. Raises ConfigError without one."""
    points = list(entry_points(group="crmcore.ui", name="board"))
    try:
        return import_module(points[0].module)
    except (IndexError, ImportError) as error:
        raise not_installed("tui") from error


def not_installed(extra: str) -> ConfigError:
    """What to say where *extra* is missing."""
    what = {"tui": "The board", "web": "The board in a browser"}[extra]
    return ConfigError(f'{what} is not installed: pip install "crmcore[{extra}]".')
