"""Leads are checked one by one; what failed takes them out, with the reason, and can be revived."""

from __future__ import annotations


def test_the_unchecked_are_walked_through(shell) -> None:
    for line in ("Acme / Amy / 13800138000", "Bolt / Bob / 13800138001", "Cord / Cy / 13800138002"):
        shell("add", "--line", line)
    first, second, third = shell("list", "--format", "ids").split()
    # the first passes all, after a word that is none; the second fails; the third is left
    typed = "maybe\ny\ny\ny\n是\nn\n\n空号\nq\n"
    code, seen = shell.at_a_terminal("screen", typed=typed)
    assert code == 0, seen
    assert "看了 3 条，核实 2 条" in seen
    assert shell("list", "validity:valid", "--format", "ids").split() == [first]
    assert shell("list", "status:invalid", "--format", "ids").split() == [second]
    assert "空号" in shell("show", second)
    shell("reopen", second, "--reason", "换了号码")
    assert shell("list", "validity:unchecked status:open", "--format", "ids").split() == [
        second,
        third,
    ]


def test_one_is_checked_without_a_terminal(shell) -> None:
    shell("add", "Acme", "--phone", "13800138000")
    (acme,) = shell("list", "--format", "ids").split()
    assert "needs a reason" in shell("screen", acme, "--check", "number=fail", code=4)
    assert "Did you mean number_reachable" in shell(
        "screen", acme, "--check", "number_rechable=pass", code=2
    )
    assert "Nobody is here" in shell("screen", code=2)
    shell("screen", acme, "--check", "number=fail:空号", "--keep")
    assert "空号" in shell("show", acme)
    shell(
        "screen",
        acme,
        *[w for c in ("company", "contact", "电话有效") for w in ("--check", f"{c}=pass")],
    )
    assert shell("list", "validity:valid", "--format", "ids").split() == [acme]
    shell("undo")
    assert shell("list", "validity:valid", "--format", "ids").split() == []
