"""What authors of plugins test theirs with. Needs pytest and hypothesis; crmcore never imports it.

>>> from crmcore.testing import StoreContract
>>> class TestMyStore(StoreContract):
...     @pytest.fixture
...     def open_store(self, tmp_path):
...         return lambda codec: MyStore(tmp_path / "crm.mine", codec)
"""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite(
    "crmcore.testing.contract_base",
    "crmcore.testing.contract_commits",
    "crmcore.testing.contract_questions",
    "crmcore.testing.store_contract",
)

from crmcore.testing.contract_base import OpenStore  # noqa: E402
from crmcore.testing.reference import CODEC, FIELDS, Reference  # noqa: E402
from crmcore.testing.store_contract import StoreContract  # noqa: E402

__all__ = ["CODEC", "FIELDS", "OpenStore", "Reference", "StoreContract"]
