"""Raises when it is asked for numbers, which nothing goes on without.

Hook: crm_id_schemes
Told: Plugin hostile failed in crm_id_schemes: RuntimeError: no
"""

from crmcore import hookimpl


@hookimpl
def crm_id_schemes():
    raise RuntimeError("no")
