"""Why a grade is what it is, to the cell: the bars are in proportion and every line fits."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from crmcore.customer import Customer
from crmcore.dialect import Dialect
from crmcore.fields import FieldCatalogue
from crmcore.grading.regrading import GradingRow
from crmcore.records import GradeRecord, OpinionRecord, RuleEvidence
from crmcore_tui.cells import Line, width_of
from crmcore_tui.explaining import Scale, points_bar, why_lines
from crmcore_tui.trying import common_start, reasons, step
from crmcore_tui.widgets.ink import ROLES

NOW = datetime(2024, 5, 6, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
ZH = Dialect("zh", ZoneInfo("Asia/Shanghai"))
EN = Dialect("en", ZoneInfo("Asia/Shanghai"))
HOSTILE = (
    "[/red]",
    "\x1b[31m",
    "\u202egnp",
    "啊" * 3000,
    "👨‍👩‍👧‍👦🇨🇳",
    "\u0301" * 300,
    "a\nb",
    "{name}",
    "",
)


def rule(key: str, points: float | None, dimension: str = "", text: str = "理由") -> RuleEvidence:
    return RuleEvidence(key, key, "800", points, text, f"{text} en", dimension)


RECORD = GradeRecord(
    "制造业评分卡", "3", "d", NOW, score=25.0, best=85.0, share_unknown=0.15,
    rules=(
        rule("employees", 20.0, "size"), rule("budget_fit", -10.0, "budget"),
        rule("need_match", 15.0, "own dimension"), rule("annual_revenue", None, "revenue"),
    ),
    raise_with=("annual_revenue",), raise_to=("A",),
)  # fmt: skip


def customer(record: GradeRecord | None, grade: str | None = "B") -> Customer:
    return Customer(
        id="1", company="x", grade=grade, grade_evidence="李娜：电话里\n已确认预算", grading=record
    )


def text(line: Line) -> str:
    return "".join(part.text for part in line).rstrip()


def explained(record: GradeRecord | None, dialect: Dialect = ZH, width: int = 72, **more) -> str:
    return "\n".join(
        text(line) for line in why_lines(customer(record, **more), FieldCatalogue(), dialect, width)
    )


def test_everything_known_of_a_grade_is_told() -> None:
    said = explained(RECORD)
    for expected in (
        "B   预计 30–60 天成交", "评分卡 制造业评分卡 3，2024-05-06 10:00", "得分 25 / 最高 85",
        "评分中 15% 未知", "  企业规模  +20", "  预算  -10", "  own dimension  +15",
        "理由（企业规模(人数)：800）", "?  理由（年营收：800）", "→ 补充 年营收 可由 B 升为 A",
    ):  # fmt: skip
        assert expected in said
    assert "未能更新" not in said
    assert "Company size  +20" in explained(RECORD, EN)
    assert "Annual revenue would move this from B to A" in explained(RECORD, EN)


def test_bars_are_in_proportion_about_one_zero() -> None:
    lines = list(why_lines(customer(RECORD), FieldCatalogue(), ZH, 72))
    bars = {
        part.role: (sum(map(len, (p.text for p in line[:place]))), part.text)
        for line in lines
        for place, part in enumerate(line)
        if part.role in ("bar", "loss") and set(part.text) <= set("█▐▏▎▍▌▋▊▉")
    }
    taken, given_ = bars["loss"], bars["bar"]
    assert taken[0] + len(taken[1]) == given_[0]  # both begin at zero
    twenty = next(line for line in lines if text(line).lstrip().startswith("+20"))
    assert sum(p.text.count("█") for p in twenty) == 16
    assert len(taken[1]) == 8


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=9), st.integers(4, 40))
def test_a_bar_fills_its_room_and_shows_any_points(points: list[float], width: int) -> None:
    rules = [rule(f"r{n}", p) for n, p in enumerate(points)]
    scale = Scale.of(rules, width)
    for value in points:
        drawn = points_bar(value, scale)
        assert width_of(drawn) == width
        inked = "".join(part.text for part in drawn if part.role in ("bar", "loss")).strip()
        assert bool(inked) == bool(value)


@pytest.mark.parametrize("width", [1, 16, 30, 72, 104])
@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("dialect", [ZH, EN])
def test_no_line_is_too_wide_and_nothing_acts(hostile: str, width: int, dialect: Dialect) -> None:
    one = OpinionRecord(hostile, hostile, "d", hostile or "A", 3.0)
    record = evolve(
        RECORD, grader=hostile, policy=hostile or "weighted", opinions=(one,), stale=hostile,
        rules=tuple(
            evolve(r, field=hostile or "x", value=hostile, reason_zh=hostile, reason_en=hostile,
                   dimension=hostile) for r in RECORD.rules
        ),
        raise_with=(hostile or "x",),
    )  # fmt: skip
    for line in why_lines(customer(record), FieldCatalogue(), dialect, width):
        assert width_of(line) <= width
        assert not {"\x1b", "\u202e", "\n"} & set(text(line))


def test_several_graders_are_told_with_what_joined_them() -> None:
    opinions = (OpinionRecord("g", "1", "d", "A", 60.0, 2.0), OpinionRecord("h", "4", "d", "C"))
    rules = (rule("g/employees", 5.0), rule("h/employees", 7.0, "size"))
    said = explained(evolve(RECORD, policy="weighted", opinions=opinions, rules=rules), EN)
    assert "joined by the weighted mean" in said
    assert "A  g 1" in said
    assert "score 60 · weighs 2" in said
    assert "  g  +5" in said
    assert "  h · Company size  +7" in said


@pytest.mark.parametrize(
    ("record", "grade", "expected"),
    [
        (evolve(RECORD, stale="规则超时"), "B", ["B?", "未能更新，保留原等级：规则超时"]),
        (evolve(RECORD, stale="规则超时", rules=()), None, ["评级失败，还没有等级：规则超时"]),
        (GradeRecord("manual", "", "", NOW), "A", ["人工评定 · 2024-05-06", "已确认预算"]),
        (None, "A", ["来自导入的表格", "李娜：电话里"]),
        (None, None, ["还没有等级"]),
        (evolve(RECORD, raise_with=(), raise_to=()), "B", ["补齐未知的字段也不会提高等级"]),
    ],
)
def test_what_is_not_a_fresh_grade_by_rules_is_told(record, grade, expected) -> None:
    said = explained(record, grade=grade)
    assert all(words in said for words in expected)


def test_every_role_has_its_colour() -> None:
    opinions = (OpinionRecord("g", "1", "d", "A"),)
    record = evolve(RECORD, stale="x", opinions=opinions)
    lines = why_lines(customer(record), FieldCatalogue(), ZH, 72)
    assert {part.role for line in lines for part in line} - {""} <= set(ROLES)


# what a trial says of one customer


def moved(before: GradeRecord, after: GradeRecord, *deciding: RuleEvidence) -> GradingRow:
    return GradingRow(customer(before, "B"), customer(after, "A"), "moved", deciding)


def test_the_points_before_and_after_are_told() -> None:
    after = evolve(RECORD, rules=(rule("employees", 50.0), rule("fresh", 5.0)))
    row = moved(evolve(RECORD, rules=(rule("employees", 20.0),)), after, *after.rules)
    assert reasons(row, ZH) == "理由 (800) +20 → +50; 理由 (800) +5"
    assert step(row) == 1


def test_a_rule_that_is_gone_and_limits_that_moved_are_told() -> None:
    row = moved(RECORD, evolve(RECORD, rules=RECORD.rules[1:]))
    assert reasons(row, ZH) == "理由（+20 不再计）"
    assert reasons(moved(RECORD, RECORD), ZH) == "得分不变，分界线变了"


@given(st.lists(st.text(max_size=5), min_size=1, max_size=5))
def test_the_common_start_is_the_longest(names: list[str]) -> None:
    start = common_start(tuple(names))
    assert all(name.startswith(start) for name in names)
    longer = names[0][: len(start) + 1]
    assert longer == start or not all(name.startswith(longer) for name in names)
