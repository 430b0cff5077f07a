"""A tablet's copy of one document, without a wire: frames in, frames and events out; as the web's replica.

Facts are written as edits under stamps of this replica (DESIGN 3.1). Own edits stay *unsent* until the leaf's
`accepted` vector covers them; they go out as live updates and again in the answer to each step 1, so a lost
answer or a dead server costs nothing. After a fence (`again`) everything is fetched anew and the unsent edits
are added with their stamps.
"""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pycrdt
from pycrdt import Decoder, Doc, Map, write_var_uint

from crdt_models.documents.catalogue import kind_of
from crdt_models.edits import BLANK, REPLACES_MAX, Edit, Json, decode, encode
from crdt_models.facts import FactReader, Index
from crdt_models.stamps import Stamp, parse

__all__ = ["Accepted", "Beat", "Event", "Hello", "Refused", "Replica"]

SYNC, AWARENESS, AUTH, QUERY_AWARENESS = 0, 1, 2, 3
STEP_1, STEP_2, UPDATE = 0, 1, 2
ACCEPTED, REFUSED, HELLO, BEAT = 64, 65, 66, 67
ROOT: Final = "f"


@dataclass(frozen=True)
class Hello:
    """First word of a server: which generation of the document it serves, its term, its clock."""

    epoch: int
    term: int
    now_ms: int


@dataclass(frozen=True)
class Accepted:
    """A server decided on own edits; `at` is `leaf` or `core`."""

    at: str


@dataclass(frozen=True)
class Refused:
    """One own edit was not accepted."""

    stamp: str
    name: str
    code: str
    message: str


@dataclass(frozen=True)
class Beat:
    """Leaf time, once a second."""

    now_ms: int


Event = Hello | Accepted | Refused | Beat


class Replica:
    """One document on one device. `device` and a new nonce make its name; `clock` tells leaf time now."""

    def __init__(self, document: str, device: str, person: str, clock: Callable[[], int]) -> None:
        kind = kind_of(document)
        if kind is None:
            raise ValueError(f"there is no document {document!r}")
        self.document = document
        self.device = device
        self.person = person
        self.refused: dict[str, Refused] = {}
        self._clock = clock
        self._fact_kind = kind.fact
        self._unsent: dict[str, str] = {}  # stamp → edit, until the leaf decided
        self._at_core: set[str] = set()
        self._counter = 0
        self._latest_ms = 0
        self.synced = False  # the server's state is here
        self.fresh = False  # started over, and what is unsent is not in it yet: no writing now
        self._told = False  # the server's vector is here
        self._start()

    @property
    def facts(self) -> FactReader:
        return self._index

    @property
    def unsent(self) -> int:
        """Own edits that the leaf has not decided on."""
        return len(self._unsent)

    @property
    def unsent_anywhere(self) -> int:
        """Own edits that neither leaf nor core has taken."""
        return len(self._unsent.keys() - self._at_core)

    def write(self, changes: Sequence[tuple[str, Json]]) -> bytes:
        """One act: all changes stand or fall together. Shown at once; answers the frame to send."""
        act = f"{self._nonce}{self._counter}" if len(changes) > 1 else ""
        texts: dict[str, str] = {}
        for name, value in changes:
            replaces = tuple(self._index.live(name)[-REPLACES_MAX:])
            stamp = self._next_stamp()
            texts[str(stamp)] = encode(Edit(name, value, replaces, self.person, act))
        self._unsent |= texts
        return frame(UPDATE, self._add(texts))

    def hello(self) -> bytes:
        """What to send first on a new connection."""
        return frame(STEP_1, self._doc.get_state())

    def again(self) -> None:
        """Drops the copy and starts over; what is unsent is added once the server's state is here.

        What was refused goes out as a blank, so that the counters have no hole.
        """
        for text in self.refused.keys() & self._unsent.keys():
            edit = decode(_stamp(text), self._unsent[text])
            self._unsent[text] = encode(Edit(BLANK, None, edit.replaces, self.person))
        self._start()
        self.fresh = True

    def receive(self, message: bytes) -> tuple[list[bytes], list[Event]]:
        """Takes one frame; answers the frames to send back and what happened. Raises ValueError."""
        decoder = Decoder(message)
        kind = decoder.read_var_uint()
        if kind == SYNC:
            step = decoder.read_var_uint()
            body = decoder.read_message() or b""
            if step == STEP_1:
                return [frame(STEP_2, self._own_since(body))], []
            self._doc.apply_update(body)
            self.synced = self.synced or step == STEP_2
            return self._catch_up(), []
        if kind in (ACCEPTED, REFUSED, HELLO, BEAT):
            event = self._heard(kind, json.loads(decoder.read_message() or b"{}"))
            self._told = self._told or kind == ACCEPTED
            return self._catch_up(), [event]
        return [], []

    def _start(self) -> None:
        self._nonce = secrets.token_hex(4)
        self._counter = 0
        self.synced = self.fresh = self._told = False
        self._index = Index(self._fact_kind)
        self._doc: Doc[Any] = Doc(client_id=secrets.randbelow(2**32 - 1) + 1)
        self._map = self._doc.get(ROOT, type=Map)
        self._map.observe(self._changed)

    def _catch_up(self) -> list[bytes]:
        """After a fresh start, with state and vector here: adds the unsent edits that are not among them."""
        if not (self.fresh and self.synced and self._told):
            return []
        self.fresh = False
        missing = {text: edit for text, edit in self._unsent.items() if text not in self._index.edits}
        return [frame(UPDATE, self._add(missing))] if missing else []

    def _add(self, texts: dict[str, str]) -> bytes:
        before = self._doc.get_state()
        with self._doc.transaction():
            for stamp, text in texts.items():
                self._map[stamp] = text
        return self._doc.get_update(before)

    def _own_since(self, state: bytes) -> bytes:
        """What this replica wrote and the server lacks; nothing of anybody else."""
        own = self._doc.client_id
        ours = clocks(self._doc.get_state())
        ours[own] = clocks(state).get(own, 0)
        return self._doc.get_update(encode_clocks(ours))

    def _heard(self, kind: int, said: dict[str, Json]) -> Event:
        match kind, said:
            case (66, {"epoch": int(epoch), "term": int(term), "now": int(now)}):
                return Hello(epoch, term, now)
            case (67, {"now": int(now)}):
                return Beat(now)
            case (64, {"vector": dict(vector), "at": str(at)}):
                self._decided(vector, at)
                return Accepted(at)
            case (65, {"stamp": str(stamp), "name": str(name), "code": str(code), "message": str(message)}):
                refused = self.refused[stamp] = Refused(stamp, name, code, message)
                return refused
            case _:
                raise ValueError(f"message {kind} is not as agreed")

    def _decided(self, vector: dict[str, Json], at: str) -> None:
        for text in list(self._unsent):
            stamp = _stamp(text)
            upto = vector.get(stamp.replica, 0)
            if isinstance(upto, int) and stamp.counter <= upto:
                if at == "leaf":
                    del self._unsent[text]
                    self._at_core.discard(text)
                else:
                    self._at_core.add(text)

    def _changed(self, event: pycrdt.MapEvent) -> None:
        keys: dict[str, dict[str, object]] = event.keys  # type: ignore[attr-defined]
        for key, change in keys.items():
            stamp = parse(key)
            if stamp is None:
                continue
            if change["action"] == "delete":
                self._index.remove(key)
                continue
            edit = decode(stamp, str(change["newValue"]))
            self._latest_ms = max(self._latest_ms, stamp.ms)
            if isinstance(edit, Edit):
                self._index.add(key, edit)

    def _next_stamp(self) -> Stamp:
        self._counter += 1
        self._latest_ms = max(self._clock(), self._latest_ms + 1)
        return Stamp(self._latest_ms, self._counter, f"{self.device}-{self._nonce}")


def frame(step: int, body: bytes) -> bytes:
    """A y-websocket sync message."""
    return bytes((SYNC, step)) + write_var_uint(len(body)) + body


def clocks(state: bytes) -> dict[int, int]:
    """A state vector as client id → clock."""
    decoder = Decoder(state)
    return {decoder.read_var_uint(): decoder.read_var_uint() for _ in range(decoder.read_var_uint())}


def encode_clocks(of: dict[int, int]) -> bytes:
    pairs = b"".join(write_var_uint(client) + write_var_uint(clock) for client, clock in of.items())
    return write_var_uint(len(of)) + pairs


def _stamp(text: str) -> Stamp:
    stamp = parse(text)
    if stamp is None:
        raise ValueError(f"not a stamp: {text[:80]!r}")
    return stamp
