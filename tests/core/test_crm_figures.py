"""The funnel, what is due, and who is told: read through the façade."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from crmcore.hooktypes import Notification, Notifier
from crmcore.wording import Text


def test_the_funnel_counts_stages_and_statuses_and_keeps_currencies_apart(crm) -> None:
    crm.add(company="A", budget="10万")
    crm.add(company="B", budget="$1,000")
    crm.add(company="C")
    lost = crm.add(company="D", budget="99万")
    crm.lose(lost.id, "too dear")
    funnel = crm.funnel()
    lead = funnel.stages["lead"]
    assert (lead.count, lead.unknown_value) == (3, 1)
    assert lead.values == {"CNY": Decimal(100000), "USD": Decimal(1000)}
    assert {status: s.count for status, s in funnel.statuses.items()} == {
        "open": 3, "won": 0, "lost": 1, "invalid": 0,
    }  # fmt: skip
    assert funnel.total == 4 == sum(s.count for s in funnel.statuses.values())


def test_an_empty_funnel_is_a_funnel(crm) -> None:
    funnel = crm.funnel()
    assert funnel.total == 0
    assert [s.count for s in funnel.stages.values()] == [0] * 5


def test_what_is_due_soonest_first_and_within(crm, clock) -> None:
    a, b = crm.add(company="A"), crm.add(company="B")
    crm.edit(a.id, next_step="call {x} [/red]", next_step_due="+3d")
    crm.assign(b.id, "Bo")
    assert [(i.customer_id, i.what.en) for i in crm.due()] == [
        (b.id, "first follow-up"),
        (a.id, "next: call {x} [/red]"),
    ]
    assert [i.customer_id for i in crm.due(within=timedelta(days=2))] == [b.id]
    assert [i.customer_id for i in crm.due(owner="Bo")] == [b.id]
    crm.lose(a.id, "gone")
    assert [i.customer_id for i in crm.due()] == [b.id]


def test_the_survey_is_due_three_working_days_after_delivery(crm) -> None:
    friday = crm.add(company="A", delivered_at="2024-05-10 09:00")
    assert crm.get(friday.id).survey_due - crm.get(friday.id).delivered_at == timedelta(days=5)
    assert [i.what.en for i in crm.due()] == ["satisfaction survey"]
    crm.edit(friday.id, satisfaction="4")
    assert crm.due() == []


class Told:
    """A channel that keeps what it is told, or fails."""

    def __init__(self, broken: bool = False) -> None:
        self.notes: list[Notification] = []
        self.broken = broken

    def send(self, note: Notification) -> None:
        if self.broken:
            raise OSError("line is down")
        self.notes.append(note)


def channel(crm, told: Told) -> None:
    """Make *told* the only notifier of *crm*."""
    from types import SimpleNamespace

    from attrs import evolve

    from crmcore import hookimpl

    def crm_notifiers():
        return [Notifier("told", Text("听", "Told"), told.send, at_once=True)]

    crm.host.register(SimpleNamespace(crm_notifiers=hookimpl(crm_notifiers)), "told")
    crm.config = evolve(crm.config, notify=("told",))
    crm.writer._config = crm.config


def test_owners_are_told_of_customers_given_to_them_and_of_deals(crm) -> None:
    told = Told()
    channel(crm, told)
    lead = crm.add(company="A")
    crm.assign(lead.id, "Bo")
    crm.lose(lead.id, "gone")
    crm.undo()
    assert [(n.to, n.title.en, n.customer_id) for n in told.notes] == [
        ("Bo", "A is yours now", lead.id),
        ("Bo", "A was lost", lead.id),
    ]
    assert len({n.key for n in told.notes}) == 2


def test_a_channel_that_is_down_never_stops_a_commit_and_is_shown(crm) -> None:
    channel(crm, Told(broken=True))
    lead = crm.add(company="A")
    crm.assign(lead.id, "Bo")
    assert crm.get(lead.id).owner == "Bo"
    assert any("told" in line and "line is down" in line for line in crm.warnings)
