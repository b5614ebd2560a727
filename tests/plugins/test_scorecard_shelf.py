"""Which cards are in force: the team's before the shipped ones, and none in place of a broken one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import evolve

import crmcore_scorecard
from crmcore.config import Config, GradingConfig, load_config
from crmcore.customer import Customer
from crmcore.errors import ConfigError, NotFoundError, PluginError
from crmcore.grading.policy import choose
from crmcore.grading.regrading import with_grader
from crmcore.hooktypes import Grader
from crmcore.host import PluginHost
from crmcore_scorecard.shelf import grader_at

NOW = datetime(2024, 5, 1, tzinfo=UTC)
SHIPPED = ["internet", "manufacturing", "retail", "services", "general"]


def card(name: str, served: str = "", grade: int = 1) -> str:
    return (
        f'name = "{name}"\nversion = "1"\nlabel = {{ zh = "x", en = "x" }}\n{served}\n'
        f"grades = {{ A = {grade}, B = 0.5 }}\n"
        '[[rule]]\nfield = "employees"\nbands = [ { points = 1, zh = "x", en = "x" } ]\n'
    )


def config_of(folder: Path, cards: dict[str, str | None], **more: object) -> Config:
    for name, text in cards.items():
        if text is not None:
            (folder / name).write_text(text, "utf-8")
    grading = more.pop("grading", GradingConfig())
    settings = {"cards": list(cards), **more}
    return Config(
        language="en", timezone="UTC", directory=folder, plugin={"scorecard": settings},
        grading=grading,  # type: ignore[arg-type]
    )  # fmt: skip


def graders(folder: Path, cards: dict[str, str | None], **more: object) -> list[Grader]:
    return crmcore_scorecard.crm_graders(config_of(folder, cards, **more))


def serving(found: list[Grader], industry: str, pipeline: str = "standard") -> Grader:
    customer = Customer(id="1", industry=industry, pipeline=pipeline)
    [grader] = choose(customer, found, None)
    return grader


def test_without_cards_of_its_own_a_team_has_the_shipped_ones(tmp_path):
    found = crmcore_scorecard.crm_graders(Config(timezone="UTC", directory=tmp_path))
    assert [grader.name for grader in found] == SHIPPED
    assert serving(found, "制造业").name == "manufacturing"
    assert serving(found, "SAAS").name == "internet"
    assert serving(found, "农业").name == "general"
    assert graders(tmp_path, {}, shipped=False) == []


def test_a_teams_card_comes_before_the_shipped_one_for_its_industry(tmp_path):
    found = graders(tmp_path, {"m.toml": card("mine", 'industries = ["制造业", "农业"]')})
    assert [grader.name for grader in found] == ["mine", *SHIPPED]
    assert serving(found, "制造业").name == "mine"
    assert serving(found, "农业").name == "mine"
    assert serving(found, "machinery").name == "manufacturing"
    # Under no policy does the shipped card speak for that industry too.
    together = choose(Customer(id="1", industry="制造业"), found, "strictest")
    assert [grader.name for grader in together] == ["mine"]


def test_a_teams_card_for_everybody_replaces_every_shipped_one(tmp_path):
    found = graders(tmp_path, {"m.toml": "\ufeff" + card("mine")})
    assert [grader.name for grader in found] == ["mine"]


def test_a_copy_of_a_shipped_card_stands_in_for_it(tmp_path):
    found = graders(tmp_path, {"m.toml": card("manufacturing", 'industries = ["制造业"]')})
    assert [grader.name for grader in found] == [
        "manufacturing", "internet", "retail", "services", "general",
    ]  # fmt: skip


def test_a_card_for_a_pipeline_leaves_the_others_to_the_shipped_ones(tmp_path):
    served = 'industries = ["制造业"]\npipelines = ["renewal"]'
    found = graders(tmp_path, {"m.toml": card("mine", served)})
    assert serving(found, "制造业", "renewal").name == "mine"
    assert serving(found, "制造业").name == "manufacturing"
    assert found[0].pipelines == ("renewal",)


def test_card_and_cards_may_both_be_said(tmp_path):
    (tmp_path / "one.toml").write_text(card("one", 'industries = ["a"]'), "utf-8")
    found = graders(
        tmp_path, {"two.toml": card("two", 'industries = ["b"]')}, card="one.toml", shipped=False
    )
    assert [grader.name for grader in found] == ["one", "two"]


# cards that are broken

BROKEN = {
    "a rule on no field": ('field = "employees"', 'field = "employes"', "line 7: There is no field"),
    "thresholds out of order": ("A = 1", "A = 0.1", "line 5: A must begin above B"),
    "a circle": ('version = "1"', 'version = "1"\nbase = "bad.toml"', "line 3: its base leads back"),
    "a hanging expression": (
        "{ points = 1,", '{ matches = "(a+)+", points = 1, zh = "x", en = "x" }, { points = 1,',
        "line 8: employees (integer) has the conditions",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("right", "wrong", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_card_grades_nobody_and_the_others_work(tmp_path, right, wrong, said):
    text = card("bad", 'industries = ["制造业"]').replace(right, wrong)
    fine = card("fine", 'industries = ["零售"]')
    found = graders(tmp_path, {"fine.toml": fine, "bad.toml": text})
    assert [grader.name for grader in found] == ["bad", "fine", *SHIPPED]

    bad = serving(found, "制造业")
    assert bad.name == "bad"
    assert f"bad.toml, {said}" in bad.trouble
    with pytest.raises(ConfigError) as caught:
        bad.grade(Customer(id="1"), NOW)
    assert str(caught.value) == bad.trouble

    for industry, name in (("零售", "fine"), ("农业", "general"), ("互联网", "internet")):
        grader = serving(found, industry)
        assert (grader.name, grader.trouble) == (name, "")
        assert grader.grade(Customer(id="1"), NOW).grade in ("A", "B", "C")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (card("bad", 'industries = ["制造业"').replace("x", "y"), "is not TOML"),
        (card("bad", 'industries = "制造业"'), "line 4: industries must be a list"),
        (None, r"bad\.toml cannot be read"),
        (card("bad").replace("A = 1", "A = 0.1"), "line 5: A must begin above B"),
    ],
)
def test_nobody_is_graded_in_place_of_a_card_that_does_not_say_whom_it_serves(tmp_path, text, said):
    fine = card("fine", 'industries = ["零售"]')
    found = graders(tmp_path, {"fine.toml": fine, "all.toml": card("all"), "bad.toml": text})
    assert [grader.name for grader in found] == ["bad", "fine", "all"]
    assert serving(found, "零售").name == "fine"
    with pytest.raises(ConfigError, match=said):
        serving(found, "制造业").grade(Customer(id="1"), NOW)


def test_the_host_shows_the_mistake_of_a_broken_card(tmp_path):
    text = card("bad").replace("A = 1", "A = 0.1")
    host = PluginHost(config_of(tmp_path, {"bad.toml": text}))
    host.register(crmcore_scorecard, "scorecard")
    [grader] = host.graders()
    [said] = host.opinions(grader, [Customer(id="1")], NOW, 10)
    assert isinstance(said, PluginError)
    assert "bad.toml, line 5: A must begin above B" in str(said)
    assert "bad.toml, line 5: A must begin above B" in host.failures[0].line


# two cards for one industry


def test_two_cards_for_one_industry_need_a_policy(tmp_path):
    cards = {
        "a.toml": card("a", 'industries = ["制造业", "电力"]'),
        "b.toml": "\n" + card("b", 'industries = ["化工", "电力"]'),
        "c.toml": card("c", 'industries = ["零售"]'),
    }
    found = graders(tmp_path, cards)
    clash = serving(found, "电力")
    assert clash.name == "a"
    assert "Two scorecards serve the industry 电力: " in clash.trouble
    assert f"{tmp_path / 'a.toml'}, line 4 and {tmp_path / 'b.toml'}, line 5." in clash.trouble
    assert '[grading] policy = "weighted" or "strictest"' in clash.trouble
    # Both are refused, so neither's customers are graded by another card.
    assert serving(found, "制造业") is clash
    assert serving(found, "化工") is clash
    assert serving(found, "零售").name == "c"

    for policy in ("weighted", "strictest"):
        joined = graders(tmp_path, cards, grading=GradingConfig(policy=policy))
        assert [grader.name for grader in joined][:3] == ["a", "b", "c"]
        customer = Customer(id="1", industry="电力")
        assert [g.name for g in choose(customer, joined, policy)] == ["a", "b"]
    best = graders(tmp_path, cards, grading=GradingConfig(policy="best-match"))
    assert serving(best, "电力").trouble == clash.trouble


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("", "", "Two scorecards serve every industry: "),
        ('industries = ["IT"]', 'industries = ["it"]', "Two scorecards serve the industry IT: "),
        (
            'pipelines = ["a", "b"]',
            'pipelines = ["b", "c"]',
            "Two scorecards serve every industry on the pipeline b: ",
        ),
        ('industries = ["IT"]', "", None),
        ('industries = ["IT"]', 'industries = ["IT"]\npipelines = ["a"]', None),
        ('pipelines = ["a"]', 'pipelines = ["b"]', None),
    ],
)
def test_cards_clash_when_one_is_not_the_more_special(tmp_path, first, second, said):
    cards = {"a.toml": card("a", first), "b.toml": card("b", second)}
    troubles = [grader.trouble for grader in graders(tmp_path, cards) if grader.trouble]
    if said is None:
        assert troubles == []
    else:
        [trouble] = troubles
        assert trouble.startswith(said)


def test_the_policy_of_a_pipeline_joins_the_cards_on_it(tmp_path):
    served = 'pipelines = ["renewal"]'
    cards = {"a.toml": card("a", served), "b.toml": card("b", served)}
    joined = GradingConfig(policy="best-match", pipelines={"renewal": "strictest"})
    assert not any(grader.trouble for grader in graders(tmp_path, cards, grading=joined))
    parted = GradingConfig(policy="strictest", pipelines={"renewal": "best-match"})
    assert any(grader.trouble for grader in graders(tmp_path, cards, grading=parted))


def test_two_cards_of_one_name_are_refused(tmp_path):
    cards = {
        "a.toml": card("same", 'industries = ["a"]'),
        "b.toml": "\n\n" + card("same", 'industries = ["b"]'),
    }
    found = graders(tmp_path, cards, shipped=False)
    assert [grader.name for grader in found] == ["same"]
    assert "a.toml, line 1 and" in found[0].trouble
    assert "b.toml, line 3." in found[0].trouble
    zh = crmcore_scorecard.crm_graders(evolve(config_of(tmp_path, cards), language="zh"))
    assert "b.toml 第 3 行。请给其中一张改名。" in zh[0].trouble
    assert found[0].industries == ("a", "b")


# settings


@pytest.mark.parametrize(
    ("settings", "line", "said"),
    [
        ("card = 3", 3, "card must be a file name in quotes"),
        ('card = ""', 3, "card must be a file name"),
        ('card = "a\\u0000b"', 3, "card must be a file name"),
        ('cards = "a.toml"', 3, "cards must be a list"),
        ('cards = [\n"a.toml",\n3]', 5, "cards must be a file name in quotes"),
        ('shipped = "no"', 3, "shipped must be true or false"),
        ('crads = ["a.toml"]', 3, "'crads' is not known in [plugin.scorecard]; did you mean"),
    ],
)
def test_a_setting_that_names_no_cards_is_told_with_its_line(tmp_path, settings, line, said):
    (tmp_path / "a.toml").write_text(card("a"), "utf-8")
    text = f"language = 'en'\n[plugin.scorecard]\n{settings}\nshipped = true\n"
    (tmp_path / "crm.toml").write_text(
        text.replace("shipped = true\n", "") if "shipped" in settings else text, "utf-8"
    )
    with pytest.raises(ConfigError) as caught:
        crmcore_scorecard.crm_graders(load_config(tmp_path))
    assert f"crm.toml, line {line}: {said}" in str(caught.value)


def test_a_card_that_is_not_there_is_told_with_the_line_that_names_it(tmp_path):
    (tmp_path / "crm.toml").write_text(
        'language = "en"\n[plugin.scorecard]\ncards = [\n"none.toml"]\n', "utf-8"
    )
    [grader] = crmcore_scorecard.crm_graders(load_config(tmp_path))
    assert "crm.toml, line 4: The scorecard " in grader.trouble
    assert "none.toml cannot be read" in grader.trouble


def test_a_file_can_be_tried_before_it_is_in_force(tmp_path):
    path = tmp_path / "new.toml"
    path.write_text(card("new"), "utf-8")
    config = Config(language="en", timezone="UTC", directory=tmp_path)
    assert grader_at(path, config).name == "new"
    path.write_text(card("new", grade=2), "utf-8")
    with pytest.raises(ConfigError, match=r"new\.toml, line 5: nobody can reach 2 points"):
        grader_at(path, config)
    with pytest.raises(ConfigError, match=r"new\.toml 第 5 行：没有客户能达到 2 分"):
        grader_at(path, evolve(config, language="zh"))


@pytest.mark.parametrize(
    ("name", "served"),
    [
        ("general", ""),
        ("mine", 'industries = ["制造业", "SAAS"]'),
        ("manufacturing", 'pipelines = ["renewal"]'),
        ("mine", 'industries = ["制造业"]\npipelines = ["renewal"]'),
    ],
)
def test_who_is_graded_by_a_card_on_trial_is_graded_by_it_in_force(tmp_path, name, served):
    config = config_of(tmp_path, {"m.toml": card(name, served)})
    shipped = crmcore_scorecard.crm_graders(Config(timezone="UTC", directory=tmp_path))
    tried = with_grader(shipped, grader_at(tmp_path / "m.toml", config))
    in_force = crmcore_scorecard.crm_graders(config)
    whom = [(i, p) for i in ("制造业", "SaaS", "农业", "零售") for p in ("standard", "renewal")]
    assert [(g.name, g.industries) for g in tried] == [(g.name, g.industries) for g in in_force]
    assert [_speaker(tried, *one) for one in whom] == [_speaker(in_force, *one) for one in whom]


def _speaker(found: Sequence[Grader], industry: str, pipeline: str) -> str:
    """Who speaks, and whether by the team's card, which alone has one rule."""
    try:
        grader = serving(list(found), industry, pipeline)
    except NotFoundError:
        return ""
    opinion = grader.grade(Customer(id="1", industry=industry, pipeline=pipeline), NOW)
    return f"{grader.name} by {len(opinion.rules)}"


def test_the_card_in_the_docs_is_one(tmp_path):
    text = (Path(__file__).parents[2] / "docs" / "grading.md").read_text("utf-8")
    blocks = [block.split("```")[0] for block in text.split("```toml\n")[1:]]
    (tmp_path / "solar.toml").write_text(blocks[0], "utf-8")
    (tmp_path / "crm.toml").write_text(blocks[1], "utf-8")
    found = crmcore_scorecard.crm_graders(load_config(tmp_path))
    assert [grader.name for grader in found] == ["solar", *SHIPPED]
    customer = Customer(id="1", employees=1200, extra={"sheet.roof_area": "6,000"})
    said = found[0].grade(customer, NOW)
    assert (said.score, said.version, found[0].trouble) == (24, "3", "")
