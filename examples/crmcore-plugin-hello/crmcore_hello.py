"""A whole plugin: an ID scheme `hello`, and a check that refuses customers called Nobody.

Installed beside crmcore it is found by its entry point; `id_scheme = "hello"` in crm.toml uses it.
"""

from __future__ import annotations

from collections.abc import Iterable

from crmcore import hookimpl
from crmcore.changes import Change
from crmcore.hooktypes import IdRequest, IdScheme, Problem
from crmcore.wording import Text

PREFIX = "H"


def next_number(request: IdRequest) -> str:
    """H1, H2, H3 …"""
    last = request.last_id(PREFIX)
    return f"{PREFIX}{int(last[1:]) + 1 if last else 1}"


@hookimpl
def crm_id_schemes() -> Iterable[IdScheme]:
    """Offer the scheme."""
    return [IdScheme("hello", Text("H 编号", "H numbers"), next_number)]


@hookimpl
def crm_check(change: Change) -> Iterable[Problem]:
    """Refuse what we do not want to see stored."""
    if change.after is not None and change.after.company == "Nobody":
        yield Problem(Text("这不是一个客户", "that is not a customer"), field="company")
