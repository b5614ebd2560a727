"""Grades without end.

Hook: crm_graders
Told: took more than
"""

from crmcore import hookimpl
from crmcore.hooktypes import Grader
from crmcore.wording import Text

WORD = Text("词", "word")


def grade(customer, now):
    while True:
        pass


@hookimpl
def crm_graders():
    return [Grader("endless", WORD, grade)]
