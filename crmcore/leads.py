"""How a customer enters the funnel: as a new lead, for another round, or referred by another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crmcore import actions
from crmcore.actions import Context
from crmcore.customer import Customer
from crmcore.errors import GateError
from crmcore.gates import unmet, words
from crmcore.pipeline import Pipeline
from crmcore.wording import Text

_NOT_YET = Text("还不能新增，缺少：{wanted}。", "It cannot be added yet. Missing: {wanted}.")
_CARRIED = (
    "company", "contact", "position", "industry", "employees", "annual_revenue", "region", "phone",
    "wechat", "email", "owner",
)  # fmt: skip


def lead(values: Mapping[str, Any], pipeline: Pipeline, context: Context) -> Customer:
    """A new customer with *values* in the first stage of *pipeline*, without an id yet.

    Raises GateError when the stage asks for more on the way in.
    """
    fresh = Customer(
        pipeline=pipeline.name,
        stage=pipeline.stages[0].key,
        validity="unchecked",
        first_contact_at=context.now,
        created_at=context.now,
        entered_stage_at=context.now,
    )
    filled = actions.fill(fresh, values, context)
    new = actions.consequences(None, filled, pipeline, context)
    if missing := unmet((), new, context.fields, pipeline.stages[:1]):
        say, wanted = context.dialect.say, words(missing, context.dialect)
        raise GateError(new.title, say(_NOT_YET.with_(wanted=wanted)), missing)
    return new


def carried(old: Customer) -> dict[str, Any]:
    """What the record of another round takes over from *old*: who they are and who looks after them."""
    return {key: getattr(old, key) for key in _CARRIED if getattr(old, key) is not None}
