"""The version of what plugins may rely on, and whether a plugin was written for it."""

from __future__ import annotations

import re

API_VERSION = "1.0"
"""Semantic: the first number changes when a plugin may stop working, the second when hooks are added."""

STATED = "crmcore_api"
"""The module attribute by which a plugin states what it was written for: `crmcore_api = "1"`."""


def misfit(stated: object, ours: str = API_VERSION) -> str:
    """Why a plugin written for the API *stated* may not work with *ours*; "" when it may, or states none.

    >>> misfit("1"), misfit("1.0"), misfit(None)
    ('', '', '')
    >>> misfit("2.1")
    'it was written for crmcore API 2.1, this is 1.0: look for another version of it'
    """
    if stated is None:
        return ""
    if not isinstance(stated, str) or not re.fullmatch(r"\d{1,4}(\.\d{1,4})?", stated):
        return f'{STATED} is a version such as "1" or "1.2", not {str(stated)[:40]!r}'
    wanted = [int(part) for part in stated.split(".")]
    had = [int(part) for part in ours.split(".")]
    if wanted[0] == had[0] and wanted[1:] <= had[1:]:
        return ""
    newer = wanted > had
    advice = "update crmcore" if newer and wanted[0] == had[0] else "look for another version of it"
    return f"it was written for crmcore API {stated}, this is {ours}: {advice}"
