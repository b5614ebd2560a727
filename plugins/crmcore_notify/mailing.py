"""Handing one mail to an SMTP server."""

from __future__ import annotations

import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from attrs import frozen

from crmcore.errors import RefusedError
from crmcore.hooktypes import Notification
from crmcore_notify.secret import Secret


@frozen
class Server:
    """A server, how it is spoken to, and who we are there; `password` None: nobody."""

    host: str
    port: int
    security: str
    user: str
    password: Secret | None
    ca_file: str
    seconds: float


def mail(note: Notification, title: str, body: str, origin: str, target: str) -> EmailMessage:
    """*note* as a mail from *origin* to *target*, whose Message-ID is its key."""
    sender = Address(addr_spec=origin)
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = Address(addr_spec=target)
    message["Subject"] = title
    message["Date"] = format_datetime(note.at)
    message["Message-ID"] = f"<{note.key.replace(':', '.')}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


def post(server: Server, message: EmailMessage, origin: str, target: str) -> None:
    """Give *message* to *server*. Raises RefusedError when it is this mail it does not take."""
    with _connect(server) as connection:
        if server.password is not None:
            connection.login(server.user, server.password.reveal())
        try:
            connection.send_message(message, origin, [target])
        except smtplib.SMTPRecipientsRefused as error:
            code, told = next(iter(error.recipients.values()))
            line = f"{target} was refused: {code} {_plain(told)}"
            raise (RefusedError if code >= 500 else OSError)(line) from None
        except smtplib.SMTPNotSupportedError as error:
            raise RefusedError(f"{target}: {error}") from None
        except smtplib.SMTPDataError as error:
            line = f"The message was refused: {error.smtp_code} {_plain(error.smtp_error)}"
            raise (RefusedError if error.smtp_code >= 500 else OSError)(line) from None


def _connect(server: Server) -> smtplib.SMTP:
    if server.security == "none":
        return smtplib.SMTP(server.host, server.port, timeout=server.seconds)
    context = ssl.create_default_context(cafile=server.ca_file or None)
    if server.security == "tls":
        return smtplib.SMTP_SSL(server.host, server.port, timeout=server.seconds, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=server.seconds)
    try:
        connection.starttls(context=context)
    except BaseException:
        connection.close()
        raise
    return connection


def _plain(said: bytes | str) -> str:
    return said if isinstance(said, str) else said.decode(errors="replace")
