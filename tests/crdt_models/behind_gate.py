"""A document behind the gate and stock Yjs clients before it, for tests of the gate alone."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pytest
from pycrdt import Doc, Map

from crdt_models.edits import Edit, Json, encode
from crdt_models.errors import Foul
from crdt_models.gate import LIVE, Check, Limits, by_table, gate
from crdt_models.known import Known, Verdict
from crdt_models.wire import read_state_vector, read_update, write_state_vector

__all__ = ["SEAT", "TEXT", "Client", "Server", "only_good"]

SEAT: Json = {"table": "t1", "seat": 1}
TEXT = encode(Edit("seat/p1", SEAT, (), "ana"))


def only_good(name: str, value: object, person: str) -> str | None:
    return "model" if value == "BAD" else None


class Server:
    """A document behind the gate, as a room has it, without the room."""

    def __init__(self, *, founded: bool = True) -> None:
        self.known = Known(founded=founded)
        self.doc: Doc[Any] = Doc()
        self.applied: list[bytes] = []

    def take(
        self,
        update: bytes,
        device: str | None = "d",
        *,
        now: int = 10**9,
        check: Check = only_good,
        limits: Limits = LIVE,
        claimed: Mapping[int, str] = MappingProxyType({}),
    ) -> Verdict:
        verdict = gate(
            update, self.known, device=device, now=now, check=check, limits=limits, claimed=claimed
        )
        read = read_update(update, bytes_max=limits.bytes, structs_max=limits.structs)
        assert verdict == by_table(update, read, self.known, device, now, check, claimed)  # [DO45]
        self.known.admit(verdict)
        if verdict.update:
            self.apply(verdict.update)
        assert self.vector() == {client: clock for client, clock in self.known.clocks.items() if clock}
        assert self.present() == self.known.edits.keys()
        return verdict

    def vector(self) -> dict[int, int]:
        return read_state_vector(self.doc.get_state(), clients_max=100_000)

    def present(self) -> set[str]:
        return set(self.doc.get("f", type=Map))

    def apply(self, update: bytes) -> None:
        self.doc.apply_update(update)
        self.applied.append(update)

    def texts(self) -> dict[str, str]:
        shown: Map[str] = self.doc.get("f", type=Map)
        return {stamp: shown[stamp] for stamp in shown}

    def fouls(self, update: bytes, device: str | None = "d", **more: Any) -> Foul:
        with pytest.raises(Foul) as foul:
            gate(
                update,
                self.known,
                **({"device": device, "now": 10**9, "check": only_good, "limits": LIVE} | more),
            )
        return foul.value


class Client:
    """A stock Yjs document whose owner writes edits by hand."""

    def __init__(self, client_id: int, replica: str = "d-1") -> None:
        self.doc: Doc[Any] = Doc(client_id=client_id)
        self.map: Map[str] = self.doc.get("f", type=Map)
        self.replica = replica
        self.counter = 0

    def write(self, value: Json = SEAT, *replaces: str, name: str = "seat/p1", act: str = "") -> bytes:
        self.counter += 1
        return self.put(self.stamp(), encode(Edit(name, value, replaces, "ana", act)))

    def stamp(self, counter: int = 0) -> str:
        number = counter or self.counter
        return f"{number}.{number}.{self.replica}"

    def put(self, stamp: str, text: str) -> bytes:
        before = self.doc.get_state()
        self.map[stamp] = text
        return self.doc.get_update(before)

    def diff(self, server: Server) -> bytes:
        return self.doc.get_update(server.doc.get_state())

    def own(self, server: Server, *ids: int) -> bytes:
        """As our client sends: own sections only."""
        mine = read_state_vector(self.doc.get_state(), clients_max=100_000)
        have = server.vector()
        asked = {c: have.get(c, 0) if c in (*ids, self.doc.client_id) else clock for c, clock in mine.items()}
        return self.doc.get_update(write_state_vector(asked))
