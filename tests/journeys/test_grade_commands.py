"""Grading by commands: one customer, everybody with a look first, other rules tried before they count."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

CARD = """\
name = "general"
version = "2"
label = { zh = "更严", en = "Stricter" }
[grades]
A = 90
B = 60
[[rule]]
field = "need_match"
bands = [
  { is = "high", points = 50, zh = "需求高", en = "high need" },
  { points = 0, zh = "需求低", en = "low need" },
]
[[rule]]
field = "budget_fit"
bands = [
  { is = "sufficient", points = 50, zh = "预算足", en = "budget is there" },
  { points = 0, zh = "预算不足", en = "no budget" },
]
"""


@pytest.fixture
def company(shell, tmp_path):
    """A workspace with three leads, and a card that grades more strictly."""
    config = tmp_path / "crm.toml"
    config.write_text(config.read_text("utf-8").replace('"zh"', '"en"'), "utf-8")
    fits = [("high", "sufficient"), ("high", "insufficient"), ("low", "insufficient")]
    for number, (need, budget) in enumerate(fits):
        shell(
            "add", f"Company {number}", "--source", "x", "--set", f"need_match={need}",
            "--set", f"budget_fit={budget}", "--set", "employees=800",
            "--set", "annual_revenue=2亿", "--set", "decision_authority=decides",
        )  # fmt: skip
    (tmp_path / "new.toml").write_text(CARD, "utf-8")
    return shell


def grades(shell) -> list[str]:
    """The grades of all, by id."""
    return [row.get("grade") or "-" for row in json.loads(shell("list", "--format", "json"))]


def test_rules_are_tried_then_applied_then_taken_back(company) -> None:
    assert "Written as revision" in company("grade", "--all")
    before = grades(company)
    assert before[0] == "A" and "-" not in before

    said = company("grade", "--all", "--with", "new.toml", "--dry-run")
    assert "3 customers" in said
    assert "change grade" in said
    assert "high need" in said
    assert grades(company) == before
    token = re.search(r"--apply (\S+)", said)[1]

    written = company("grade", "--all", "--with", "new.toml", "--apply", token)
    assert "crmcore undo" in written
    assert grades(company) == ["A", "C", "C"]
    company("undo")
    assert grades(company) == before


def test_what_was_shown_is_refused_when_the_data_has_changed(company) -> None:
    said = company("grade", "--all", "--dry-run")
    token = re.search(r"--apply (\S+)", said)[1]
    company("add", "Another", "--source", "x")
    refused = company("grade", "--all", "--apply", token, code=5)
    assert "look at it again with --dry-run" in refused
    assert set(grades(company)) == {"-"}


def test_a_dry_run_is_exported_and_a_grade_explained(company) -> None:
    rows = list(
        csv.DictReader(io.StringIO(company("grade", "--all", "--dry-run", "--format", "csv")))
    )
    assert rows[0]["After"] == "A"
    assert all(row["Deciding rules"] for row in rows)
    (first, *_) = json.loads(company("list", "--format", "json"))
    company("edit", first["id"], "--set", "annual_revenue=")
    said = company("grade", first["id"], "--explain")
    assert "█" in said
    assert "annual_revenue" in said
    assert "Unknown to the card" in said
    assert "--evidence" in company("grade", first["id"], "A", code=2)


MAKES_NO_SENSE = [
    (("grade",), 2, "Name one customer, or --all"),
    (("grade", "--all", "20240501001"), 2, "Name one customer, or --all"),
    (("grade", "--all", "--with", "new.toml"), 2, "Look first"),
    (("grade", "20240501001", "--dry-run"), 2, "go with --all"),
    (("grade", "20240501001", "A"), 3, "There is no customer"),
    (("grade", "--all", "--with", "gone.toml", "--dry-run"), 2, "gone.toml"),
    (("grade", "--all", "--with", "card.xyz", "--dry-run"), 2, "card.xyz"),
]


def test_what_makes_no_sense_is_told(shell, tmp_path) -> None:
    for args, code, said in MAKES_NO_SENSE:
        assert said in shell("--lang", "en", *args, code=code)
    (tmp_path / "new.toml").write_text(CARD.replace("need_match", "ned_match"), "utf-8")
    told = shell("--lang", "en", "grade", "--all", "--with", "new.toml", "--dry-run", code=2)
    assert "new.toml, line 8" in told and "Did you mean need match" in told
    told = shell("grade", "--all", "--with", "new.toml", "--dry-run", code=2)
    assert "评分卡 new.toml 第 8 行：没有字段" in told
    assert "--dry-run" in shell("grade", "--help")


def test_the_doctor_finds_what_is_wrong(shell, tmp_path) -> None:
    assert "Nothing is wrong" in shell("--lang", "en", "plugins", "doctor")
    with (tmp_path / "crm.toml").open("a") as config:
        config.write('\n[plugin.scorecard]\ncard = "gone.toml"\n')
    said = shell("plugins", "doctor", code=1)
    assert "gone.toml" in said
    assert "scorecard" in said
