"""Grades by calling itself.

Hook: crm_graders
Told: RecursionError
"""

from crmcore import hookimpl
from crmcore.hooktypes import Grader
from crmcore.wording import Text

WORD = Text("词", "word")


def grade(customer, now):
    return grade(customer, now)


@hookimpl
def crm_graders():
    return [Grader("deep", WORD, grade)]
