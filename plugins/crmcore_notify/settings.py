"""What the table `[notify]` of crm.toml says: channels, whose messages go where, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import tzinfo
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import Factory, field, frozen

from crmcore.config import Config
from crmcore.dialect import Dialect
from crmcore.errors import ConfigError
from crmcore.text import did_you_mean
from crmcore_notify.hours import Digest, Quiet, read_time

T = TypeVar("T")
When = Digest | None


@frozen
class ChannelRules:
    """`[notify.channels.NAME]`, but for what its type understands, which is in `options`.

    `events` and `owners` are all it takes, everything where they are None; `timeout` is in seconds.
    `problem` is what is wrong with the table, "" for nothing.
    """

    name: str
    type: str = ""
    events: tuple[str, ...] | None = None
    owners: tuple[str, ...] | None = None
    quiet: tuple[Quiet | None, ...] = ()
    digest: tuple[When, ...] = ()
    timeout: float = 10.0
    options: Mapping[str, Any] = field(factory=dict, repr=False)
    problem: str = ""


@frozen
class OwnerRules:
    """`[notify.owners.NAME]`; `address` is where a channel reaches them, by the channel's name.

    A setting that can be "off" is a tuple: empty where nothing is said.
    """

    channels: tuple[str, ...] | None = None
    events: tuple[str, ...] | None = None
    email: str = ""
    address: Mapping[str, str] = Factory(dict)
    language: str = ""
    zone: tzinfo | None = None
    quiet: tuple[Quiet | None, ...] = ()
    digest: tuple[When, ...] = ()
    digests: Mapping[str, tuple[When, ...]] = Factory(dict)


@frozen
class Rules:
    """All of `[notify]`: the same questions are answered by the owner, the channel, the workspace."""

    use: tuple[str, ...]
    dialect: Dialect
    reminders: bool = False
    quiet: tuple[Quiet | None, ...] = ()
    digest: tuple[When, ...] = ()
    channels: Mapping[str, ChannelRules] = Factory(dict)
    owners: Mapping[str, OwnerRules] = Factory(dict)
    dialects: Mapping[str, Dialect] = Factory(dict)

    def owner(self, name: str) -> OwnerRules:
        """The rules of one person."""
        return self.owners.get(name, OwnerRules())

    def channel(self, name: str) -> ChannelRules:
        """The rules of one channel."""
        return self.channels.get(name, ChannelRules(name))

    def route(self, kind: str, to: str) -> tuple[str, ...]:
        """The channels by which *to* hears of what is of this *kind*."""
        owner = self.owner(to)
        if owner.events is not None and kind not in owner.events:
            return ()
        wanted = self.use if owner.channels is None else owner.channels
        return tuple(name for name in dict.fromkeys(wanted) if self._takes(name, kind, to))

    def _takes(self, name: str, kind: str, to: str) -> bool:
        rules = self.channel(name)
        return (rules.events is None or kind in rules.events) and (
            rules.owners is None or to in rules.owners
        )

    def quiet_of(self, channel: str, to: str) -> Quiet | None:
        """The hours in which *channel* leaves *to* alone."""
        said = (*self.owner(to).quiet, *self.channel(channel).quiet, *self.quiet)
        return said[0] if said else None

    def digest_of(self, channel: str, to: str) -> Digest | None:
        """How *channel* joins the messages to *to*; None sends each by itself."""
        owner = self.owner(to)
        said = (
            *owner.digests.get(channel, ()),
            *owner.digest,
            *self.channel(channel).digest,
            *self.digest,
        )
        return said[0] if said else None

    def zone_of(self, to: str) -> tzinfo:
        """The time zone *to* lives in."""
        return self.owner(to).zone or self.dialect.zone

    def dialect_of(self, to: str) -> Dialect:
        """The language *to* reads."""
        return self.dialects.get(to, self.dialect)


_TOP = ("use", "reminders", "quiet", "digest", "channels", "owners")
_OWNER = ("channels", "events", "email", "address", "language", "timezone", "quiet", "digest")
_CHANNEL = ("type", "events", "owners", "quiet", "digest", "timeout")


def read_rules(config: Config) -> Rules:
    """What *config* says. Raises ConfigError; a channel's own mistakes stand in its `problem`."""
    table = config.notify_settings
    _known(table, _TOP, "[notify]")
    owners = {
        name: _owner(each, f'[notify.owners."{name}"]')
        for name, each in _tables(table, "owners", "[notify.owners]").items()
    }
    return Rules(
        config.notify,
        config.dialect,
        _a(bool, table.get("reminders", False), "reminders in [notify]", "true or false"),
        _quiet(table, "[notify]"),
        _digest(table, "[notify]"),
        {
            name: _channel(name, each)
            for name, each in _tables(table, "channels", "[notify.channels]").items()
        },
        owners,
        {n: config.dialect_in(owner.language) for n, owner in owners.items() if owner.language},
    )


def _channel(name: str, table: Mapping[str, Any]) -> ChannelRules:
    where = f"[notify.channels.{name}]"
    try:
        timeout = table.get("timeout", 10)
        if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or timeout <= 0:
            raise ConfigError(
                f"timeout in {where} is a number of seconds above 0, not {timeout!r}."
            )
        return ChannelRules(
            name,
            _a(str, table.get("type", ""), f"type in {where}", "text in quotes"),
            _names(table, "events", where),
            _names(table, "owners", where),
            _quiet(table, where),
            _digest(table, where),
            float(timeout),
            {key: value for key, value in table.items() if key not in _CHANNEL},
        )
    except ConfigError as error:
        return ChannelRules(name, problem=str(error))


def _owner(table: Mapping[str, Any], where: str) -> OwnerRules:
    _known(table, _OWNER, where)
    digests = table.get("digest", "")
    by_channel = digests if isinstance(digests, dict) else {}
    address = table.get("address", {})
    if not isinstance(address, dict) or not all(isinstance(v, str) for v in address.values()):
        raise ConfigError(f'address in {where} is a table, as in {{ mail = "a@example.com" }}.')
    return OwnerRules(
        _names(table, "channels", where),
        _names(table, "events", where),
        _a(str, table.get("email", ""), f"email in {where}", "text in quotes"),
        address,
        _a(str, table.get("language", ""), f"language in {where}", "text in quotes"),
        _zone(table, where),
        _quiet(table, where),
        () if by_channel else _digest(table, where),
        {name: _digest({"digest": each}, where) for name, each in by_channel.items()},
    )


def known_options(table: Mapping[str, Any], known: Iterable[str], where: str) -> None:
    """Raise ConfigError for an option of a channel that nobody knows."""
    _known(table, (*known, *_CHANNEL), where)


def _known(table: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in known:
            hint = did_you_mean(key, known) or f"known: {', '.join(known)}."
            raise ConfigError(f"Unknown setting {key!r} in {where}; {hint}")


def _tables(table: Mapping[str, Any], key: str, where: str) -> Mapping[str, Mapping[str, Any]]:
    found = table.get(key, {})
    if not isinstance(found, dict) or not all(isinstance(each, dict) for each in found.values()):
        raise ConfigError(f"{key} in [notify] are tables, as in {where[:-1]}.NAME].")
    return found


def _a(kind: type[T], value: Any, what: str, expected: str) -> T:
    if not isinstance(value, kind):
        raise ConfigError(f"{what} is {expected}.")
    return value


def _names(table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...] | None:
    names = table.get(key)
    if names is None:
        return None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ConfigError(f"{key} in {where} is a list of names in quotes.")
    return tuple(names)


def _quiet(table: Mapping[str, Any], where: str) -> tuple[Quiet | None, ...]:
    text = table.get("quiet")
    if text is None:
        return ()
    if text == "off":
        return (None,)
    try:
        start, end = (read_time(part) for part in str(text).split("-"))
    except ValueError:
        start = end = read_time("0:00")
    if start == end:
        raise ConfigError(
            f'quiet in {where} is "off" or hours such as "22:00-08:00", not {text!r}.'
        )
    return (Quiet(start, end),)


def _digest(table: Mapping[str, Any], where: str) -> tuple[When, ...]:
    text = table.get("digest")
    if text is None:
        return ()
    if text == "off":
        return (None,)
    if text == "hourly":
        return (Digest(),)
    try:
        return (Digest(read_time(str(text))),)
    except ValueError:
        raise ConfigError(
            f'digest in {where} is "off", "hourly" or a time such as "18:00", not {text!r}.'
        ) from None


def _zone(table: Mapping[str, Any], where: str) -> tzinfo | None:
    name = table.get("timezone")
    if name is None:
        return None
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            f"There is no time zone {name!r}; {where} names it. Write one such as Asia/Shanghai."
        ) from error
