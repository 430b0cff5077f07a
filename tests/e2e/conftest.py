"""All of these start real servers and drive a real browser."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.servers)
            item.add_marker(pytest.mark.browser)
