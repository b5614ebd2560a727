"""One line of a log: `{"crc":"xxxxxxxx","commit":{…}}`, its CRC-32 that of the commit's bytes."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Collection
from typing import Any, Literal

from crmcore.errors import StoreError
from crmcore.storage.turns import RECORDING

Kind = Literal["header", "commit", "base", "end"]

PREFIX = b'{"crc":"'
_EDITS = b',"edits":['
_LONG = 1 << 20
"""Bytes from which on looking for a customer in a line takes less than decoding it."""
_PIECE = 1 << 16
_DECODER = json.JSONDecoder()
_REVISION = re.compile(rb'\{"crc":"[0-9a-f]{8}","commit":\{"revision":(\d+),')


def encode_line(kind: Kind, body: dict[str, Any]) -> bytes:
    """*body* as a line. Raises StoreError for text that no file can keep."""
    try:
        payload = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError as error:
        raise StoreError(
            "A text holds half a character (a lone surrogate), which cannot be stored. "
            "Nothing was changed; remove it and try again."
        ) from error
    return _before(kind, payload) + payload + b"}\n"


def decode_line(kind: Kind, line: bytes, customer_id: str | None = None) -> dict[str, Any] | None:
    """What *line* says; None when it is damaged or of another kind.

    Of a commit's line, with *customer_id*, with that customer's edits alone.
    """
    start = len(PREFIX) + len(f'xxxxxxxx","{kind}":')
    payload = line[start:-2]
    if not line.endswith(b"}\n") or line[:start] != _before(kind, payload):
        return None
    if customer_id is not None and len(payload) > _LONG:
        found = _cut_out(payload, customer_id)
        if found is not None:
            return found
    body = json.loads(payload)
    if not isinstance(body, dict):
        return None
    if customer_id is not None:
        body["edits"] = [edit for edit in body["edits"] if edit["id"] == customer_id]
    return body


def _cut_out(payload: bytes, customer_id: str) -> dict[str, Any] | None:
    """What a commit says of one customer, of many whose edits it ends with, without reading the others';
    None where that cannot be told from here."""
    edits = payload.find(_EDITS)  # of strings with these bytes the quotes would be escaped
    begins = b"{" + mentions(customer_id) + b',"kind":"'
    at = payload.find(begins, edits)
    if edits < 0 or at < 0 or not payload.endswith(b"}]}") or payload.find(begins, at + 1) >= 0:
        return None
    size = _PIECE
    while True:
        try:
            edit, _ = _DECODER.raw_decode(payload[at : at + size].decode(errors="ignore"))
            break
        except ValueError:
            if at + size > len(payload):
                return None
            size *= 8
    if "doc" not in edit and "set" not in edit:  # something of a plugin's that looks alike
        return None
    head: dict[str, Any] = json.loads(payload[:edits] + b"}")
    return head | {"edits": [edit]}


def _before(kind: Kind, payload: bytes) -> bytes:
    return b'%b%08x","%b":' % (PREFIX, zlib.crc32(payload), kind.encode())


def revision_of(line: bytes) -> int | None:
    """The revision a line claims, read without decoding it; None when it is no commit."""
    found = _REVISION.match(line)
    return int(found.group(1)) if found else None


def mentions(customer_id: str) -> bytes:
    """Bytes that every line of a commit which touched this customer holds."""
    pair = json.dumps({"id": customer_id}, ensure_ascii=False, separators=(",", ":"))
    return pair[1:-1].encode(errors="replace")


def changes(fields: Collection[str]) -> tuple[bytes, ...]:
    """Of these bytes every line of a commit that updates one of *fields*, creates, removes or takes back
    holds some; none for no fields."""
    if not fields:
        return ()
    keys = (json.dumps(field, ensure_ascii=False).encode(errors="replace") for field in fields)
    return (b',"doc":{', b',"undoes":', *(key + b":[" for key in keys))


def turning(field: str) -> Callable[[bytes], bool]:
    """What says of a line whether its commit may hold turns of *field*; those that record many
    customers at a time, as imports do, mostly hold none, and take the longest to decode."""
    change = json.dumps(field, ensure_ascii=False).encode(errors="replace") + b":["
    recording = [b'"action":"%b"' % action.encode() for action in RECORDING]

    def tells(line: bytes) -> bool:
        if change in line or b',"undoes":' in line or b'"kind":"remove"' in line:
            return True
        if b'"kind":"create"' not in line:
            return False
        head = line[: line.find(b'"edits":')]
        return not any(action in head for action in recording)

    return tells
