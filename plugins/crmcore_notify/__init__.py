"""Notifications: an inbox, a log, and channels that `crmcore notify run` sends by until they take it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcore import hookimpl
from crmcore.errors import ConfigError
from crmcore.hooktypes import Command, Notifier
from crmcore.wording import Text

if TYPE_CHECKING:
    from crmcore.config import Config

INBOX_FILE = "inbox.jsonl"
LOG_FILE = "notifications.log"


@hookimpl
def crm_notifiers(config: Config) -> list[Notifier]:
    """`inbox`, `log-file` (`[plugin.notify] log_file` moves it) and those of `[notify.channels]`."""
    from crmcore_notify.lines import NotificationFile

    log_file = config.settings("notify").get("log_file", LOG_FILE)
    if not isinstance(log_file, str) or not log_file or "\0" in log_file:
        raise ConfigError(
            f'[plugin.notify] log_file must be a file name in quotes, as in "{LOG_FILE}", '
            f"not {log_file!r}."
        )
    inbox = NotificationFile(config.directory / INBOX_FILE)
    log = NotificationFile(config.directory / log_file)

    def not_sent() -> str:  # by any channel, a stranger's too: it is told where people look
        from crmcore_notify.health import trouble_of

        return trouble_of(config)

    own = [
        Notifier("inbox", Text("收件箱", "Inbox"), inbox.add_once, inbox.recent, True, not_sent),
        Notifier("log-file", Text("日志文件", "Log file"), log.add, at_once=True),
    ]
    return [*own, *_configured(config)] if config.notify_settings else own


def _configured(config: Config) -> list[Notifier]:
    from crmcore_notify.channels import channels
    from crmcore_notify.settings import read_rules

    try:
        return channels(read_rules(config))
    except ConfigError as error:
        return [_wrong(str(error))]


def _wrong(message: str) -> Notifier:
    """Stands where the channels would be, and tells why they are not."""

    def send(note: object) -> None:
        raise ConfigError(message)

    return Notifier("[notify]", Text("设置有误", "Wrong settings"), send, trouble=lambda: message)


@hookimpl
def crm_commands() -> list[Command]:
    """`crmcore inbox` and `crmcore notify`."""
    return [
        Command("inbox", Text("最新通知", "Show the newest notifications"), _inbox_command),
        Command("notify", Text("发送通知", "Send notifications"), _notify_command),
    ]


def _inbox_command() -> Any:
    from crmcore_notify.command import inbox

    return inbox


def _notify_command() -> Any:
    from crmcore_notify.sending import notify

    return notify
