"""Describes a field of the core anew.

Hook: crm_fields
Told: the field 'company' needs a namespace
"""

from crmcore import hookimpl
from crmcore.fieldspec import FieldSpec, Kind
from crmcore.wording import Text

WORD = Text("词", "word")


@hookimpl
def crm_fields():
    return [FieldSpec("company", Kind.TEXT, "basic", WORD, WORD)]
