"""One line of a log: `{"crc":"xxxxxxxx","commit":{…}}`, its CRC-32 that of the commit's bytes."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Collection, Iterator
from typing import Any, Literal

from crmcore.codec import moment_from_json, to_json
from crmcore.errors import StoreError
from crmcore.storage.turns import RECORDING, Turn

Kind = Literal["header", "commit", "base", "end"]

PREFIX = b'{"crc":"'
_EDITS = b',"edits":['
_LONG = 1 << 20
"""Bytes from which on looking for a customer in a line takes less than decoding it."""
_PIECE = 1 << 16
_AT_ONCE = 500
_DECODER = json.JSONDecoder()
_REVISION = re.compile(rb'\{"crc":"[0-9a-f]{8}","commit":\{"revision":(\d+),')


def encode_line(kind: Kind, body: dict[str, Any]) -> bytes:
    """*body* as a line. Raises StoreError for text that no file can keep."""
    try:
        payload = b"".join(_encoded(body))
    except UnicodeEncodeError as error:
        raise StoreError(
            "A text holds half a character (a lone surrogate), which cannot be stored. "
            "Nothing was changed; remove it and try again."
        ) from error
    return b"".join((_before(kind, payload), payload, b"}\n"))


def _encoded(body: dict[str, Any]) -> Iterator[bytes]:
    """*body* as JSON; of a commit of very many edits some at a time, so that no text holds all of them."""
    edits = body.get("edits", ())
    if len(edits) <= _AT_ONCE:
        yield to_json(body).encode()
        return
    # Within a text its quotation marks would be escaped.
    begin, mark, end = to_json(body | {"edits": []}).encode().partition(b'"edits":[]')
    yield begin + mark[:-1]
    for start in range(0, len(edits), _AT_ONCE):
        some = to_json(edits[start : start + _AT_ONCE])[1:-1]
        yield (f",{some}" if start else some).encode()
    yield mark[-1:] + end


def decode_line(kind: Kind, line: bytes, customer_id: str | None = None) -> dict[str, Any] | None:
    """What *line* says; None when it is damaged or of another kind.

    Of a long commit, with *customer_id*, no more than that one's edit may be told.
    """
    start = len(PREFIX) + len(f'xxxxxxxx","{kind}":')
    payload = line[start:-2]
    if not line.endswith(b"}\n") or line[:start] != _before(kind, payload):
        return None
    if customer_id is not None and len(payload) > _LONG:
        found = _cut_out(payload, customer_id)
        if found is not None:
            return found
    body = json.loads(payload.decode())
    return body if isinstance(body, dict) else None


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
    return to_json({"id": customer_id})[1:-1].encode(errors="replace")


def changes(fields: Collection[str]) -> tuple[bytes, ...]:
    """Of these bytes every line of a commit that updates one of *fields*, creates, removes or takes back
    holds some; none for no fields."""
    if not fields:
        return ()
    keys = (to_json(field).encode(errors="replace") for field in fields)
    return (b',"doc":{', b',"undoes":', *(key + b":[" for key in keys))


class Turning:
    """Which lines may hold turns of a field; those that record many customers at a time, as imports do,
    mostly hold none, and take the longest to decode."""

    def __init__(self, field: str) -> None:
        self._change = to_json(field).encode(errors="replace") + b":["
        self._marks = (self._change, _UNDOES, _DOC)
        # Looked for by a letter that is not everywhere, which takes two thirds of the time.
        self.patterns = (re.compile(rb"\[(?<=" + re.escape(self._change) + b")"), _UNDOES_OR_DOC)
        """Each line with turns has some bytes of one of these."""
        self._one = re.compile(_ONE_CHANGE + re.escape(self._change) + _BOTH_TEXTS)
        self._texts: dict[bytes, str | None] = {b"null": None}

    def marks_after(self, head: bytes) -> tuple[bytes, ...]:
        """Some of these has a long line that begins with *head* and has turns; none where it has none."""
        if not _records(head):
            return self._marks
        # Before the first commit there is nobody: it can but create.
        return () if revision_of(head) == 1 else (self._change, _UNDOES, _REMOVE)

    def only(self, line: bytes) -> Turn | None:
        """The turn of a line that has but this one, told without decoding it; None where that is not seen at
        a glance, and where the line is damaged."""
        said = self._one.match(line)
        if said is None or any(line.find(more, said.end()) >= 0 for more in _MORE):
            return None
        crc, revision, at, customer_id, before, after = said.groups()
        if not line.endswith(b"}\n") or int(crc, 16) != zlib.crc32(line[_HEAD:-2]):
            return None
        return (
            customer_id.decode(), int(revision), moment_from_json(at.decode()), "update",
            self._text(before), self._text(after), None,
        )  # fmt: skip

    def _text(self, said: bytes) -> str | None:
        if said not in self._texts:
            self._texts[said] = said[1:-1].decode()
        return self._texts[said]

    def __call__(self, line: bytes) -> bool:
        if self._change in line or _UNDOES in line or _REMOVE in line:
            return True
        return _DOC in line and not _records(line)


_UNDOES, _DOC, _REMOVE = b'"undoes":', b'"doc":{', b'"kind":"remove"'
_UNDOES_OR_DOC = re.compile(rb'o(?:(?<="undo)es":|(?<="do)c":\{)')
_HEAD = len('{"crc":"xxxxxxxx","commit":')
# Of texts without a backslash: in them, what looks like a key can be nothing else.
_ONE_CHANGE = (
    rb'\{"crc":"([0-9a-f]{8})","commit":\{"revision":(\d+),"at":"([^"\\]+)","actor":"[^"\\]*",'
    rb'"action":"[^"\\]*",(?:"reason":"[^"\\]*",)?"edits":\[\{"id":"([^"\\]+)","kind":"update",'
    rb'"set":\{'
)
_MORE = (b'{"id":', _UNDOES)
"""What stands behind the change where a line tells more than that."""
_BOTH_TEXTS = rb'(null|"[^"\\]*"),(null|"[^"\\]*")\]'
_RECORDING = tuple(b'"action":"%b"' % action.encode() for action in RECORDING)


def _records(line: bytes) -> bool:
    head = line[: line.find(b'"edits":')]
    return any(action in head for action in _RECORDING)
