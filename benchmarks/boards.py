"""`python -m benchmarks board`: the board's first paint, its keys and its memory, by number of customers."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import click
from attrs import frozen
from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks import rival
from benchmarks.contender import Setting
from benchmarks.customers import customers
from benchmarks.ours import Ours
from crmcore.codec import Codec
from crmcore.fields import FieldCatalogue

STORES = ("sqlite", "tinydb")
_WIDTH = 110
_REPEATS = 3


@frozen
class Seen:
    """One board: seconds to the first paint and until it settled, both without opening the store; of
    each kind of key, the seconds of all presses; bytes over the store."""

    store: str
    size: int
    paint: float
    settle: float
    memory: float
    keys: dict[str, list[float]]


@click.command("board")
@click.option("--sizes", default="100,10000,100000", show_default=True, help="How many customers.")
@click.option("--rounds", default=20, show_default=True, help="Rounds of keys.")
@click.option(
    "--rival/--no-rival", "beside", default=True, help="Measure kanban-tui, too, if pip finds it."
)
def main(sizes: str, rounds: int, beside: bool) -> None:
    """Show boards of 160 by 48 to nobody, press keys, and say how long the screen took.

    A key's time is taken inside the app, from its event to the last update of the screen.
    """
    numbers = [int(size) for size in sizes.split(",")]
    seen = []
    with tempfile.TemporaryDirectory(prefix="crmcore-benchmark-") as name:
        for size in numbers:
            for kind in STORES:
                click.echo(f"{size:,} customers on {kind}", err=True)
                seen.append(_measure(kind, size, Path(name) / f"{kind}-{size}", rounds))
    _print(seen)
    if beside:
        for line in rival.measured(numbers, lambda line: click.echo(line, err=True)):
            click.echo(line)


def _measure(kind: str, size: int, folder: Path, rounds: int) -> Seen:
    folder.mkdir()
    store = Ours(kind, Setting(folder, Codec(FieldCatalogue()), size))
    store.load(list(customers(size)))()
    store.close()
    asked = {"url": store.url, "folder": str(folder), "rounds": rounds}
    told = [_probe(asked) for _ in range(_REPEATS)]
    return Seen(
        kind,
        size,
        median(each["paint"] for each in told),
        median(each["settle"] for each in told),
        median(each.get("memory", 0) for each in told),
        {key: [t for each in told for t in each["keys"][key]] for key in told[0]["keys"]},
    )


def _probe(asked: dict[str, Any]) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.screenprobe"],
        input=json.dumps(asked), stdout=subprocess.PIPE, encoding="utf-8", check=True,
        cwd=Path(__file__).parents[1],
    )  # fmt: skip
    return json.loads(done.stdout)


def _print(seen: list[Seen]) -> None:
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    table = Table("Board, 160 × 48", *(f"{each.store} {each.size:,}" for each in seen))
    for cells in _rows(seen):
        table.add_row(*map(Text, cells))
    console.print(table)


def _rows(seen: list[Seen]) -> Iterator[list[str]]:
    yield ["first paint, ms", *(f"{each.paint * 1e3:.0f}" for each in seen)]
    yield ["settled, ms", *(f"{each.settle * 1e3:.0f}" for each in seen)]
    yield ["memory over the store, MB", *(f"{each.memory / 1e6:.1f}" for each in seen)]
    for key in seen[0].keys:
        yield [f"{key}: median / p95, ms", *(_spread(each.keys[key]) for each in seen)]


def _spread(times: list[float]) -> str:
    if len(times) < 2:
        return "–"
    return f"{median(times) * 1e3:.1f} / {quantiles(times, n=20)[-1] * 1e3:.1f}"
