"""A whole store out and in again, through the façade: nothing lost, nothing hidden overwritten."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmcore.bootstrap import open_crm
from crmcore.config import Config
from crmcore.errors import NotFoundError, UsageError
from crmcore.hooktypes import ReadRequest
from crmcore.money import Money
from crmcore.pipeline import STANDARD
from crmcore.records import ContractChange, Objection, Proposal
from crmcore.wording import Text
from crmcore_sheets.jsonlines import read_lines

NOW = datetime(2026, 6, 8, 2, 30, tzinfo=UTC)
ALL_OF_IT = (".csv", ".jsonl", ".xlsx")
HIDDEN = ("王经理", "13800138000", "wang@example.com", "wang_jl", "139 0013 9000", "li@example.com")


def workspace(folder: Path, now: datetime = NOW):
    """An empty workspace at a moment."""
    config = Config(store="memory:", timezone="Asia/Shanghai", directory=folder, notify=())
    return open_crm(config=config, clock=lambda: now, actor="李娜")


def fill(crm) -> None:
    """A store with all there is: every stage, records, links, debts, outcomes, own fields."""
    lead = {"source": "展会", "phone": "138", "tags": "a; b", "budget": "10万-20万"}
    first = crm.add(company="=甲", contact="王\n经理", **lead, remarks="无")
    crm.edit(first.id, {"validity": "有效", "sheet.色": "-红"})
    crm.grade(first.id, "A", "老客户")
    crm.assign(first.id, "李娜")
    crm.move(first.id)
    crm.move(first.id)
    crm.edit(first.id, need_detail="排程\n看板")
    crm.append(first.id, "proposals", Proposal("=方案", NOW, Money(Decimal(90_000)), "贵"))
    crm.append(first.id, "objections", Objection("贵", "分期", "案例", True, NOW))
    crm.log(first.id, "谈了\n两次", "call")
    crm.move(first.id)
    crm.append(first.id, "contract_changes", ContractChange("付款", "3-7", "5-5", "要求", NOW))
    crm.refer(first.id, {"company": "介绍来的"})
    forced = crm.add(company="欠", source="官网")
    crm.move(forced.id, "solution", force=True, reason="急")
    lost = crm.add(company="丢", **lead)
    crm.lose(lost.id, "价格过高")
    crm.invalidate(crm.add(company="空号", **lead).id, "空号")


@pytest.mark.parametrize("suffix", ALL_OF_IT)
def test_a_store_exported_and_imported_is_the_same_store(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"all{suffix}"
    with workspace(tmp_path) as crm:
        fill(crm)
        before = crm.find().customers
        assert crm.export(path) == len(before)
        assert crm.plan_import(path).counts == {"unchanged": len(before)}
    with workspace(tmp_path, datetime(2026, 7, 1, tzinfo=UTC)) as crm:
        crm.apply(crm.plan_import(path, keep_duplicates=True))
        after = crm.find().customers
    for old, new in zip(before, after, strict=True):
        assert evolve(new, revision=0) == evolve(old, revision=0)


def masked(crm, path: Path, **options) -> str:
    """What a masked export holds, as text."""
    crm.export(path, mask=True, **options)
    if path.suffix != ".xlsx":
        return path.read_text("utf-8-sig")
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    return "\n".join(
        str(cell)
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
    )


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.xlsx", "a.vcf", "a.v3.vcf", "a.ics"])
def test_masked_files_hide_and_come_back_without_overwriting(tmp_path: Path, name: str) -> None:
    with workspace(tmp_path) as crm:
        one = crm.add(
            company="甲",
            contact="王经理",
            phone="13800138000",
            email="wang@example.com",
            wechat="wang_jl",
            source="展会",
            remarks="王经理说：打 13800138000，或 139 0013 9000，或写 li@example.com",
            next_step="约王经理",
            next_step_due=NOW,
        )
        crm.log(one.id, "给王经理打电话 wang_jl", "call")
        crm.append(one.id, "objections", Objection("王经理嫌贵"))
        before = crm.get(one.id)
        text = masked(crm, tmp_path / name)
        assert not [word for word in HIDDEN if word in text.replace("\r\n ", "")]
        assert "*经理" in text and "138****8000" in text
        if not name.startswith("a.v") and name != "a.ics":
            plan = crm.plan_import(tmp_path / name)
            assert plan.counts == {"unchanged": 1}, [row.reasons for row in plan.rows]
            assert crm.apply(plan) is None
            assert crm.get(one.id) == before


def test_a_failed_export_of_any_kind_leaves_the_old_file(tmp_path: Path) -> None:
    with workspace(tmp_path) as crm:
        fill(crm)

        def stop(note: Text) -> None:
            raise UsageError("stopped")

        crm.add(phone="139", source="x")  # no card for it, which is told
        for name in ("a.vcf", "a.v3.vcf"):
            (tmp_path / name).write_text("before")
            with pytest.raises(UsageError, match="stopped"):
                crm.export(tmp_path / name, tell=stop)
            assert (tmp_path / name).read_text() == "before"
        with pytest.raises(NotFoundError, match="nonsense"):
            crm.export(tmp_path / "a.csv", form="nonsense")
        for name in ("a.csv", "a.jsonl", "a.xlsx", "a.ics"):
            with pytest.raises(UsageError, match="cannot be written"):
                crm.export(tmp_path / "none" / name)


def test_customers_are_read_page_by_page(tmp_path: Path, monkeypatch) -> None:
    with workspace(tmp_path) as crm:
        for number in range(7):
            crm.add(company=f"公司{number}", source="x")
        asked = []
        page = type(crm).page
        monkeypatch.setattr("crmcore.exporting._A_PAGE", 3)
        monkeypatch.setattr(
            type(crm), "page", lambda self, query: asked.append(query.limit) or page(self, query)
        )
        crm.export(tmp_path / "a.jsonl", "company:公司")
    assert asked == [3, 3, 3]
    lines = (tmp_path / "a.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line)["company"] for line in lines] == [f"公司{n}" for n in range(7)]


def lines(path: Path, crm) -> list:
    """The drafts of a file of JSON lines."""
    request = ReadRequest(crm.fields, crm.dialect, NOW, STANDARD)
    return list(read_lines(path, request).drafts)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ("[" * 100_000, "not JSON"),
        ('{"remarks": "x"}', "identifies"),
        ('{"id": "1", "nonsense": 1}', "no field 'nonsense'"),
        ('{"id": "1", "price": "15"}', "price"),
        ('{"id": "1", "created_at": "soon"}', "created_at"),
        ('{"id": "1", "objections": [3]}', "objections"),
        (
            '{"id": "1", "pipeline": "other", "stage": "lead"}',
            "on the pipeline 'other', this workspace on 'standard', which has its stage too: without",
        ),
        (
            '{"id": "1", "pipeline": "other", "stage": "demo"}',
            "no stage 'demo', but lead, screening, solution, negotiation, after_sales: with one of these",
        ),
        (
            '{"id": "1", "stage": "nowhere"}',
            "'standard' has no stage 'nowhere', but lead, screening",
        ),
    ],
)
def test_a_line_that_is_no_customer_says_why(tmp_path: Path, line: str, said: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f'{{"id": "0", "company": "甲"}}\n\n{line}\n', "utf-8")
    with workspace(tmp_path) as crm:
        good, bad = lines(path, crm)
        assert (good.number, dict(good.values), good.problems) == (
            1,
            {"id": "0", "company": "甲"},
            (),
        )
        assert bad.number == 3 and said in bad.problems[0]
        assert crm.plan_import(path).counts == {"create": 1, "refused": 1}


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            ["id", "company", "price", "objections", "grading", "tags", "stage", "x.y"]
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
            lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
            max_leaves=4,
        ),
    )
)
def test_no_json_breaks_an_import(tmp_path: Path, document) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(document) + "\n", "utf-8")
    with workspace(tmp_path) as crm:
        assert sum(crm.plan_import(path).counts.values()) == 1
