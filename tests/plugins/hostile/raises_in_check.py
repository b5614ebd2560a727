"""Raises whenever a change is checked: nothing is stored unchecked.

Hook: crm_check
Told: the check of plugin hostile failed: RuntimeError: no
"""

from crmcore import hookimpl


@hookimpl
def crm_check(change):
    raise RuntimeError("no")
