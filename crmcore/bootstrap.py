"""The one place where a workspace is wired: config, plugins, store, façade."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

from attrs import evolve

from crmcore.codec import Codec
from crmcore.config import Config, environment_list, find_workspace, load_config
from crmcore.crm import Crm
from crmcore.errors import ConfigError
from crmcore.fields import FieldCatalogue
from crmcore.host import PluginHost
from crmcore.moments import Clock, system_clock
from crmcore.storage.address import parse_address


def workspace_config(directory: Path | None, url: str | None) -> Config:
    """The config of the workspace at or above *directory*; with a *url*, one is not required.

    Raises ConfigError when there is no workspace and no url.
    """
    start = Path.cwd() if directory is None else directory
    if not start.is_dir():
        raise ConfigError(
            f"{start} is not a folder. `crmcore -C DIR init` makes a workspace there."
        )
    found = find_workspace(start) if directory is None else start
    if found is None or not (found / "crm.toml").is_file():
        if url is None:
            raise ConfigError(
                f"There is no crmcore workspace in {start}. `crmcore init` makes one here; "
                "-C DIR names another folder."
            )
        return Config(store=url, directory=start)
    config = load_config(found)
    return config if url is None else evolve(config, store=url)


def load_plugins(config: Config, *, plugins: bool = True) -> PluginHost:
    """The plugins this workspace may use, by its config and the environment.

    `CRMCORE_PLUGINS` is an allow-list, `CRMCORE_DISABLE` adds to the config's `disable`,
    `CRMCORE_TRACE=1` prints each hook call to standard error.
    """
    allow = environment_list("CRMCORE_PLUGINS") if plugins else ()
    disable = (*config.disable, *(environment_list("CRMCORE_DISABLE") or ()))
    trace = os.environ.get("CRMCORE_TRACE") == "1"
    return PluginHost.load(config, allow=allow, disable=disable, trace=trace)


def open_crm(
    url: str | None = None,
    *,
    directory: Path | None = None,
    clock: Clock = system_clock,
    actor: str | None = None,
    config: Config | None = None,
    host: PluginHost | None = None,
    plugins: bool = True,
) -> Crm:
    """A façade over the store of *config*, or of the workspace found; the caller closes it."""
    config = config or workspace_config(directory, url)
    host = host or load_plugins(config, plugins=plugins)
    address = parse_address(config.store, config.directory)
    codec = Codec(FieldCatalogue(host.fields().values))
    store = host.stores().named(address.scheme).open(address, codec)
    try:
        return Crm(store, host, config, clock, actor or config.actor or login_name())
    except BaseException:
        store.close()
        raise


def login_name() -> str:
    """Who is at the keyboard, as far as the machine knows."""
    if name := os.environ.get("CRMCORE_ACTOR"):
        return name
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"
