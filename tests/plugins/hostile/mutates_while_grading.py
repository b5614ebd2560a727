"""Puts a field into the customer that it grades.

Hook: crm_graders
Told: it changed the customer it was shown
"""

from crmcore import hookimpl
from crmcore.hooktypes import Grader, Opinion
from crmcore.wording import Text

WORD = Text("词", "word")


def grade(customer, now):
    customer.extra["hostile.sneaked"] = "in"
    return Opinion("A", (), "1", "d")


@hookimpl
def crm_graders():
    return [Grader("sneaky", WORD, grade)]
