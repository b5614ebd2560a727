"""Grading: one customer, many at once with a look first, and the rules against the past."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

from crmcore.cli.change import told
from crmcore.cli.context import App, pass_app
from crmcore.cli.groups import DefaultGroup
from crmcore.cli.output import format_option, print_rows
from crmcore.customer import GRADES, Customer
from crmcore.errors import ConflictError, UsageError
from crmcore.grading.evidence import field_word, raise_words, rule_words
from crmcore.grading.regrading import GradingPlan, GradingRow, with_grader
from crmcore.query import Compare, both
from crmcore.text import one_line, shown
from crmcore.wording import Text

_SHOWN = 40
_PROBLEMS = 5
_BAR = 24


_PAST = dict.fromkeys(("backtest", "learn"), "crmcore.cli.gradepast")


@click.group("grade", cls=DefaultGroup, default="run", elsewhere=_PAST)
def grade_command() -> None:
    """Grade customers: `crmcore grade ID`, `crmcore grade --all --dry-run --with new.toml`."""


@grade_command.command("run")
@click.argument("customer_id", metavar="[ID]", required=False)
@click.argument("grade", required=False)
@click.option("--evidence", default="", help="Why; needed for a grade given by hand.")
@click.option("--replace-manual", is_flag=True, help="Grade by the rules what was graded by hand.")
@click.option("--explain", is_flag=True, help="Show what each rule said.")
@click.option("--all", "everybody", is_flag=True, help="Grade all open customers.")
@click.option("--query", metavar="QUERY", help="With --all: those it finds, open or closed.")
@click.option("--with", "card", type=click.Path(path_type=Path), help="Try these rules.")
@click.option("--dry-run", is_flag=True, help="With --all: only say who would change.")
@click.option("--apply", "token", metavar="TOKEN", help="Do what the dry run of this name showed.")
@click.option("--reason", default="", help="Why; it is kept.")
@format_option("table", "json", "csv", "ids")
@pass_app
def run_command(
    app: App,
    customer_id: str | None,
    grade: str | None,
    evidence: str,
    replace_manual: bool,
    explain: bool,
    everybody: bool,
    query: str | None,
    card: Path | None,
    dry_run: bool,
    token: str | None,
    reason: str,
    form: str,
) -> int:
    """Grade one customer by the rules, or by hand with GRADE and --evidence; or all at once."""
    if everybody == (customer_id is not None):
        raise UsageError(
            "Name one customer, or --all: crmcore grade 20240501001, crmcore grade --all."
        )
    if customer_id is not None:
        if card or dry_run or token or query:
            raise UsageError("--with, --dry-run, --apply and --query go with --all.")
        customer = app.crm.grade(customer_id, grade, evidence, replace_manual=replace_manual)
        return _tell_one(app, customer, explain=explain)
    if card and not dry_run and not token:
        raise UsageError("Look first: add --dry-run to --with; it says how to apply what it shows.")
    plan = _planned(app, query, card, replace_manual=replace_manual)
    if dry_run:
        _tell_plan(app, plan, form)
        _tell_how(app, plan, form)
        return 0
    if token is not None and token != plan.token:
        raise ConflictError(
            f"This is not the grading that {token} showed, but {plan.token}: the data, the rules or "
            "the day have changed. Nothing was written; look at it again with --dry-run."
        )
    commit = app.crm.apply_grading(plan, reason or (str(card) if card else ""))
    _tell_plan(app, plan, form)
    if commit is not None:
        click.echo(
            app.say(
                "已写入版本 {revision}；crmcore undo 可撤销。",
                "Written as revision {revision}; crmcore undo takes it back.",
                revision=commit.revision,
            ),
            err=form != "table",
        )
    return 1 if plan.counts["stale"] else 0


def _planned(
    app: App, query: str | None, card: Path | None, *, replace_manual: bool
) -> GradingPlan:
    crm = app.crm
    where = both(Compare("status", "=", "open")) if query is None else crm.condition(query)
    graders = None
    if card is not None:
        graders = with_grader(crm.host.graders(), crm.host.grader_from(card))
    return crm.plan_grading(where, graders=graders, replace_manual=replace_manual)


def _tell_one(app: App, customer: Customer, *, explain: bool) -> int:
    told(app, customer, f"→ {customer.grade or '-'}")
    record = customer.grading
    if record is not None and record.stale:
        old = app.say("没有更新，保留原等级", "not renewed, the grade it had stays")
        click.echo(one_line(f"  {old}: {record.stale}"), err=True)
    click.echo(shown(customer.grade_evidence or ""))
    if explain and record is not None:
        widest = max((abs(rule.points or 0) for rule in record.rules), default=0) or 1
        for rule in record.rules:
            field = field_word(rule.field, app.dialect)
            bar = "█" * round(_BAR * max(rule.points or 0, 0) / widest)
            click.echo(f"  {bar:<{_BAR}} {one_line(f'{field}: {rule_words(rule, app.dialect)}')}")
        if record.share_unknown:
            said = app.say("评分中未知的部分", "Unknown to the card")
            click.echo(f"  {said}: {record.share_unknown:.0%}")
        for line in raise_words(record, customer.grade or "-", app.dialect):
            click.echo(f"  {one_line(line)}")
        for one in record.opinions:
            click.echo(one_line(f"  {one.grader} {one.version}: {one.grade} (× {one.weight:g})"))
    return 1 if record is not None and record.stale else 0


_OUTCOMES = {
    "moved": Text("等级改变", "change grade"),
    "first": Text("首次评级", "graded for the first time"),
    "explained": Text("等级不变、依据更新", "keep the grade, on new evidence"),
    "same": Text("无变化", "stay as they are"),
    "by hand": Text("人工评级，保留", "graded by hand, left alone"),
    "stale": Text("评级失败，保留原等级", "not renewed: their grader failed"),
    "unserved": Text("没有适用的评级规则", "served by no grader"),
}


def _tell_plan(app: App, plan: GradingPlan, form: str) -> None:
    rows = [row for row in plan.rows if row.outcome in ("moved", "first", "stale", "unserved")]
    if form != "table":
        print_rows(form, _columns(app), map(lambda row: _as_row(app, row), rows))  # noqa: C417
        return
    total = sum(plan.counts.values())
    click.echo(app.say("{total} 个客户：", "{total} customers:", total=total))
    for outcome, words in _OUTCOMES.items():
        if count := plan.counts.get(outcome, 0):  # type: ignore[call-overload]
            click.echo(f"  {count:>7}  {app.dialect.say(words)}")
    for (before, after), count in sorted(plan.moves.items(), key=lambda move: -move[1]):
        click.echo(f"  {count:>7}  {before or '-'} → {after or '-'}")
    problems = Counter(row.problem for row in rows if row.problem)
    rows = [row for row in rows if not row.problem]
    if rows or not problems:
        print_rows("table", _columns(app), (_as_row(app, row) for row in _worth_showing(rows)))
    for problem, count in problems.most_common(_PROBLEMS):
        click.echo(one_line(f"{count} × {problem}"))
    more = max(0, len(rows) - _SHOWN) + max(0, len(problems) - _PROBLEMS)
    if more:
        click.echo(
            app.say(
                "… 还有 {more} 个；--format csv 列出全部",
                "… and {more} more; --format csv lists them all",
                more=more,
            )
        )


def _worth_showing(rows: list[GradingRow]) -> Iterable[GradingRow]:
    ranks = {choice.key: rank for rank, choice in enumerate(GRADES)}

    def jump(row: GradingRow) -> int:
        after = row.after.grade if row.after else None
        return -abs(ranks.get(row.before.grade or "", 9) - ranks.get(after or "", 9))

    return sorted(rows, key=jump)[:_SHOWN] if len(rows) > _SHOWN else rows


def _columns(app: App) -> list[tuple[str, str]]:
    return [
        ("id", app.say("客户编号", "Customer ID")),
        ("company", app.say("企业名称", "Company")),
        ("before", app.say("原等级", "Before")),
        ("after", app.say("新等级", "After")),
        ("score", app.say("得分", "Score")),
        ("why", app.say("起决定作用的规则", "Deciding rules")),
    ]


def _as_row(app: App, row: GradingRow) -> Mapping[str, str]:
    after: Any = row.after
    score = after.grading.score if after and after.grading else None
    why = "; ".join(rule_words(rule, app.dialect) for rule in row.deciding) or row.problem
    return {
        "id": row.before.id,
        "company": row.before.title,
        "before": row.before.grade or "",
        "after": (after.grade if after else row.before.grade) or "",
        "score": "" if score is None else f"{score:g}",
        "why": why,
    }


def _tell_how(app: App, plan: GradingPlan, form: str) -> None:
    if not any(row.after is not None for row in plan.rows):
        return
    click.echo(
        app.say(
            "什么都没有写入。照此执行：同一命令去掉 --dry-run，加上 --apply {token}",
            "Nothing was written. To do this, leave out --dry-run and add --apply {token}",
            token=plan.token,
        ),
        err=form != "table",
    )
