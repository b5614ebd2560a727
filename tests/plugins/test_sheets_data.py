"""Sheets as the world has them, where they lie beside the checkout: known figures come out exactly."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import pytest

from crmcore.dialect import Dialect
from crmcore.errors import UsageError
from crmcore.fields import FieldCatalogue
from crmcore.hooktypes import Reading, ReadRequest
from crmcore.pipeline import STANDARD
from crmcore_sheets import crm_importers
from crmcore_sheets.guard import guard, unguard
from crmcore_sheets.headers import HeaderNames
from crmcore_sheets.source import open_source
from crmcore_sheets.table import find_table

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")


def read(path: Path, profile: Path | None = None) -> Reading:
    importer, *_ = crm_importers()
    now = datetime(2026, 6, 8, tzinfo=UTC)
    return importer.read(
        path, ReadRequest(FieldCatalogue(), Dialect(zone=UTC), now, STANDARD, profile)
    )


def test_maven_figures_come_out_exactly() -> None:
    reading = read(
        DATA / "maven-crm" / "sales_pipeline.csv", ROOT / "examples" / "maven-profile.toml"
    )
    drafts = list(reading.drafts)
    assert len(drafts) == 8800
    assert not any(draft.problems or draft.notes for draft in drafts)
    rows = [draft.values for draft in drafts]
    assert Counter((row["stage"], row["status"]) for row in rows) == {
        ("after_sales", "won"): 4238,
        ("solution", "lost"): 2473,
        ("solution", "open"): 1589,
        ("lead", "open"): 500,
    }
    won = [row for row in rows if row["status"] == "won"]
    assert {row["price"].currency for row in won} == {"USD"}
    assert median(row["price"].amount for row in won) == 1117
    assert median((row["contract_signed_at"] - row["first_contact_at"]).days for row in won) == 57
    by_region: Counter[str] = Counter()
    for row in won:
        by_region[row["region"]] += row["price"].amount
    assert by_region == {"West": 3568647, "Central": 3346293, "East": 3090594}
    assert sum("company" not in row for row in rows) == 1425
    assert Counter(row["initial_need"] for row in rows)["GTX Pro"] == 1480
    assert not any(row.get("industry") == "technolgy" for row in rows)


def test_leads_of_another_trade_lose_no_row() -> None:
    rows = [draft.values for draft in read(DATA / "xeducation" / "Leads.csv").drafts]
    assert len(rows) == 9240
    assert Counter(row["sheet.Converted"] for row in rows)["1"] == 3561
    assert not any("Select" in map(str, row.values()) for row in rows)


@pytest.mark.parametrize("name", ["01-crm-import-sample", "19-customer-18col"])
def test_one_sheet_in_every_encoding(name: str) -> None:
    first, *others = sorted((DATA / "cn-layouts").glob(f"{name}*"))
    wanted = [dict(draft.values) for draft in read(first).drafts]
    assert len(others) == 4
    assert wanted
    for other in others:
        assert [dict(draft.values) for draft in read(other).drafts] == wanted, other.name


@pytest.mark.parametrize(
    "path", sorted((DATA / "hostile" / "csv-spectrum" / "csvs").glob("*.csv")), ids=lambda p: p.stem
)
def test_the_csv_spectrum(path: Path) -> None:
    table = find_table(open_source(path), HeaderNames(FieldCatalogue()).recognised)
    found = [dict(zip(table.header, row, strict=True)) for _, row in table.rows()]
    wanted = json.loads((path.parents[1] / "json" / f"{path.stem}.json").read_text("utf-8"))
    # One file lost its CRs on the way here; what stands in it is what is read.
    unified = [{k: v.replace("\r\n", "\n") for k, v in row.items()} for row in wanted]
    assert found == unified


def test_naughty_strings_and_payloads_survive() -> None:
    strings = json.loads((DATA / "hostile" / "blns.json").read_text("utf-8"))
    payloads = (DATA / "hostile" / "payloads" / "payloadbox-csv-payload.txt").read_text("utf-8")
    for text in (*strings, *payloads.splitlines()):
        assert unguard(guard(text)) == text
        assert guard(text)[:1] not in tuple("=+-@\t\r")


def test_workbooks_are_named_for_what_they_are() -> None:
    for path in sorted((DATA / "hostile" / "workbooks").glob("*.xlsx")):
        with pytest.raises(UsageError, match="workbook"):
            read(path)
