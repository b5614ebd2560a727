"""The rules and the past: what they would have said of closed customers, and rules learned from them."""

from __future__ import annotations

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

OUTCOMES = ("won 0-30", "won 31-60", "won 61-", "won", "lost")


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
    results = backtests(crm, contestants)
    if form == "json":
        print_json([_document(result) for result in results])
        return
    if form == "table":
        for result in results:
            _tell_head(app, result)
    rows = [row for result in results for row in _rows(app, result)]
    print_rows(form, _columns(app), rows)
    if form == "table":
        click.echo(
            app.say(
                f"转化率附 95% 置信区间（Wilson）；某等级不足 {FEWEST_IN_GRADE} 个客户时不给出比例。",
                f"Conversion with its 95 % interval (Wilson); no share is told of a grade of fewer than "
                f"{FEWEST_IN_GRADE} customers.",
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
    )

    def write(new: Path) -> None:
        new.write_text(learned.text, "utf-8")

    try:
        replace_file(file, write)
    except OSError as error:
        raise StoreError(f"{file} cannot be written: {error.strerror}.") from error
    for line in learned.told:
        click.echo(line.in_(app.language))
    click.echo(
        app.say(
            f"已写入 {file}。先看它会改动谁：crmcore grade --all --dry-run --with {file}\n"
            "用同一批客户回测会高估它：以上面未参与学习的数字为准。",
            f"Written to {file}. See whom it would move: crmcore grade --all --dry-run --with {file}\n"
            "A backtest on the customers it learned from flatters it: go by the figures above.",
        )
    )


def _tell_head(app: App, result: Backtest) -> None:
    base = result.base
    click.secho(result.name, bold=True)
    click.echo(
        app.say(
            f"  {base.whole} 个已关闭客户，成交 {base.part}（{base.value:.1%}）",
            f"  {base.whole} closed customers, {base.part} won ({base.value:.1%})",
        )
    )
    if result.auc is not None:
        click.echo(f"  AUC {_auc(result.auc)}")
    for count, zh, en in (
        (result.recorded_closed, "录入时已关闭", "were closed when they were recorded"),
        (result.unserved, "没有适用的规则", "had no rules"),
        (result.failed, "评级失败", "failed"),
    ):
        if count:
            click.echo(f"  {count} {app.say(zh, en)}")


def _auc(auc: Auc) -> str:
    low, high = auc.interval
    return f"{auc.value:.3f} ({low:.3f}-{high:.3f})"


def _share(share: Share) -> str:
    low, high = share.interval
    return f"{share.value:.1%} ({low:.0%}-{high:.0%})"


def _columns(app: App) -> list[tuple[str, str]]:
    near, far = HORIZONS
    return [
        ("rules", app.say("规则", "Rules")),
        ("grade", app.say("等级", "Grade")),
        ("customers", app.say("客户", "Customers")),
        ("conversion", app.say("转化率", "Conversion")),
        ("lift", app.say("提升", "Lift")),
        (f"within{near}", app.say(f"{near} 天内成交", f"Won in {near} days")),
        (f"within{far}", app.say(f"{far} 天内成交", f"Won in {far} days")),
        *((outcome, outcome) for outcome in OUTCOMES),
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
