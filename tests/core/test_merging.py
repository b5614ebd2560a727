"""Likely duplicates are found with why; merging keeps what both know, and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from crmcore.bootstrap import open_crm
from crmcore.config import Config
from crmcore.crm import Crm
from crmcore.errors import ConflictError, RefusedError
from crmcore.records import Proposal

NOW = datetime(2024, 5, 1, 2, tzinfo=UTC)


@pytest.fixture
def crm() -> Iterator[Crm]:
    config = Config(store="memory:", language="en", timezone="UTC", notify=())
    crm = open_crm(config=config, clock=lambda: NOW, actor="Li Na")
    yield crm
    crm.close()


def test_pairs_are_told_with_why_the_surest_first(crm: Crm) -> None:
    ids = [
        crm.add(company=company, **more).id
        for company, more in (
            ("上海华锐科技有限公司", {"phone": "13800138000"}),
            ("华锐科技", {}),
            ("北京华锐科技", {"phone": "+86 138-0013-8000"}),
            ("Apex", {"email": "a@apex.io"}),
            ("Other", {"email": "A@Apex.io"}),
            ("Lone", {}),
        )
    ]
    shanghai, plain, beijing, apex, other, _ = ids
    found = [(pair.first, pair.second, pair.score) for pair in crm.likely_duplicates()]
    assert found == [
        (shanghai, beijing, 1.0), (apex, other, 1.0), (shanghai, plain, 0.9), (plain, beijing, 0.9),
    ]  # fmt: skip
    first = crm.likely_duplicates()[0]
    assert [reason.en for reason in first.reasons] == ["same phone: 13800138000"]
    assert crm.likely_duplicates("company:Apex") == []
    crm.merge(crm.plan_merge(shanghai, beijing))
    crm.repurchase(apex)
    pairs = [(pair.first, pair.second) for pair in crm.likely_duplicates()]
    assert (shanghai, beijing) not in pairs
    assert all(apex not in pair or other in pair for pair in pairs)


def test_what_both_know_is_kept_and_a_merge_is_one_change(crm: Crm) -> None:
    keep = crm.add(company="Acme", phone="1", tags="hot", region="East").id
    other = crm.add(
        {"medical.licence": "L1"}, company="Acme Ltd", phone="2", email="a@b.cc", tags="fair"
    ).id
    crm.log(keep, "second", "call")
    crm.append(other, "proposals", Proposal("v1", sent_at=NOW))
    crm.assign(other, "Bob")
    before = crm.get(keep), crm.get(other)
    plan = crm.plan_merge(keep, other, ["phone"])
    assert {field.spec.key: field.result for field in plan.fields if field.spec.key != "proposals"} == {
        "company": "Acme", "phone": "2", "email": "a@b.cc", "tags": ("hot", "fair"),
        "medical.licence": "L1", "owner": "Bob",
    }  # fmt: skip
    merged = crm.merge(plan)
    assert (merged.company, merged.phone, merged.email, merged.region) == (
        "Acme",
        "2",
        "a@b.cc",
        "East",
    )
    assert merged.extra == {"medical.licence": "L1"}
    assert [proposal.summary for proposal in merged.proposals] == ["v1"]
    assert (merged.owner, merged.first_follow_up_due) == ("Bob", before[1].first_follow_up_due)
    gone = crm.get(other)
    assert (gone.status, gone.links[-1].kind, gone.links[-1].id) == (
        "invalid",
        "duplicate_of",
        keep,
    )
    crm.undo()
    after = crm.get(keep), crm.get(other)
    assert [c.with_values(revision=0) for c in after] == [c.with_values(revision=0) for c in before]


def test_what_cannot_be_merged_is_refused(crm: Crm) -> None:
    one, two, three = (crm.add(company=name, source="x", phone=name).id for name in "ABC")
    with pytest.raises(RefusedError, match="with itself"):
        crm.plan_merge(one, one)
    crm.move(two, "after_sales", force=True, reason="sold")
    with pytest.raises(RefusedError, match=f"was won: keep that one .crmcore merge {two} {one}"):
        crm.plan_merge(one, two)
    plan = crm.plan_merge(two, one)
    crm.edit(one, region="East")
    with pytest.raises(ConflictError):
        crm.merge(plan)
    crm.merge(crm.plan_merge(two, one))
    with pytest.raises(RefusedError, match="merged into another already"):
        crm.plan_merge(three, one)
