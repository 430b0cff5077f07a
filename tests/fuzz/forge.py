"""Builds frames from a script: mostly as a client writes them, damaged at any field, at times nonsense."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from crdt_models.edits import Edit, Json, encode
from crdt_models.wire import edit_struct, put
from tests.fuzz.script import Script

__all__ = ["DEVICES", "Hints", "damaged", "json_text", "long_number", "stamp_text", "update"]

DEVICES: Final = ("d", "e", "leaf")
CLIENTS: Final = (1, 2, 3, 9, 2**32 - 1, 2**53 - 1)
VALUES: Final[tuple[Json, ...]] = (
    {"table": "t1", "seat": 1},
    {"table": "t2", "seat": 9},
    None,
    "BAD",
    2**60,
    1.5,
)
NAMES: Final = ("seat/p1", "seat/p2", "setup", "", "clock")
TEXTS: Final = (
    "", "null", "[]", '["seat/p1",1,[],["a"]]', '["seat/p1",NaN,[],["a",""]]', '["x",1e999,[],["a",""]]',
    '["seat/p1","\\ud800",[],["a",""]]', '["seat/p1",1,["x"],["a",""]]', "[" * 2_000,
    '{"a":' * 500, '["a",' + "9" * 400,
    '["seat/p1",' + "[" * 9 + "]" * 9 + ',[],["a",""]]', "\u0000", '["é\U0001f0a1",1,[],["a",""]]',
)  # fmt: skip
STRANGE: Final = (
    "", "x", "0.0.d-1", "01.1.d-1", "1.1.d", "zzzzzzzzz.1.d-1", "1.999999999.d-1", "é.1.d-1", "1.1.leaf-1",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hints:
    """Where a document stands, so that what is forged fits it now and then."""

    clocks: Mapping[int, int] = field(default_factory=dict)  # client id → next clock
    vector: Mapping[str, int] = field(default_factory=dict)  # replica → last counter
    devices: Sequence[str] = DEVICES  # the first is the forger's own
    clients: Sequence[int] = CLIENTS


def update(script: Script, hints: Hints) -> bytes:
    """An update of the document, from well-formed to garbage."""
    if script.often(8):
        return script.take(200)
    out = bytearray()
    sections = script.below(4) if script.often(90) else 1
    put(out, sections if not script.often(6) else script.number())
    for _ in range(sections):
        _section(script, hints, out)
    _deletes(script, hints, out)
    return damaged(bytes(out), script) if script.often(40) else bytes(out)


def damaged(data: bytes, script: Script) -> bytes:
    """A few bytes changed, taken out or put in."""
    out = bytearray(data)
    for _ in range(1 + script.below(3)):
        at = script.below(len(out)) if 0 < len(out) <= 65_536 else 0
        match script.below(5):
            case 0 if out:
                out[at] = script.byte()
            case 1 if out:
                out[at] ^= 1 << script.below(8)
            case 2:
                del out[at : at + 1 + script.below(8)]
            case 3:
                out[at:at] = script.take(8)
            case _:
                del out[at:]
    return bytes(out)


def long_number(script: Script, out: bytearray) -> None:
    """A number, at times written with zeros behind it or without an end."""
    put(out, script.number())
    if script.often(6):
        out[-1] |= 128
        out.extend((0,) if script.often(128) else b"\xff" * 9)


def json_text(script: Script, hints: Hints) -> str:
    """The text of an edit, or of something that wants to be one."""
    if script.often(24):
        return script.one(TEXTS)
    name, value = script.one(NAMES), script.one(VALUES)
    if name == "setup":
        value = {"kind": "floor"}
    replaces = tuple(stamp_text(script, hints) for _ in range(script.below(3))) if script.often(60) else ()
    return encode(Edit(name, value, replaces, script.one(("a", "zoe", "")), script.one(("", "", "act", "b"))))


def _section(script: Script, hints: Hints, out: bytearray) -> None:
    structs: list[bytes] = []
    client = script.one(hints.clients)
    device = script.one(hints.devices) if script.often(60) else hints.devices[0]
    replica = f"{device}-{script.one('112')}"
    clock, counter = hints.clocks.get(client, 0), hints.vector.get(replica, 0) + 1
    if script.often(80):  # from the beginning, or from somewhere else
        clock, counter = script.below(3), 1 + script.below(4)
    for n in range(1 + script.below(5)):
        if script.often(60):
            structs.append(_struct(script, hints))
        else:  # as it should be
            structs.append(edit_struct(f"{counter + n}.{counter + n}.{replica}", json_text(script, hints)))
    put(out, len(structs) if not script.often(6) else script.number())
    put(out, client if not script.often(10) else script.number())
    put(out, clock if not script.often(20) else script.number())
    for struct in structs:
        out += struct


def _struct(script: Script, hints: Hints) -> bytes:
    match script.below(8):
        case 0 | 1:
            return edit_struct(stamp_text(script, hints), json_text(script, hints))
        case 2 | 3:
            key = stamp_text(script, hints).encode()
            return b"\x21\x01\x01f" + bytes((len(key),)) + key + b"\x01"
        case 4:
            out = bytearray((script.one((0, 10)),))
            long_number(script, out)
            return bytes(out)
        case 5:  # with a link to another item
            head = (script.one((0x88, 0x48, 0xC8, 0x84)), script.byte() & 127, script.byte() & 127)
            return bytes(head) + script.take(8)
        case 6:  # another parent, another content
            return bytes((0x28, script.one((0, 1, 1)), script.below(4))) + script.take(12)
        case _:
            return script.take(20)


def stamp_text(script: Script, hints: Hints) -> str:
    """A stamp, at times none."""
    if script.often(20):
        return script.one(STRANGE)
    number = 1 + script.below(8)
    return f"{script.one(('', '', '', 'z'))}{number}.{number}.{script.one(hints.devices)}-{script.one('12')}"


def _deletes(script: Script, hints: Hints, out: bytearray) -> None:
    clients = script.below(3) if script.often(60) else 0
    put(out, clients)
    for _ in range(clients):
        put(out, script.one(hints.clients))
        ranges = script.below(3)
        put(out, ranges)
        for _ in range(ranges):
            long_number(script, out)
            long_number(script, out)
