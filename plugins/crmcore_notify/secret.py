"""Secrets: crm.toml says where one is kept, never what it is; what is shown holds none of it."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus, unquote

from crmcore.errors import ConfigError

_VARIABLE = re.compile(r"\$([A-Za-z_][A-Za-z0-9_]*)", re.ASCII)
_KEYRING = re.compile(r"keyring:([^/]+)/(.+)")
_SHORTEST = 3
"""Of shorter parts every text is full: hiding them would hide nothing but the text."""


class Secret:
    """Where a secret is kept: `$NAME`, a variable of the environment, or `keyring:SERVICE/USER`.

    It is read when it is needed, and never kept.
    """

    __slots__ = ("_reference", "_what")

    def __init__(self, reference: str, what: str) -> None:
        """*what* names the setting. Raises ConfigError for what is no reference, without showing it."""
        if not is_reference(reference):
            raise ConfigError(
                f"{what} must say where the secret is kept, not what it is: write "
                '"$NAME" for a variable of the environment, or "keyring:SERVICE/USER".'
            )
        self._reference = reference
        self._what = what

    def reveal(self) -> str:
        """The secret itself. Raises ConfigError where it is not there."""
        if found := _VARIABLE.fullmatch(self._reference):
            value = os.environ.get(found[1])
            if not value:
                raise ConfigError(
                    f"{self._what} is kept in the environment, but {found[1]} is not set there. "
                    "Set it where `crmcore notify run` is started."
                )
            return value
        return self._from_keyring()

    def _from_keyring(self) -> str:
        try:
            import keyring
            from keyring.errors import KeyringError
        except ImportError as error:
            raise ConfigError(
                f"{self._what} is kept in a keyring: install crmcore[keyring]."
            ) from error
        found = _KEYRING.fullmatch(self._reference)
        assert found is not None
        try:
            value = keyring.get_password(found[1], found[2])
        except KeyringError as error:
            raise ConfigError(f"{self._what}: the keyring cannot be read ({error}).") from None
        if not value:
            raise ConfigError(
                f"{self._what}: the keyring has nothing for {found[1]}/{found[2]}. "
                f"`keyring set {found[1]} {found[2]}` puts it there."
            )
        return value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._reference == other._reference

    def __hash__(self) -> int:
        return hash(self._reference)

    def __repr__(self) -> str:
        return f"Secret({self._reference})"


def is_reference(text: str) -> bool:
    """Whether *text* says where a secret is kept."""
    return bool(_VARIABLE.fullmatch(text) or _KEYRING.fullmatch(text))


def redacted(text: str, secrets: Iterable[Secret]) -> str:
    """*text* without any of *secrets*, their parts and the usual ways to write them."""
    forms: set[str] = set()
    for secret in tuple(secrets):
        try:
            forms |= _forms(secret.reveal())
        except ConfigError:
            continue
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "***")
    return text


def _forms(value: str) -> set[str]:
    parts = {value, *value.split()}
    if "://" in value:  # an address is a secret in each of its parts but the first
        parts |= {value, *re.split(r"[/:@?&=#]+", value.partition("://")[2])}
    forms: set[str] = set()
    for part in parts | {unquote(part) for part in parts}:
        data = part.encode("utf-8", "surrogateescape")
        forms |= {part, repr(part)[1:-1], data.hex()}
        forms |= {quote(data), quote(data, safe=""), quote_plus(data)}
        forms |= {base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()}
    return {form for form in forms if len(form) >= _SHORTEST}
