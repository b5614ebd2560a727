"""Offers two graders of one name.

Hook: crm_graders
Told: 'twice' is offered twice by plugin hostile
"""

from crmcore import hookimpl
from crmcore.hooktypes import Grader, Opinion
from crmcore.wording import Text

WORD = Text("词", "word")


@hookimpl
def crm_graders():
    def grade(customer, now):
        return Opinion("A", (), "1", "d")

    return [Grader("twice", WORD, grade), Grader("twice", WORD, grade)]
