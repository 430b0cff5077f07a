"""What is fuzzed: each target takes bytes, and raises where the code under it does what it must not.

No exception but Foul, nothing let in that pycrdt does not take, and pycrdt ends with exactly the keys and
clocks that the verdict said.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from pycrdt import Doc, Map

from crdt_models import channels, wire
from crdt_models.documents.catalogue import kind_of
from crdt_models.edits import BLANK, Edit, decode, encode
from crdt_models.errors import Foul
from crdt_models.facts import Index
from crdt_models.gate import LIVE, Limits, gate
from crdt_models.presence import People
from crdt_models.pruning import Pruner
from crdt_models.replication import pack, unpack
from crdt_models.session import Note, Presence, Sync, read_message
from crdt_models.stamps import order
from crdt_models.turn import Turn
from crdt_models.update_log import LogRow, NumberedRow
from tests.crdt_models.behind_gate import SEAT, Server
from tests.fuzz.by_stamp import by_stamp
from tests.fuzz.forge import Hints, damaged, json_text, long_number, update
from tests.fuzz.script import Script

__all__ = ["TARGETS", "Taken", "frames"]

Taken = Callable[[Server], None]
FRAMES_MAX: Final = 8
SMALL: Final = Limits(120, 3)


def frames(data: bytes, taken: Taken = lambda server: None) -> None:
    """Frames of several devices and of the other server, one after the other, at one document."""
    script = Script(data)
    server = Server(founded=not script.often(60))
    _furnish(server)
    for _ in range(1 + script.below(FRAMES_MAX)):
        frame = update(script, Hints(server.known.clocks, server.known.vector))
        device = script.one(("d", "d", "e", None))
        claimed = {3: "e"} if script.often(60) else {}
        limits = SMALL if script.often(30) else LIVE
        before = _memory(server)
        try:
            server.take(frame, device, check=_check, limits=limits, claimed=claimed)
        except Foul:
            assert _memory(server) == before, "a foul left something behind"
        if script.often(40):
            _prune(server)
        if not script.left:
            break
    _same_texts(server)
    taken(server)


def one_frame(data: bytes) -> None:
    """One frame, raw or forged, at a document that is always the same."""
    script = Script(data)
    device = script.one(("d", "e", None))
    frame = data[2:] if script.often(64) else update(script, Hints(_BASE.known.clocks, _BASE.known.vector))
    try:
        verdict = gate(frame, _BASE.known, device=device, now=10**9, check=_check, limits=LIVE)
    except Foul:
        return
    if verdict.update:
        doc = Doc[Any]()
        doc.apply_update(_BASE_STATE)
        doc.apply_update(verdict.update)
        clocks = wire.read_state_vector(doc.get_state(), clients_max=100)
        assert clocks == _BASE.known.clocks | verdict.clocks
        assert set(doc.get("f", type=Map)) == _BASE.known.edits.keys() | verdict.accepted.keys()


def one_update(data: bytes) -> None:
    """The reader of updates alone, with raw bytes."""
    for deletes in (False, True):
        try:
            read = wire.read_update(data, bytes_max=10_000, structs_max=100, deletes=deletes)
        except Foul:
            continue
        assert sum(len(section.structs) for section in read.sections) <= 100
        if read.whole:
            ends = [struct.end for section in read.sections for struct in section.structs]
            assert ends == sorted(ends)
            assert all(end <= len(data) for end in ends)


def row(data: bytes) -> None:
    """A row of the leaf at the core; what is taken of it, pycrdt takes."""
    script = Script(data)
    doc, known, facts = Doc[Any](), Server(founded=True).known, Index(_FLOOR.fact)
    known.by_leaf = {}
    for _ in range(1 + script.below(4)):
        turn = Turn("floor", 1, 5, known, facts, None, "leaf")
        try:
            if not turn.take(
                LogRow(
                    "floor",
                    1,
                    update(script, Hints(known.clocks, known.vector)),
                    bound={1: "d"},
                    origin="leaf",
                )
            ):
                continue
        except Foul:
            return  # the room throws its knowledge away
        if turn.update:
            doc.apply_update(turn.update)


def hand_in(data: bytes) -> None:
    """Edits by their stamps: of devices after a restore, and of the core in another epoch."""
    script = Script(data)
    server = Server(founded=not script.often(60))
    _furnish(server)
    by_stamp(script, server, _check)


def vector(data: bytes) -> None:
    """A peer's state vector: what passes, pycrdt answers."""
    script = Script(data)
    if script.often(128):
        out = bytearray()
        size = script.below(5)
        wire.put(out, size if not script.often(20) else script.number())
        for _ in range(size):
            long_number(script, out)
            long_number(script, out)
        data = bytes(out)
    try:
        read = wire.read_state_vector(data, clients_max=1_000)
    except Foul:
        return
    answer = _BASE.doc.get_update(data)
    assert wire.read_update(answer, bytes_max=2**20, structs_max=100).whole
    assert wire.read_state_vector(wire.write_state_vector(read), clients_max=1_000) == read


def message(data: bytes) -> None:
    """A message of a frame, raw or forged."""
    script = Script(data)
    if script.often(160):
        out = bytearray()
        long_number(script, out) if script.often(30) else out.append(
            script.one((0, 0, 1, 3, 64, 65, 66, 67, 68, 70, 71))
        )
        if script.often(128):
            out.append(script.below(4))
        body = script.one(
            (script.take(60), json_text(script, Hints()).encode(), b'{"now":1}', b'{"a":' * 300)
        )
        wire.put(out, len(body) if not script.often(20) else script.number())
        data = bytes(out + body)
    try:
        read = read_message(data)
    except Foul:
        return
    match read:
        case Sync(_, body) | Presence(body):
            assert body in data
        case Note(_, content):
            json.dumps(content)


def channel(data: bytes) -> None:
    """A frame of a shared socket."""
    try:
        number, kind, rest = channels.read_channel(data)
    except Foul:
        return
    assert 1 <= number <= channels.CHANNELS_MAX
    assert data.endswith(rest)
    if kind in (channels.OPEN, channels.CLOSED):
        try:
            assert isinstance(channels.read_content(rest), dict)
        except Foul:
            return


def presence(data: bytes) -> None:
    """Awareness updates of three sessions of two devices."""
    script, people = Script(data), People()
    sessions = (("s1", "d"), ("s2", "d"), ("s3", "e"))
    for _ in range(1 + script.below(6)):
        session, device = script.one(sessions)
        try:
            said = people.hear(session, "ana", device, _awareness(script), {9: "leaf", 2: "e"})
        except Foul:
            continue
        if said is not None:
            assert people.hear("reader", "ana", "r", said, dict.fromkeys(range(10), "x")) is None
        if script.often(20):
            people.leave(session)
    for session, _ in sessions:
        people.leave(session)
    assert people.everybody() is None


def rows(data: bytes) -> None:
    """Rows between the servers, raw or damaged."""
    script = Script(data)
    if script.often(200):
        forged = LogRow(
            "floor", script.below(3), script.take(30), {"d-1": script.number()}, {1: "d"}, {"x": ["y"]}
        )
        data = pack([NumberedRow(n, forged) for n in range(script.below(3))])
        if script.often(200):
            data = damaged(data, script)
    try:
        read = unpack(data)
    except Foul:
        return
    assert unpack(pack(read)) == read


def edit(data: bytes) -> None:
    """The text of an edit: what is taken reads back the same."""
    script = Script(data)
    text = json_text(script, Hints()) if script.often(128) else data.decode("utf-8", "replace")
    read = decode(order("zz.9.d-1"), text)
    if isinstance(read, Edit):
        assert decode(order("zz.9.d-1"), encode(read)) == read


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    "frames": frames, "one_frame": one_frame, "one_update": one_update, "row": row, "vector": vector,
    "hand_in": hand_in,
    "message": message, "channel": channel, "presence": presence, "rows": rows, "edit": edit,
}  # fmt: skip

_KIND = kind_of("floor")
assert _KIND is not None
_FLOOR = _KIND


def _check(name: str, value: object, person: str) -> str | None:
    if name == BLANK:
        return "blank"
    return "model" if value == "BAD" else "person" if person == "zoe" else None


def _furnish(server: Server) -> None:
    """Two devices have written, a server too; something was pruned."""
    for client, device in ((1, "d"), (2, "e")):
        texts = [encode(Edit("seat/p1", SEAT, (), "a")), encode(Edit("setup", {"kind": "floor"}, (), "a"))]
        parts = [wire.edit_struct(f"{n}.{n}.{device}-1", text) for n, text in enumerate(texts[::-1], 1)]
        server.take(wire.assemble([(client, 0, parts)], {}), device)
    own = wire.assemble([(9, 0, [wire.edit_struct("3.1.leaf-1", encode(Edit("seat/p2", None)))])], {})
    server.apply(own)
    server.known.clocks[9], server.known.bound[9] = 1, ""
    server.known.add("3.1.leaf-1", Edit("seat/p2", None))
    server.known.places["3.1.leaf-1"], server.known.stamps[9, 0] = [(9, 0)], "3.1.leaf-1"


def _prune(server: Server) -> None:
    dead: dict[int, list[int]] = {}
    for places in Pruner(server.known).prune().values():
        for client, clock in places:
            dead.setdefault(client, []).append(clock)
    if dead:
        server.apply(wire.assemble([], dead))
    assert server.present() == server.known.edits.keys()


def _memory(server: Server) -> tuple[int, ...]:
    known = server.known
    kept = (known.clocks, known.bound, known.vector, known.refused, known.edits, known.places, known.stamps)
    return tuple(map(len, kept))


def _same_texts(server: Server) -> None:
    """What Yjs shows under each stamp is the edit that was judged."""
    shown = server.texts()
    for stamp, known in server.known.edits.items():
        assert decode(order(stamp), shown[stamp]) == known, stamp


def _awareness(script: Script) -> bytes:
    if script.often(30):
        return script.take(60)
    out = bytearray()
    size = script.below(4)
    wire.put(out, size if not script.often(20) else script.number())
    for _ in range(size):
        long_number(script, out)
        long_number(script, out)
        text = script.one(("{}", "null", " null ", '{"a":1}', "NaN", "[" * 500, "é", "")).encode()
        wire.put(out, len(text) if not script.often(20) else script.number())
        out += text
    return bytes(out)


_BASE: Final = Server()
_furnish(_BASE)
_BASE_STATE: Final = _BASE.doc.get_update()
