"""What the core itself objects to in a change, on every path: owners who do not exist, circular links."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from crmcore.catalogue import CORE
from crmcore.changes import Change
from crmcore.customer import Customer
from crmcore.hooktypes import Problem
from crmcore.text import nearest
from crmcore.wording import Text, listed

Get = Callable[[str], Customer | None]
UPWARD = ("referred_by", "repurchase_of", "duplicate_of")
"""The links that lead to where a customer came from."""

_DEEPEST = 1000
_PERHAPS = Text(
    "团队里没有 {owner}，是不是 {near}？",
    "{owner} is not on the team of crm.toml; did you mean {near}?",
)
_OR = Text("{some}、{more}", "{some} or {more}")
_NOBODY = Text(
    "团队里没有 {owner}；团队有 {team}", "{owner} is not on the team of crm.toml; it is {team}"
)
_CIRCLE = Text("关联成环：{kind} 又回到 {other}", "{kind} leads in a circle to {other}")


def problems(change: Change, team: Iterable[str], get: Get) -> Iterator[Problem]:
    """What is wrong with *change* whatever the plugins say; *get* finds the customers links lead to."""
    before, after = change.before, change.after
    if after is None:
        return
    if after.owner and (before is None or before.owner != after.owner):
        yield from _unknown_owner(after.owner, tuple(team))
    if after.links and (before is None or before.links != after.links):
        yield from _circle(after, get)
    due = after.next_step_due
    if due and due < change.at and (before is None or before.next_step_due != due):
        yield Problem(
            Text("下一步的时间已经过了", "the next step is due in the past"),
            "next_step_due", "warning", CORE,
        )  # fmt: skip


def _unknown_owner(owner: str, team: tuple[str, ...]) -> Iterator[Problem]:
    if not team or owner in team:
        return
    near = nearest(owner, team)
    told = (
        _PERHAPS.with_(owner=owner, near=listed(near, _OR))
        if near
        else _NOBODY.with_(owner=owner, team=listed(team))
    )
    yield Problem(told, "owner", plugin=CORE)


def _circle(customer: Customer, get: Get) -> Iterator[Problem]:
    for kind in UPWARD:
        seen, ahead = {customer.id}, [link.id for link in customer.links if link.kind == kind]
        while ahead and len(seen) < _DEEPEST:
            other = ahead.pop()
            if other in seen:
                yield Problem(_CIRCLE.with_(kind=kind, other=other), "links", plugin=CORE)
                return
            seen.add(other)
            found = get(other)
            ahead += [link.id for link in found.links if link.kind == kind] if found else []
