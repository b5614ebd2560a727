"""Raises when it is asked for stores, which nothing goes on without.

Hook: crm_stores
Told: Plugin hostile failed in crm_stores: RuntimeError: no
"""

from crmcore import hookimpl


@hookimpl
def crm_stores():
    raise RuntimeError("no")
