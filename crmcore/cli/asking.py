"""Questions at a terminal: what a gate misses, field by field."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click

from crmcore.actions import filled_by_text
from crmcore.cli.context import App
from crmcore.errors import ValueRefusedError
from crmcore.fieldspec import FieldSpec
from crmcore.gates import Missing
from crmcore.text import one_line
from crmcore.values import parse_value


def at_a_terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask_for(app: App, missing: Iterable[Missing]) -> dict[str, str]:
    """What the user says to each field that *missing* names; nothing for those that are skipped."""
    said: dict[str, str] = {}
    for each in missing:
        click.echo(one_line(app.dialect.say(each.requirement.message)), err=True)
        for key in each.requirement.fields:
            spec = app.crm.fields.named(key)
            if key not in said and filled_by_text(spec) and (text := _asked(app, spec)):
                said[key] = text
    return said


def _asked(app: App, spec: FieldSpec) -> str:
    """A text that is a value of the field; "" when it is skipped."""
    label = one_line(app.dialect.say(spec.label))
    hint = "/".join(app.dialect.say(choice.label) for choice in spec.choices) or spec.example
    while True:
        text: str = click.prompt(
            f"  {label}" + (f" ({one_line(hint)})" if hint else ""),
            default="",
            show_default=False,
            err=True,
        )
        try:
            if not spec.record:
                parse_value(spec, text, app.dialect, app.crm.clock())
        except ValueRefusedError as error:
            click.echo(f"  {one_line(str(error))}", err=True)
        else:
            return text.strip()
