"""A sheet is planned, decided in, taken in as one change, and what is left out is mended."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from crmcore import hookimpl
from crmcore.bootstrap import open_crm
from crmcore.cli import cli
from crmcore.config import Config
from crmcore.errors import CheckError, ConflictError, CrmError
from crmcore.hooktypes import Draft, Importer, Problem, Reading
from crmcore.wording import Text

LEADS = """外部编号,企业名称,电话,备注,自家列
X1,甲公司,13800138001,一,a
X2,乙公司,13800138002,=1+1,b
X3,丙公司,13800138001,三,c
,,,只有备注,d
X5,戊公司,021-5555,"五, 五",e
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs `crmcore` in a workspace of its own, in this process; gives what it printed."""
    (tmp_path / "crm.toml").write_text('store = "json:crm.json"\nlanguage = "en"\n', "utf-8")
    (tmp_path / "leads.csv").write_text(LEADS, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CRMCORE_LANG", raising=False)

    def ran(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(cli, words)
        if code == 0:
            assert done.exit_code == 0, (done.output, done.exception)
        else:
            assert isinstance(done.exception, CrmError) and done.exception.exit_code == code
            return str(done.exception)
        return done.output

    return ran


def table(path: Path) -> list[list[str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_planned_decided_taken_in_mended_and_taken_back(run, tmp_path) -> None:
    said = run("import", "leads.csv", "--dry-run", "--save-plan", "plan.csv")
    assert "5 rows: create 3, duplicate 1, refused 1" in said
    assert "row 4: duplicate: same phone as row 2: 13800138001" in said
    assert "自家列" in said
    assert run("list", "--format", "ids") == ""
    assert not (tmp_path / "leads.rejected.csv").exists()

    whole = json.loads(
        run("import", "leads.csv", "--dry-run", "--format", "json", "--row", "6=skip")
    )
    assert whole["totals"] == {"create": 2, "duplicate": 1, "refused": 1, "skipped": 1}
    assert [row["outcome"] for row in whole["plan"]][-1] == "skipped"
    lines = list(
        csv.reader(io.StringIO(run("import", "leads.csv", "--dry-run", "--format", "csv")))
    )
    assert lines == table(tmp_path / "plan.csv")

    decided = [[*line] for line in lines]
    decided[1][lines[0].index("decision")] = "skip"
    with (tmp_path / "plan.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(decided)
    said = run("import", "leads.csv", "--decisions", "plan.csv", "--yes")
    assert "skipped 1" in said and "leads.rejected.csv" in said
    assert run("list", "--columns", "company", "--format", "csv").split() == [
        "Company",
        "乙公司",
        "戊公司",
    ]
    assert "at 1 now" in run("import", "leads.csv", "--decisions", "plan.csv", code=5)

    header, third, unnamed = table(tmp_path / "leads.rejected.csv")
    assert header == [*LEADS.splitlines()[0].split(","), "crmcore.row", "crmcore.reason"]
    assert third[:5] == ["X3", "丙公司", "13800138001", "三", "c"]
    assert third[5:] == ["4", "duplicate; same phone as row 2: 13800138001"]
    third[2], unnamed[1] = "13800138003", "丁公司"
    with (tmp_path / "leads.rejected.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, third, unnamed])
    run("import", "leads.rejected.csv")
    mended = json.loads(run("list", "company=丁公司", "--format", "json"))[0]
    assert (mended["remarks"], mended["sheet.自家列"]) == ("只有备注", "d")
    assert not [key for key in mended if key.startswith("crmcore.")]

    (tmp_path / "again.csv").write_text(LEADS.replace("一", "壹").replace("b\n", "\n"), "utf-8")
    before = run("list", "--format", "json")
    assert "update 1" in run(
        "import", "again.csv", "--row", "2=update:" + mended["id"], "--rejects", "r.csv"
    )
    run("undo")
    after = json.loads(run("list", "--format", "json"))
    for rows in (after, before := json.loads(before)):
        for row in rows:
            row.pop("revision", None)
    assert after == before


def test_two_files_are_one_change(run, tmp_path) -> None:
    (tmp_path / "more.csv").write_text("企业名称,自家列\n己公司,x\n", "utf-8")
    said = run(
        "import", "leads.csv", "more.csv", "--drop-unmapped", "--row", "leads.csv:4=create", "--yes"
    )  # fmt: skip
    assert "create 5, refused 1" in said and "Columns left out" in said
    customers = json.loads(run("list", "--format", "json"))
    assert len(customers) == 5
    assert not any(key.startswith("sheet.") for row in customers for key in row)
    run("undo")
    assert run("list", "--format", "ids") == ""
    assert "say FILE" in run("import", "leads.csv", "more.csv", "--row", "2=skip", code=2)
    assert "no row 99" in run("import", "leads.csv", "--row", "99=skip", code=2)
    assert "no decision" in run("import", "leads.csv", "--row", "2=burn", code=2)


class _Trouble:
    """An importer whose rows break off, and a check that refuses when it is told to."""

    refuses = False
    error: BaseException | None = None

    @hookimpl
    def crm_importers(self):
        return [Importer("trouble", Text("坏", "Trouble"), (".bad",), self._read)]

    def _read(self, path, request):
        def drafts() -> Iterator[Draft]:
            yield Draft(2, {"company": "A"})
            if self.error is not None:
                raise self.error

        return Reading(drafts())

    @hookimpl
    def crm_check(self, change):
        if self.refuses:
            yield Problem(Text("不", "no"))


@pytest.mark.parametrize("store", ["json:crm.json", "tinydb:crm.json", "sqlite:crm.db"])
def test_an_import_that_fails_leaves_the_store_byte_for_byte(store, tmp_path, bytes_of) -> None:
    config = Config(store=store, language="en", directory=tmp_path)
    with open_crm(config=config, actor="Li Na") as crm:
        crm.add(company="Known", phone="138")
    before = bytes_of(tmp_path)
    trouble = _Trouble()
    with open_crm(config=config, actor="Li Na") as crm:
        crm.host.register(trouble, "trouble")
        for trouble.error in (KeyboardInterrupt(), CrmError("torn"), OSError("no disk")):
            with pytest.raises(type(trouble.error)):
                crm.plan_import(Path("x.bad"))
        trouble.error = None
        plan = crm.plan_import(Path("x.bad"))
        trouble.refuses = True
        with pytest.raises(CheckError, match="trouble"):
            crm.apply(plan)
    assert bytes_of(tmp_path) == before
    with (
        open_crm(config=config, actor="Li Na") as crm,
        open_crm(config=config, actor="Wang") as other,
    ):
        crm.host.register(_Trouble(), "trouble")
        plan = crm.plan_import(Path("x.bad"))
        other.add(company="meanwhile")
        with pytest.raises(ConflictError, match="Plan it again"):
            crm.apply(plan)
        assert {customer.company for customer in crm.find().customers} == {"Known", "meanwhile"}
