"""Part of the board: checks what the command line would store unchecked.

Hook: none
Told: crm_check belongs into a module of the group crmcore
"""

from crmcore import hookimpl


@hookimpl
def crm_check(change):
    return []
