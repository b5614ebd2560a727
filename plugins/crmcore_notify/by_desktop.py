"""Messages on the desktop of whoever runs `crmcore notify run`, by the program the system has for it."""

from __future__ import annotations

from crmcore.hooktypes import Notification
from crmcore_notify.channels import Send, Settings

_SCRIPT = (
    "on run argv",
    "display notification (item 2 of argv) with title (item 1 of argv)",
    "end run",
)
_LONGEST = 400
"""Characters of the body: a notification is a small window."""


def sender(settings: Settings) -> Send:
    """`type = "desktop"`; it has no options of its own."""
    settings.known()

    def send(note: Notification) -> None:
        import subprocess

        title, body = settings.worded(note)
        # No shell: the texts are arguments, whatever is in them.
        done = subprocess.run(  # noqa: S603
            arguments(title, body[:_LONGEST]),
            timeout=settings.rules.timeout,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip() or f"exit status {done.returncode}"
            raise OSError(f"the desktop did not take it: {said}")

    return send


def arguments(title: str, body: str) -> list[str]:
    """The program and its arguments. Raises OSError where there is neither of those known."""
    import html
    import shutil

    if program := shutil.which("notify-send"):
        # It takes the body for markup; what is after -- is never an option.
        return [program, "--app-name=crmcore", "--", title, html.escape(body, quote=False)]
    if program := shutil.which("osascript"):
        lines = [word for line in _SCRIPT for word in ("-e", line)]
        return [program, *lines, "--", title, body]
    raise OSError(
        "there is neither notify-send (Linux: package libnotify) nor osascript (macOS) on this machine"
    )
