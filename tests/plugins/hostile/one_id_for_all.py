"""Numbers every customer the same.

Hook: crm_id_schemes
Told: the ID scheme 'hostile' gives ids that are taken
"""

from crmcore import hookimpl
from crmcore.hooktypes import IdScheme
from crmcore.wording import Text


@hookimpl
def crm_id_schemes():
    return [IdScheme("hostile", Text("词", "word"), lambda request: "SAME")]
