"""One customer through all five stages by keys alone, and on to a repurchase and a referral."""

from __future__ import annotations

import json
from pathlib import Path

from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.form import FormScreen

STORY = json.loads((Path(__file__).parent.parent / "journeys" / "story.json").read_text("utf-8"))


async def test_through_the_five_stages_by_keys(make_crm, clock, open_board, story_of) -> None:
    crm = make_crm("zh")
    async with open_board(crm) as d:
        d.by_keys_alone = True
        # 1: captured; the gate asks for what is missing, on the spot
        await d.press("a", "tab")
        await d.fill(
            company="上海某某科技有限公司", initial_need="生产排程系统", budget="10万-20万"
        )
        await d.save()
        lead = d.selected().id
        assert lead == "20240501001"
        await d.press("L")
        assert isinstance(d.screen, FormScreen)
        assert [row.field.key for row in d.screen._rows] == ["source", "phone", "wechat", "email"]
        await d.fill(source="展会", phone="13800138000")
        await d.save()
        assert d.selected().stage == "screening"

        # 2: checked, graded with written evidence, assigned
        await d.press("e")
        await d.fill(validity="valid", employees="800", need_match="high", budget_fit="sufficient")
        await d.save()
        await d.press("ctrl+g")
        assert d.selected().grade_evidence
        await d.press("E")
        await d.fill(grade_evidence="老板亲自确认预算")
        await d.save()
        await d.press("A")
        await d.type("李娜")
        await d.press("enter")
        first_due = crm.get(lead).first_follow_up_due
        assert first_due is not None
        assert (first_due - clock()).total_seconds() == 24 * 3600
        await d.press("L")
        assert d.selected().stage == "solution"

        # 3: talked, proposed, answered
        await d.press("o")
        await d.type("电话沟通，约周四演示")
        await d.press("enter", "x")
        await d.fill(content="担心实施影响生产")
        await d.save()
        await d.press("L")
        assert [row.field.key for row in d.screen._rows] == [
            "need_detail",
            "proposals",
            "objections",
        ]
        await d.fill(
            need_detail="三条产线", proposals="排程系统一期", objections="分两期上线，先试一条产线"
        )
        await d.save()
        assert d.selected().stage == "negotiation"

        # 4: agreed, a clause changed, signed
        await d.press("c")
        await d.fill(clause="付款", before="5-5", after="3-6-1", reason="客户要求")
        await d.save()
        await d.press("w")
        await d.fill(
            price="15万",
            payment_terms="3-6-1",
            contract_sent_at="昨天",
            contract_signed_at="今天",
        )
        await d.save()
        won = d.selected()
        assert (won.stage, won.status) == ("after_sales", "won")

        # 5: delivered, accepted, surveyed; she buys again and knows somebody
        await d.press("R")
        again = d.selected().id
        assert d.selected().stage == "lead"
        d.state.follow(lead)
        await d.press("I")
        await d.fill(company="他们的朋友", wechat="friend", initial_need="看板")
        await d.save()
        friend = d.selected().id
        d.state.follow(lead)
        await d.press("L")
        await d.fill(delivered_at="今天", acceptance="accepted", satisfaction="5")
        await d.save()
        assert isinstance(d.screen, BoardScreen)
        assert d.state.known(lead) is None

    done = crm.get(lead)
    assert done.completed_at == clock()
    assert done.survey_due is not None
    assert done.referrals == (friend,)
    assert [(link.kind, link.id) for link in done.links] == [
        ("repurchase", again),
        ("referral", friend),
    ]
    assert crm.get(again).links[0].id == crm.get(friend).links[0].id == lead
    assert [commit.action for commit in crm.history(lead)] == [
        "add", "move", "edit", "grade", "grade", "assign", "move", "log", "edit", "move",
        "add contract_changes", "move", "repurchase", "refer", "move",
    ]  # fmt: skip
    assert story_of(crm, done) == STORY  # where the journey by commands ends
