"""Both databases hold what every store must hold."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from argosy.contracts import Store
from argosy.store import open_store
from tests.contracts.store_list_suite import StoreListSuite
from tests.contracts.store_presets_suite import PresetsSuite
from tests.contracts.store_records_suite import RecordsSuite
from tests.contracts.store_suite import StoreSuite
from tests.contracts.store_targets_suite import RenamingSuite
from tests.store.making import NOW


class _Opened:
    @pytest.fixture
    async def store(self, url: str) -> AsyncIterator[Store]:
        store = await open_store(url, clock=lambda: NOW)
        yield store
        await store.close()

    @pytest.fixture
    async def another(self, store: Store, url: str) -> AsyncIterator[Store]:
        del store  # it must be there first
        another = await open_store(url, clock=lambda: NOW)
        yield another
        await another.close()


class TestSqlite(_Opened, StoreSuite, StoreListSuite, RenamingSuite, PresetsSuite, RecordsSuite):
    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        return f"sqlite:///{tmp_path / 'argosy.db'}"


@pytest.mark.infra
class TestPostgres(_Opened, StoreSuite, StoreListSuite, RenamingSuite, PresetsSuite, RecordsSuite):
    @pytest.fixture
    def url(self, postgres_url: str) -> str:
        return postgres_url
