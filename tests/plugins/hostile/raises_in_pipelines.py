"""Raises when it is asked for pipelines, which nothing goes on without.

Hook: crm_pipelines
Told: Plugin hostile failed in crm_pipelines: RuntimeError: no
"""

from crmcore import hookimpl


@hookimpl
def crm_pipelines():
    raise RuntimeError("no")
