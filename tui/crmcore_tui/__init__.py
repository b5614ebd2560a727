"""The board: crmcore's funnel on a terminal, driven from the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmcore.crm import Crm


def run(crm: Crm) -> None:
    """Show the board of *crm* until the user quits; the caller closes *crm*.

    Raises ConfigError, before anything is shown, for settings that name what there is not.
    """
    from crmcore_tui.app import CrmApp
    from crmcore_tui.settings import OwnFile

    CrmApp(crm, own=OwnFile.of_user()).run()
