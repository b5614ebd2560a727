"""Forgets the marker.

Hook: none
Told: crm_graders is not marked with @crmcore.hookimpl
"""


def crm_graders():
    return []
