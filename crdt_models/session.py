"""One connection's sync state, and the messages it speaks: bytes in, values out, no socket.

Messages are y-websocket's (sync 0, awareness 1, query awareness 3; lib0 encoding) and, where `felt.sync.1`
was chosen, our own *notes*: a varUint 64 … 68 and one JSON text (`docs/reference/interfaces.md`, Sync).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final, NamedTuple

from .documents.schema import SCHEMA, SCHEMA_MIN
from .errors import Foul, StoreTrouble
from .wire import put, take_bytes

__all__ = [
    "Note", "NoteKind", "Presence", "PresenceQuery", "Session", "Sync", "SyncStep",
    "accepted_note", "beat_note", "hand_in_note", "hello_note", "presence_message", "read_message",
    "refused_note", "sync_message",
]  # fmt: skip

HOLES_MAX: Final = 3  # step 2 answers in a row that brought nothing though something is missing
HAND_IN_EDITS_MAX: Final = 1_000  # of one note; its bytes are those of a live frame
_SYNC, _PRESENCE, _QUERY = 0, 1, 3


class SyncStep(IntEnum):
    STEP_1 = 0  # body: a state vector
    STEP_2 = 1  # body: an update, the answer to a step 1
    UPDATE = 2  # body: an update


_STEPS: Final = tuple(SyncStep)


class NoteKind(IntEnum):
    ACCEPTED = 64
    REFUSED = 65
    EPOCH = 66
    BEAT = 67
    HAND_IN = 68  # of a client, the only one


class Sync(NamedTuple):
    step: SyncStep
    body: bytes


class Presence(NamedTuple):
    body: bytes  # an awareness update


class PresenceQuery(NamedTuple):
    pass


class Note(NamedTuple):
    kind: NoteKind
    content: dict[str, Any]


@dataclass(slots=True, eq=False)
class Session:
    """Who is at the other end of one connection to one document, and where their sync stands."""

    device: str  # stamps of this connection carry it
    person: str  # who is signed in
    may_write: bool
    speaks_for: Callable[[str], bool]  # whether its edits may name this person
    felt: bool  # `felt.sync.1` was chosen: understands our notes
    role: str = ""  # of the sign-in
    asked: bool = False  # we sent a step 1 that was not answered yet
    holes: int = 0  # answers in a row that brought nothing
    fenced: bool = False  # its replica is broken or hostile: nothing more of it is judged

    def hole(self, *, progress: bool, answer: bool) -> bool:
        """Something is missing in a frame. Whether to ask for it: not twice, nor where that leads nowhere."""
        if progress:
            self.holes = 0
        elif answer:
            self.holes += 1
        return not self.asked and not self.stuck

    @property
    def stuck(self) -> bool:
        """It was asked again and again and never had what is missing."""
        return self.holes >= HOLES_MAX


def read_message(frame: bytes) -> Sync | Presence | PresenceQuery | Note:
    """One message of a frame. Raises Foul."""
    try:
        kind, i = frame[0], 1  # all that we know are so small that a varUint is this byte
        if kind == _SYNC:
            body, i = take_bytes(frame, 2)
            message: Sync | Presence | PresenceQuery | Note = Sync(_STEPS[frame[1]], body)
        elif kind == _PRESENCE:
            body, i = take_bytes(frame, i)
            message = Presence(body)
        elif kind == _QUERY:
            message = PresenceQuery()
        else:
            body, i = take_bytes(frame, i)
            content = json.loads(body)
            if not isinstance(content, dict):
                raise Foul("a note is a JSON object")
            message = Note(NoteKind(kind), content)
    except (IndexError, ValueError, RecursionError):
        raise Foul("not a message") from None
    if i != len(frame):
        raise Foul("more than a message")
    return message


def sync_message(step: SyncStep, body: bytes) -> bytes:
    out = bytearray((_SYNC, step))
    put(out, len(body))
    return bytes(out) + body  # one copy: it may be a whole document


def presence_message(body: bytes) -> bytes:
    out = bytearray((_PRESENCE,))
    put(out, len(body))
    return bytes(out + body)


def accepted_note(
    vector: Mapping[str, int], at: str, *, taken: int | None = None, refused: Sequence[str] = ()
) -> bytes:
    """`taken`: answers one hand-in of that many edits. `refused`: what of it was decided against."""
    content: dict[str, Any] = {"vector": dict(vector), "at": at}
    if taken is not None:
        content["taken"] = taken
    if refused:
        content["refused"] = list(refused)
    return _note(NoteKind.ACCEPTED, content)


def refused_note(*, stamp: str, name: str, code: str, now: int) -> bytes:
    return _note(
        NoteKind.REFUSED,
        {"stamp": stamp, "name": name, "code": code, "message": _MESSAGES.get(code, code), "now": now},
    )


def hello_note(
    *,
    epoch: int,
    term: int,
    now: int,
    servers: list[int],
    hand_in: bool = False,
    at: str = "leaf",
    schema: int = SCHEMA,
    schema_min: int = SCHEMA_MIN,
) -> bytes:
    """`hand_in`: a window is open in which edits of all writers are taken by stamp (after a restore)."""
    content = {"epoch": epoch, "term": term, "now": now, "servers": servers, "hand_in": hand_in, "at": at}
    return _note(NoteKind.EPOCH, {**content, "schema": schema, "schema_min": schema_min})


def beat_note(now: int, store: StoreTrouble | None = None) -> bytes:
    return _note(NoteKind.BEAT, {"now": now} if store is None else {"now": now, "store": store})


def hand_in_note(edits: Sequence[tuple[str, str]], vector: Mapping[str, int]) -> bytes:
    """Edits of any writer as (stamp, text), and how far the leaf had decided this device's own replicas."""
    return _note(NoteKind.HAND_IN, {"edits": [list(edit) for edit in edits], "vector": dict(vector)})


_MESSAGES: Final = {
    "size": "The edit is too large or too deep.",
    "json": "The edit is not JSON.",
    "shape": "The edit does not have the form of an edit.",
    "replaces": "The edit names stamps that can't be older ones.",
    "ahead": "The edit's time is more than a minute ahead of the venue's.",
    "model": "The value does not have the form of this fact.",
    "unknown_name": "There is no such fact in this document.",
    "leaf_only": "Only the venue's server writes this fact.",
    "erased": "That person was erased.",
    "person": "This device may not write in that person's name.",
    "act": "Another edit of the same act was refused.",
    "no_setup": "The document does not exist: its setup was refused.",
    "full": "The document, or the number of documents of its kind, is full.",
}


def _note(kind: NoteKind, content: Mapping[str, Any]) -> bytes:
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    out = bytearray((kind,))
    put(out, len(body))
    return bytes(out + body)
