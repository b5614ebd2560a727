"""Numbers for new customers: date + sequence (`20240501001`), or ULIDs."""

from __future__ import annotations

from collections.abc import Callable

from crmcore import hookimpl
from crmcore.errors import PluginError
from crmcore.hooktypes import IdRequest, IdScheme
from crmcore.wording import Text

_LONGEST_SEQUENCE = 9
"""Digits; what is longer after a date was not given out by a sequence."""


@hookimpl
def crm_id_schemes() -> list[IdScheme]:
    """`date-sequence` and `ulid`."""
    return [
        IdScheme("date-sequence", Text("日期 + 序号", "Date and sequence"), date_sequence),
        IdScheme("ulid", Text("ULID", "ULID"), ulid),
    ]


def date_sequence(request: IdRequest) -> str:
    """The day of first contact (today, if unknown) and the next number of that day, from 001.

    Three digits, four from 1000 on: `20240501999` is followed by `202405011000`.
    """
    moment = request.customer.first_contact_at or request.now
    prefix = moment.astimezone(request.now.tzinfo).date().isoformat().replace("-", "")
    number = _highest(prefix, request.last_id) + 1
    # A foreign id that begins like this one, `20240501007-old`, may hide that it is in use.
    while request.last_id(new := f"{prefix}{number:03}") is not None:
        number += 1
    return new


def _highest(prefix: str, last_id: Callable[[str], str | None], digits: str = "") -> int:
    """The greatest number in use after *prefix* among those beginning with *digits*, 0 if none.

    Foreign ids, `20240501-old`, may hide it: `last_id` tells only the longest. Then each next digit
    is asked for by itself.
    """
    last = last_id(prefix + digits)
    if last is None:
        return 0
    rest = last.removeprefix(prefix)
    if rest.isascii() and rest.isdigit() and len(rest) <= _LONGEST_SEQUENCE:
        return int(rest)
    if len(digits) == _LONGEST_SEQUENCE:
        return 0
    return max(_highest(prefix, last_id, digits + digit) for digit in "0123456789")


def ulid(request: IdRequest) -> str:
    """A ULID of the present moment: 26 letters and digits that sort by time."""
    try:
        from ulid import ULID
    except ImportError as error:
        raise PluginError(
            "ids", 'The ID scheme ulid needs python-ulid: pip install "crmcore[ids]"'
        ) from error
    return str(ULID.from_datetime(request.now))
