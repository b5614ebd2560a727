"""`make bench`, or `python -m benchmarks`: measure all there is, or what is named; print the tables."""

from __future__ import annotations

import click

from benchmarks import boards, exports, grading, imports, learning, reports, stores

COMMANDS = (
    stores.main,
    boards.main,
    grading.main,
    learning.main,
    imports.main,
    exports.main,
    reports.main,
)


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Measure everything, or the one named. `python -m benchmarks storage --help` tells its options."""
    if context.invoked_subcommand is None:
        for command in COMMANDS:
            click.secho(f"\n{command.name}", bold=True)
            command.main([], standalone_mode=False)


for _command in COMMANDS:
    main.add_command(_command)

if __name__ == "__main__":
    main(prog_name="python -m benchmarks")
