"""Notifications kept in files: an inbox that can be read back, and a log for other programs."""

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
    """`inbox` and `log-file`; `[plugin.notify] log_file` moves the latter."""
    from crmcore_notify.lines import NotificationFile

    log_file = config.settings("notify").get("log_file", LOG_FILE)
    if not isinstance(log_file, str) or not log_file or "\0" in log_file:
        raise ConfigError(
            f'[plugin.notify] log_file must be a file name in quotes, as in "{LOG_FILE}", '
            f"not {log_file!r}."
        )
    inbox = NotificationFile(config.directory / INBOX_FILE)
    log = NotificationFile(config.directory / log_file)
    return [
        Notifier("inbox", Text("收件箱", "Inbox"), inbox.add_once, inbox.recent),
        Notifier("log-file", Text("日志文件", "Log file"), log.add),
    ]


@hookimpl
def crm_commands() -> list[Command]:
    """`crmcore inbox`."""
    return [Command("inbox", Text("最新通知", "Show the newest notifications"), _inbox_command)]


def _inbox_command() -> Any:
    from crmcore_notify.command import inbox

    return inbox
