"""Many texts of a column read together say what each of them says by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcore.dialect import Dialect
from crmcore.fields import FieldCatalogue
from crmcore.pipeline import STANDARD
from crmcore_sheets import manytexts
from crmcore_sheets.cells import Cells, Understanding

ZONE = ZoneInfo("Asia/Shanghai")
READS = Understanding(
    FieldCatalogue(), Dialect(zone=ZONE), datetime(2026, 6, 8, tzinfo=UTC), STANDARD
)
KEYS = ("company", "contact", "phone", "email", "remarks", "first_contact_at", "status", "sheet.x")
UGLY = (
    "", " ", "Acme", "Acme  Corp", " Acme", "a|b", "|", "'=1", "=1+1", '="0138"', "\'tis", "无", "N/A", "Cafe\u0301",
    "ＡＣＭＥ", "a\nb", "\x07", "\udc80", "*经理", "138****8000", "13800138000", "13800138000|13800138001", "1380013800",
    "＊＊", "a@b.cn", "no-at", "l***@x.cn", "2024-05-01", "2024-02-30", "2024-05-01 24:00", "1986-05-04 00:30:00",
    "1899-12-31", "9999-12-31 23:59:59", "2024-05-01T10:00", "3/4/2024", "won", "lead", "foo", "\u0338x",
)  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(UGLY),
    st.text(max_size=12),
    st.datetimes(datetime(1890, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - wall time
        lambda at: at.isoformat(" ", "seconds")
    ),
    st.integers(13_000_000_000, 19_999_999_999).map(str),
)


def both(key: str, column: Sequence[str | None]) -> tuple[list[object], list[object]]:
    """What *column* says read together, and cell by cell."""
    cells = READS.column(key, "sheet.kept")
    many = READS.many(key, cells)
    assert many.stated(column) == many.stated(column)
    together = [
        (dict(pairs), dict(many.hints.get(text, ())), text in many.more)
        for text, pairs in zip(column, many.stated(column), strict=True)
    ]
    return together, [said(READS.column(key, "sheet.kept"), text) for text in column]


def said(cells: Cells, text: str | None) -> object:
    """What a text says alone."""
    if text is None:
        return {}, {}, False
    cell = cells[text]
    more = bool(cell.note or cell.copies or cell.only_new)
    return dict(cell.values), dict(cell.hints), more


@pytest.mark.parametrize("key", KEYS)
@given(st.lists(TEXTS | st.none(), max_size=30))
def test_together_is_as_alone(key: str, column: list[str | None]) -> None:
    together, alone = both(key, column)
    assert together == alone


@pytest.mark.parametrize("key", KEYS)
def test_every_ugly_text_among_plain_ones(key: str) -> None:
    for text in UGLY:
        together, alone = both(key, ["13800138000", "2024-05-01 10:00", "a@b.cn", text, "Acme"])
        assert together == alone


@pytest.mark.parametrize("key", KEYS)
def test_every_ugly_text_in_a_column_that_repeats_nothing(key: str, monkeypatch) -> None:
    monkeypatch.setattr(manytexts, "_MANY", 1)
    test_every_ugly_text_among_plain_ones(key)


def test_a_column_of_all_different_texts_does_not_stay_in_memory(monkeypatch) -> None:
    monkeypatch.setattr(manytexts, "_MANY", 10)
    many = READS.many("company", READS.column("company", "sheet.x"))
    for begin in range(0, 100, 8):
        names = [f"C{number}" for number in range(begin, begin + 8)]
        assert many.stated(names) == [(("company", name),) for name in names]
        assert len(many) <= 16
