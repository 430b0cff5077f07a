"""Fixtures for all tests; bigger ones live in `tests/fix_*.py`."""

import os
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.fix_browser",
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


_counted: Counter[str] = Counter()


@pytest.fixture(scope="session")
def count() -> Callable[[str, int], None]:
    """What a run did, added up under a name; told at its end, and written down by `make long`."""

    def add(what: str, how_many: int) -> None:
        _counted[what] += how_many

    return add


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for what, how_many in sorted(_counted.items()):
        terminalreporter.write_line(f"counted {how_many:,} {what}")
