"""Rules are tested on closed customers, and learned from them, by commands."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("sklearn")

CARD = """\
name = "by-source"
version = "1"
label = { zh = "按来源", en = "By source" }
[grades]
A = 50
B = 20
[[rule]]
field = "source"
bands = [
  { is = "referral", points = 50, zh = "转介绍", en = "referred" },
  { is = "fair", points = 20, zh = "展会", en = "met at a fair" },
  { points = 0, zh = "其他", en = "another" },
]
"""
HEADER = "Company,Source,Stage,Visits,Rating\n"


@pytest.fixture
def history(shell, tmp_path):
    """300 closed customers: referred ones win, so do those with many visits; the rating leaks."""
    (tmp_path / "crm.toml").write_text(
        'store = "json:crm.json"\nlanguage = "en"\ntimezone = "UTC"\n'
        '[grading]\nafter_the_fact = ["sheet.Rating"]\n',
        "utf-8",
    )
    (tmp_path / "card.toml").write_text(CARD, "utf-8")
    (tmp_path / "profile.toml").write_text(
        '[columns]\nStage = "stage"\n[values.stage]\n'
        'yes = { stage = "after_sales", status = "won" }\n'
        'no = { stage = "lead", status = "lost" }\n',
        "utf-8",
    )
    return shell


def sheet(count: int) -> str:
    """A sheet of closed leads."""
    rows = []
    for n in range(count):
        source = ("referral", "fair", "web")[n % 3]
        visits = n * 7 % 20
        won = (source == "referral" or visits >= 15) != (n % 11 == 0)
        stage = "yes" if won else "no"
        rows.append(f"Company {n},{source},{stage},{visits},{'good' if won else 'bad'}\n")
    return HEADER + "".join(rows)


def test_two_cards_stand_side_by_side(history, tmp_path) -> None:
    (tmp_path / "past.csv").write_text(sheet(300), "utf-8")
    history("import", "past.csv", "--profile", "profile.toml")
    said = history("grade", "backtest", "--with", "card.toml")
    assert "in use" in said and "card.toml" in said
    assert "300 closed customers" in said and "AUC" in said
    in_use, tried = json.loads(
        history("grade", "backtest", "--with", "card.toml", "--format", "json")
    )
    best = tried["grades"][0]
    assert (best["grade"], best["conversion"]["whole"]) == ("A", 100)
    assert best["lift"] > 1.5 > 0.9 > tried["grades"][2]["lift"]
    low, high = best["conversion"]["interval"]
    assert low < best["conversion"]["share"] < high
    assert tried["auc"]["value"] > 0.7 > in_use["auc"]["value"]
    assert sum(grade["conversion"]["whole"] for grade in in_use["grades"]) == 300


def test_rules_are_learned_read_tried_and_put_in_force(history, tmp_path) -> None:
    (tmp_path / "past.csv").write_text(sheet(300), "utf-8")
    history("import", "past.csv", "--profile", "profile.toml")
    said = history("grade", "learn", "learned.toml", "--max-fields", "3")
    assert "300 closed customers" in said and "held out" in said
    card = (tmp_path / "learned.toml").read_text("utf-8")
    assert 'field = "source"' in card and 'field = "sheet.Visits"' in card
    assert 'field = "sheet.Rating"' not in card
    assert "already" in history("grade", "learn", "learned.toml", code=2)
    assert (tmp_path / "learned.toml").read_text("utf-8") == card
    history("add", "New", "--source", "referral", "--set", "sheet.Visits=19")
    tried = history("grade", "--all", "--with", "learned.toml", "--dry-run", "--format", "csv")
    assert "Source: referral" in tried
    with (tmp_path / "crm.toml").open("a") as config:
        config.write('[plugin.scorecard]\ncards = ["learned.toml"]\n')
    history("grade", "--all")
    graded = json.loads(history("list", "status:open", "--format", "json"))
    assert [row["grade"] for row in graded] == ["A"]


REFUSED = [
    (("backtest",), 4, "Not enough history"),
    (("learn", "learned.toml"), 2, "Too little history"),
    (("learn", "learned.xyz"), 2, "Known: .toml"),
    (("learn", "learned.toml", "--field", "nonsense"), 2, "There is no field 'nonsense'"),
    (("learn", "learned.toml", "--industry", "nowhere"), 2, "Too little history"),
    (("backtest", "--with", "a", "--with", "b", "--with", "c"), 2, "At most two"),
]


def test_what_cannot_be_told_is_refused(history, tmp_path) -> None:
    (tmp_path / "past.csv").write_text(sheet(20), "utf-8")
    history("import", "past.csv", "--profile", "profile.toml")
    for args, code, said in REFUSED:
        assert said in history("grade", *args, code=code)
    assert not (tmp_path / "learned.toml").exists()
