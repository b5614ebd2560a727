"""What authors of plugins test theirs with. Needs pytest and hypothesis; crmcore never imports it.

Subclass a contract and give it the fixture it asks for; names are loaded when first used. The fixtures
`crm`, `clock`, `customers` and `plugin_host` (in `crmcore.testing.plugin`) are there wherever crmcore is
installed.

>>> import pytest
>>> from crmcore.testing import StoreContract
>>> class TestMyStore(StoreContract):
...     @pytest.fixture
...     def open_store(self, tmp_path):
...         return lambda codec: MyStore(tmp_path / "crm.mine", codec)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmcore.testing.clock import StillClock as StillClock
    from crmcore.testing.contract_base import OpenStore as OpenStore
    from crmcore.testing.grader_contract import GraderContract as GraderContract
    from crmcore.testing.id_contract import IdSchemeContract as IdSchemeContract
    from crmcore.testing.importer_contract import ImporterContract as ImporterContract
    from crmcore.testing.notifier_contract import NotifierContract as NotifierContract
    from crmcore.testing.people import sample_customers as sample_customers
    from crmcore.testing.reference import CODEC as CODEC
    from crmcore.testing.reference import FIELDS as FIELDS
    from crmcore.testing.reference import Reference as Reference
    from crmcore.testing.report_contract import ReportContract as ReportContract
    from crmcore.testing.store_contract import StoreContract as StoreContract

_HOMES = {
    "CODEC": "reference",
    "FIELDS": "reference",
    "GraderContract": "grader_contract",
    "IdSchemeContract": "id_contract",
    "ImporterContract": "importer_contract",
    "NotifierContract": "notifier_contract",
    "OpenStore": "contract_base",
    "Reference": "reference",
    "ReportContract": "report_contract",
    "StillClock": "clock",
    "StoreContract": "store_contract",
    "sample_customers": "people",
}
_ASSERTING = (
    "contract_base",
    "contract_commits",
    "contract_questions",
    "grader_contract",
    "id_contract",
    "importer_contract",
    "notifier_contract",
    "report_contract",
    "store_contract",
)

__all__ = [
    "CODEC",
    "FIELDS",
    "GraderContract",
    "IdSchemeContract",
    "ImporterContract",
    "NotifierContract",
    "OpenStore",
    "Reference",
    "ReportContract",
    "StillClock",
    "StoreContract",
    "sample_customers",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'crmcore.testing' has no attribute {name!r}")
    import pytest

    home = f"{__name__}.{_HOMES[name]}"
    pytest.register_assert_rewrite(*(f"{__name__}.{module}" for module in _ASSERTING))
    return getattr(import_module(home), name)
