"""What the gate costs, with its index and the rights of a room: live edits, batches, answers, start-up.

    felt bench gate        (or: python -P bench/gate.py)

Edits as tablets write them (about 170 bytes, each takes the place of the one before), judged by the model of
their facts. CPU of one thread; the median of the rounds.
"""

import json
import os
import platform
import re
import statistics
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

from crdt_models import wire
from crdt_models.documents.catalogue import kind_of
from crdt_models.edits import Edit, encode
from crdt_models.gate import ANSWER, LIVE, Limits, gate
from crdt_models.known import Known, Verdict
from crdt_models.replay import replay
from crdt_models.server_replica import ServerReplica
from crdt_models.stamps import Stamp
from crdt_models.turn import Writer
from crdt_models.update_log import StoredDocument

PAGE = Path(__file__).resolve().parents[1] / "docs" / "performance.md"
DOCUMENT, CLIENT, REPLICA, NOW = "tournament/t1", 4_242, "tab1-abc12", 10**9
LIVE_MAX_US, BATCH_MAX_MS = 25.0, 5.0
ROUNDS = 9


def main() -> None:
    live = median(lambda: live_us(5_000))
    rows = [
        ("one live edit, gate and index", f"{live:.1f} µs", f"≤ {LIVE_MAX_US:.0f} µs"),
        (
            "a batch of 500 edits",
            f"{(batch := median(lambda: batch_ms(500))):.1f} ms",
            f"≤ {BATCH_MAX_MS:.0f} ms",
        ),
        ("an answer of 5,000 edits", f"{median(lambda: batch_ms(5_000, ANSWER)):.1f} ms", ""),
        ("a stored document of 5,000 edits, read back", f"{median(lambda: replay_ms(5_000)):.1f} ms", ""),
    ]
    table = "\n".join([
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"pycrdt {version('pycrdt')}; median of {ROUNDS} rounds, CPU of one thread.",
        "", "| | measured | asked |", "|---|---:|---:|", *(f"| {a} | {b} | {c} |" for a, b, c in rows),
    ])  # fmt: skip
    print(table)
    marks = r"(<!-- gate -->\n).*?(<!-- /gate -->)"
    PAGE.write_text(re.sub(marks, lambda m: m[1] + table + "\n" + m[2], PAGE.read_text(), flags=re.S))
    raise SystemExit(live > LIVE_MAX_US or batch > BATCH_MAX_MS)


def median(measure: Callable[[], float]) -> float:
    return statistics.median(measure() for _ in range(ROUNDS))


def live_us(count: int) -> float:
    """The median of single frames: what a turn of one tap costs here."""
    room, took = Room(), list[float]()
    for clock, part in enumerate(edits(count), 1):
        frame = wire.assemble([(CLIENT, clock, [part])], {})
        started = time.perf_counter()
        room.take(frame, LIVE)
        took.append(time.perf_counter() - started)
    return statistics.median(took) * 1e6


def batch_ms(count: int, limits: Limits = LIVE) -> float:
    room = Room()
    frame = wire.assemble([(CLIENT, 1, list(edits(count)))], {})
    started = time.thread_time()
    assert len(room.take(frame, limits).accepted) == count
    return (time.thread_time() - started) * 1e3


def replay_ms(count: int) -> float:
    kind = kind_of(DOCUMENT)
    assert kind is not None
    state = wire.assemble([(CLIENT, 0, [setup(), *edits(count)])], {})
    stored = StoredDocument(DOCUMENT, 1, state, [], {REPLICA: count + 1}, {CLIENT: "tab1"}, {})
    started = time.thread_time()
    assert len(replay(kind, stored, 7).facts.edits) == count + 1
    return (time.thread_time() - started) * 1e3


class Room:
    """A founded document, and what the gate asks of a room: the model, and whom a device speaks for."""

    def __init__(self) -> None:
        kind = kind_of(DOCUMENT)
        assert kind is not None
        replica = ServerReplica(
            DOCUMENT, kind, None, at="leaf", writer=Writer(7, "leaf-x"), first_epoch=1, forget=lambda _: False
        )
        self._check = replica.check(lambda person: person == "p1", full=lambda: False)
        self._known = Known()
        self.take(wire.assemble([(CLIENT, 0, [setup()])], {}), LIVE)

    def take(self, frame: bytes, limits: Limits) -> Verdict:
        verdict = gate(frame, self._known, device="tab1", now=NOW, check=self._check, limits=limits)
        self._known.admit(verdict)
        return verdict


def setup() -> bytes:
    value = json.loads(
        '{"kind":"tournament","version":1,"name":"Bench","letter":"A","game":"holdem","starts_ms":0,'
        '"seats_per_table":9,"starting_stack":20000,"late_until_level":6,"entries_per_player":1,"max_diff":1}'
    )
    return wire.edit_struct(stamp(1), encode(Edit("setup", value, (), "p1")))


def edits(count: int) -> Iterator[bytes]:
    for n in range(2, count + 2):
        value = {
            "from_table": "t1",
            "from_seat": 1,
            "to_table": "t2",
            "to_seat": 2,
            "rule": "floor",
            "at_ms": n,
        }
        older = (stamp(n - 100),) if n > 101 else ()
        yield wire.edit_struct(stamp(n), encode(Edit(f"move/k{n % 100}", value, older, "p1")))


def stamp(counter: int) -> str:
    return str(Stamp(10**6 + counter, counter, REPLICA))


if __name__ == "__main__":
    main()
