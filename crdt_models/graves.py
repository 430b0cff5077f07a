"""What is gone, kept out of Yjs' memory: the leaf's replica has GC there, and its structs lie here, packed.

Yjs keeps a deleted edit with its key for as long as its document lives: 25 bytes of an update, some 300 in
memory. Nobody at the leaf asks for that key again: each edit has its own, so nothing else comes to lie there,
and a late second copy is judged by the counters. Tablets do need it, to tell a restored leaf what is gone. So
whatever leaves the replica gets its keys back, and nobody else sees a difference. The store has them packed:

    snapshot = update | mark · length · update · count · (client · count · run…)…
    run      = clock · edits · bytes of their structs · length · these, packed
"""

import zlib
from bisect import bisect_right
from collections.abc import Container, Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Final, NamedTuple

from . import wire
from .errors import Foul
from .gate import RELAY

__all__ = ["Graves", "update_of"]

JOINED_MAX: Final = 256  # graves of a run that is packed anew with its neighbour
_MARK: Final = b"\x80\0"  # no update begins so: it is no way to write a number
_LEVEL: Final = 1  # a sixth of the size; more makes it little smaller


class _Run(NamedTuple):
    """Deleted edits of one client id, from `clock` to before `end`, as the structs of an update."""

    clock: int
    end: int
    size: int  # of the structs, in bytes
    packed: bytes


class Graves:
    """Of one replica in one epoch. Empty at first."""

    def __init__(self) -> None:
        self._runs: dict[int, list[_Run]] = {}  # by client id, in order; none overlap

    def __len__(self) -> int:
        return sum(run.end - run.clock for runs in self._runs.values() for run in runs)

    @property
    def weight(self) -> int:
        """By about how many bytes an update of the whole document is longer than the replica's."""
        return sum(run.size for runs in self._runs.values() for run in runs)

    def take_out(self, state: bytes, kept: Container[str]) -> bytes:
        """The state of the replica with GC for what is deleted; the structs of that are here from now on.

        Not so the keys `kept`: of an edit that is present all copies have to stay, since which one Yjs shows
        hangs on all of them. Raises Foul: no state of ours.
        """
        sections: list[tuple[int, int, list[bytes]]] = []
        dead: dict[int, list[tuple[int, int]]] = {}
        read = wire.read_update(state, bytes_max=RELAY.bytes, structs_max=RELAY.structs)
        for section in read.sections:
            laying = _Laying(section.clock)
            for struct in section.structs:
                if struct.kind == wire.GC or (struct.kind == wire.DELETED and struct.key not in kept):
                    laying.bury(struct, state)
                else:
                    laying.keep(state[struct.start : struct.end], gone=struct.kind == wire.DELETED)
            sections.append((section.client, section.clock, laying.end()))
            if laying.dead:
                dead[section.client] = laying.dead
            if laying.runs:
                self._runs[section.client] = list(_joined(self._runs.get(section.client, ()), laying.runs))
        return wire.assemble_runs([(c, clock, len(p), b"".join(p)) for c, clock, p in sections], dead)

    def put_back(self, update: bytes) -> bytes:
        """An update of the replica, as one that was never thinned out says it."""
        if not self._runs:
            return update
        sections, end = wire.read_pieces(update)
        head = bytearray()
        wire.put(head, len(sections))
        parts = [bytes(head)]
        for client, clock, pieces in sections:
            filled = list(self._filled(client, clock, pieces, update))
            head = bytearray()
            wire.put(head, sum(count for count, _ in filled), client, clock)
            parts += (bytes(head), *(structs for _, structs in filled))
        return b"".join([*parts, update[end:]])

    def pack(self, state: bytes) -> bytes:
        """A snapshot for the store: the state of the replica, and what lies here."""
        if not self._runs:
            return state
        head, out = bytearray(), bytearray()
        wire.put(head, len(state))
        wire.put(out, len(self._runs))
        for client, runs in self._runs.items():
            wire.put(out, client, len(runs))
            for run in runs:
                wire.put(out, run.clock, run.end - run.clock, run.size, len(run.packed))
                out += run.packed
        return b"".join((_MARK, head, state, out))

    @classmethod
    def unpack(cls, snapshot: bytes) -> "tuple[bytes, Graves]":
        """What `pack` was given, and what lay there. Raises Foul."""
        graves = cls()
        if not snapshot.startswith(_MARK):
            return snapshot, graves
        try:
            state, i = wire.take_bytes(snapshot, len(_MARK))
            clients, i = wire.var_uint(snapshot, i)
            for _ in range(clients):
                client, i = wire.var_uint(snapshot, i)
                count, i = wire.var_uint(snapshot, i)
                runs = graves._runs[client] = []
                for _ in range(count):
                    clock, i = wire.var_uint(snapshot, i)
                    edits, i = wire.var_uint(snapshot, i)
                    size, i = wire.var_uint(snapshot, i)
                    packed, i = wire.take_bytes(snapshot, i)
                    runs.append(_Run(clock, clock + edits, size, packed))
        except IndexError:
            raise Foul("a snapshot that ends too early") from None
        return state, graves

    def _filled(
        self, client: int, clock: int, pieces: Iterable[wire.Piece], update: bytes
    ) -> Iterator[tuple[int, bytes]]:
        """How many structs, and their bytes."""
        for piece in pieces:
            if piece.gone:
                yield from self._filling(client, clock, clock + piece.clocks)
            else:
                yield piece.structs, update[piece.start : piece.end]
            clock += piece.clocks

    def _filling(self, client: int, clock: int, end: int) -> Iterator[tuple[int, bytes]]:
        """What lies between two clocks, all of it gone; what never had a key stays GC."""
        runs = self._runs.get(client, [])
        at = max(0, bisect_right(runs, clock, key=attrgetter("clock")) - 1)
        while clock < end:
            run = next((run for run in runs[at : at + 2] if run.end > clock), None)
            if run is None or run.clock > clock:
                stop = end if run is None else min(end, run.clock)
                yield 1, wire.gc_struct(stop - clock)
            else:
                stop = min(end, run.end)
                structs = zlib.decompress(run.packed)
                first = wire.skip_graves(structs, clock - run.clock)
                last = len(structs) if stop == run.end else wire.skip_graves(structs, stop - run.clock)
                yield stop - clock, structs[first:last]
                at += 1
            clock = stop


class _Laying:
    """One section without what is gone."""

    def __init__(self, clock: int) -> None:
        self.runs: list[_Run] = []
        self.dead: list[tuple[int, int]] = []  # (first clock, how many), neighbours joined
        self._parts: list[bytes] = []
        self._clock, self._gap = clock, 0
        self._graves: list[bytes] = []  # of the run that ends at the clock

    def bury(self, struct: wire.Struct, state: bytes) -> None:
        if struct.kind == wire.DELETED:
            self._graves.append(state[struct.start : struct.end])
        else:
            self._end_run()
        self._is_dead(struct.length)
        self._gap += struct.length
        self._clock += struct.length

    def keep(self, part: bytes, *, gone: bool) -> None:
        self.end()
        if gone:
            self._is_dead(1)
        self._parts.append(part)
        self._clock += 1

    def end(self) -> list[bytes]:
        """The structs that are left."""
        self._end_run()
        if self._gap:
            self._parts.append(wire.gc_struct(self._gap))
            self._gap = 0
        return self._parts

    def _end_run(self) -> None:
        if self._graves:
            self.runs.append(_packed(self._clock - len(self._graves), self._clock, b"".join(self._graves)))
            self._graves = []

    def _is_dead(self, length: int) -> None:
        clock = self._clock
        if self.dead and sum(self.dead[-1]) == clock:
            clock, before = self.dead.pop()
            length += before
        self.dead.append((clock, length))


def _packed(clock: int, end: int, structs: bytes) -> _Run:
    return _Run(clock, end, len(structs), zlib.compress(structs, _LEVEL))


def _joined(before: Sequence[_Run], new: Iterable[_Run]) -> Iterator[_Run]:
    """All in order; small neighbours become one."""
    last: _Run | None = None
    for run in sorted([*before, *new]):
        if last is None:
            last = run
        elif last.end == run.clock and run.end - last.clock <= JOINED_MAX:
            structs = zlib.decompress(last.packed) + zlib.decompress(run.packed)
            last = _packed(last.clock, run.end, structs)
        else:
            yield last
            last = run
    if last is not None:
        yield last


def update_of(snapshot: bytes) -> bytes:
    """The whole document, as a replica that was never thinned out has it. Raises Foul."""
    state, graves = Graves.unpack(snapshot)
    return graves.put_back(state)
