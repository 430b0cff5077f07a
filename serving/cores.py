"""Work shared out over the machine's cores, to processes that end with the one that asked for them."""

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import Any, Final, TypeVar

from serving.garbage import look_seldom

__all__ = ["LONG", "Map", "shared_out"]

LONG: Final = 50_000
"""Entries of a ledger from which on other processes help: they need half a second to begin."""

_Made = TypeVar("_Made")
Map = Callable[[Callable[..., _Made], Iterable[tuple[Any, ...]]], Iterator[_Made]]


@contextmanager
def shared_out(entries: int, *, nice: int = 0) -> Iterator[Map[Any]]:
    """A `map` in order: over one process for each core where there is much to do, else right here.

    `nice`: added to theirs.
    """
    cores = len(os.sched_getaffinity(0))
    if entries < LONG or cores == 1:
        yield lambda work, jobs: (work(*job) for job in jobs)
        return
    with ProcessPoolExecutor(cores, get_context("spawn"), _begin, (nice,)) as pool:
        try:
            yield lambda work, jobs: _in_order(pool, work, jobs, 2 * cores)
        finally:
            pool.shutdown(cancel_futures=True)


def _begin(nice: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asked for this process hears it, and ends it
    os.nice(nice)
    look_seldom()
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A process that is killed tells its helpers nothing, and they would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _in_order(
    pool: ProcessPoolExecutor, work: Callable[..., _Made], jobs: Iterable[tuple[Any, ...]], ahead: int
) -> Iterator[_Made]:
    """At most `ahead` jobs wait or run."""
    running: deque[Future[_Made]] = deque()
    for job in jobs:
        running.append(pool.submit(work, *job))
        if len(running) == ahead:
            yield running.popleft().result()
    while running:
        yield running.popleft().result()
