"""Puts a field into the customer that it is asked about.

Hook: crm_check
Told: it changed the customer it was shown
"""

from crmcore import hookimpl


@hookimpl
def crm_check(change):
    if change.after is not None:
        change.after.extra["hostile.sneaked"] = "in"
