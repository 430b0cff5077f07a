"""The store that tests of rooms use keeps the contract that the real ones keep."""

import pytest

from crdt_models.update_log import DocStore
from tests.contracts.doc_store import DocStoreContract
from tests.crdt_models.memory_store import MemoryStore


class TestMemoryStore(DocStoreContract):
    @pytest.fixture
    async def store(self) -> DocStore:
        return MemoryStore()

    async def reopen(self, store: DocStore) -> DocStore:
        assert isinstance(store, MemoryStore)
        return MemoryStore(store.rows, store.snapshots, store.cursors)
