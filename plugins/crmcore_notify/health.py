"""Whether the channels work, as their last runs show."""

from __future__ import annotations

from crmcore.config import Config
from crmcore.errors import ConfigError
from crmcore_notify.messages import outbox_path
from crmcore_notify.outbox import Outbox


def trouble_of(config: Config) -> str:
    """What was not sent and why, by channel, in a line; "" where all was."""
    try:
        path = outbox_path(config)
    except ConfigError as error:
        return str(error)
    if not path.is_file():
        return ""
    with Outbox(path) as outbox:
        failing = {message.channel: message.error for message in outbox.failing()}
        told = [
            f"{len(outbox.failing_keys(name))} not sent by {name} ({reason})"
            for name, reason in sorted(failing.items())
        ]
    return f"{'; '.join(told)}. `crmcore notify status` shows more." if told else ""
