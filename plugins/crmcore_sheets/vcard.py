"""The exporter of contacts: a vCard for each customer who can be called by a name.

vCard 4.0 is RFC 6350, 3.0 (for older telephones) RFC 2426.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal
from uuid import NAMESPACE_URL, uuid5

from crmcore.customer import Customer
from crmcore.hooktypes import WriteRequest
from crmcore.wording import Text
from crmcore_sheets.contentlines import escaped, line
from crmcore_sheets.files import replacing

Version = Literal["4.0", "3.0"]

_HAN = re.compile(r"[\u3400-\u9fff]")
_NUMBER = re.compile(r"\+?[\d\s().-]+")


def write_cards(
    path: Path, customers: Iterable[Customer], request: WriteRequest, version: Version
) -> int:
    """Write the contacts of *customers*; returns how many. Raises UsageError.

    Those of whom neither contact nor company is known have no name to be found by: they are left out
    and told.
    """
    written = left_out = 0
    with replacing(path) as file:
        for customer in customers:
            if not (customer.contact or customer.company):
                left_out += 1
                continue
            for name, value in _card(customer, request, version):
                file.write(line(name, value))
            written += 1
        if left_out:
            said = Text(
                "{count} 个客户没有联系人和企业名称，没有写入",
                "{count} customers without contact and company were left out",
            )
            request.tell(said.with_(count=left_out))
    return written


def _card(customer: Customer, request: WriteRequest, version: Version) -> Iterator[tuple[str, str]]:
    say = request.dialect.say
    modern = version == "4.0"
    yield "BEGIN", "VCARD"
    yield "VERSION", version
    # The same customer is the same card whenever it is exported: an address book updates it.
    yield "UID", f"urn:uuid:{uuid5(NAMESPACE_URL, f'crmcore:{customer.id}')}"
    yield "FN", escaped(customer.title)
    yield "N", _name(customer.contact or "")
    if not customer.contact and modern:
        yield "KIND", "org"
    if customer.company:
        yield "ORG", escaped(customer.company)
    if customer.position:
        yield "TITLE", escaped(customer.position)
    if customer.phone:
        yield from _phone(customer.phone, modern)
    if customer.email:
        yield "EMAIL;TYPE=work" if modern else "EMAIL;TYPE=INTERNET,WORK", escaped(customer.email)
    if customer.wechat:
        # No URI scheme for WeChat is registered: named, as phones name fields of their own.
        yield "item1.X-WECHAT", escaped(customer.wechat)
        yield "item1.X-ABLabel", say(Text("微信", "WeChat"))
    if customer.region:
        yield "ADR;TYPE=work" if modern else "ADR;TYPE=WORK", f";;;;{escaped(customer.region)};;"
    if customer.tags:
        yield "CATEGORIES", ",".join(map(escaped, customer.tags))
    yield "NOTE", escaped(f"crmcore {customer.id}")
    yield "REV", request.now.strftime("%Y%m%dT%H%M%SZ")
    yield "END", "VCARD"


def _name(contact: str) -> str:
    """Family and given name, where the name tells them apart: `王;小明;;;`, else `;王经理;;;`."""
    words = contact.split()
    if len(words) > 1 and not _HAN.match(contact):
        return f"{escaped(words[-1])};{escaped(' '.join(words[:-1]))};;;"
    return f"{escaped(contact)};;;;"


def _phone(phone: str, modern: bool) -> Iterator[tuple[str, str]]:
    if not modern:
        yield "TEL;TYPE=WORK,VOICE", escaped(phone)
        return
    digits = re.sub(r"[\s().-]", "", unicodedata.normalize("NFKC", phone))
    if _NUMBER.fullmatch(phone) and digits.startswith("+") and digits.isascii():
        yield "TEL;VALUE=uri;TYPE=work,voice", f"tel:{digits}"
    else:  # a number within its own country only, a masked one, two in one field
        yield 'TEL;VALUE=text;TYPE="work,voice"', escaped(phone)
