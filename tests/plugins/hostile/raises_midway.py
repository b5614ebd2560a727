"""A generator that raises after its first value.

Hook: crm_reports
Told: RuntimeError: midway
"""

from crmcore import hookimpl
from crmcore.hooktypes import Report
from crmcore.wording import Text

WORD = Text("词", "word")


@hookimpl
def crm_reports():
    yield Report("first", WORD, WORD, lambda crm: [])
    raise RuntimeError("midway")
