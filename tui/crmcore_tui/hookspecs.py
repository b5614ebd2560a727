"""The board's own hooks: what a plugin adds to the screens.

They are implemented in a module that only the board loads, named under the entry-point group
`crmcore.tui`, so that the plugin's other hooks, under the group `crmcore`, need no screen:

    [project.entry-points.crmcore]
    mine = "crmcore_mine"

    [project.entry-points."crmcore.tui"]
    mine = "crmcore_mine_tui"

Each is called once, with the workspace's `Config`; an implementation names only the arguments it
wants. What it returns works under a time limit and is checked each time. What raises, takes too long
or breaks its promise is told, and switched off until the board is opened again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crmcore.hookspecs import hookspec
from crmcore_tui.hooktypes import Action, Badge, Panel

if TYPE_CHECKING:
    from crmcore.config import Config


@hookspec
def crm_tui_badges(config: Config) -> Iterable[Badge]:
    """Short marks on the cards, behind the value.

    >>> from crmcore_tui.hooktypes import Badge, Part, Text
    >>> @hookimpl
    ... def crm_tui_badges():
    ...     def write(customer, now, dialect):
    ...         if (customer.employees or 0) >= 1000:
    ...             return Part(dialect.say(Text("大客户", "big")), "flag")
    ...     return [Badge("size", Text("大客户", "Large company"), write)]
    """
    raise NotImplementedError


@hookspec
def crm_tui_panels(config: Config) -> Iterable[Panel]:
    r"""Sections of the customer's detail (`where="detail"`), or of the panel beside the board
    (`where="side"`), which the key `\` shows on a wide terminal.

    >>> from crmcore_tui.hooktypes import Panel, Part, Text, fit
    >>> @hookimpl
    ... def crm_tui_panels():
    ...     def write(customer, width, now, dialect):
    ...         for activity in customer.activities[-3:]:
    ...             yield (Part(fit(activity.content, width), "dim"),)
    ...     return [Panel("last-calls", Text("最近联系", "Last contacts"), write, where="side")]
    """
    raise NotImplementedError


@hookspec
def crm_tui_actions(config: Config) -> Iterable[Action]:
    """Things to do with the selected customers, by key and from the command palette.

    >>> from crmcore_tui.hooktypes import Action, Question, Text
    >>> @hookimpl
    ... def crm_tui_actions():
    ...     def run(context):
    ...         note = Question("note", Text("内容", "What was said"), required=True)
    ...         answer = context.ask(Text("记一笔", "A note for each"), [note])
    ...         if answer is None:
    ...             return None
    ...         for customer in context.customers:
    ...             context.crm.log(customer.id, answer["note"], "note")
    ...         n = len(context.customers)
    ...         return Text("已记录 {n} 个", "{n} noted").with_(n=n)
    ...     return [Action("note-all", Text("批量记录", "Note for each"), run, key="f12")]
    """
    raise NotImplementedError
