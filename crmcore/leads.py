"""How a customer enters the funnel: as a new lead, for another round, or referred by another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crmcore import actions
from crmcore.actions import Context
from crmcore.customer import Customer
from crmcore.pipeline import Pipeline

_CARRIED = (
    "company", "contact", "position", "industry", "employees", "annual_revenue", "region", "phone",
    "wechat", "email", "owner",
)  # fmt: skip


def lead(values: Mapping[str, Any], pipeline: Pipeline, context: Context) -> Customer:
    """A new customer with *values* in the first stage of *pipeline*, without an id yet."""
    fresh = Customer(
        pipeline=pipeline.name,
        stage=pipeline.stages[0].key,
        validity="unchecked",
        first_contact_at=context.now,
        created_at=context.now,
        entered_stage_at=context.now,
    )
    filled = actions.fill(fresh, values, context)
    return actions.consequences(None, filled, pipeline, context)


def carried(old: Customer) -> dict[str, Any]:
    """What the record of another round takes over from *old*: who they are and who looks after them."""
    return {key: getattr(old, key) for key in _CARRIED if getattr(old, key) is not None}
