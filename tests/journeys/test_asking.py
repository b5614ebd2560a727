"""At a terminal, `crmcore move` asks for what a gate misses; without one it only says so."""

from __future__ import annotations


def test_what_is_missing_is_asked_for_until_it_can_be_read(shell) -> None:
    shell("add", "Acme")
    (acme,) = shell("list", "--format", "ids").split()
    assert "来源渠道" in shell("move", acme, code=4)
    code, seen = shell.at_a_terminal("move", acme, typed="展会\n13800138000\n\n\n")
    assert (code, "筛选分级" in seen) == (0, True), seen
    assert "至少一种联系方式" in seen
    # validity is a choice: a word that is none is asked again
    typed = "maybe\nvalid\nA\n预算已批\n李娜\n\n"
    code, seen = shell.at_a_terminal("move", acme, typed=typed)
    assert "不能识别" in seen or "is not understood" in seen
    assert code == 0, seen
    code, seen = shell.at_a_terminal("move", acme, typed="三条产线\n\n")
    assert code == 4, seen  # the proposal was skipped: still missing, and nothing was stored
    assert "三条产线" not in shell("show", acme)
    code, seen = shell.at_a_terminal("move", acme, typed="三条产线\n方案一\n")
    assert code == 0, seen
    shown = shell("show", acme)
    assert "三条产线" in shown
    assert "方案一" in shown
