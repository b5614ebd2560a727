"""The reminder rules; each finds since when something has been waiting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from crmcore.fields import follow_up_owed, last_activity
from crmcore.hooktypes import DueItem, ReminderRule, RemindRequest
from crmcore.query import Compare, both, known, unknown
from crmcore.wording import Text
from crmcore_followup.settings import Settings

_OPEN = Compare("status", "=", "open")
_WON = Compare("status", "=", "won")


def rules(settings: Settings) -> Iterator[ReminderRule]:
    """Those that are not turned off."""
    if settings.no_next_step:
        yield _no_next_step(timedelta(days=settings.no_next_step))
    if settings.stale:
        yield _stale()
    if settings.proposal:
        yield _proposal(timedelta(days=settings.proposal))
    if settings.contract:
        yield _contract(timedelta(days=settings.contract))
    if settings.repurchase:
        yield _repurchase(timedelta(days=settings.repurchase))


def _last_seen(request: RemindRequest) -> datetime | None:
    own = request.customer
    moments = (last_activity(own), own.entered_stage_at, own.created_at)
    return max((moment for moment in moments if moment), default=None)


def _no_next_step(wait: timedelta) -> ReminderRule:
    what = Text("没有下一步，请安排", "no next step is planned")

    def due(request: RemindRequest) -> Iterator[DueItem]:
        seen = _last_seen(request)
        if seen is not None and follow_up_owed(request.customer) is None:
            yield request.item(what, seen + wait)

    among = both(_OPEN, unknown("next_step_due"))
    return ReminderRule("no-next-step", Text("没有下一步", "No next step"), due, among)


def _stale() -> ReminderRule:
    def due(request: RemindRequest) -> Iterator[DueItem]:
        own, days = request.customer, request.stage.stale_after_days
        moments = (last_activity(own), own.entered_stage_at)
        seen = max((moment for moment in moments if moment), default=None)
        today = request.now.replace(hour=0, minute=0, second=0, microsecond=0)
        planned = own.next_step_due is not None and own.next_step_due >= today
        if seen is None or planned or seen + timedelta(days=days) > request.now:
            return
        what = Text(
            "「{label}」停滞超过 {days} 天",
            "stale in {label} for over {days} days",
        ).with_(label=request.stage.label, days=days)
        yield request.item(what, seen + timedelta(days=days))

    return ReminderRule("stale", Text("停滞", "Stale"), due, _OPEN)


def _proposal(wait: timedelta) -> ReminderRule:
    def due(request: RemindRequest) -> Iterator[DueItem]:
        proposals = request.customer.proposals
        sent = [(n, p) for n, p in enumerate(proposals, 1) if p.sent_at is not None]
        if not sent or sent[-1][1].feedback:
            return
        number, proposal = sent[-1]
        assert proposal.sent_at is not None
        what = Text("方案 {number} 还没有反馈", "proposal {number} has no feedback").with_(
            number=number
        )
        yield request.item(what, proposal.sent_at + wait)

    among = both(_OPEN, Compare("proposals_sent", ">", 0))
    return ReminderRule("proposal", Text("方案待反馈", "Proposal without feedback"), due, among)


def _contract(wait: timedelta) -> ReminderRule:
    what = Text("合同已发未签", "the contract was sent and is not signed")

    def due(request: RemindRequest) -> Iterator[DueItem]:
        sent = request.customer.contract_sent_at
        if sent is not None:
            yield request.item(what, sent + wait)

    among = both(_OPEN, known("contract_sent_at"), unknown("contract_signed_at"))
    return ReminderRule("contract", Text("合同待签", "Contract unsigned"), due, among)


def _repurchase(wait: timedelta) -> ReminderRule:
    what = Text("可以谈复购", "time to talk about buying again")

    def due(request: RemindRequest) -> Iterator[DueItem]:
        own = request.customer
        again = any(link.kind == "repurchase" for link in own.links)
        since = own.completed_at or own.delivered_at
        if since is not None and not again and own.repurchase_intent != "low":
            yield request.item(what, since + wait)

    among = both(_WON, known("delivered_at"))
    return ReminderRule("repurchase", Text("复购时机", "Repurchase"), due, among)
