"""Messages by e-mail: one a person, over TLS, its Message-ID the same each time it is sent."""

from __future__ import annotations

import re

from crmcore.errors import ConfigError, RefusedError
from crmcore.hooktypes import Notification
from crmcore_notify.channels import Send, Settings

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_HERE = ("localhost", "127.0.0.1", "::1")
_ADDRESS = re.compile(
    r"[^\s\x00-\x1f\x7f-\x9f@<>()\[\],:;\\\"]+@[^\s\x00-\x1f\x7f-\x9f@<>()\[\],:;\\\"]+"
)


def sender(settings: Settings) -> Send:
    """`type = "email"`: host, port, security, user, password, from, to, ca_file."""
    settings.known("host", "port", "security", "user", "password", "from", "to", "ca_file")
    host, security = settings.text("host"), settings.text("security", "starttls")
    if security not in _PORTS:
        raise ConfigError(f"security in {settings.where} is one of {', '.join(_PORTS)}.")
    port = settings.number("port", _PORTS[security])
    user, password = settings.text("user", ""), settings.secret("password")
    if bool(user) != bool(password):
        raise ConfigError(f"{settings.where} needs both user and password, or neither.")
    if user and security == "none" and host not in _HERE:
        raise ConfigError(
            f"{settings.where} would send a password to {host} for everybody to read; "
            'write security = "starttls" or "tls".'
        )
    origin = _address(settings.text("from"), f"from in {settings.where}")
    others, ca_file = settings.text("to", ""), settings.text("ca_file", "")
    if others:
        _address(others, f"to in {settings.where}")

    def send(note: Notification) -> None:
        # It takes longer to import than most commands take.
        from crmcore_notify.mailing import Server, mail, post

        target = _target(settings, note.to, others)
        message = mail(note, *settings.worded(note), origin, target)
        timeout = settings.rules.timeout
        server = Server(host, port, security, user, password, ca_file, timeout)
        post(server, message, origin, target)

    return send


def _target(settings: Settings, to: str, others: str) -> str:
    written = settings.own_address(to) or settings.all.owner(to).email or others
    if not written:
        raise RefusedError(
            f'There is no e-mail address of {to!r}: add email = "…" to '
            f'[notify.owners."{to}"], or to = "…" to {settings.where}.'
        )
    try:
        return _address(written, f"the e-mail address of {to!r}")
    except ConfigError as error:
        raise RefusedError(str(error)) from None


def _address(text: str, what: str) -> str:
    if not _ADDRESS.fullmatch(text) or not text.isprintable():
        raise ConfigError(f"{what} is an address such as lina@example.com, not {text!r}.")
    return text
