"""What the dashboard asks of a workspace, for workers."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from crmcore.crm import Crm
from crmcore.customer import Customer
from crmcore.figures.gather import Details, Overview, on, read_details
from crmcore.hooktypes import Report
from crmcore.pipeline import Pipeline
from crmcore.query import Condition, Order
from crmcore.reports.answer import Answer
from crmcore.reports.request import ReportRequest
from crmcore.reports.running import run_report

LISTED = 6
"""How many of the overdue and of the stale are listed by name."""


@frozen
class Worked:
    """What takes longer: what the customers themselves tell, the trend, and whom to see to first."""

    details: Details
    trend: Answer
    overdue: tuple[Customer, ...]
    stale: tuple[Customer, ...]


def answered(crm: Crm, report: Report, pipeline: Pipeline, where: Condition) -> Answer:
    """What *report* says of those of *pipeline* whom *where* holds, now in *crm*."""
    crm, now = crm.in_one_currency(), crm.clock()
    return run_report(report, ReportRequest(crm, pipeline, on(pipeline, where), now=now))


def read_on(crm: Crm, overview: Overview, seen: Callable[[int], None]) -> Worked:
    """The rest of the dashboard; *seen* as `read_details` takes it."""
    crm = crm.in_one_currency()
    details = read_details(crm, overview, seen)
    trend = crm.host.reports().named("trend")
    told = run_report(trend, ReportRequest(crm, overview.pipeline, overview.where, now=overview.at))
    late, quiet = overview.attention.overdue_where, overview.attention.stale_where
    return Worked(
        details,
        told,
        crm.find(late, (Order("next_step_due"),), LISTED).customers,
        crm.find(quiet, (Order("last_activity_at"),), LISTED).customers,
    )
