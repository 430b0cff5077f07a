"""Ports for servers of tests, that nobody else takes meanwhile.

They lie below those the kernel gives to connections, and each test process has a block of its own, held by a
lock on a file for as long as it lives.
"""

import fcntl
import itertools
import socket
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import IO, Final

__all__ = ["free_port", "free_ports"]

BLOCKS: Final = range(20_000, 32_000, 600)
STEP: Final = 12  # a leaf, a core and a demo take more from their first port on


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on."""
    return free_ports(1)


def free_ports(count: int) -> int:
    """The first of so many in a row, at most `STEP`."""
    assert count <= STEP
    for first in itertools.islice(_own(), BLOCKS.step // STEP):
        if all(_free(port) for port in range(first, first + STEP)):
            return first
    raise AssertionError("all ports of this process are taken")


@cache
def _own() -> Iterator[int]:
    """The first ports of this process, round and round."""
    for first in BLOCKS:
        lock = (Path(tempfile.gettempdir()) / f"felt-test-ports-{first}").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        _locks.append(lock)
        return itertools.cycle(range(first, first + BLOCKS.step, STEP))
    raise AssertionError("all blocks of ports are taken")


_locks: Final[list[IO[str]]] = []  # open as long as this process lives


def _free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
