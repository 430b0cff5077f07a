"""Attacks by name: updates that a signed-in device `t1` sends to hurt `t2`, and what becomes of each.

`t2` has written `VICTIM` under client id 2; client id 1 is `t1`'s, with one edit under it.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from pycrdt import Doc, Map

from crdt_models.edits import Edit, encode
from crdt_models.errors import CloseCode
from crdt_models.wire import assemble, edit_struct

__all__ = ["ATTACKS", "FIRST", "FIRST_TEXT", "SEAT", "VICTIM", "Attack"]

SEAT: Final = {"table": "t1", "seat": 1}
FIRST: Final = "1.1.t1-a"
VICTIM: Final = "2.1.t2-a"
OWN: Final = "5.2.t1-a"
FIRST_TEXT: Final = encode(Edit("seat/p1", SEAT, (), "ana"))
_TEXT: Final = encode(Edit("seat/p7", SEAT, (), "ana"))


class Attack(NamedTuple):
    """`code`: the connection ends with it; None: it goes on, and nothing of the attack is seen by anybody."""

    update: Callable[[], bytes]
    code: CloseCode | None


def _own(*structs: bytes, client: int = 1, clock: int = 1) -> bytes:
    return assemble([(client, clock, structs)], {})


def _linked() -> bytes:
    doc: Doc[object] = Doc(client_id=77)
    facts: Map[str] = doc.get("f", type=Map)
    facts[OWN] = _TEXT
    facts[OWN] = _TEXT + " "
    return doc.get_update()


def _other(root: str, value: object) -> bytes:
    doc: Doc[object] = Doc(client_id=77)
    doc.get(root, type=Map)[OWN] = value
    return doc.get_update()


FENCED, MALFORMED = CloseCode.FENCED, CloseCode.MALFORMED
ATTACKS: Final[Mapping[str, Attack]] = {
    "a delete of what a colleague wrote": Attack(lambda: assemble([], {2: [0]}), None),
    "a delete of what a colleague will write": Attack(lambda: assemble([], {2: [5, 6, 7]}), None),
    "own stamps under a colleague's client id": Attack(
        lambda: _own(edit_struct(OWN, _TEXT), client=2), FENCED
    ),
    "a colleague's stamp under the own client id": Attack(
        lambda: _own(edit_struct("9.2.t2-a", _TEXT)), FENCED
    ),
    "a colleague's stamp under a new client id": Attack(
        lambda: _own(edit_struct("9.2.t2-a", _TEXT), client=77, clock=0), None
    ),
    "a replay of a colleague's frame": Attack(
        lambda: _own(edit_struct(VICTIM, _TEXT), client=2, clock=0), None
    ),
    "another content under a known stamp": Attack(
        lambda: _own(edit_struct(FIRST, _TEXT), client=77, clock=0), FENCED
    ),
    "the server's client id": Attack(
        lambda: _own(edit_struct(OWN, _TEXT), client=4_000_000_000, clock=0), None
    ),
    "JSON nested 20,000 deep": Attack(lambda: _own(edit_struct(OWN, "[" * 20_000)), None),
    "a struct with a link": Attack(_linked, FENCED),
    "a nested type": Attack(lambda: _other("f", Map({"a": 1})), FENCED),
    "another root": Attack(lambda: _other("g", _TEXT), FENCED),
    "2,000 client ids on one key": Attack(
        lambda: assemble([(n, 0, [edit_struct(FIRST, FIRST_TEXT)]) for n in range(100, 2_100)], {}), FENCED
    ),
    "a client id of 64 bits": Attack(lambda: b"\1\1" + b"\xff" * 9 + b"\1\0", MALFORMED),
    "a struct of two thousand million clocks": Attack(
        lambda: _own(b"\0\xff\xff\xff\xff\7"), MALFORMED
    ),
    "a length beyond the frame": Attack(lambda: b"\1\xff\xff\xff\x7f\1\0", MALFORMED),
    "a counter that jumps": Attack(lambda: _own(edit_struct("9.9.t1-a", _TEXT)), None),
    "a stamp an age ahead": Attack(lambda: _own(edit_struct("zzzzzzzzz.2.t1-a", _TEXT)), None),
    "an edit that names itself and what is later": Attack(
        lambda: _own(edit_struct(OWN, encode(Edit("seat/p1", None, (OWN, "zz.1.t2-a"), "ana")))), None
    ),
    "a name of another fact's edit in `replaces`": Attack(
        lambda: _own(edit_struct(OWN, encode(Edit("seat/p7", None, (VICTIM,), "ana")))), None
    ),
    "one stamp named twice": Attack(
        lambda: _own(
            edit_struct("5.1.t1-b", encode(Edit("seat/p2", SEAT, (VICTIM,) * 2, "ana"))), client=78, clock=0
        ),
        None,
    ),
    "a person of another device": Attack(
        lambda: _own(edit_struct(OWN, encode(Edit("seat/p1", None, (VICTIM,), "zoe")))), None
    ),
    "a fact that the leaf alone writes": Attack(
        lambda: _own(edit_struct(OWN, encode(Edit("arrived/e1", None, (), "ana")))), None
    ),
}  # fmt: skip
