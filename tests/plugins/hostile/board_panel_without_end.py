"""Part of the board: writes a panel without end.

Hook: crm_tui_panels
Told: took more than
"""

from crmcore import hookimpl
from crmcore_tui.hooktypes import Panel, Part, Text


def write(customer, width, now, dialect):
    while True:
        len("busy")
    yield (Part("never"),)


@hookimpl
def crm_tui_panels():
    return [Panel("endless", Text("词", "word"), write)]
