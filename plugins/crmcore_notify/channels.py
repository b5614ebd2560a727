"""The channels that `[notify.channels.NAME]` describes, by their type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from attrs import field, frozen

from crmcore.dialect import Dialect
from crmcore.errors import ConfigError, CrmError, RefusedError
from crmcore.hooktypes import Notification, Notifier
from crmcore.moments import show_moment
from crmcore.text import clean, did_you_mean, one_line
from crmcore.wording import Text
from crmcore_notify.secret import Secret, is_reference, redacted
from crmcore_notify.settings import ChannelRules, Rules, known_options

TYPES: Mapping[str, Text] = {
    "email": Text("电子邮件", "E-mail"),
    "webhook": Text("Webhook", "Webhook"),
    "desktop": Text("桌面通知", "Desktop"),
    "apprise": Text(
        "Apprise（企业微信、钉钉、飞书等）", "Apprise: WeCom, DingTalk, Feishu and others"
    ),
}
_NUMBER = Text("客户编号：{id}", "Customer: {id}")
_TIME = Text("时间：{when}", "Time: {when}")


class DeliveryError(CrmError):
    """A channel could not send; the message holds no secret."""


@frozen
class Settings:
    """What the table of one channel says, asked for option by option; each asking raises ConfigError.

    `secrets` are those that were asked for: nothing the channel says may hold one.
    """

    rules: ChannelRules
    all: Rules
    secrets: set[Secret] = field(factory=set)

    @property
    def where(self) -> str:
        """The table, as people write it."""
        return f"[notify.channels.{self.rules.name}]"

    def known(self, *options: str) -> None:
        """Refuse options that are none of these."""
        known_options(self.rules.options, options, self.where)

    def text(self, key: str, default: str | None = None) -> str:
        """The text of an option, which must be there unless there is a *default*."""
        value = self.rules.options.get(key, default)
        if not isinstance(value, str) or (not value and default is None):
            raise ConfigError(f"{self.where} needs {key}, as text in quotes.")
        return value

    def number(self, key: str, default: int) -> int:
        """A whole number above 0."""
        value = self.rules.options.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
            raise ConfigError(f"{key} in {self.where} is a whole number above 0.")
        return value

    def flag(self, key: str) -> bool:
        """Whether an option is switched on."""
        value = self.rules.options.get(key, False)
        if not isinstance(value, bool):
            raise ConfigError(f"{key} in {self.where} is true or false.")
        return value

    def secret(self, key: str) -> Secret | None:
        """An option that says where a secret is; None where there is none."""
        if key not in self.rules.options:
            return None
        return self.keep(Secret(self.text(key), f"{key} in {self.where}"))

    def keep(self, secret: Secret) -> Secret:
        """*secret*, of which nothing this channel says will hold anything."""
        self.secrets.add(secret)
        return secret

    def own_address(self, to: str) -> str | None:
        """Where this channel reaches *to*, as their own table has it."""
        return self.all.owner(to).address.get(self.rules.name)

    def place(self, written: str, what: str) -> str:
        """*written*, or what is kept where it says."""
        return self.keep(Secret(written, what)).reveal() if is_reference(written) else written

    def worded(self, note: Notification) -> tuple[str, str]:
        """The title, a line, and the body of *note* in the words of whom it is for."""
        dialect: Dialect = self.all.dialect_of(note.to)
        title, body = one_line(dialect.say(note.title)), clean(dialect.say(note.body))
        when = show_moment(note.at, self.all.zone_of(note.to))
        facts = [dialect.say(_TIME.with_(when=when))]
        if note.customer_id:
            facts.insert(0, dialect.say(_NUMBER.with_(id=one_line(note.customer_id))))
        return title, "\n".join([body, "", *facts])


Send = Callable[[Notification], None]
Make = Callable[[Settings], Send]


def channels(rules: Rules) -> list[Notifier]:
    """The notifiers of all tables that have a type, or a problem."""
    return [_channel(rules, each) for each in rules.channels.values() if each.type or each.problem]


def _channel(rules: Rules, each: ChannelRules) -> Notifier:
    settings = Settings(each, rules)
    try:
        if each.problem:
            raise ConfigError(each.problem)
        send = _guarded(_make(each.type, settings), settings)
        problem = ""
    except ConfigError as error:
        send, problem = _refusing(error), str(error)
    label = TYPES.get(each.type, Text(each.name, each.name))
    return Notifier(each.name, label, send, trouble=lambda: problem)


def _make(kind: str, settings: Settings) -> Send:
    if kind not in TYPES:
        hint = did_you_mean(kind, TYPES) or f"there are {', '.join(TYPES)}."
        raise ConfigError(f"{settings.where} has the type {kind!r}; {hint}")
    make: Make = import_module(f"crmcore_notify.by_{kind}").sender
    return make(settings)


def _refusing(error: ConfigError) -> Send:
    def send(note: Notification) -> None:
        raise error

    return send


def _guarded(send: Send, settings: Settings) -> Send:
    """*send*, whose errors hold none of the channel's secrets, neither in words nor in their causes."""

    def guarded(note: Notification) -> None:
        told: CrmError
        try:
            send(note)
            return
        except RefusedError as error:
            told = RefusedError(redacted(str(error), settings.secrets))
        except CrmError as error:
            told = DeliveryError(redacted(str(error), settings.secrets))
        except Exception as error:
            line = f"{type(error).__name__}: {error}"
            told = DeliveryError(redacted(line, settings.secrets))
        raise told

    return guarded
