"""Messages to a web address as JSON, signed so that the receiver knows who sent them."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from urllib.parse import urlsplit

from crmcore.errors import ConfigError, RefusedError
from crmcore.hooktypes import Notification
from crmcore.moments import system_clock
from crmcore_notify.channels import Send, Settings

_HERE = ("localhost", "127.0.0.1", "::1")


def sender(settings: Settings) -> Send:
    """`type = "webhook"`: url, secret, ca_file, insecure."""
    settings.known("url", "secret", "ca_file", "insecure")
    plain = settings.flag("insecure")
    url, secret = settings.text("url"), settings.secret("secret")
    ca_file = settings.text("ca_file", "")
    if "://" in url:
        _checked(url, f"url in {settings.where}", plain)

    def send(note: Notification) -> None:
        # It takes longer to import than most commands take.
        from crmcore_notify.posting import post

        target = _target(settings, note.to, url, plain)
        body = payload(settings, note)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "crmcore",
            "Idempotency-Key": note.key,
        }
        if secret is not None:
            now = int(system_clock().timestamp())
            headers |= signature(secret.reveal(), note.key, now, body)
        post(target, body, headers, ca_file, settings.rules.timeout)

    return send


def _target(settings: Settings, to: str, url: str, insecure: bool) -> str:
    own = settings.own_address(to)
    if own is None:
        where = f"url in {settings.where}"
        return _checked(settings.place(url, where), where, insecure)
    where = f"the address of {to!r} for {settings.rules.name}"
    try:
        return _checked(settings.place(own, where), where, insecure)
    except ConfigError as error:
        raise RefusedError(str(error)) from None


def payload(settings: Settings, note: Notification) -> bytes:
    """What is sent, in UTF-8: the same bytes each time."""
    title, body = settings.worded(note)
    document = {
        "key": note.key,
        "kind": note.kind,
        "at": note.at.isoformat(),
        "to": note.to,
        "customer_id": note.customer_id,
        "title": title,
        "body": body,
        "texts": {
            "zh": {"title": note.title.zh, "body": note.body.zh},
            "en": {"title": note.title.en, "body": note.body.en},
        },
    }
    return json.dumps(document).encode("ascii")


def signature(secret: str, key: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers by which a receiver checks *body*, sent at *timestamp* (seconds since 1970).

    HMAC-SHA256 of "key.timestamp.body" in base64, as Standard Webhooks 1.0.0 has it: a secret that
    begins with `whsec_` is base64 after that, any other is its UTF-8 bytes. Raises ConfigError.
    """
    raw = secret.encode()
    if secret.startswith("whsec_"):
        try:
            raw = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
        except binascii.Error:
            raise ConfigError(
                "The secret begins with whsec_, but is not base64 after it."
            ) from None
    signed = hmac.new(raw, f"{key}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return {
        "Webhook-Id": key,
        "Webhook-Timestamp": str(timestamp),
        "Webhook-Signature": f"v1,{base64.b64encode(signed).decode('ascii')}",
    }


def _checked(url: str, what: str, insecure: bool) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    plain = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain or port == 0:
        raise ConfigError(f"{what} is no address such as https://example.com/hook.")
    if parts.username or parts.password:
        raise ConfigError(f'{what} holds a password; keep all of it in the environment: "$NAME".')
    if parts.scheme == "http" and parts.hostname not in _HERE and not insecure:
        raise ConfigError(
            f"{what} lets everybody on the way read the messages: write https://, or insecure = true "
            "where that is meant."
        )
    return url
