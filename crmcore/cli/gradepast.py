"""The rules and the past: what they would have said of closed customers, and rules learned from them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from crmcore.cli.context import App, pass_app
from crmcore.cli.output import format_option, print_json, print_rows
from crmcore.errors import StoreError, UsageError
from crmcore.grading.backtest import FEWEST_IN_GRADE, HORIZONS, Auc, Backtest, Share, backtests
from crmcore.grading.learning import MOST_FIELDS, learn
from crmcore.grading.regrading import with_grader
from crmcore.storage.files import replace_file
from crmcore.text import one_line
from crmcore.wording import Text

OUTCOMES = {
    "won 0-30": Text("0-30 天成交", "Won 0-30 d"),
    "won 31-60": Text("31-60 天成交", "Won 31-60 d"),
    "won 61-": Text("61 天后成交", "Won 61- d"),
    "won": Text("成交，天数未知", "Won, days unknown"),
    "lost": Text("流失", "Lost"),
}
"""What became of a customer, by its name in figures."""


@click.command("backtest")
@click.option("--with", "cards", multiple=True, type=click.Path(path_type=Path),
              help="Rules to test, beside those in use; twice: these two side by side.")  # fmt: skip
@format_option("table", "json", "csv")
@pass_app
def backtest_command(app: App, cards: tuple[Path, ...], form: str) -> None:
    """Test the rules on closed customers, as they were when they were graded."""
    if len(cards) > 2:
        raise UsageError("At most two cards stand side by side.")
    crm = app.crm
    graders = tuple(crm.host.graders())
    contestants = [(str(path), with_grader(graders, crm.host.grader_from(path))) for path in cards]
    if len(contestants) < 2:
        contestants.insert(0, (app.say("现行规则", "in use"), graders))
    results = backtests(crm, contestants, partial(_tell_absent, app))
    if form == "json":
        print_json([_document(result) for result in results])
        return
    if form == "table":
        for result in results:
            _tell_head(app, result)
    by_grade = zip(*(_rows(app, result) for result in results), strict=True)
    rows = [row for of_one_grade in by_grade for row in of_one_grade]
    print_rows(form, _columns(app), rows)
    if form == "table":
        click.echo(
            app.say(
                "转化率附 95% 置信区间（Wilson）；某等级不足 {fewest} 个客户时不给出比例。",
                "Conversion with its 95 % interval (Wilson); no share is told of a grade of fewer than "
                "{fewest} customers.",
                fewest=FEWEST_IN_GRADE,
            )
        )


@click.command("learn")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--name", help="The new rules' name; the file's, unless named.")
@click.option(
    "--industry", "industries", multiple=True, help="Learn from these alone, for these alone."
)
@click.option(
    "--pipeline", "pipelines", multiple=True, help="Learn from these alone, for these alone."
)
@click.option(
    "--field", "fields", multiple=True, help="Use these fields alone; as often as you like."
)
@click.option("--max-fields", default=MOST_FIELDS, show_default=True, type=click.IntRange(1, 100),
              help="How many fields there may be rules on.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace FILE if it is there.")
@pass_app
def learn_command(
    app: App,
    file: Path,
    name: str | None,
    industries: tuple[str, ...],
    pipelines: tuple[str, ...],
    fields: tuple[str, ...],
    max_fields: int,
    force: bool,
) -> None:
    """Learn rules from closed customers into FILE.toml, to read, to edit and to put in force."""
    if file.exists() and not force:
        raise UsageError(f"{file} is there already; name another file, or --force replaces it.")
    learned = learn(
        app.crm,
        file,
        name=name or file.stem,
        industries=industries,
        pipelines=pipelines,
        fields=fields,
        most_fields=max_fields,
        absent=partial(_tell_absent, app),
    )

    def write(new: Path) -> None:
        new.write_text(learned.text, "utf-8")

    try:
        replace_file(file, write)
    except OSError as error:
        raise StoreError(f"{file} cannot be written: {error.strerror}.") from error
    for line in learned.told:
        click.echo(app.dialect.say(line))
    click.echo(
        app.say(
            "已写入 {file}。先看它会改动谁：crmcore grade --all --dry-run --with {file}\n"
            "用同一批客户回测会高估它：以上面未参与学习的数字为准。",
            "Written to {file}. See whom it would move: crmcore grade --all --dry-run --with {file}\n"
            "A backtest on the customers it learned from flatters it: go by the figures above.",
            file=file,
        )
    )


def _tell_absent(app: App, name: str) -> None:
    name = one_line(name)
    click.echo(
        app.say(
            "注意：after_the_fact 中的 {name} 在已关闭客户中没有任何值，什么也没有排除；"
            "crmcore show 可看客户有哪些列。",
            "Note: no closed customer has {name}, which after_the_fact names, so it hides nothing; "
            "`crmcore show ID` shows what columns there are.",
            name=name,
        ),
        err=True,
    )


def _tell_head(app: App, result: Backtest) -> None:
    base = result.base
    click.secho(result.name, bold=True)
    click.echo(
        app.say(
            "  {customers} 个已关闭客户，成交 {won}（{share:.1%}）",
            "  {customers} closed customers, {won} won ({share:.1%})",
            customers=base.whole,
            won=base.part,
            share=base.value,
        )
    )
    if result.auc is not None:
        click.echo(f"  AUC {_auc(result.auc)}")
    for count, what in (
        (result.recorded_closed, Text("录入时已关闭", "were closed when they were recorded")),
        (result.unserved, Text("没有适用的规则", "had no rules")),
        (result.failed, Text("评级失败", "failed")),
    ):
        if count:
            click.echo(f"  {count} {app.dialect.say(what)}")


def _auc(auc: Auc) -> str:
    low, high = auc.interval
    return f"{auc.value:.3f} ({low:.3f}-{high:.3f})"


def _share(share: Share) -> str:
    low, high = share.interval
    return f"{share.value:.1%} ({low:.0%}-{high:.0%})"


def _columns(app: App) -> list[tuple[str, str]]:
    near, far = HORIZONS
    return [
        ("grade", app.say("等级", "Grade")),
        ("rules", app.say("规则", "Rules")),
        ("customers", app.say("客户", "Customers")),
        ("conversion", app.say("转化率", "Conversion")),
        ("lift", app.say("提升", "Lift")),
        (f"within{near}", app.say("{near} 天内成交", "Won in {near} days", near=near)),
        (f"within{far}", app.say("{far} 天内成交", "Won in {far} days", far=far)),
        *((outcome, app.dialect.say(words)) for outcome, words in OUTCOMES.items()),
    ]


def _rows(app: App, result: Backtest) -> list[dict[str, str]]:
    few = app.say("样本不足", "too few")
    return [
        {
            "rules": result.name,
            "grade": figures.grade,
            "customers": str(figures.conversion.whole),
            "conversion": _share(figures.conversion) if figures.enough else few,
            "lift": f"{figures.lift:.2f}×" if figures.enough else "",
            **{
                f"within{days}": _share(share) if share.whole >= FEWEST_IN_GRADE else ""
                for days, share in figures.within.items()
            },
            **{outcome: str(result.matrix[figures.grade].get(outcome, 0)) for outcome in OUTCOMES},
        }
        for figures in result.grades
    ]


def _document(result: Backtest) -> dict[str, Any]:
    def share(one: Share) -> dict[str, Any]:
        return {"part": one.part, "whole": one.whole, "share": one.value, "interval": one.interval}

    return {
        "rules": result.name,
        "base": share(result.base),
        "auc": None
        if result.auc is None
        else {"value": result.auc.value, "interval": result.auc.interval},
        "grades": [
            {
                "grade": figures.grade,
                "conversion": share(figures.conversion),
                "enough": figures.enough,
                "lift": figures.lift,
                "within": {str(days): share(one) for days, one in figures.within.items()},
                "outcomes": dict(result.matrix[figures.grade]),
            }
            for figures in result.grades
        ],
        "recorded_closed": result.recorded_closed,
        "unserved": result.unserved,
        "failed": result.failed,
    }
