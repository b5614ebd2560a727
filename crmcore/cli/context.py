"""What every command shares: the workspace, opened when it is first needed."""

from __future__ import annotations

import locale
import os
from datetime import UTC
from functools import cached_property
from pathlib import Path

import click
from attrs import evolve

from crmcore.bootstrap import load_plugins, open_crm, workspace_config
from crmcore.config import Config
from crmcore.crm import Crm
from crmcore.dialect import Dialect
from crmcore.errors import ConfigError, UsageError
from crmcore.host import PluginHost
from crmcore.text import one_line
from crmcore.wording import LANGUAGES, Language, Text


class App:
    """One run of the command line."""

    def __init__(
        self,
        workspace: Path | None = None,
        store: str | None = None,
        lang: str | None = None,
        actor: str | None = None,
        *,
        plugins: bool = True,
    ) -> None:
        self.workspace = workspace
        self._store = store
        self._lang = lang or os.environ.get("CRMCORE_LANG")
        self._actor = actor
        self._plugins = plugins

    def options(self) -> list[str]:
        """The options that make another run of the command line work on the same workspace."""
        given = {
            "--workspace": None if self.workspace is None else str(self.workspace),
            "--store": self._store,
            "--lang": self._lang if self._lang in LANGUAGES else None,
            "--actor": self._actor,
        }
        options = [f"{name}={value}" for name, value in given.items() if value is not None]
        return options if self._plugins else [*options, "--no-plugins"]

    @property
    def language(self) -> Language:
        """The language asked for, else that of the machine."""
        word = self._lang or locale.getlocale()[0] or os.environ.get("LANG", "")
        return "zh" if word.lower().startswith(("zh", "chinese")) else "en"

    @cached_property
    def config(self) -> Config:
        """The workspace's config. Raises ConfigError where there is none."""
        config = workspace_config(self.workspace, self._store)
        if self._lang or not (config.directory / "crm.toml").is_file():
            config = evolve(config, language=self.language)
        if self._lang:  # what is asked for now counts before what the board was told once
            config = evolve(config, board=evolve(config.board, language=self.language))
        return config

    @cached_property
    def host(self) -> PluginHost:
        """The plugins, by the workspace's config where there is one."""
        try:
            config = self.config
        except ConfigError:
            config = Config(language=self.language)
        return load_plugins(config, plugins=self._plugins)

    @cached_property
    def crm(self) -> Crm:
        """The open workspace."""
        return open_crm(config=self.config, host=self.host, actor=self._actor)

    @property
    def dialect(self) -> Dialect:
        """How values are read and shown."""
        return self.crm.dialect

    @property
    def words(self) -> Dialect:
        """The language of this run, known before the workspace is opened; its other habits are not."""
        if "config" not in self.__dict__:
            return Dialect(self.language, UTC)
        language = self.config.language
        translation = self.config.translation_to(language)
        return Dialect("zh" if language == "zh" else "en", UTC, translation=translation)

    def say(self, zh: str, en: str, /, **values: object) -> str:
        """The wording in the language of this run, its `{name}` places filled with *values*."""
        return self.words.say(Text(zh, en).with_(**values))

    def close(self) -> None:
        """Close the workspace, and show what went wrong without stopping anything."""
        if "crm" in self.__dict__:
            warnings = dict.fromkeys(self.crm.warnings)
            self.crm.close()
            for warning in warnings:
                click.echo(f"Warning: {one_line(warning)}", err=True)


pass_app = click.make_pass_decorator(App)


def assignments(pairs: tuple[str, ...]) -> dict[str, str]:
    """`--set field=value` options as a mapping. Raises UsageError."""
    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"--set wants field=value, not {pair!r}.")
        values[name.strip()] = value
    return values


set_option = click.option(
    "--set", "pairs", multiple=True, metavar="FIELD=VALUE", help="Fill in a field; repeatable."
)
