"""Every figure there is, in the order in which they are explained."""

from __future__ import annotations

from crmcore.figures.ageing import AGEING
from crmcore.figures.attention import OVERDUE, STALE
from crmcore.figures.breakdown import OWNERS, SOURCES
from crmcore.figures.chances import WIN_PROBABILITY, WIN_RATE
from crmcore.figures.cycle import CYCLE
from crmcore.figures.definition import Definition
from crmcore.figures.forecast import FORECAST, STAGE_WEIGHT
from crmcore.figures.progress import CONVERSION
from crmcore.figures.velocity import VELOCITY

DEFINITIONS: tuple[Definition, ...] = (
    CONVERSION,
    WIN_PROBABILITY,
    STAGE_WEIGHT,
    WIN_RATE,
    FORECAST,
    VELOCITY,
    CYCLE,
    AGEING,
    OVERDUE,
    STALE,
    OWNERS,
    SOURCES,
)
