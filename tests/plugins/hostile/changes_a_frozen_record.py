"""Assigns to a field of the customer that it hears of.

Hook: crm_event
Told: FrozenInstanceError
"""

from crmcore import hookimpl


@hookimpl
def crm_event(event):
    event.customers[0].company = "Mine"
