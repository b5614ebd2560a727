"""Which commits people are told of, and in what words."""

from __future__ import annotations

from collections.abc import Iterator

from crmcore.changes import Commit, Edit
from crmcore.customer import Customer
from crmcore.hooktypes import DueItem, Event, Notification
from crmcore.wording import Text

_STATUS = {
    "won": Text("成交", "won"),
    "lost": Text("流失", "lost"),
    "invalid": Text("无效", "found invalid"),
}
_SILENT = frozenset({"undo", "redo"})


def told_of(commit: Commit) -> Iterator[Edit]:
    """The edits of *commit* of which people are told one by one."""
    if commit.action not in _SILENT and commit.action != "import":
        yield from (edit for edit in commit.edits if _tells(edit))


def _tells(edit: Edit) -> bool:
    return any(
        (change.field == "owner" and change.after)
        or (change.field == "status" and change.after in _STATUS)
        for change in edit.changes
    )


def notifications(event: Event) -> Iterator[Notification]:
    """What owners are told of *event*: a customer given to them, a deal closed, an import."""
    commit = event.commit
    if commit.action in _SILENT:
        return
    if commit.action == "import":
        count = len(commit.edits)
        title = Text("导入 {count} 个客户", "{count} customers imported").with_(count=count)
        yield Notification(f"import:{commit.revision}", commit.at, commit.actor, title, title)
        return
    customers = {customer.id: customer for customer in event.customers}
    for edit in told_of(commit):
        if customer := customers.get(edit.id):
            yield from _about(customer, edit, event)


def reminder(item: DueItem, actor: str) -> Notification:
    """That *item* is due, to whose it is, or to *actor* where it is nobody's."""
    name, what = item.title, item.what
    title = Text("待办 {name}：{what}", "To do for {name}: {what}").with_(name=name, what=what)
    key = f"due:{item.customer_id}:{item.due.isoformat()}:{what.en}"
    return Notification(key, item.due, item.owner or actor, title, title, item.customer_id)


def _about(customer: Customer, edit: Edit, event: Event) -> Iterator[Notification]:
    changed = {change.field: change.after for change in edit.changes}
    to, name, commit = customer.owner or event.commit.actor, customer.title, event.commit

    def note(kind: str, title: Text) -> Notification:
        key = f"{kind}:{customer.id}:{commit.revision}"
        return Notification(key, commit.at, to, title, title, customer.id)

    if changed.get("owner"):
        yield note("assigned", Text("{name} 分配给你", "{name} is yours now").with_(name=name))
    if word := _STATUS.get(changed.get("status") or ""):
        yield note(
            str(changed["status"]),
            Text("{name} {word}", "{name} was {word}").with_(name=name, word=word),
        )
