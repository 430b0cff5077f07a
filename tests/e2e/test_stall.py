"""A process stands still for seconds (swap, a slow card), then goes on as if nothing were.

It is not killed: every connection is still there when it wakes, or must come back by itself. Nothing that
was seen before is lost, nothing is booked or written twice, and all the work goes on.
"""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.e2e.play import entries
from tests.e2e.test_kill import Seen, change_names, work
from tests.fix_room import Room, until

VICTIMS = ("leaf", "nats_leaf")
STALL_S = 3.0  # longer than NATS waits for a pong
STEPS = 5  # edits and buy-ins seen before and after


@contextmanager
def stalled(room: Room, name: str) -> Iterator[None]:
    pid = room.pid(name)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def goes_on(seen: Seen) -> None:
    edits, receipts = len(seen.edits) + STEPS, len(seen.receipts) + STEPS
    until(lambda: len(seen.edits) >= edits and len(seen.receipts) >= receipts, "the work goes on")


def in_step(room: Room) -> None:
    """The core has what the leaf has now."""
    seq = entries(room)[-1]["entry"]["seq"]
    until(lambda: entries(room, room.core_url)[-1]["entry"]["seq"] >= seq, "the core's ledger follows")
    facts = room.facts("floor").keys()
    until(lambda: room.facts("floor", room.core_url).keys() >= facts, "the core's floor follows")


@pytest.fixture(scope="module")
def seen(room: Room) -> Seen:
    """The work of two tablets and a cage while one process after the other stands still."""
    room.prepare()
    seen = Seen()
    with ThreadPoolExecutor(1) as aside:
        done = aside.submit(room.work, lambda crew: work(crew, seen))
        try:
            goes_on(seen)
            pids = {name: room.pid(name) for name in VICTIMS}
            for victim in VICTIMS:
                with stalled(room, victim):
                    time.sleep(STALL_S)  # the stall
                goes_on(seen)
                in_step(room)
            assert {name: room.pid(name) for name in VICTIMS} == pids, "none was taken for dead"
        finally:
            seen.over = True
        done.result(120)
    return seen


def test_nothing_seen_is_lost_or_there_twice(room: Room, seen: Seen) -> None:
    """[DO122]"""
    kept = [name for name in change_names(room) if name.startswith("waitlist/")]
    assert sorted(kept) == sorted(f"waitlist/{entry}" for entry in seen.edits)
    ledger = entries(room)
    hashes = {row["entry"]["seq"]: row["hash"] for row in ledger}
    assert {sold.seq: hashes[sold.seq] for sold in seen.receipts} == {s.seq: s.hash for s in seen.receipts}
    assert sum(row["entry"]["kind"] == "buy_in" for row in ledger) == len(seen.receipts)


def test_the_core_has_it_all(room: Room, seen: Seen) -> None:
    """[DO122]"""
    until(lambda: entries(room) == entries(room, room.core_url), "the core's ledger is equal")
    until(lambda: room.facts("floor") == room.facts("floor", room.core_url), "the core's floor is equal")
