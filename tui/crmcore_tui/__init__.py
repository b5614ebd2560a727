"""The board: crmcore's funnel on a terminal, driven from the keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmcore.crm import Crm
    from crmcore.dialect import Dialect


def run(crm: Crm) -> None:
    """Show the board of *crm* until the user quits; the caller closes *crm*.

    Raises ConfigError, before anything is shown, for settings that name what there is not.
    """
    from crmcore_tui.app import CrmApp
    from crmcore_tui.drafts import Drafts
    from crmcore_tui.hangup import end_with_terminal
    from crmcore_tui.savedfilters import OwnFilters
    from crmcore_tui.settings import OwnFile

    drafts = Drafts.of_user(crm.config)
    own, filters = OwnFile.of_user(), OwnFilters.of_user()
    end_with_terminal()
    CrmApp(crm, own=own, filters=filters, drafts=drafts, alone=True).run()


def examine(crm: Crm) -> None:
    """Try what plugins add to the board; the host of *crm* keeps what fails."""
    if find_spec("textual") is not None:
        from crmcore_tui.probing import probe

        probe(crm)


def serve(command: Sequence[str], host: str, port: int, dialect: Dialect) -> None:
    """Show the board that *command* starts to browsers, until Ctrl+C.

    Raises ImportError without the extra `web`, ConfigError where a token is needed, UsageError where
    *host* and *port* cannot be had.
    """
    from crmcore_tui.web import server

    server.serve(command, host, port, dialect)
