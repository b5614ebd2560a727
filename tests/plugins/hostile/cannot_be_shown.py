r"""Returns what cannot even be printed.

Hook: crm_graders
Told: a Secret
"""

from crmcore import hookimpl


class Secret:
    def __repr__(self):
        raise RuntimeError("no")


@hookimpl
def crm_graders():
    return [Secret()]
