"""The figures from the command line: a small sheet's, and the facts of a real one."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from crmcore.cli import cli
from crmcore.errors import CrmError

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data" / "maven-crm"
PROFILE = ROOT / "examples" / "maven-profile.toml"

SHEET = """opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
1,Ann,Pen,Acme,Won,2024-01-01,2024-01-31,300
2,Ann,Pen,Acme,Won,2024-01-01,2024-02-10,100
3,Bob,GTXPro,Brio,Lost,2024-01-01,2024-01-15,0
4,Bob,Ink|Pad,Brio,Engaging,2024-01-05,,
5,Bob,=1+1,<b>,Prospecting,,,
"""


@pytest.fixture
def shell(tmp_path) -> Callable[..., str]:
    """Runs the command line on one workspace within this process: a process each would take longer."""
    config = 'store = "sqlite:crm.db"\nlanguage = "zh"\ntimezone = "Asia/Shanghai"\n'
    (tmp_path / "crm.toml").write_text(config, "utf-8")

    def run(*words: str, lang: str = "zh") -> str:
        done = CliRunner().invoke(cli, ["-C", str(tmp_path), "--lang", lang, *words])
        if done.exception is not None:
            raise done.exception
        return done.output

    return run


def table(text: str) -> list[dict[str, str]]:
    """A CSV answer as rows."""
    return list(csv.DictReader(io.StringIO(text)))


def test_a_small_sheet_is_told_in_every_form(shell, tmp_path) -> None:
    folder = tmp_path / "sheet"
    folder.mkdir()
    (folder / "pipeline.csv").write_text(SHEET, "utf-8")
    profile = PROFILE.read_text("utf-8").split("[join.")[0]
    (folder / "profile.toml").write_text(profile, "utf-8")
    shell("import", str(folder / "pipeline.csv"), "--profile", str(folder / "profile.toml"))

    rows = table(shell("report", "won", "--by", "owner", "--format", "csv", lang="en"))
    assert [(r["Owner"], r["Customers"], r["Value USD"], r["Median USD"]) for r in rows] == [
        ("Ann", "2", "400", "200")
    ]
    found = json.loads(shell("report", "win-rate", "--format", "json", "--ids", lang="en"))
    [row] = found["rows"]
    assert (row["rate"]["part"], row["rate"]["whole"], row["rate"]["share"]) == (2, 3, None)
    assert len(row["ids"]) == 3
    said = shell("report", "win-rate", lang="en")
    assert "2/3 (not enough history)" in said and "66" not in said
    assert "Win rate" in said and "won and lost customers of this pipeline" in said
    page = shell("report", "won", "status:won", "--format", "md", lang="en")
    assert "| Customers | Value |" in page and "| ---: | ---: |" in page
    page = shell("forecast", "--by", "initial_need", "--format", "md", lang="en")
    assert "Ink\\|Pad" in page
    assert "'=1+1" in shell("funnel", "--by", "initial_need", "--format", "csv")
    ids = shell("funnel", "--row", "6").split()
    assert [json.loads(shell("show", one, "--format", "json"))["owner"] for one in ids] == ["Bob"]
    then = json.loads(shell("funnel", "--as-of", "2020-01-01", "--format", "json"))
    assert {row["count"] for row in then["rows"]} == {0} and then["as_of"]
    listed = json.loads(shell("report", "list", "--format", "json"))
    assert {"funnel", "forecast", "survey", "grades"} <= {one["id"] for one in listed}
    assert "流失原因" in shell("report", "lost")
    with pytest.raises(SystemExit, match="2"):
        shell("funnel", "--row", "99")
    with pytest.raises(CrmError, match="nothing"):
        shell("report", "nothing")


@pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not here")
def test_the_facts_of_a_real_sheet(shell) -> None:
    shell("import", str(DATA / "sales_pipeline.csv"), "--profile", str(PROFILE))

    def told(name: str, *more: str) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = json.loads(
            shell("report", name, "--format", "json", *more)
        )["rows"]
        return rows

    stages = {row["stage"]: row["count"] for row in told("funnel")}
    assert stages == {
        "lead": 500, "screening": 0, "solution": 1589, "negotiation": 0, "after_sales": 4238,
        "lost": 2473, "invalid": 0,
    }  # fmt: skip
    [rate] = told("win-rate")
    assert f"{rate['rate']['share']:.3%}" == "63.150%"  # type: ignore[index]
    [won] = told("won")
    assert (won["value"], won["mean"], won["median"]) == (
        {"USD": "10005534"}, {"USD": "2360.91"}, {"USD": "1117"},
    )  # fmt: skip
    assert {row["group"]: row["value"]["USD"] for row in told("won", "--by", "region")} == {  # type: ignore[index]
        "West": "3568647", "Central": "3346293", "East": "3090594",
    }  # fmt: skip
    days = {row["what"]: row for row in told("cycle")}
    assert [days[key]["median"] for key in ("closed", "won", "lost")] == [45, 57, 14]
    assert f"{days['closed']['mean']:.3f}" == "47.985"
    assert {
        row["group"]: (row["count"], row["value"]["USD"])
        for row in told("won", "--by", "initial_need")
    } == PRODUCTS  # type: ignore[index]


PRODUCTS = {
    "GTX Basic": (915, "499263"), "MG Special": (793, "43768"), "GTX Pro": (729, "3510578"),
    "MG Advanced": (654, "2216387"), "GTX Plus Basic": (653, "705275"),
    "GTX Plus Pro": (479, "2629651"), "GTK 500": (15, "400612"),
}  # fmt: skip
"""Won deals and value by product, as summed by hand from the sheet."""
