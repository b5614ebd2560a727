"""Groups of commands of which one is meant when none is named: `crmcore plugins` lists them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class DefaultGroup(click.Group):
    """A group whose command *default* runs when no other is named; the help shows its options too.

    *elsewhere* maps names of commands to the modules they are loaded from when they are asked for,
    each as `NAME_command`.
    """

    def __init__(
        self, *args: Any, default: str, elsewhere: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self._default = default
        self._elsewhere = elsewhere or {}

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = (*self.list_commands(ctx), *ctx.help_option_names)
        named = args and args[0] in known
        return super().parse_args(ctx, args if named else [self._default, *args])

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return self._meant(ctx).collect_usage_pieces(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        self._meant(ctx).format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def _meant(self, ctx: click.Context) -> click.Command:
        command = self.get_command(ctx, self._default)
        assert command is not None, self._default
        return command

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *self._elsewhere]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if (module := self._elsewhere.get(cmd_name)) is None:
            return super().get_command(ctx, cmd_name)
        return getattr(import_module(module), f"{cmd_name}_command")  # type: ignore[no-any-return]
