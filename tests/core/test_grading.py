"""Graders speak, a policy joins them, and what a run would do is seen before it is done."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from crmcore import hookimpl
from crmcore.bootstrap import open_crm
from crmcore.changes import Write
from crmcore.config import Config, GradingConfig
from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.errors import ConflictError, NotFoundError, RefusedError
from crmcore.grading.evidence import evidence_words
from crmcore.grading.policy import Said, choose, join
from crmcore.hooktypes import Grader, IdScheme, Opinion
from crmcore.host import PluginHost
from crmcore.records import RuleEvidence
from crmcore.wording import Text

NOW = datetime(2024, 5, 1, 2, tzinfo=UTC)


def constant(name: str, grade: str, **more) -> Grader:
    """A grader that always says *grade*."""
    opinion = Opinion(grade, (), "1", f"digest of {name} {grade}")
    return Grader(name, Text(name, name), lambda customer, now: opinion, **more)


def by_revenue(name: str = "revenue") -> Grader:
    """A or C by whether the need is known to be high; says what is unknown."""

    def grade(customer: Customer, now: datetime) -> Opinion:
        known = customer.need_match
        points = None if known is None else 10.0 if known == "high" else 0.0
        rule = RuleEvidence("need", "need_match", known or "", points, "需求", "need")
        raises = ("need_match",) if known is None else ()
        return Opinion(
            "A" if points else "C", (rule,), "1", "d", points or 0.0,
            raise_with=raises, raise_to=("A",) if raises else (), share_unknown=float(known is None),
        )  # fmt: skip

    return Grader(name, Text(name, name), grade)


def workspace(tmp_path, *graders: Grader, **settings) -> Crm:
    """A workspace in memory with just these graders."""

    class Plugin:
        @hookimpl
        def crm_graders(self):
            return list(graders)

        @hookimpl
        def crm_id_schemes(self):
            count = iter(range(1, 9999))
            return [IdScheme("date-sequence", Text("n", "n"), lambda request: f"{next(count):04}")]

    config = Config(
        store="memory:", timezone="UTC", language="en", directory=tmp_path, notify=(),
        grading=GradingConfig(**settings),
    )  # fmt: skip
    host = PluginHost(config)
    host.register(Plugin(), "graders")
    return open_crm(config=config, host=host, clock=lambda: NOW, actor="tester")


SPECIAL = constant("special", "B", industries=("制造业",), pipelines=("standard",))
INDUSTRY = constant("industry", "C", industries=("制造业", "Manufacturing"))
PIPELINE = constant("pipeline", "C", pipelines=("standard",))
GENERAL, OTHER = constant("general", "A"), constant("other", "C")


@pytest.mark.parametrize(
    ("customer", "policy", "expected"),
    [
        (Customer(industry="制造业"), None, ["special"]),
        (Customer(industry="MANUFACTURING"), "best-match", ["industry"]),
        (Customer(industry="零售"), None, ["pipeline"]),
        (Customer(pipeline="own"), None, ["general"]),
        (Customer(pipeline="own"), "strictest", ["general", "other"]),
        (Customer(industry="制造业"), "weighted", ["special"]),
    ],
)
def test_those_made_most_specially_for_a_customer_speak(customer, policy, expected) -> None:
    graders = (GENERAL, PIPELINE, INDUSTRY, SPECIAL, OTHER)
    assert [grader.name for grader in choose(customer, graders, policy)] == expected


def test_nobody_serving_a_customer_is_told() -> None:
    with pytest.raises(NotFoundError, match=r"No grader serves 7 \(industry 零售"):
        choose(Customer(id="7", industry="零售"), (INDUSTRY,), None)


GRADES = st.sampled_from("ABC")


@given(st.lists(st.tuples(GRADES, st.floats(0.1, 10)), min_size=1, max_size=5))
def test_a_joint_grade_lies_between_the_grades_said_and_names_them(said) -> None:
    graders = [constant(f"g{n}", grade) for n, (grade, _) in enumerate(said)]
    weights = {f"g{n}": weight for n, (_, weight) in enumerate(said)}
    spoken = [Said(g, g.grade(Customer(), NOW)) for g in graders]
    grades = [grade for grade, _ in said]
    assert join(spoken, "strictest", weights).opinion.grade == max(grades)
    weighted = join(spoken, "weighted", weights)
    assert min(grades) <= weighted.opinion.grade <= max(grades)
    if len(said) > 1:
        assert [(o.grader, o.grade) for o in weighted.opinions] == [
            (f"g{n}", grade) for n, grade in enumerate(grades)
        ]


def test_a_half_is_rounded_to_the_worse_and_weights_count() -> None:
    spoken = [Said(g, g.grade(Customer(), NOW)) for g in (GENERAL, constant("b", "B"))]
    assert join(spoken, "weighted", {}).opinion.grade == "B"
    assert join(spoken, "weighted", {"general": 3}).opinion.grade == "A"
    assert (
        join(spoken, "weighted", {}).opinion.digest != join(spoken, "strictest", {}).opinion.digest
    )


def test_a_joint_grade_is_stored_with_who_said_what(tmp_path) -> None:
    crm = workspace(tmp_path, GENERAL, OTHER, policy="strictest")
    lead = crm.add(company="Acme")
    graded = crm.grade(lead.id)
    assert (graded.grade, graded.grading.policy) == ("C", "strictest")
    assert [(o.grader, o.grade) for o in graded.grading.opinions] == [
        ("general", "A"), ("other", "C"),
    ]  # fmt: skip
    assert "general A" in graded.grade_evidence
    assert crm.get(lead.id) == graded


def test_unknown_is_told_with_what_knowing_it_would_change(tmp_path) -> None:
    crm = workspace(tmp_path, by_revenue())
    graded = crm.grade(crm.add(company="Acme").id)
    assert graded.grade == "C"
    assert "unknown: need_match (100%)" in graded.grade_evidence
    assert "need_match would move this from C to A" in graded.grade_evidence
    chinese = evidence_words(graded.grading, "C", evolve(crm.dialect, language="zh"))
    assert "未知：需求匹配度 (100%); 补充 需求匹配度 可由 C 升为 A" in chinese


def test_the_words_follow_from_the_record(tmp_path) -> None:
    crm = workspace(tmp_path, by_revenue())
    graded = crm.grade(crm.add(company="Acme", need_match="high").id)
    assert evidence_words(graded.grading, graded.grade, crm.dialect) == graded.grade_evidence


@pytest.mark.parametrize("kept", ["A", None])
def test_a_broken_grader_leaves_the_grade_and_is_shown_on_the_customer(tmp_path, kept) -> None:
    broken = [kept is None]

    def grade(customer: Customer, now: datetime) -> Opinion:
        if broken[0]:
            raise RuntimeError("its table is gone")
        return Opinion("A", (), "1", "d")

    crm = workspace(tmp_path, Grader("flaky", Text("x", "x"), grade))
    lead = crm.add(company="Acme")
    if kept:
        crm.grade(lead.id)
    broken[0] = True
    failed = crm.grade(lead.id)
    assert failed.grade == kept
    assert "its table is gone" in failed.grading.stale
    assert crm.get(lead.id).grading.stale == failed.grading.stale
    assert any("its table is gone" in warning for warning in crm.warnings)
    broken[0] = False
    assert crm.grade(lead.id).grading.stale == ""


def test_an_endless_grader_is_cut_off_once_and_not_asked_again(tmp_path) -> None:
    asked = []

    def endless(customer: Customer, now: datetime) -> Opinion:
        asked.append(customer.id)
        while True:
            pass

    crm = workspace(tmp_path, Grader("endless", Text("x", "x"), endless), seconds=0.1)
    for name in ("A", "B", "C"):
        crm.add(company=name)
    plan = crm.plan_grading()
    assert dict(plan.counts) == {"stale": 3}
    assert len(asked) == 1
    assert all("more than 0.1 s" in row.problem for row in plan.rows)
    crm.grade(plan.rows[0].before.id)
    assert len(asked) == 1


def test_a_run_is_seen_first_and_done_as_one_commit_that_undo_takes_back(tmp_path) -> None:
    crm = workspace(tmp_path, by_revenue())
    ids = [crm.add(company=f"C{n}", need_match="high" if n % 2 else "low").id for n in range(6)]
    crm.grade(ids[0], "B", "I know them")
    revision = crm.revision
    plan = crm.plan_grading()
    assert crm.revision == revision
    assert dict(plan.counts) == {"first": 5, "by hand": 1}
    assert dict(plan.moves) == {(None, "A"): 3, (None, "C"): 2}
    commit = crm.apply_grading(plan)
    assert len(commit.edits) == 5
    assert [crm.get(i).grade for i in ids] == ["B", "A", "C", "A", "C", "A"]
    assert dict(crm.plan_grading().counts) == {"same": 5, "by hand": 1}
    crm.undo()
    assert [crm.get(i).grade for i in ids] == ["B", None, None, None, None, None]


def test_other_rules_are_tried_in_place_of_those_of_their_name(tmp_path) -> None:
    crm = workspace(tmp_path, by_revenue())
    ids = [crm.add(company=f"C{n}", need_match="high").id for n in range(2)]
    crm.apply_grading(crm.plan_grading())
    plan = crm.plan_grading(graders=[constant("revenue", "B")])
    assert dict(plan.moves) == {("A", "B"): 2}
    assert plan.token == crm.plan_grading(graders=[constant("revenue", "B")]).token
    assert plan.token != crm.plan_grading(graders=[constant("revenue", "C")]).token
    crm.edit(ids[0], remarks="changed since")
    with pytest.raises(ConflictError, match="changed since the grading was planned"):
        crm.apply_grading(plan)
    assert crm.get(ids[0]).grade == "A"


def test_what_decided_is_told(tmp_path) -> None:
    crm = workspace(tmp_path, by_revenue())
    crm.add(company="Acme", need_match="high")
    (row,) = crm.plan_grading().rows
    assert [rule.rule for rule in row.deciding] == ["need"]


def test_a_rule_that_is_gone_is_told(tmp_path) -> None:
    crm = workspace(tmp_path, by_revenue())
    crm.grade(crm.add(company="Acme", need_match="high").id)
    (row,) = crm.plan_grading(graders=[constant("revenue", "C")]).rows
    assert [(r.points, r.reason_en) for r in row.deciding] == [(-10.0, "no longer counted: need")]


def test_a_reader_may_stop_a_run(tmp_path) -> None:
    crm = workspace(tmp_path, by_revenue())
    crm.add(company="Acme")
    read = []
    crm.plan_grading(seen=read.append)
    assert read == [1]

    def stop(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crm.plan_grading(seen=stop)


def test_a_card_on_trial_that_hangs_leaves_the_one_in_use_alone(tmp_path) -> None:
    def endless(customer: Customer, now: datetime) -> Opinion:
        while True:
            pass

    crm = workspace(tmp_path, by_revenue("same"), seconds=0.1)
    crm.add(company="Acme", need_match="high")
    trial = crm.plan_grading(graders=[Grader("same", Text("x", "x"), endless)])
    assert dict(trial.counts) == {"stale": 1}
    assert dict(crm.plan_grading().counts) == {"first": 1}


def test_a_grade_of_a_persons_own_is_never_replaced_by_a_run(tmp_path) -> None:
    crm = workspace(tmp_path, constant("general", "C"))
    lead = crm.add(company="Acme")
    crm.grade(lead.id, "A", "they called us")
    with pytest.raises(RefusedError, match="by hand"):
        crm.grade(lead.id)
    assert crm.apply_grading(crm.plan_grading()) is None
    edited = crm.edit(lead.id, need_match="low")
    assert (edited.grade, edited.grading.grader) == ("A", "manual")
    assert dict(crm.plan_grading(replace_manual=True).counts) == {"moved": 1}


def test_an_edit_renews_the_grade_that_rules_gave(tmp_path) -> None:
    crm = workspace(tmp_path, by_revenue())
    lead = crm.add(company="Acme", need_match="low")
    assert crm.edit(lead.id, remarks="no grade yet").grade is None
    crm.grade(lead.id)
    edited = crm.edit(lead.id, need_match="high")
    assert (edited.grade, edited.revision) == ("A", crm.revision)
    before = edited.grading
    assert crm.edit(lead.id, remarks="no rule looks at it").grading == before
    crm.undo()
    crm.undo()
    assert crm.get(lead.id).grade == "C"


def test_edits_leave_grades_alone_where_a_team_wants_that(tmp_path) -> None:
    crm = workspace(tmp_path, by_revenue(), automatic=False)
    lead = crm.add(company="Acme", need_match="low")
    crm.grade(lead.id)
    assert crm.edit(lead.id, need_match="high").grade == "C"


def test_a_plan_counts_everybody_once(tmp_path) -> None:
    crm = workspace(tmp_path, constant("only", "A", industries=("x",)))
    people = [Customer(id=f"{n:04}", industry="x" if n % 3 else "y") for n in range(1203)]
    crm.writer.commit([Write(None, customer) for customer in people], "add")
    plan = crm.plan_grading()
    assert dict(plan.counts) == {"first": 802, "unserved": 401}
    assert json.loads(json.dumps(plan.token)) == plan.token


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('policy = "best"', "policy in .grading. is one of best-match, weighted, strictest"),
        ("weights = { a = 0 }", "numbers above 0"),
        ('pipelines = { standard = "x" }', "pipelines in .grading. names policies"),
        ("automatic = 1", "true or false"),
        ("after_the_fact = [1]", "list of fields"),
        ("seconds = -1", "above 0"),
        ("polcy = 1", "did you mean policy"),
    ],
)
def test_a_mistake_in_the_settings_is_named(tmp_path, table, said) -> None:
    from crmcore.config import load_config
    from crmcore.errors import ConfigError

    (tmp_path / "crm.toml").write_text(f"[grading]\n{table}\n")
    with pytest.raises(ConfigError, match=said):
        load_config(tmp_path)
