"""Who may come in: whoever has the token once, or the cookie it was exchanged for, from our own page."""

from __future__ import annotations

import os
import re
import secrets
import socket
from collections.abc import Mapping
from hmac import compare_digest
from ipaddress import ip_address

from crmcore.errors import ConfigError

TOKEN_VARIABLE = "CRMCORE_WEB_TOKEN"  # noqa: S105 - the variable's name, not a token
SHORTEST_TOKEN = 16

_MOST_COOKIES = 100
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]+))(?::\d{1,5})?")


class Doors:
    """Decides on requests by their headers alone; knows nothing of the web framework.

    A token that was made up here is good for one visit; one that was given is good for many.
    """

    def __init__(self, host: str, given: str | None) -> None:
        """*host* is what the server listens on. Raises ConfigError where a token must be *given*."""
        self.loopback = is_loopback(host)
        if given is None and not self.loopback:
            raise ConfigError(
                f"{host!r} can be reached from other machines. Choose a token of at least "
                f"{SHORTEST_TOKEN} characters and put it into the environment variable "
                f"{TOKEN_VARIABLE}, or leave out --host and reach the board through "
                "`ssh -L` (docs/board-web.md)."
            )
        if given is not None and len(given) < SHORTEST_TOKEN:
            raise ConfigError(
                f"The token in {TOKEN_VARIABLE} has {len(given)} characters; it needs at least "
                f"{SHORTEST_TOKEN}. `python3 -c 'import secrets; print(secrets.token_urlsafe())'` "
                "makes one."
            )
        self.once = given is None
        self.token = given or secrets.token_urlsafe(24)
        self._used = False
        self._cookies: list[str] = []
        self._names = {"localhost", host.casefold()}
        if not self.loopback:
            self._names |= {socket.gethostname().casefold(), socket.getfqdn().casefold()}

    def knows_host(self, header: str) -> bool:
        """Whether the Host *header* is a name of ours.

        An attacker's name that resolves to this machine is not, so that their page stays a foreign one.
        """
        name = _name(header)
        try:
            address = ip_address(name)
        except ValueError:
            return name in self._names
        return address.is_loopback or not self.loopback

    def knows_origin(self, origin: str | None, host: str, *, needed: bool) -> bool:
        """Whether the page that asks is our own; without *needed* it need not say."""
        if origin is None:
            return not needed
        return origin.casefold() in (f"http://{host}".casefold(), f"https://{host}".casefold())

    def knows_cookie(self, cookie: str) -> bool:
        """Whether this is the cookie of somebody who was let in."""
        offered = cookie.encode("utf-8", "replace")
        return any(compare_digest(offered, known.encode()) for known in self._cookies)

    def exchange(self, token: str) -> str | None:
        """A cookie for the *token*; None for a wrong one, or one that is used up."""
        right = compare_digest(token.encode("utf-8", "replace"), self.token.encode("utf-8"))
        if not right or (self.once and self._used):
            return None
        self._used = True
        cookie = secrets.token_urlsafe(32)
        self._cookies = [*self._cookies, cookie][-_MOST_COOKIES:]
        return cookie


def given_token(environment: Mapping[str, str] = os.environ) -> str | None:
    """The token that the environment gives; an empty one is none."""
    return environment.get(TOKEN_VARIABLE) or None


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach *host*."""
    if host.casefold() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _name(header: str) -> str:
    """The host of a Host header, without the port: a tunnel may end at another one."""
    found = _HOST.fullmatch(header)
    return "" if found is None else (found[1] or found[2]).casefold()
