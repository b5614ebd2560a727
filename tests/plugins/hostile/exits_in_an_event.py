"""Ends the program when it hears of a commit.

Hook: crm_event
Told: SystemExit: I quit
"""

from crmcore import hookimpl


@hookimpl
def crm_event(event):
    raise SystemExit("I quit")
