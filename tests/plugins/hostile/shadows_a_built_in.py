"""Offers a pipeline by the name of the core's own.

Hook: crm_pipelines
Told: 'standard' is offered by plugin crmcore and plugin hostile
"""

from crmcore import hookimpl
from crmcore.pipeline import Pipeline, Stage
from crmcore.wording import Text

WORD = Text("词", "word")


@hookimpl
def crm_pipelines():
    return [Pipeline("standard", WORD, (Stage("mine", WORD),))]
