"""What each later step of a sale leaves in the record has a command, and the gates read it."""

from __future__ import annotations


def test_from_the_proposal_to_the_survey_by_commands(shell) -> None:
    shell("add", "--line", "Acme / Amy / 13800138000 source:展会 10万-20万")
    (acme,) = shell("list", "--format", "ids").split()
    assert "下一步 演示" in shell("next", acme, "演示", "--due", "2099-05-01 10:00")
    shell("propose", acme, "方案一", "--price", "15万")
    shell("feedback", acme, "1", "太贵了")
    assert "no number 2" in shell("feedback", acme, "2", "x", code=3)
    assert "Nothing to record" in shell("terms", acme, code=2)
    assert "成交价 14万 · 付款方式 3-6-1" in shell(
        "terms", acme, "--price", "14万", "--payment", "3-6-1"
    )
    shell("contract", acme, "--sent", "2024-06-01", "--signed", "now")
    shell("clause", acme, "付款", "--after", "3-6-1", "--reason", "客户要求", "--version", "v2")
    # three working days after a Thursday
    assert "2024-05-14" in shell("deliver", acme, "--at", "2024-05-09", "--acceptance", "accepted")
    assert "1 to 5" in shell("survey", acme, "9", code=2)
    shell("survey", acme, "5", "--feedback", "很好", "--repurchase", "高")
    shown = shell("show", acme)
    for text in ("太贵了", "3-6-1", "v2", "很好", "方案一"):
        assert text in shown
