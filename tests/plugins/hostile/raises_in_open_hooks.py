"""Raises in each hook that the others go on without.

Hook: crm_graders crm_assigners crm_calendars crm_reminders crm_notifiers crm_importers crm_exporters crm_reports
      crm_commands crm_grader_formats crm_event
Told: RuntimeError: no
"""

from crmcore import hookimpl


def no(*ignored):
    raise RuntimeError("no")


HOOKS = (
    "graders", "grader_formats", "assigners", "calendars", "reminders", "notifiers", "importers",
    "exporters", "reports", "commands", "event",
)  # fmt: skip
for hook in HOOKS:
    globals()[f"crm_{hook}"] = hookimpl(lambda: no(), specname=f"crm_{hook}")
