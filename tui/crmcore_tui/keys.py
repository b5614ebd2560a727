"""What a key is: the row of a table that bindings, footer and help read."""

from __future__ import annotations

from attrs import frozen

from crmcore.wording import Text


@frozen
class Key:
    """One action and its keys, as Textual names them.

    `shown` is how they are written for people. `footer` ranks it there, lowest first; 0 is not shown.
    """

    action: str
    keys: tuple[str, ...]
    shown: str
    label: Text
    footer: int = 0
    screen: str = "board"

    @property
    def id(self) -> str:
        """How a user's own keymap names this key."""
        return f"{self.screen}.{self.action}".replace("(", "-").replace(")", "")


@frozen
class Section:
    """Keys that belong together in the help."""

    label: Text
    keys: tuple[Key, ...]
