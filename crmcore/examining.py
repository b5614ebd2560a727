"""Examining the plugins: what each of them offers, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from attrs import frozen

from crmcore import answers
from crmcore.catalogue import Catalogue
from crmcore.channels import troubles
from crmcore.discovery import PluginInfo
from crmcore.errors import CrmError
from crmcore.hookcalls import HookFailure
from crmcore.query import Query
from crmcore.screens import screens
from crmcore.text import one_line

if TYPE_CHECKING:
    from crmcore.crm import Crm
    from crmcore.host import PluginHost

PROBED = 50
"""On how many customers the graders are tried."""


@frozen
class Examined:
    """One plugin: `offers` are the names of what it brings, by what people call such things."""

    info: PluginInfo
    offers: Mapping[str, tuple[str, ...]]
    failures: tuple[HookFailure, ...]


def examine(
    host: PluginHost, crm: Callable[[], Crm]
) -> tuple[tuple[Examined, ...], tuple[HookFailure, ...]]:
    """Every plugin that was met, and all the failures there are, those of no plugin included."""
    failed = tuple(failures(host, crm))
    offers = _offers(host)
    plugins = tuple(
        Examined(
            info,
            offers.get(info.name, {}),
            tuple(failure for failure in failed if failure.plugin == info.name),
        )
        for info in host.plugins
    )
    return plugins, failed


def failures(host: PluginHost, crm: Callable[[], Crm]) -> Iterator[HookFailure]:
    """What fails when every plugin is asked for what it offers and the graders are tried.

    *crm* opens the workspace, whose customers they are tried on; that it cannot be opened is told,
    too.
    """
    for _, ask in _catalogues(host):
        try:
            ask()
        except CrmError as error:
            yield HookFailure(getattr(error, "plugin", ""), "", one_line(str(error)))
    try:
        workspace = crm()
        _try_graders(host, workspace)
        yield from troubles(workspace)
        screens().examine(workspace)
    except CrmError as error:
        yield HookFailure("", "", one_line(str(error)))
    yield from host.failures


def _try_graders(host: PluginHost, crm: Crm) -> None:
    """Have every grader speak on some customers; what fails is kept by the host."""
    customers = crm.page(Query(limit=PROBED)).customers
    for grader in host.graders():
        host.opinions(grader, customers, crm.clock(), crm.config.grading.seconds)


def _offers(host: PluginHost) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for hook, ask in _catalogues(host):
        try:
            offers = ask().offers
        except CrmError:
            continue
        for offer in offers:
            kinds = found.setdefault(offer.plugin, {})
            kinds[hook.what] = (*kinds.get(hook.what, ()), offer.name)
    return found


def _catalogues(
    host: PluginHost,
) -> tuple[tuple[answers.Hook, Callable[[], Catalogue[Any]]], ...]:
    return (
        (answers.FIELDS, host.fields),
        (answers.PIPELINES, host.pipelines),
        (answers.ID_SCHEMES, host.id_schemes),
        (answers.STORES, host.stores),
        (answers.GRADERS, host.graders),
        (answers.GRADER_FORMATS, host.grader_formats),
        (answers.ASSIGNERS, host.assigners),
        (answers.CALENDARS, host.calendars),
        (answers.REMINDERS, host.reminders),
        (answers.NOTIFIERS, host.notifiers),
        (answers.IMPORTERS, host.importers),
        (answers.EXPORTERS, host.exporters),
        (answers.REPORTS, host.reports),
        (answers.COMMANDS, host.commands),
    )
