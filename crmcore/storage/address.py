"""Where a store is: a URL such as `tinydb:crm.json`, `json:crm.json` or `memory:`."""

from __future__ import annotations

import re
from pathlib import Path

from attrs import frozen

from crmcore.errors import ConfigError

_SCHEME = re.compile(r"([a-z][a-z0-9+.]*):(.*)", re.DOTALL)


@frozen
class Address:
    """A store's URL taken apart: `scheme`, what stands behind it, and where relative paths start."""

    scheme: str
    rest: str
    base: Path

    @property
    def path(self) -> Path:
        """The file it names, relative ones from `base`. Raises ConfigError when it names none."""
        if not self.rest or "\0" in self.rest:
            raise ConfigError(
                f"The store address {self.scheme}: needs a file, as in {self.scheme}:crm.json."
            )
        return self.base / Path(self.rest).expanduser()

    def __str__(self) -> str:
        return f"{self.scheme}:{self.rest}"


def parse_address(url: str, base: Path) -> Address:
    """*url* taken apart. Raises ConfigError when it has no scheme."""
    found = _SCHEME.fullmatch(url.strip())
    if not found or (len(found.group(1)) == 1 and found.group(2)[:1] in ("\\", "/")):
        raise ConfigError(
            f"{url!r} is not a store address. Name the kind of store first, as in tinydb:crm.json."
        )
    return Address(found.group(1), found.group(2), base)
