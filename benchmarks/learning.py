"""`python -m benchmarks learning`: a scorecard learned from leads beside trees and Odoo's scoring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.leads import NoLeadsError, read_leads
from benchmarks.scorers import boosted_trees, odoo
from crmcore.errors import CrmError
from crmcore.wording import Text as Wording

if TYPE_CHECKING:
    from benchmarks.leads import Leads
    from crmcore_scorecard.learning import HoldOut

DATA = "CRMCORE_BENCH_LEADS"
_WIDTH = 110
_AUC, _A, _C = 0.868, 0.86, 0.118
"""What the learned card is to reach: at least, at least, at most."""


@click.command("learning")
@click.option("--data", type=click.Path(exists=True, path_type=Path), envvar=DATA, show_envvar=True,
              help="Leads.csv of X Education, or a folder it is in.")  # fmt: skip
@click.option("--splits", type=click.IntRange(1), default=5, show_default=True,
              help="How many splits, with the seeds 0, 1, …")  # fmt: skip
@click.option("--strict", is_flag=True, help="End with 1 when the card misses its figures.")
def main(data: Path | None, splits: int, strict: bool) -> None:
    """Learn a scorecard from closed leads; measure it on leads held out, beside other methods.

    AUC, and the share that converted of the best 20 % by score (A), the next 30 % (B) and the other
    50 % (C). All learn from the same 70 % and are asked of the same 30 %.
    """
    if data is None:
        click.echo(f"Nothing to learn from: --data or {DATA} names no file of leads.", err=True)
        return
    try:
        leads = read_leads(data)
        card = _card(leads, splits)
    except (NoLeadsError, CrmError) as error:
        raise click.ClickException(str(error)) from error
    figures, text = card
    click.echo(text)
    from crmcore_scorecard.learning.holdout import measure

    rivals: dict[str, Callable[[Leads, Sequence[int], Sequence[int]], list[float]]] = {
        "HistGradientBoosting": boosted_trees,
        "Odoo's predictive scoring": odoo,
    }
    rows = {"learned card": figures}
    for name, scorer in rivals.items():
        rows[name] = measure(partial(scorer, leads), leads.won, splits=splits)
    _print(rows)
    if strict and not _reached(figures):
        raise click.ClickException(
            f"The card misses AUC {_AUC}, A {_A:.0%} or C {_C:.1%}: see the table."
        )


def _card(leads: Leads, splits: int) -> tuple[HoldOut, str]:
    from crmcore_scorecard.learning import hold_out, learn, write_card

    figures = hold_out(leads.rows, leads.won, leads.fields, splits=splits)
    card = learn(leads.rows, leads.won, leads.fields)
    today = datetime.now(UTC).date()
    label = Wording("X Education 线索评分卡", "Leads of X Education")
    return figures, write_card(card, name="leads", label=label, on=today, figures=figures)


def _print(rows: dict[str, HoldOut]) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    splits = range(len(next(iter(rows.values())).splits))
    titles = ("Held out", "AUC", "A %", "B %", "C %", *(f"AUC {seed}" for seed in splits))
    table = Table(*titles, title=Text("Mean of the splits, and AUC by seed"), title_justify="left")
    for name, figures in rows.items():
        shares = [f"{100 * figures.rate(place).value:.2f}" for place in range(3)]
        aucs = [f"{split.auc:.4f}" for split in figures.splits]
        table.add_row(*map(Text, (name, f"{figures.auc.value:.4f}", *shares, *aucs)))
    console.print(table)


def _reached(figures: HoldOut) -> bool:
    a, c = (fmean(split.rate(place) for split in figures.splits) for place in (0, 2))
    return figures.auc.value >= _AUC and a >= _A and c <= _C
