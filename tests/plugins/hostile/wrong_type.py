r"""Returns texts where graders are expected.

Hook: crm_graders
Told: a str \('grader'\) among its values
"""

from crmcore import hookimpl


@hookimpl
def crm_graders():
    return ["grader"]
