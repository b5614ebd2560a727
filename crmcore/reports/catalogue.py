"""The core's reports: a name for each figure, and what answers it."""

from __future__ import annotations

from crmcore.figures.ageing import AGEING
from crmcore.figures.attention import OVERDUE, STALE
from crmcore.figures.breakdown import SOURCES
from crmcore.figures.chances import WIN_RATE
from crmcore.figures.definition import Definition
from crmcore.figures.forecast import FORECAST
from crmcore.figures.progress import CONVERSION
from crmcore.figures.velocity import VELOCITY
from crmcore.hooktypes import Report
from crmcore.reports import (
    aftersales,
    cycles,
    hits,
    load,
    lost,
    response,
    standings,
    today,
    trend,
    wins,
)
from crmcore.reports.request import Run


def _report(name: str, definition: Definition, run: Run) -> Report:
    return Report(name, definition.label, definition.meaning, run)


REPORTS: tuple[Report, ...] = (
    _report("funnel", standings.FUNNEL, standings.funnel),
    _report("conversion", CONVERSION, standings.conversion),
    _report("cohort", standings.COHORT, standings.cohort),
    _report("win-rate", WIN_RATE, standings.won_of_closed),
    _report("won", wins.WON, wins.won),
    _report("trend", trend.TREND, trend.trend),
    _report("forecast", FORECAST, today.forecast),
    _report("velocity", VELOCITY, today.speed),
    _report("cycle", cycles.CLOSING, cycles.cycle_times),
    _report("stage-time", cycles.STAGE_TIME, cycles.stage_times),
    _report("ageing", AGEING, today.ages),
    _report("overdue", OVERDUE, today.late),
    _report("stale", STALE, today.quiet),
    _report("lost", lost.LOST, lost.lost),
    _report("owners", load.LOAD, load.owners),
    _report("sources", SOURCES, standings.sources),
    _report("grades", hits.HITS, hits.grade_hits),
    _report("first-response", response.FIRST_RESPONSE, response.first_response),
    _report("survey", aftersales.SURVEY, aftersales.survey),
    _report("referrals", aftersales.REFERRALS, aftersales.referrals),
)
"""In the order in which they are listed; those of plugins follow."""
