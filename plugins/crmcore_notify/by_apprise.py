"""Messages by any of Apprise's services: WeCom, DingTalk, Feishu (Lark), Slack and a hundred others."""

from __future__ import annotations

from importlib.util import find_spec

from crmcore.errors import ConfigError, RefusedError
from crmcore.hooktypes import Notification
from crmcore_notify.channels import Send, Settings
from crmcore_notify.secret import Secret


def sender(settings: Settings) -> Send:
    """`type = "apprise"`: url, which says where an address of Apprise's is kept.

    Raises ConfigError also when Apprise is not installed.
    """
    settings.known("url")
    common = settings.secret("url")
    if not _installed():
        raise ConfigError(f"{settings.where} needs Apprise: install crmcore[apprise].")

    def send(note: Notification) -> None:
        import apprise

        url = _url(settings, note.to, common).reveal()
        service = apprise.Apprise.instantiate(url, suppress_exceptions=True)
        if service is None:
            raise ConfigError(
                f"url in {settings.where}: what is kept there is no address of Apprise's."
            )
        service.socket_connect_timeout = service.socket_read_timeout = settings.rules.timeout
        title, body = settings.worded(note)
        with apprise.LogCapture(level=apprise.logging.WARNING, fmt="%(message)s") as log:  # type: ignore[no-untyped-call]
            if not service.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT):
                raise OSError(log.getvalue().strip() or "the service did not take it")

    return send


def _installed() -> bool:
    try:
        return find_spec("apprise") is not None
    except ValueError:
        return False


def _url(settings: Settings, to: str, common: Secret | None) -> Secret:
    if own := settings.own_address(to):
        try:
            return settings.keep(Secret(own, f"the address of {to!r} for {settings.rules.name}"))
        except ConfigError as error:
            raise RefusedError(str(error)) from None
    if common is None:
        raise RefusedError(
            f"{settings.where} needs url, or {to!r} an address for {settings.rules.name} of their own."
        )
    return common
