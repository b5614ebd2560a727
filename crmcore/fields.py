"""Which fields there are: the core's, the computed ones, and those plugins add."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from crmcore.customer import GROUPS, Customer
from crmcore.errors import UnknownFieldError
from crmcore.fieldspec import FieldSpec, Group, Kind, Verb, specs_of
from crmcore.text import nearest
from crmcore.wording import Text
from crmcore.words import WORDS, words_of


def last_activity(customer: Customer) -> datetime | None:
    """When the customer was last in contact (UTC), None when never."""
    return max([activity.at for activity in customer.activities], default=None)


def first_response(customer: Customer) -> datetime | None:
    """When somebody first was in contact after the assignment, where unknown after the first contact
    (UTC); None when nobody was, or when neither is known."""
    start = customer.assigned_at or customer.first_contact_at
    if start is None or not customer.activities:
        return None
    after = (activity.at for activity in customer.activities if activity.at >= start)
    return min(after, default=None)


def follow_up_owed(customer: Customer) -> datetime | None:
    """Until when the owner of an open customer must first be in contact (UTC); None once they were."""
    if customer.status != "open" or not customer.owner:
        return None
    latest = last_activity(customer)
    done = latest is not None and not (customer.assigned_at and latest < customer.assigned_at)
    return None if done else customer.first_follow_up_due


COMPUTED = (
    FieldSpec(
        "value", Kind.MONEY, "standing", Text("客户价值", "Value"),
        Text("成交价，否则最近方案报价，否则预算中值", "Agreed price, else last proposal, else middle of the budget"),
        "15万", verb=Verb.COMPUTED, compute=lambda c: c.value,
    ),
    FieldSpec(
        "proposals_sent", Kind.INTEGER, "needs", Text("已发方案数", "Proposals sent"),
        Text("已发送给客户的方案数", "How many proposals have been sent"),
        "1", verb=Verb.COMPUTED, compute=lambda c: sum(p.sent_at is not None for p in c.proposals),
    ),
    FieldSpec(
        "open_objections", Kind.INTEGER, "needs", Text("未答复异议数", "Open objections"),
        Text("还没有答复的异议数", "How many objections have no answer"),
        "0", verb=Verb.COMPUTED,
        compute=lambda c: sum(not (o.resolved or o.response) for o in c.objections),
    ),
    FieldSpec(
        "gate_debts", Kind.INTEGER, "standing", Text("欠缺项数", "Gate debts"),
        Text("越过关口时未满足的要求数", "How many requirements were passed unmet"),
        "0", verb=Verb.COMPUTED, compute=lambda c: len(c.debts), aliases=("debt",),
    ),
    FieldSpec(
        "in_funnel", Kind.YES_NO, "standing", Text("在漏斗中", "In the funnel"),
        Text("进行中或成交、且本轮未完成", "Open or won, its round not completed"),
        "是", verb=Verb.COMPUTED,
        compute=lambda c: c.status in ("open", "won") and c.completed_at is None,
    ),
    FieldSpec(
        "last_activity_at", Kind.MOMENT, "follow_up", Text("最近跟进时间", "Last activity"),
        Text("最近一次跟进的时间", "When the customer was last in contact"),
        "2024-05-03", verb=Verb.COMPUTED, compute=last_activity,
    ),
    FieldSpec(
        "first_response_at", Kind.MOMENT, "follow_up", Text("首次响应", "First response"),
        Text("分配（未填的从首次接触）之后第一次跟进的时间",
             "The first activity after the assignment, where unknown after the first contact"),
        "2024-05-01", verb=Verb.COMPUTED, compute=first_response,
    ),
    FieldSpec(
        "follow_up_owed", Kind.MOMENT, "follow_up", Text("待首次跟进", "First follow-up owed by"),
        Text("负责人还没有做首次跟进时的截止时间", "When the first follow-up is due, as long as the owner owes it"),
        "2024-05-02 10:00", verb=Verb.COMPUTED, compute=follow_up_owed,
    ),
    FieldSpec(
        "revision", Kind.INTEGER, "standing", Text("版本", "Revision"),
        Text("最后一次改动的版本号", "Revision of the last commit that touched it"),
        "17", verb=Verb.COMPUTED, compute=lambda c: c.revision,
    ),
    FieldSpec(
        WORDS, Kind.LONG_TEXT, "", Text("全文", "Words"),
        Text("筛选时直接输入的词在其中查找", "All that the free words of a filter are looked for in"),
        verb=Verb.COMPUTED, compute=lambda c: words_of(c.value_of),
    ),
)  # fmt: skip


class FieldCatalogue:
    """All the fields known in this workspace, by key; finds them by label and alias too."""

    def __init__(
        self, plugin_fields: Iterable[FieldSpec] = (), plugin_groups: Iterable[Group] = ()
    ) -> None:
        self.groups: tuple[Group, ...] = (*GROUPS, *plugin_groups)
        self._specs: dict[str, FieldSpec] = {
            spec.key: spec for spec in (*specs_of(Customer), *COMPUTED, *plugin_fields)
        }
        self._names: dict[str, FieldSpec] = {}
        for spec in self._specs.values():
            for name in (spec.key, spec.label.zh, spec.label.en, *spec.aliases):
                self._names.setdefault(_plain(name), spec)

    def __iter__(self) -> Iterator[FieldSpec]:
        return iter(self._specs.values())

    def __contains__(self, key: str) -> bool:
        return key in self._specs

    def get(self, key: str) -> FieldSpec | None:
        """The field with exactly this key, or None."""
        return self._specs.get(key)

    def named(self, name: str) -> FieldSpec:
        """The field that *name* means: a key, a zh/en label or an alias, in any letter case.

        A namespaced name that no plugin describes is a sheet's own text field. Raises
        UnknownFieldError with the nearest names.
        """
        if spec := self._specs.get(name) or self._names.get(_plain(name)):
            return spec
        if "." in name.strip("."):
            return undescribed(name)
        raise UnknownFieldError(name, nearest(name, self._names))

    def stored(self) -> Iterator[FieldSpec]:
        """The fields a record holds (not the computed ones)."""
        return (spec for spec in self if spec.verb is not Verb.COMPUTED)

    def in_group(self, group: str) -> tuple[FieldSpec, ...]:
        """The fields of one group, in order."""
        return tuple(spec for spec in self if spec.group == group)

    def value(self, customer: Customer, key: str) -> Any:
        """The value of any field of *customer*, computed ones included; None when unknown."""
        spec = self._specs.get(key)
        if spec is not None and spec.compute is not None:
            return spec.compute(customer)
        return customer.value_of(key)

    def known_values(self, customer: Customer) -> Mapping[str, Any]:
        """The stored fields of *customer* that are known, by key, undescribed ones last."""
        core = {spec.key: self.value(customer, spec.key) for spec in self.stored()}
        return {k: v for k, v in {**core, **customer.extra}.items() if v is not None and v != ()}


def undescribed(key: str) -> FieldSpec:
    """The description of a namespaced field that nobody described: plain text, named as it is."""
    label = key.split(".", 1)[1]
    nobody = Text("没有插件描述的自定义字段", "A custom field that no plugin describes")
    return FieldSpec(key, Kind.TEXT, "standing", Text(label, label), nobody)


def _plain(name: str) -> str:
    return name.strip().casefold().replace("（", "(").replace("）", ")").replace("_", " ")
