"""Fixtures for all tests; bigger ones live in `tests/fix_*.py`."""

import os

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.fix_nats",
    "tests.fix_postgres",
    "tests.fix_room",
    "tests.fix_venues",
    "tests.core_server.fix_core",
    "tests.core_server.fix_cores",
]

# `make long` sets FELT_LONG: the same laws with many more examples.
settings.register_profile("short", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", settings.get_profile("short"), max_examples=5_000)
settings.load_profile("long" if os.environ.get("FELT_LONG") else "short")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"
