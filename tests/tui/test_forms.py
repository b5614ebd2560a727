"""Forms: what was understood beside the field, reasons used before, answers, feedback, gates."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.fieldspec import specs_of
from crmcore.records import Objection, Proposal
from crmcore_tui import formfields
from crmcore_tui.formfields import of_spec
from crmcore_tui.screens.board import BoardScreen
from crmcore_tui.screens.form import FormScreen
from crmcore_tui.understanding import understood

NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)
SPECS = {spec.key: spec for spec in specs_of(Customer)}
READY = {"phone": "13800138000", "source": "trade fair"}


@pytest.mark.parametrize(
    ("key", "text", "zh", "en"),
    [
        ("next_step_due", "明天", "= 2026-11-26 周四 · 明天", "= 2026-11-26 Thu · tomorrow"),
        ("next_step_due", "+3d", "周六 · 3 天后", "Sat · in 3 days"),
        ("next_step_due", "2026-12-01", "周二 · 6 天后", "Tue · in 6 days"),
        ("next_step_due", "someday", "", ""),
        ("price", "10万", "= CNY 100,000", "= CNY 100,000"),
        ("price", "$22.5k", "= USD 22,500", "= USD 22,500"),
        ("budget", "10万-20万", "= CNY 100,000 – 200,000", "= CNY 100,000 – 200,000"),
        ("budget", "≥50万", "= CNY ≥ 500,000", "= CNY ≥ 500,000"),
        ("budget", "10万-", "", ""),
        ("tags", "高意向，老客户;高意向", "= #高意向 #老客户", "= #高意向 #老客户"),
        ("employees", "1,500人", "= 1500", "= 1500"),
        ("phone", "138 0013 8000", "", ""),
        ("phone", "+86 (21) 6888-1234 转 12", "", ""),
        ("phone", "138", "? 不像电话号码", "? no phone number?"),
        ("phone", "ask Amy", "? 不像电话号码", "? no phone number?"),
        ("email", "amy@acme", "? 不像邮箱地址", "? no e-mail address?"),
        ("email", "amy@acme.io", "", ""),
        ("company", "明天", "", ""),
    ],
)
def test_what_was_understood_is_said(key: str, text: str, zh: str, en: str) -> None:
    for language, said in (("zh", zh), ("en", en)):
        dialect = Dialect(language)
        found = understood(of_spec(SPECS[key], None, dialect), text, dialect, NOW)
        assert found.endswith(said) and bool(found) == bool(said), found


@pytest.mark.parametrize(
    ("key", "good", "bad"),
    [
        ("next_step_due", "明天 10:00", "morgen"),
        ("price", "10万", "ten"),
        ("budget", "10万-20万", "20万-10万"),
        ("satisfaction", "5", "9"),
        ("employees", "500", "many"),
    ],
)
def test_what_cannot_be_stored_is_refused_as_it_is_typed(key, good, bad, crm: Crm) -> None:
    field = of_spec(crm.fields.named(key), None, crm.dialect)
    context = crm.writer.context()
    assert formfields.problem(field, good, context) == ""
    assert "Not understood" in formfields.problem(field, bad, context)


async def test_the_meaning_stands_beside_the_field_while_it_is_typed(crm: Crm, open_board) -> None:
    crm.add(company="Acme", **READY)
    async with open_board(crm, (80, 24)) as d:
        await d.press("n")
        await d.fill(next_step="Call", next_step_due="+3d")
        line = next(line for line in d.text().splitlines() if "+3d" in line)
        assert "= 2024-05-04 10:00 Sat · in 3 days" in line
        await d.type("x")
        assert "in 3 days" not in d.text() and "Not understood" in d.text()


async def test_a_reason_used_before_is_chosen_with_the_arrows(crm: Crm, open_board) -> None:
    ids = [crm.add(company=f"c{n}", budget=f"{90 - n}万", **READY).id for n in range(6)]
    for each, reason in zip(ids[2:], ("price", "timing", "price", "[red]x"), strict=True):
        crm.lose(each, reason)
    async with open_board(crm) as d:
        await d.press("d")
        assert "used before: price · [red]x · timing" in d.text()
        await d.type("my own")
        await d.press("down", "down", "down", "down", "up", "up")
        (row,) = d.screen._rows
        assert row.text == "price" and "[price]" in d.text()
        await d.press("up")
        assert row.text == "my own"
        await d.press("down", "enter")
        assert crm.get(ids[0]).close_reason == "price"
        assert "u undoes it" in d.told()
        await d.press("u")
        assert crm.get(ids[0]).status == "open" and "redoes it" in d.told()
        await d.press("D")
        assert "used before" not in d.text()  # nobody was invalid yet
        await d.type("no such number")
        await d.press("down", "up")  # nothing to choose: the arrows leave it alone
        await d.save()
        assert crm.get(ids[0]).close_reason == "no such number"


async def test_objections_are_answered_settled_and_left_open(crm: Crm, open_board) -> None:
    customer = crm.add(company="Acme", **READY)
    for content in ("dear", "slow", "ugly"):
        crm.append(customer.id, "objections", Objection(content))
    async with open_board(crm, (100, 40)) as d:
        await d.press("x")
        key = f"{customer.id} "
        await d.fill(**{f"answer {key}0": "instalments", f"answer {key}1": "we asked"})
        await d.fill(**{f"resolved {key}1": "no", f"resolved {key}2": "yes"})
        await d.save()
        found = [(o.response, o.resolved) for o in crm.get(customer.id).objections]
        assert found == [("instalments", True), ("we asked", False), ("", True)]
        await d.press("x")  # the one still open, with its answer
        assert [row.field.initial for row in d.screen._rows][:1] == ["we asked"]
        await d.fill(**{f"resolved {key}1": "yes"})
        await d.save()
        assert all(o.resolved for o in crm.get(customer.id).objections)


async def test_feedback_on_an_earlier_proposal_is_written_without_a_new_one(
    crm: Crm, open_board
) -> None:
    customer = crm.add(company="Acme", **READY)
    crm.append(customer.id, "proposals", Proposal("phase one"))
    async with open_board(crm, (100, 40)) as d:
        await d.press("p")
        assert "Earlier proposals" in d.text() and "Feedback: phase one" in d.text()
        await d.save()  # nothing at all is no proposal
        assert isinstance(d.screen, FormScreen) and "Write what is proposed" in d.text()
        key = f"{customer.id} 0"
        await d.fill(**{f"feedback {key}": "they like it", f"sent_at {key}": "昨天"})
        await d.save()
        (record,) = crm.get(customer.id).proposals
        assert (record.summary, record.feedback) == ("phase one", "they like it")
        assert record.sent_at == datetime(2024, 4, 29, 16, tzinfo=UTC)
        await d.press("p")
        await d.fill(summary="phase two", price="5万", **{f"feedback {key}": "!"})
        await d.save()
        first, second = crm.get(customer.id).proposals
        assert first.feedback == "they like it!" and second.price.amount == Decimal(50_000)


async def test_a_gate_fills_in_what_is_known_and_sends_the_proposal_that_waits(
    crm: Crm, open_board
) -> None:
    customer = crm.add(company="Acme", need_detail="three lines", **READY)
    crm.append(customer.id, "proposals", Proposal("phase one"))
    crm.move(
        customer.id, "solution",
        {"validity": "valid", "grade": "B", "grade_evidence": "met", "owner": "Li Na"},
    )  # fmt: skip
    async with open_board(crm) as d:
        await d.press("3", "L")
        assert isinstance(d.screen, FormScreen)
        rows = {row.field.key: row.text for row in d.screen._rows}
        assert rows == {"proposals": "phase one"} and "Not sent yet" in d.text()
        await d.save()
        assert isinstance(d.screen, BoardScreen)
    (record,) = crm.get(customer.id).proposals
    assert record.sent_at == crm.clock()
    assert crm.get(customer.id).stage == "negotiation"
