"""Ports that are free, and stay so until a server takes them: below those the kernel gives to connections."""

import itertools
import os
import random
import socket
from typing import Final

__all__ = ["free_port", "free_ports"]

ROWS: Final = range(20_000, 26_000)
SINGLE: Final = range(26_000, 32_000)
#: each test process begins at a place of its own, so that two at once do not find the same one
_next: Final = itertools.count(os.getpid() * 101)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on, another one each time."""
    for _ in SINGLE:
        port = SINGLE[next(_next) % len(SINGLE)]
        if _free(port):
            return port
    raise AssertionError("no free port")


def free_ports(count: int) -> int:
    """The first of so many ports in a row that nobody listens on."""
    for first in random.sample(range(ROWS.start, ROWS.stop - count, count), 100):
        if all(_free(port) for port in range(first, first + count)):
            return first
    raise AssertionError(f"no {count} free ports in a row")


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
