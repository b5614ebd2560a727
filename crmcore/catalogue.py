"""What plugins offer, by name: who offers it, who disputes it, and what to say when it is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar

from attrs import frozen

from crmcore.errors import NotFoundError, PluginConflictError
from crmcore.text import did_you_mean

T = TypeVar("T")

CORE = "crmcore"
"""The provider of what the core itself offers."""


@frozen
class Offer(Generic[T]):
    """One value under its name, and the plugin that gave it."""

    name: str
    value: T
    plugin: str


class Catalogue(Generic[T]):
    """The values of one catalogue hook, in the order of (tryfirst/trylast, plugin name).

    A name that several plugins offer is nobody's: it is left out of `values`, told in `problems`,
    and asking for it raises PluginConflictError.
    """

    def __init__(self, what: str, offers: Sequence[Offer[T]], broken: str = "") -> None:
        self._what = what
        self._broken = broken
        self.offers: tuple[Offer[T], ...] = tuple(offers)
        by_name: dict[str, list[Offer[T]]] = {}
        for offer in self.offers:
            by_name.setdefault(offer.name, []).append(offer)
        self._agreed = {name: found[0] for name, found in by_name.items() if len(found) == 1}
        self._disputed = {
            name: tuple(offer.plugin for offer in found)
            for name, found in by_name.items()
            if len(found) > 1
        }
        self.agreed: tuple[Offer[T], ...] = tuple(self._agreed.values())
        self.values: tuple[T, ...] = tuple(offer.value for offer in self.agreed)
        self.names: tuple[str, ...] = tuple(self._agreed)
        self.problems: tuple[str, ...] = tuple(map(self._dispute, self._disputed))

    def __iter__(self) -> Iterator[T]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)

    def __contains__(self, name: str) -> bool:
        return name in self._agreed

    def offer(self, name: str) -> Offer[T]:
        """The value called *name* and its provider.

        Raises PluginConflictError when several plugins offer it, NotFoundError with the nearest
        names, and the plugins that failed, when none does.
        """
        if found := self._agreed.get(name):
            return found
        if name in self._disputed:
            raise PluginConflictError(self._disputed[name][0], self._dispute(name))
        hint = did_you_mean(name, self.names, " Did you mean")
        known = f" Known: {', '.join(self.names)}." if self.names else " None is offered."
        raise NotFoundError(f"There is no {self._what} {name!r}.{hint}{known}{self.excuse}")

    def named(self, name: str) -> T:
        """The value called *name*. Raises what `offer` raises."""
        return self.offer(name).value

    def provider(self, value: T) -> str:
        """The plugin that offers exactly *value*; "" for one that is not from here."""
        return next((offer.plugin for offer in self.offers if offer.value is value), "")

    @property
    def excuse(self) -> str:
        """Which plugins failed, as the likely cause of something missing; "" when none did."""
        return (
            f" Plugins that failed, one of which may offer it: {self._broken}."
            if self._broken
            else ""
        )

    def _dispute(self, name: str) -> str:
        plugins = self._disputed[name]
        whose = " and ".join(f"plugin {plugin}" for plugin in dict.fromkeys(plugins))
        if len(set(plugins)) == 1:
            return f"The {self._what} {name!r} is offered twice by {whose}. Rename one of the two."
        others = [plugin for plugin in plugins if plugin != CORE]
        return (
            f"The {self._what} {name!r} is offered by {whose}. "
            f'Leave one out in crm.toml: disable = ["{others[-1]}"].'
        )
