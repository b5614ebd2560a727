"""Verbs that carry a store's whole past: into a backup, back from one, to another store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmcore.cli.context import App, pass_app
from crmcore.cli.keeper import Keeper, now, size, when

if TYPE_CHECKING:
    from crmcore.storage.base import Store


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@pass_app
def backup_command(app: App, file: Path, force: bool) -> None:
    """Write all of it, history included, to FILE; others may go on working meanwhile."""
    from crmcore.storage.backup import write_backup

    keeper = Keeper(app)
    with keeper.opened() as store:
        made = write_backup(store, file, keeper.codec, now(), force=force)
    bulk = size(file.stat().st_size)
    click.echo(
        app.say(
            "已备份到 {file}：版本 {revision}，{customers} 个客户，{bulk}。",
            "Backed up to {file}: revision {revision}, {customers} customers, {bulk}.",
            file=file,
            revision=made.revision,
            customers=made.customers,
            bulk=bulk,
        )
    )


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--force", is_flag=True, help="Even if changes are lost; what is there is kept aside."
)
@pass_app
def restore_command(app: App, file: Path, force: bool) -> None:
    """Put back what `store backup` wrote, from a store of any kind."""
    from crmcore.storage.backup import chronicle_of, read_backup

    keeper = Keeper(app)
    held = read_backup(file)
    with ExitStack() as stack:
        store, expected = _present(keeper, file, force, stack)
        store.rewrite(chronicle_of(file), keeper.codec, expected=expected)
    made = when(app, held.made_at)
    click.echo(
        app.say(
            "已恢复 {made} 的备份：版本 {revision}，{customers} 个客户。",
            "Restored the backup of {made}: revision {revision}, {customers} customers.",
            made=made,
            revision=held.revision,
            customers=held.customers,
        )
    )


def _present(keeper: Keeper, file: Path, force: bool, stack: ExitStack) -> tuple[Store, int]:
    """The store to restore into, and the revision it is at; what would be lost is kept aside first.

    Raises RefusedError unless nothing is lost or *force*.
    """
    from crmcore.errors import RefusedError, StoreError
    from crmcore.storage.backup import chronicle_of, write_backup
    from crmcore.storage.maintenance import free_name, not_held, set_aside

    app, today = keeper.app, now()
    stamp = f"before-restore-{today:%Y%m%d-%H%M%S}"
    aside: Path
    try:
        with ExitStack() as until_known:
            store = until_known.enter_context(keeper.open(keeper.url))
            expected = store.refresh()
            lost = not_held(store.chronicle(keeper.codec), chronicle_of(file), keeper.codec)
            if lost is not None and not force:
                raise RefusedError(
                    f"The store holds revision {lost}, which {file} does not; it is at revision "
                    f"{expected}. Nothing was changed; --force keeps it aside and goes on."
                )
            if lost is not None:
                name = (keeper.path(keeper.url) or keeper.folder / "crm").name
                aside = free_name(keeper.folder / f"{name}.backup", stamp)
                write_backup(store, aside, keeper.codec, today)
                _kept(app, aside)
            stack.enter_context(until_known.pop_all())
            return store, expected
    except StoreError as error:
        path = keeper.path(keeper.url)
        if not force or path is None:
            raise StoreError(
                f"What is there now cannot be read: {error} Nothing was changed; "
                + ("--force sets it aside and goes on." if path else "name another store.")
            ) from error
        aside = set_aside(path, stamp)
        _kept(app, aside)
    return stack.enter_context(keeper.open(keeper.url)), 0


def _kept(app: App, aside: Path) -> None:
    click.echo(
        app.say("原有内容保留在 {aside}", "What was there is kept in {aside}", aside=aside),
        err=True,
    )


@click.command("copy")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@pass_app
def copy_command(app: App, source: str, target: str) -> None:
    """Copy all of one store, history included, to a new one: json:crm.json sqlite:crm.db."""
    from crmcore.storage.maintenance import copy, shown_address

    keeper = Keeper(app)
    with _cleared(keeper, source), keeper.open(source) as held:
        with _cleared(keeper, target), keeper.open(target) as new:
            copy(held, new, keeper.codec)
        revision, where = new.revision, shown_address(target)
    click.echo(
        app.say(
            '已复制到 {where}：版本 {revision}。要改用它，在 crm.toml 里写 store = "{where}"',
            'Copied to {where}: revision {revision}. To use it, in crm.toml: store = "{where}"',
            where=where,
            revision=revision,
        )
    )


@contextmanager
def _cleared(keeper: Keeper, url: str) -> Iterator[None]:
    """Remove what opening *url* made where nothing was, if what it is opened for fails."""
    path = keeper.path(url)
    names = [] if path is None else [path.with_name(path.name + s) for s in _MADE]
    new = [name for name in names if not name.exists()]
    try:
        yield
    except BaseException:
        if path in new:
            for name in new:
                name.unlink(missing_ok=True)
        raise


_MADE = ("", ".log", ".lock", "-wal", "-shm", "-journal")
