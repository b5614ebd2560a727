"""Marks a class attribute of the wrong kind as a hook.

Hook: none
Told: crm_graders
"""

from crmcore import hookimpl


@hookimpl(specname="crm_graders")
def offers(one, two, three):
    return []
