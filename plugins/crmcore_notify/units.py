"""What has `crmcore notify run` run by itself: systemd's units, or a line for cron."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

SERVICE = """\
# ~/.config/systemd/user/crmcore-notify.service
[Unit]
Description=Send the notifications of crmcore
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart={command}
# Passwords and other secrets, a line NAME=value each; chmod 600.
EnvironmentFile=-%h/.config/crmcore/notify.env
UMask=0077
NoNewPrivileges=yes
"""

TIMER = """\
# ~/.config/systemd/user/crmcore-notify.timer
[Unit]
Description=Send the notifications of crmcore every minute

[Timer]
OnBootSec=1min
OnUnitInactiveSec=1min
Persistent=true

[Install]
WantedBy=timers.target
"""

CRON = "* * * * * {command}\n"


def service(command: Sequence[str]) -> str:
    """The service that runs *command*."""
    return SERVICE.format(command=" ".join(map(_systemd_word, command)))


def cron(command: Sequence[str]) -> str:
    """The line of a crontab that runs *command* every minute."""
    words = shlex.join(command).replace("%", "\\%")
    return CRON.format(command=words)


def run_command(python: str, workspace: Path, options: Sequence[str]) -> tuple[str, ...]:
    """The command line that sends what *workspace* has to send."""
    return (python, "-m", "crmcore", "-C", str(workspace), *options, "notify", "run", "--quiet")


def _systemd_word(word: str) -> str:
    escaped = word.replace("%", "%%").replace("$", "$$")
    if escaped and all(c.isalnum() or c in "-_./:=@%$+," for c in escaped):
        return escaped
    return '"' + escaped.replace("\\", "\\\\").replace('"', '\\"') + '"'
