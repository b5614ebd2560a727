"""crmcore: a plugin-based headless CRM core.

    from crmcore import Crm

    crm = Crm.open("tinydb:crm.json")

Names are loaded when first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmcore._version import __version__
from crmcore.apiversion import API_VERSION as api_version  # noqa: N811 - like __version__

if TYPE_CHECKING:
    from crmcore.crm import Crm as Crm
    from crmcore.customer import Customer as Customer
    from crmcore.hookspecs import hookimpl as hookimpl

__all__ = ["Crm", "Customer", "__version__", "api_version", "hookimpl"]

_HOMES = {"Crm": "crmcore.crm", "Customer": "crmcore.customer", "hookimpl": "crmcore.hookspecs"}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'crmcore' has no attribute {name!r}")
