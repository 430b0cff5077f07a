"""Fixtures for all tests; bigger ones live in `tests/fix_*.py`."""

import pytest


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
