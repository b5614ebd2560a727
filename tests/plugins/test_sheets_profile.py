"""Mapping profiles: what they say is done, and a mistake is named with its file and key."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from crmcore.dialect import Dialect
from crmcore.errors import ConfigError
from crmcore.fields import FieldCatalogue
from crmcore.hooktypes import Reading, ReadRequest
from crmcore.pipeline import STANDARD
from crmcore_sheets import crm_importers

EXAMPLE = Path(__file__).parents[2] / "examples" / "maven-profile.toml"
DEALS = (
    "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
    "D1,Ada Byron,GTXPro,Lumen,Won,2017-01-05,2017-03-01,4500\n"
    "D2,Bo Lind,MG Special,Orbit,Lost,2017-01-05,2017-02-01,0\n"
    "D3,Ada Byron,GTK 500,,Engaging,2017-04-01,,\n"
    "D4,Cy Moss,MG Special,Nowhere,Prospecting,,,\n"
)
BESIDE = {
    "accounts.csv": "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n"
    "Lumen,technolgy,1990,12.5,340,Norway,\nOrbit,retail,2001,3,20,Chile,Lumen\n",
    "products.csv": "product,series,sales_price\nGTX Pro,GTX,4821\nMG Special,MG,55\nGTK 500,GTK,9000\n",
    "sales_teams.csv": "sales_agent,manager,regional_office\n"
    "Ada Byron,Di Fox,West\nBo Lind,Ed Gil,East\nCy Moss,Ed Gil,East\n",
}


@pytest.fixture
def read(tmp_path: Path):
    """Reads a sheet with a profile; both are given as texts."""

    def make(sheet: str, profile: str | Path, **beside: str) -> Reading:
        if isinstance(profile, str):
            text, profile = profile, tmp_path / "profile.toml"
            profile.write_text(text, "utf-8")
        for name, content in beside.items():
            (tmp_path / name).write_text(content, "utf-8")
        path = tmp_path / "deals.csv"
        path.write_bytes(sheet.encode())
        importer, *_ = crm_importers()
        now = datetime(2026, 6, 8, tzinfo=UTC)
        return importer.read(
            path, ReadRequest(FieldCatalogue(), Dialect(zone=UTC), now, STANDARD, profile)
        )

    return make


def test_the_example_profile_reads_deals_with_their_related_sheets(read) -> None:
    won, lost, open_, new = read(DEALS, EXAMPLE, **BESIDE).drafts
    assert {key: str(value) for key, value in won.values.items()} == {
        "external_id": "D1",
        "owner": "Ada Byron",
        "initial_need": "GTX Pro",
        "company": "Lumen",
        "stage": "after_sales",
        "status": "won",
        "first_contact_at": "2017-01-05 00:00:00+00:00",
        "closed_at": "2017-03-01 00:00:00+00:00",
        "contract_signed_at": "2017-03-01 00:00:00+00:00",
        "price": "$4,500",
        "industry": "technology",
        "annual_revenue": "$12,500,000",
        "employees": "340",
        "sheet.year_established": "1990",
        "sheet.office_location": "Norway",
        "sheet.product_series": "GTX",
        "sheet.list_price": "4821",
        "region": "West",
        "sheet.manager": "Di Fox",
        "source": "Maven",
    }
    assert (lost.values["stage"], lost.values["status"]) == ("solution", "lost")
    assert "price" not in lost.values
    assert "contract_signed_at" not in lost.values
    assert lost.values["sheet.subsidiary_of"] == "Lumen"
    assert (open_.values["stage"], open_.values["status"]) == ("solution", "open")
    assert "company" not in open_.values
    assert open_.notes == ()
    assert new.values["stage"] == "lead"
    assert new.notes == ("account: 'Nowhere' is not in accounts.csv",)
    assert not any(draft.problems for draft in (won, lost, open_, new))


def test_columns_left_out_kept_aside_or_not_named(read) -> None:
    profile = '[columns]\n"Firma " = "公司"\nNotes = ""\nExtra = "sheet.more"\n'
    reading = read("FIRMA,notes,extra,phone\nA,x,y,12345\n", profile)
    assert dict(reading.columns) == {
        "FIRMA": "company", "notes": None, "extra": "sheet.more", "phone": "phone",
    }  # fmt: skip
    (draft,) = reading.drafts
    assert dict(draft.values) == {"company": "A", "sheet.more": "y", "phone": "12345"}


def test_encoding_and_delimiter_can_be_said(tmp_path: Path) -> None:
    profile = 'encoding = "gbk"\ndelimiter = "^"\n'
    (tmp_path / "p.toml").write_text(profile, "utf-8")
    path = tmp_path / "own.csv"
    path.write_bytes("公司^备注\n甲^a,b\n".encode("gbk"))
    importer, *_ = crm_importers()
    request = ReadRequest(
        FieldCatalogue(), Dialect(), datetime(2026, 1, 1, tzinfo=UTC), STANDARD, tmp_path / "p.toml"
    )
    (draft,) = importer.read(path, request).drafts
    assert dict(draft.values) == {"company": "甲", "remarks": "a,b"}


def test_defaults_yield_to_the_row_and_joins_to_the_sheet(read) -> None:
    profile = (
        '[defaults]\nsource = "展会"\n'
        '[join.more]\nfile = "more.csv"\non = { company = "name" }\n'
        '[join.more.columns]\nregion = "region"\nsource = "source"\n'
    )
    text = "company,region\nA,North\nB,\nC,\n"
    more = "name,region,source\nA,South,Web\nB,South,\nB,East,Web\n"
    reading = read(text, profile, **{"more.csv": more})
    a, b, c = (draft.values for draft in reading.drafts)
    assert (a["region"], a["source"]) == ("North", "Web")
    assert (b["region"], b["source"]) == ("South", "展会")
    assert (c.get("region"), c["source"]) == (None, "展会")
    assert any("repeat a key" in note for note in reading.notes)


JOIN = '[join.more]\nfile = "more.csv"\non = { company = "name" }\n'


@pytest.mark.parametrize(
    ("profile", "key", "message"),
    [
        ("nonsense = 1", "nonsense", "no such setting"),
        ('colums = ""', "colums", "columns"),
        ("[columns]\ncompany = 3", "columns.company", "text in quotes"),
        ('[columns]\ncompany = "companny"', "columns.company", "company"),
        ('[columns]\ncompany = "value"', "columns.company", "cannot be imported"),
        ('[columns]\ncompany = "proposals"', "columns.company", "cannot be imported"),
        ('[columns]\nmissing = "phone"', "columns.missing", "has no column"),
        ('currency = "dollars"', "currency", "USD"),
        ('encoding = "klingon"', "encoding", "no text encoding"),
        ('delimiter = ";;"', "delimiter", "one character"),
        ('[format]\nprice = "x"', "format.price", "{}"),
        ('[values.stage]\nX = "nowhere"', "values.stage.X", "no stage"),
        ('[values.grade]\nX = "Z"', "values.grade.X", "not understood"),
        ("[values.grade]\nX = 3", "values.grade.X", "text in quotes"),
        ('[values.stage]\nX = { stage = "lead", nope = "x" }', "values.stage.X.nope", "no field"),
        (
            '[values.stage]\nX = { copy = { closed_at = "gone" } }',
            "values.stage.x.copy.closed_at",
            "has no column",
        ),
        ('[defaults]\nbudget = "lots"', "defaults.budget", "not understood"),
        ('[join.more]\non = { a = "b" }', "join.more.file", "missing"),
        ('[join.more]\nfile = "more.csv"', "join.more.on", "one column"),
        ('[join.more]\nfile = "more.csv"\nof = 1', "join.more.of", "no such setting"),
        (JOIN.replace("more.csv", "gone.csv"), "join.more.file", "There is no file"),
        (JOIN.replace('"name"', '"nome"'), "join.more.on", "has no column"),
        (JOIN.replace("company", "firm"), "join.more.on", "has no column"),
        (JOIN + 'columns = { gone = "region" }', "join.more.columns", "has no column"),
        ("columns = 3", "columns", "must be a table"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(read, profile: str, key: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read("company\nA\n", profile, **{"more.csv": "name,x\nA,1\n"})
    text = str(caught.value)
    assert "profile.toml" in text
    assert f"{key}:" in text
    assert message in text


@pytest.mark.parametrize("content", ["[columns", None])
def test_a_profile_that_cannot_be_read(read, tmp_path: Path, content: str | None) -> None:
    profile = tmp_path / "other.toml"
    if content is not None:
        profile.write_text(content)
    with pytest.raises(ConfigError, match=r"other\.toml"):
        read("company\nA\n", profile)
