"""Offers a grader without a name.

Hook: crm_graders
Told: whose name is ''
"""

from crmcore import hookimpl
from crmcore.hooktypes import Grader, Opinion
from crmcore.wording import Text

WORD = Text("词", "word")


@hookimpl
def crm_graders():
    return [Grader("", WORD, lambda customer, now: Opinion("A", (), "1", "d"))]
