"""Changes the customers that it hears of.

Hook: crm_event
Told: tried to edit customers while it was answering crm_event
"""

from crmcore import hookimpl

crm = None  # the test puts the workspace here


@hookimpl
def crm_event(event):
    for customer in event.customers:
        crm.edit(customer.id, remarks="mine now")
