r"""Misspells a hook.

Hook: none
Told: there is no hook crm_grader\. Did you mean crm_graders
"""

from crmcore import hookimpl


@hookimpl
def crm_grader():
    return []
