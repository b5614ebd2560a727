"""The plugins: which are loaded, blocked or failed, what each offers, and what is wrong."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from crmcore.crm import Crm
from crmcore.examining import examine
from crmcore_tui import settingwordings as words
from crmcore_tui.keymap import EXAMINING, bindings
from crmcore_tui.plugintext import plugin_lines
from crmcore_tui.screens.reader import ReadScreen
from crmcore_tui.widgets.paper import Write


class PluginsScreen(ReadScreen):
    """Asks every plugin for what it offers and tries the graders, in a worker."""

    BINDINGS: ClassVar[list[Any]] = [*bindings(EXAMINING.keys)]

    def __init__(self, crm: Crm) -> None:
        super().__init__(
            crm,
            partial(self.say, words.PLUGINS_TITLE),
            self._examine,
            partial(self.say, words.PLUGIN_KEYS),
        )

    def _examine(self) -> Write:
        plugins, failures = examine(self.crm.host, lambda: self.crm)
        return partial(plugin_lines, plugins, failures, self.crm.dialect)

    def action_again(self) -> None:
        """Examine them again."""
        self.gather()
