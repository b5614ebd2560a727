"""Posting one document to a web address."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import IO, Any

from crmcore.errors import RefusedError

_READ = 64 * 1024
# What the receiver will say again however often it is asked; all else may pass.
_FINAL = frozenset({400, 405, 406, 410, 413, 414, 415, 422, 431})


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirected POST would arrive as a GET without its body: that is a failure."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Any,
        newurl: str,
    ) -> None:
        return None


def post(url: str, body: bytes, headers: Mapping[str, str], ca_file: str, seconds: float) -> None:
    """Post *body* to *url*, http or https. Raises RefusedError when it is this body it does not take."""
    request = urllib.request.Request(url, body, dict(headers), method="POST")  # noqa: S310
    handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
    if url.startswith("https:"):
        context = ssl.create_default_context(cafile=ca_file or None)
        handlers.append(urllib.request.HTTPSHandler(context=context))
    opener = urllib.request.build_opener(*handlers)
    try:
        with opener.open(request, timeout=seconds) as response:
            response.read(_READ)
    except urllib.error.HTTPError as error:
        line = f"The receiver answered {error.code} {error.reason}"
        error.close()
        raise (RefusedError if error.code in _FINAL else OSError)(line) from None
