"""One customer through all five stages, each step a process of its own."""

from __future__ import annotations

import json
from pathlib import Path

from crmcore.crm import Crm

STORY = json.loads((Path(__file__).parent / "story.json").read_text("utf-8"))


def test_through_the_five_stages_by_commands(shell, story_of) -> None:
    shell.apart = True
    # 1: captured; the gate names what is missing
    said = shell(
        "add", "上海某某科技有限公司", "--need", "生产排程系统", "--budget", "10万-20万",
        "--set", "首次接触时间=2024-05-01",
    )  # fmt: skip
    lead = said.split()[0]
    assert lead == "20240501001"
    refused = shell("move", lead, code=4)
    assert "来源渠道" in refused
    assert "联系方式" in refused
    shell("move", lead, "--set", "source=展会", "--set", "phone=13800138000")

    # 2: checked, graded with written evidence, assigned
    shell(
        "edit", lead, "--set", "有效性=有效", "--set", "employees=800", "--set", "需求匹配度=高",
        "--set", "budget_fit=充足",
    )  # fmt: skip
    explained = shell("grade", lead, "--explain")
    assert "企业规模(人数): " in explained
    shell("edit", lead, "--set", "grade_evidence=老板亲自确认预算")
    assert "首次跟进" in shell("assign", lead, "李娜")
    shell("move", lead)

    # 3: talked, proposed, answered
    shell("log", lead, "电话沟通，约周四演示", "--kind", "call")
    shell("object", lead, "担心实施影响生产")
    assert "异议" in shell("move", lead, code=4)
    shell("edit", lead, "--set", "need_detail=三条产线")
    shell("propose", lead, "排程系统一期")
    shell("answer", lead, "1", "分两期上线，先试一条产线")
    shell("move", lead)

    # 4: agreed, a clause changed, signed
    shell("clause", lead, "付款", "--before", "5-5", "--after", "3-6-1", "--reason", "客户要求")
    shell(
        "move", lead, "--set", "price=15万", "--set", "付款方式=3-6-1",
        "--set", "contract_sent_at=昨天", "--set", "contract_signed_at=今天",
    )  # fmt: skip

    # 5: delivered, accepted, surveyed; they buy again and know somebody
    again = shell("repurchase", lead).split()[0]
    friend = shell("refer", lead, "他们的朋友", "--set", "wechat=friend").split()[0]
    shell("edit", lead, "--set", "delivered_at=今天", "--set", "acceptance=验收通过")
    assert "满意度" in shell("due")
    assert "完成" in shell("move", lead, "--set", "satisfaction=5")

    with Crm.open(directory=shell.folder) as crm:
        done = crm.get(lead)
        assert story_of(crm, done) == STORY
        assert done.referrals == (friend,)
        assert [(link.kind, link.id) for link in done.links] == [
            ("repurchase", again),
            ("referral", friend),
        ]
        assert crm.get(again).links[0].id == crm.get(friend).links[0].id == lead
    history = json.loads(shell("history", lead, "--format", "json"))
    assert [row["action"] for row in reversed(history)][:3] == ["add", "move", "edit"]
    assert {row["actor"] for row in history} == {"李娜"}


def test_undo_takes_back_from_the_shell_and_redo_brings_back(shell) -> None:
    lead = shell("add", "A", "--format", "ids").strip()
    shell("lose", lead, "--reason", "价格过高")
    assert "流失" in shell("show", lead)
    shell("undo")
    assert json.loads(shell("show", lead, "--format", "json"))["status"] == "open"
    shell("redo")
    assert json.loads(shell("show", lead, "--format", "json"))["status"] == "lost"
    shell("reopen", lead, "--reason", "有预算了")
    shell("invalidate", lead, "--reason", "空号")
    rows = json.loads(shell("funnel", "--format", "json"))["rows"]
    assert [row["count"] for row in rows if row["stage"] == "invalid"] == [1]


def test_export_and_import_into_an_empty_workspace_give_the_same_customers(shell, tmp_path) -> None:
    for name in ("A", "=1+1", "[/red]"):
        shell("add", name, "--phone", f"1{len(name)}", "--set", "budget=10万-20万")
    shell("export", "all.csv")
    other = tmp_path / "other"
    other.mkdir()
    (other / "crm.toml").write_text((tmp_path / "crm.toml").read_text("utf-8"), "utf-8")
    shell("-C", "other", "import", "all.csv")
    for query in ("company", "phone", "budget", "id"):
        mine = shell("list", "--columns", query, "--format", "csv")
        assert mine == shell("-C", "other", "list", "--columns", query, "--format", "csv")
