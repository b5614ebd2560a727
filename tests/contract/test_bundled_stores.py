"""Every bundled store keeps the contract."""

from __future__ import annotations

import pytest

from crmcore.storage.memory import MemoryStore
from crmcore.testing import OpenStore, StoreContract
from crmcore_json.store import JsonStore
from crmcore_tinydb.store import TinyDbStore


class TestMemoryStore(StoreContract):
    persistent = False
    shared = False

    @pytest.fixture
    def open_store(self) -> OpenStore:
        return MemoryStore


class TestJsonStore(StoreContract):
    @pytest.fixture
    def open_store(self, tmp_path) -> OpenStore:
        return lambda codec: JsonStore(tmp_path / "crm.json", codec)


class TestTinyDbStore(StoreContract):
    @pytest.fixture
    def open_store(self, tmp_path) -> OpenStore:
        return lambda codec: TinyDbStore(tmp_path / "crm.json", codec)
