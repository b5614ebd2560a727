r"""Raises with what would act on a terminal.

Hook: crm_event
Told: ValueError: �\[2J two lines
"""

from crmcore import hookimpl


@hookimpl
def crm_event(event):
    raise ValueError("\x1b[2J\ntwo lines")
