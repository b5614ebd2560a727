"""Raises when it is asked for fields, which nothing goes on without.

Hook: crm_fields
Told: Plugin hostile failed in crm_fields: RuntimeError: no
"""

from crmcore import hookimpl


@hookimpl
def crm_fields():
    raise RuntimeError("no")
