"""Cards, headings and the lines around them are written to the cell, whatever the text is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.funnel import Standing
from crmcore.money import Money
from crmcore.records import Debt, GradeRecord
from crmcore.text import one_line
from crmcore_tui.cells import Line, Part, fit, spread, width_of, wrap
from crmcore_tui.headings import Heading, heading_lines
from crmcore_tui.keymap import footer_keys
from crmcore_tui.presenter import (
    Summary,
    bar,
    card_lines,
    due_words,
    footer_line,
    grade_badge,
    name_of,
    summary_line,
)
from crmcore_tui.widgets.ink import ROLES

NOW = datetime(2024, 5, 6, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
ZH = Dialect("zh", ZoneInfo("Asia/Shanghai"))
EN = Dialect("en", ZoneInfo("Asia/Shanghai"))

HOSTILE = (
    "[/red]", "[b]x", "\x1b[31mred\x1b[0m", "\u202egnp.exe", "啊" * 10_000, "👨‍👩‍👧‍👦🇨🇳", "a\u200bb",
    "\u0301" * 500, "a\nb\tc", "\x00nul", "{name}", "‏مرحبا", "",
)  # fmt: skip


def text_of(line: Line) -> str:
    return "".join(part.text for part in line)


def customer(**values: object) -> Customer:
    return Customer(id="20240501001", **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("width", [1, 2, 12, 23, 29, 60])
@pytest.mark.parametrize("text", HOSTILE)
def test_every_line_of_a_card_is_exactly_as_wide_as_the_column(text: str, width: int) -> None:
    shown = customer(company=text, owner=text, next_step=text, next_step_due=NOW, grade="A")
    for line in card_lines(shown, width, NOW, ZH):
        assert width_of(line) == width
        assert "\x1b" not in text_of(line)
        assert "\u202e" not in text_of(line)
        assert "\n" not in text_of(line)


@given(st.text(), st.integers(2, 40))
def test_wrapped_lines_fit_and_lose_nothing(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert lines
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(one_line(text).split())


def test_lines_break_at_spaces_and_between_chinese_characters() -> None:
    assert wrap("well known 上海某某科技", 8) == ["well", "known 上", "海某某科", "技"]


@given(st.text(), st.integers(0, 40))
def test_fit_never_takes_more_cells_than_there_are(text: str, width: int) -> None:
    assert cell_len(fit(text, width)) <= width


@given(st.lists(st.text(max_size=30)), st.lists(st.text(max_size=10)), st.integers(1, 60))
def test_spread_fills_the_line_exactly(left: list[str], right: list[str], width: int) -> None:
    line = spread([Part(fit(t, 99)) for t in left], [Part(fit(t, 99)) for t in right], width)
    assert width_of(line) == width


def test_wide_characters_are_cut_between_not_through() -> None:
    assert fit("上海某某科技", 7) == "上海某…"
    assert fit("上海某某科技", 12) == "上海某某科技"


def test_a_card_tells_name_grade_value_owner_and_next_step() -> None:
    shown = customer(
        company="上海某某科技有限公司",
        grade="A",
        price=Money(Decimal(150_000)),
        owner="李娜",
        next_step="周四演示",
        next_step_due=NOW + timedelta(days=1),
    )
    name, worth, step = (text_of(line).rstrip() for line in card_lines(shown, 30, NOW, ZH))
    assert name == "上海某某科技有限公司"
    assert worth.split() == ["A", "15万", "李娜"]
    assert step == "› 明天 10:00 周四演示"


@pytest.mark.parametrize(
    ("grade", "stale", "text", "role"),
    [
        ("A", "", " A ", "grade-a"),
        (None, "", " - ", "grade-none"),
        ("A", "its grader failed", " A? ", "grade-stale"),
        (None, "its grader failed", " -? ", "grade-stale"),
    ],
)
def test_a_grade_that_could_not_be_renewed_has_its_own_badge(grade, stale, text, role) -> None:
    record = GradeRecord("general", "1", "d", NOW, stale=stale)
    shown = customer(company="x", grade=grade, grading=record if grade or stale else None)
    assert grade_badge(shown) == Part(text, role)
    assert Part(text, role) in card_lines(shown, 40, NOW, EN)[1]
    assert role in ROLES


def test_unknowns_are_said_not_left_out() -> None:
    _, worth, step = (text_of(line) for line in card_lines(customer(company="x"), 40, NOW, EN))
    assert worth.split() == ["-", "value", "unknown", "unassigned"]
    assert step.strip() == "· no next step"


@pytest.mark.parametrize(
    ("days", "limit", "said", "role"),
    [
        (0, 14, "· no next step", "dim"),
        (3, 14, "· no next step · 3d", "dim"),
        (15, 14, "~ quiet for 15d no next step", "stale"),
        (15, None, "· no next step · 15d", "dim"),
    ],
)
def test_a_card_tells_its_age_and_when_it_is_stale(
    days: int, limit: int | None, said: str, role: str
) -> None:
    shown = customer(company="x", entered_stage_at=NOW - timedelta(days=days, hours=1))
    line = card_lines(shown, 40, NOW, EN, stale_after=limit)[2]
    assert text_of(line).strip() == said
    assert line[0].role == role


def test_gate_debts_and_the_first_follow_up_are_on_the_card() -> None:
    shown = customer(
        company="x",
        owner="Li",
        first_follow_up_due=NOW - timedelta(hours=3),
        debts=(Debt("lead", "source", NOW),),
    )
    _, worth, step = (text_of(line) for line in card_lines(shown, 50, NOW, EN))
    assert "1 owed" in worth
    assert step.strip() == "! 3h overdue first follow-up"


@pytest.mark.parametrize(
    ("status", "more", "words"),
    [
        ("lost", {"close_reason": "价格"}, "✕ 流失 价格"),
        ("invalid", {"close_reason": "空号"}, "✕ 无效 空号"),
        ("won", {"completed_at": NOW}, "✓ 本轮已完成"),
    ],
)
def test_closed_customers_say_how_they_ended(
    status: str, more: dict[str, object], words: str
) -> None:
    shown = customer(company="x", status=status, **more)
    assert text_of(card_lines(shown, 40, NOW, ZH)[2]).strip() == words


@pytest.mark.parametrize(
    ("away", "mark", "zh", "en"),
    [
        (timedelta(days=-3), "!", "逾期 3 天", "3d overdue"),
        (timedelta(hours=-5), "!", "逾期 5 小时", "5h overdue"),
        (timedelta(minutes=-5), "!", "刚逾期", "just overdue"),
        (timedelta(hours=3), "•", "今天 13:00", "today 13:00"),
        (timedelta(days=1), "›", "明天 10:00", "tomorrow 10:00"),
        (timedelta(days=9), "›", "05-15 10:00", "05-15 10:00"),
        (timedelta(days=400), "›", "2025-06-10 10:00", "2025-06-10 10:00"),
        (timedelta(hours=-10), "•", "今天", "today"),  # midnight: the day itself, not overdue
    ],
)
def test_due_times_are_said_as_people_say_them(
    away: timedelta, mark: str, zh: str, en: str
) -> None:
    assert due_words(NOW + away, NOW, ZH)[::2] == (mark, zh)
    assert due_words(NOW + away, NOW, EN)[::2] == (mark, en)


def test_a_name_of_nothing_visible_falls_back_to_the_id() -> None:
    assert name_of(customer(company="\u200b\u200b")) == "20240501001"


def test_the_heading_has_count_value_and_a_bar_in_proportion() -> None:
    standing = Standing(12, {"CNY": Decimal(1_230_000), "USD": Decimal(5000)}, 3)
    label, value, _, drawn = heading_lines(Heading(2, "筛选分级", standing, 24), 37, ZH)
    assert text_of(label).split() == ["2", "筛选分级", "12"]
    assert text_of(value).split("  ")[0] == "123万 + $5,000"
    assert "3 个金额未知" in text_of(value)
    assert text_of(drawn) == "▄" * 15 + "▁" * 15 + " " * 7


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 80))
def test_a_bar_is_as_wide_as_it_should_be_and_shows_anybody(a: int, b: int, width: int) -> None:
    count, fullest = sorted((a, b))
    filled, rest = (part.text for part in bar(count, fullest, width))
    assert len(filled) + len(rest) == width
    assert bool(filled) == bool(count)


def test_the_summary_names_the_columns_that_are_panned_out_of_view() -> None:
    standings = [Standing(n, {}, n) for n in (5, 4, 3, 2, 1)]
    line = text_of(summary_line(Summary("Funnel", standings, range(1, 4)), 80, EN))
    assert " 1:5 [2:4][3:3][4:2] 5:1 " in line
    assert "15 customers" in line
    assert ":" not in text_of(summary_line(Summary("Funnel", standings, range(5)), 80, EN))


@pytest.mark.parametrize("dialect", [ZH, EN])
@pytest.mark.parametrize("width", [20, 80, 160])
def test_the_footer_fills_its_line_and_names_the_way_to_help(width: int, dialect: Dialect) -> None:
    line = footer_line(footer_keys(), width, dialect)
    assert width_of(line) == width
    assert " ? " in text_of(line)
