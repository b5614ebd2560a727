"""Messages by e-mail: one a person, over TLS, its Message-ID the same each time it is sent."""

from __future__ import annotations

import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from crmcore.errors import ConfigError, RefusedError
from crmcore.hooktypes import Notification
from crmcore_notify.channels import Send, Settings

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_HERE = ("localhost", "127.0.0.1", "::1")


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
        written = settings.own_address(note.to) or settings.all.owner(note.to).email or others
        if not written:
            raise RefusedError(
                f'There is no e-mail address of {note.to!r}: add email = "…" to '
                f'[notify.owners."{note.to}"], or to = "…" to {settings.where}.'
            )
        target = _address(written, f"the e-mail address of {note.to!r}")
        message = _message(settings, note, origin, target)
        with _connect(host, port, security, ca_file, settings.rules.timeout) as server:
            if password is not None:
                server.login(user, password.reveal())
            try:
                server.send_message(message, origin.addr_spec, [target.addr_spec])
            except smtplib.SMTPRecipientsRefused as error:
                code, told = next(iter(error.recipients.values()))
                line = f"{target.addr_spec} was refused: {code} {_plain(told)}"
                if code >= 500:
                    raise RefusedError(line) from None
                raise OSError(line) from None
            except smtplib.SMTPNotSupportedError as error:
                raise RefusedError(f"{target.addr_spec}: {error}") from None
            except smtplib.SMTPDataError as error:
                line = f"The message was refused: {error.smtp_code} {_plain(error.smtp_error)}"
                raise (RefusedError if error.smtp_code >= 500 else OSError)(line) from None

    return send


def _connect(host: str, port: int, security: str, ca_file: str, seconds: float) -> smtplib.SMTP:
    if security == "none":
        return smtplib.SMTP(host, port, timeout=seconds)
    context = ssl.create_default_context(cafile=ca_file or None)
    if security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=seconds, context=context)
    server = smtplib.SMTP(host, port, timeout=seconds)
    try:
        server.starttls(context=context)
    except BaseException:
        server.close()
        raise
    return server


def _plain(said: bytes | str) -> str:
    return said if isinstance(said, str) else said.decode(errors="replace")


def _address(text: str, what: str) -> Address:
    try:
        found = Address(addr_spec=text)
    except (ValueError, IndexError, MessageError):
        found = None
    if found is None or not found.username or not found.domain or not text.isprintable():
        raise ConfigError(f"{what} is an address such as lina@example.com, not {text!r}.") from None
    return found


def _message(
    settings: Settings, note: Notification, origin: Address, target: Address
) -> EmailMessage:
    title, body = settings.worded(note)
    message = EmailMessage(policy=SMTP)
    message["From"] = origin
    message["To"] = target
    message["Subject"] = title
    message["Date"] = format_datetime(note.at)
    message["Message-ID"] = f"<{note.key.replace(':', '.')}@{origin.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message
