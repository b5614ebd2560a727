"""Owners by command: one, many by the rules, and everybody of somebody who left."""

from __future__ import annotations

RULES = """
assigner = "territory"
[[plugin.territory.rules]]
when = "region:华东"
owners = ["李娜", "王强"]
"""


def test_owners_are_chosen_shown_first_and_taken_back(shell) -> None:
    (shell.folder / "crm.toml").open("a", encoding="utf-8").write(RULES)
    for company, region in (("Acme", "华东"), ("Bolt", "华东"), ("Cord", "西北")):
        shell("add", company, "--set", f"region={region}")
    acme, bolt, cord = shell("list", "--format", "ids").split()
    assert "Say whom to assign" in shell("assign", code=2)
    planned = shell("assign", "--where", "owner:?", "--dry-run")
    assert planned.count("李娜") >= 2
    assert "没有适用的规则" in planned
    assert shell("list", "owner:*", "--format", "ids").split() == []
    assert "已分配 2，未变 0，被拒 0，无人可分 1" in shell("assign", "--where", "owner:?")
    assert "没有适用的规则" in shell("assign", cord, code=2)
    assert "→ 孙丽" in shell("assign", cord, "孙丽")
    assert "有 open customers" not in shell("assign", "--from", "nobody", code=2)
    assert "已分配 1" in shell("assign", "--from", "李娜", "--to", "孙丽", "--reason", "离职")
    assert sorted(shell("list", "owner:孙丽", "--format", "ids").split()) == [acme, cord]
    shell("undo")
    assert shell("list", "owner:李娜", "--format", "ids").split() == [acme]
    assert shell("list", "owner:王强", "--format", "ids").split() == [bolt]
