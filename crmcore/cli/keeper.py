"""What the verbs that look after stores share: opening one by its address, saying sizes and times."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crmcore.cli.context import App
from crmcore.text import one_line

if TYPE_CHECKING:
    from datetime import datetime

    from crmcore.codec import Codec
    from crmcore.storage.address import Address
    from crmcore.storage.base import Store


class Keeper:
    """Opens stores by the fields of this workspace, without what only selling needs."""

    def __init__(self, app: App) -> None:
        from crmcore.codec import Codec
        from crmcore.fields import FieldCatalogue

        self.app = app
        self.codec: Codec = Codec(FieldCatalogue(app.host.fields().values))

    @property
    def url(self) -> str:
        """The workspace's store."""
        return self.app.config.store

    @property
    def folder(self) -> Path:
        """Where relative addresses start: the workspace, else here."""
        from crmcore.errors import ConfigError

        try:
            return self.app.config.directory
        except ConfigError:
            return self.app.workspace or Path.cwd()

    def address(self, url: str) -> Address:
        """*url* taken apart. Raises ConfigError."""
        from crmcore.storage.address import parse_address

        return parse_address(url, self.folder)

    def kind(self, url: str) -> Any:
        """The kind of store at *url*. Raises NotFoundError for one that nobody offers."""
        return self.app.host.stores().named(self.address(url).scheme)

    def open(self, url: str) -> Store:
        """The store at *url*; the caller closes it. Raises StoreError."""
        opened: Store = self.kind(url).open(self.address(url), self.codec)
        return opened

    @contextmanager
    def opened(self) -> Iterator[Store]:
        """The workspace's store, closed at the end, its warnings shown."""
        with self.open(self.url) as store:
            yield store
        for warning in dict.fromkeys(store.warnings):
            click.echo(f"Warning: {one_line(warning)}", err=True)

    def path(self, url: str) -> Path | None:
        """The file that *url* may name."""
        from crmcore.errors import ConfigError

        address = self.address(url)
        with suppress(ConfigError):
            return None if address.rest.startswith("//") else address.path
        return None


def when(app: App, moment: datetime) -> str:
    """*moment* in the workspace's zone."""
    from crmcore.moments import show_moment

    return show_moment(moment, app.config.dialect.zone)


def now() -> datetime:
    """The present moment."""
    from crmcore.moments import system_clock

    return system_clock()


def size(count: int) -> str:
    """So many bytes, in words."""
    amount, unit = float(count), "B"
    for larger in ("KB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
