"""What telephones and calendars read: vCard and iCalendar, judged by another program's reader."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from icalendar.parser import Contentlines

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.due import due_items
from crmcore.fields import FieldCatalogue
from crmcore.hooktypes import WriteRequest
from crmcore.pipeline import STANDARD
from crmcore.wording import Text
from crmcore_sheets import crm_exporters
from crmcore_sheets.contentlines import escaped, line

NOW = datetime(2026, 6, 8, 1, tzinfo=UTC)
TOLD: list[Text] = []
WANG = Customer(
    id="20240501001",
    company="上海某某科技, 有限公司",
    contact="王经理",
    position="采购;总监",
    phone="+86 138-0013-8000",
    email="wang@example.com",
    wechat="wang_jl",
    region="华东",
    tags=("展会", "a,b"),
)


@pytest.fixture
def write(tmp_path: Path):
    """Writes customers to a file of a name; gives its bytes."""
    TOLD.clear()

    def make(name: str, customers, language="zh", now=NOW) -> bytes:
        exporter = max(
            (e for e in crm_exporters() if name.endswith(e.suffixes)),
            key=lambda e: len(e.suffixes[0]),
        )
        dialect = Dialect(language, ZoneInfo("Asia/Shanghai"))
        request = WriteRequest(
            FieldCatalogue(), (), dialect, now, (STANDARD,), due_items, TOLD.append
        )
        exporter.write(tmp_path / name, customers, request)
        return (tmp_path / name).read_bytes()

    return make


def unescaped(text: str) -> str:
    """RFC 5545 section 3.3.11, read backwards."""
    return re.sub(r"\\(.)", lambda found: {"n": "\n", "N": "\n"}.get(found[1], found[1]), text)


def cards(data: bytes) -> list[dict[str, tuple[dict[str, object], str]]]:
    """The cards in *data*, each as property → parameters and value, by icalendar's parser."""
    found: list[dict[str, tuple[dict[str, object], str]]] = []
    for one in Contentlines.from_ical(data):
        if not one:
            continue
        name, parameters, value = one.parts()
        if name == "BEGIN":
            found.append({})
        found[-1][name.upper()] = dict(parameters), unescaped(value)
    return found


@settings(max_examples=150)
@given(st.text(), st.sampled_from(["NOTE", "ORG"]))
def test_lines_are_folded_within_75_octets_between_characters_and_come_back(text, name) -> None:
    data = line(name, escaped(text))
    assert data.endswith(b"\r\n")
    pieces = data[:-2].split(b"\r\n")
    for piece in pieces:
        assert len(piece) <= 75
        piece.decode("utf-8")
        assert b"\n" not in piece and b"\r" not in piece
    assert all(piece.startswith(b" ") for piece in pieces[1:])
    whole = pieces[0] + b"".join(piece[1:] for piece in pieces[1:])
    assert whole.decode() == f"{name}:{escaped(text)}"
    assert len(Contentlines.from_ical(data)) == 2  # the line, and the end


@given(st.text("a\\;,\nN\"'：", max_size=12))
def test_what_is_escaped_is_what_others_unescape(text) -> None:
    assert unescaped(escaped(text)) == text


def test_a_contact_as_a_modern_card(write) -> None:
    (card,) = cards(write("out.vcf", [WANG]))
    assert {name: value for name, (_, value) in card.items() if name != "UID"} == {
        "BEGIN": "VCARD",
        "VERSION": "4.0",
        "FN": "上海某某科技, 有限公司",
        "N": "王经理;;;;",
        "ORG": "上海某某科技, 有限公司",
        "TITLE": "采购;总监",
        "TEL": "tel:+8613800138000",
        "EMAIL": "wang@example.com",
        "ITEM1.X-WECHAT": "wang_jl",
        "ITEM1.X-ABLABEL": "微信",
        "ADR": ";;;;华东;;",
        "CATEGORIES": "展会,a,b",
        "NOTE": "crmcore 20240501001",
        "REV": "20260608T010000Z",
        "END": "VCARD",
    }
    assert b"CATEGORIES:\xe5\xb1\x95\xe4\xbc\x9a,a\\,b\r\n" in write("out.vcf", [WANG])


def test_a_contact_as_an_older_card(write) -> None:
    jane = evolve(WANG, contact="Jane van Doe", phone="138 0013 8000 / 139")
    (card,) = cards(write("out.v3.vcf", [jane], "en"))
    assert card["VERSION"][1] == "3.0"
    assert card["N"][1] == "Doe;Jane van;;;"
    assert card["TEL"] == ({"TYPE": ["WORK", "VOICE"]}, "138 0013 8000 / 139")
    assert card["ITEM1.X-ABLABEL"][1] == "WeChat"
    (modern,) = cards(write("out.vcf", [jane]))
    assert modern["TEL"][0]["VALUE"] == "text"


def test_cards_are_the_same_card_again_and_nameless_customers_are_told(write) -> None:
    nobody = Customer(id="2", phone="139")
    first, second = cards(write("out.vcf", [WANG, nobody, evolve(WANG, id="3")]))
    assert first["UID"] != second["UID"]
    assert [note.en for note in TOLD] == ["1 customers without contact and company were left out"]
    (again,) = cards(write("out.vcf", [evolve(WANG, contact="李")]))
    assert again["UID"] == first["UID"]


def test_text_from_outside_adds_no_line_to_a_card_or_a_calendar(write) -> None:
    evil = "x\r\nEND:VCARD\nEND:VEVENT\u2028TEL:1\x00\ud800"
    bad = Customer(id="1", company=evil, contact=evil, phone=evil, tags=(evil,), wechat=evil)
    bad = evolve(bad, next_step=evil, next_step_due=NOW, owner=evil)
    (card,) = cards(write("out.vcf", [bad]))
    assert card["FN"][1] == "x\nEND:VCARD\nEND:VEVENT\nTEL:1"
    events = Calendar.from_ical(write("out.ics", [bad])).walk("VEVENT")
    assert len(events) == 1


def test_what_is_due_opens_in_a_calendar(write) -> None:
    one = Customer(
        id="1",
        company="甲",
        contact="王",
        phone="138",
        owner="李娜",
        next_step="演示, 报价",
        next_step_due=datetime(2026, 6, 11, 2, tzinfo=UTC),
        first_follow_up_due=datetime(2026, 6, 9, 16, tzinfo=UTC),
    )
    lost = evolve(one, id="2", status="lost")
    data = write("out.ics", [one, lost, Customer(id="3")])
    calendar = Calendar.from_ical(data)
    assert calendar["VERSION"] == "2.0" and "crmcore" in calendar["PRODID"]
    assert not calendar.errors
    follow_up, step = calendar.walk("VEVENT")
    # Midnight in the workspace's zone is a day, not an hour of it.
    assert follow_up.decoded("DTSTART") == date(2026, 6, 10)
    assert step.decoded("DTSTART") == datetime(2026, 6, 11, 2, tzinfo=UTC)
    assert str(step["SUMMARY"]) == "甲 · 下一步：演示, 报价"
    assert "王 · 138" in str(step["DESCRIPTION"])
    assert step.decoded("DTSTAMP") == NOW
    later = evolve(one, next_step="签约", next_step_due=datetime(2026, 7, 1, 2, tzinfo=UTC))
    moved = Calendar.from_ical(write("out.ics", [later], "en", NOW.replace(day=9))).walk("VEVENT")
    assert [event["UID"] for event in moved] == [follow_up["UID"], step["UID"]]
    assert len({event["UID"] for event in moved}) == 2
