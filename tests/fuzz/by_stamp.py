"""Edits that come by their stamps: what devices hand in after a restore, and rows of another epoch.

Whatever they say, pycrdt has afterwards exactly what the gate's knowledge says, and what is said again and
again says nothing new: at the second time where no act fell, of which a part was decided already.
"""

from collections.abc import Sequence
from typing import Any

from crdt_models import wire
from crdt_models.documents.catalogue import kind_of
from crdt_models.edits import decode
from crdt_models.errors import Foul
from crdt_models.facts import Index
from crdt_models.gate import Check
from crdt_models.hand_in import GONE, edits_of, read_hand_in
from crdt_models.pruning import Pruner
from crdt_models.stamps import Stamp, order
from crdt_models.turn import Turn, Writer
from tests.crdt_models.behind_gate import Server
from tests.fuzz.forge import Hints, json_text, stamp_text, update
from tests.fuzz.script import Script

__all__ = ["By", "by_stamp"]

LEAF = Writer(9, "leaf-1")
_KIND = kind_of("floor")
assert _KIND is not None
_FACT = _KIND.fact
By = tuple[Sequence[tuple[Stamp, str]], dict[str, int], str]
"""Edits, how far replicas are decided, and which way they came."""


def by_stamp(script: Script, server: Server, check: Check) -> None:
    """Several of them, one after the other, with live frames and pruning in between."""
    pruner = Pruner(server.known)
    for _ in range(1 + script.below(4)):
        try:
            by = _handed(script) if script.often(200) else _rows(script, server)
            frame = update(script, Hints(server.known.clocks, server.known.vector))
            if script.often(60):
                _live(frame, server, pruner, check)
        except Foul:
            continue
        if _take(server, pruner, by, check):
            _take(server, pruner, by, check)
            before = len(server.applied)
            _take(server, pruner, by, check)
            assert len(server.applied) == before, "said again and again, it said something new"
        _prune(server, pruner)
    shown = server.texts()
    for stamp, known in server.known.edits.items():
        assert decode(order(stamp), shown[stamp]) == known, stamp


def _handed(script: Script) -> By:
    """A note 68, from well-formed to nonsense. Raises Foul."""
    hints = Hints()
    edits: list[Any] = [_edit(script, hints) for _ in range(script.below(6))]
    vector = {f"d-{script.one('12')}": script.number() for _ in range(script.below(3))}
    content: dict[str, Any] = {"edits": edits, "vector": vector}
    if script.often(30):
        nonsense = (None, 1, [], {}, {"x": 1}, {"d-1": True}, {"e-1": 3}, {"d-1": -1}, {"d-1": 1.5}, [[]])
        content[script.one(("edits", "vector", "more"))] = script.one(nonsense)
    texts, decided = read_hand_in(content, "d", script.one((100, 100, 2**18, 2**18 + 1)))
    return texts, dict(decided), "handed_in"


def _edit(script: Script, hints: Hints) -> Any:
    if script.often(10):
        return script.one(([], ["x", "y"], ["1.1.d-1"], ["1.1.d-1", None], "ab", None, ["1.1.d-1", "", ""]))
    return [stamp_text(script, hints), GONE if script.often(60) else json_text(script, hints)]


def _rows(script: Script, server: Server) -> By:
    """An update of the core in another epoch. Raises Foul."""
    clients = {1, 2, 3} if script.often(60) else None
    edits = edits_of(update(script, Hints(server.known.clocks, server.known.vector)), clients)
    return edits, {f"{d}-1": script.below(6) for d in ("d", "e", "leaf")[: script.below(4)]}, "core"


def _live(frame: bytes, server: Server, pruner: Pruner, check: Check) -> None:
    verdict = server.take(frame, "d", check=check)
    pruner.arrived({stamp: edit.replaces for stamp, edit in verdict.accepted.items()})
    pruner.arrived({stamp: refused.replaces for stamp, refused in verdict.refused.items()})


def _take(server: Server, pruner: Pruner, by: By, check: Check) -> bool:
    edits, vector, via = by
    turn = Turn("floor", 1, 10**9, server.known, Index(_FACT), pruner)
    came = turn.hand_in(
        edits, vector, LEAF, check=check, check_leaf=check, via=via, claimed=lambda _stamp, _edit: True,
        gone=[str(stamp) for stamp, text in edits if text == GONE] if via == "handed_in" else [],
    )  # fmt: skip
    assert came or not turn.update
    _apply(server, turn.update)
    return came


def _prune(server: Server, pruner: Pruner) -> None:
    dead: dict[int, list[int]] = {}
    for places in pruner.prune().values():
        for client, clock in places:
            dead.setdefault(client, []).append(clock)
    _apply(server, wire.assemble([], dead) if dead else b"")


def _apply(server: Server, said: bytes) -> None:
    if said:
        server.apply(said)
    assert server.vector() == {client: clock for client, clock in server.known.clocks.items() if clock}
    assert server.present() == server.known.edits.keys()
