"""What is wrong at the end of an evening: a list of sentences, empty where all is as the oracle says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from crdt_models.errors import CloseCode
from crdt_models.facts import Index
from crdt_models.stamps import order
from crdt_models.update_log import LogRow
from crdt_models.wire import read_state_vector
from tests.sim.oracle import Written, conflict_faults, live_stamps, refused_stamps, written
from tests.sim.site import Site
from tests.sim.tablet import edits_in

if TYPE_CHECKING:
    from tests.sim.evening import Evening

__all__ = ["faults", "phantoms"]


def faults(evening: Evening) -> list[str]:
    found = list(evening.phantoms)
    found += [f"{d}: the whole document had a hole" for d in {*evening.leaf.holes, *evening.core.holes}]
    for document, meant in evening.written.items():
        told = _document_faults(evening, document, meant)
        found += [f"{document}: {fault}" for fault in told]
    return [*found, *_line_faults(evening)]


def phantoms(evening: Evening) -> list[str]:
    """Edits of others that a tablet shows and that no log has: shown before they were durable."""
    logged = {stamp for site in evening.boxes for stamp in _logged([*site.store.rows, *site.burnt])}
    return [
        f"{tablet.device} shows {stamp} of {document}, which no log has"
        for tablet in evening.tablets
        for document, replica in tablet.replicas.items()
        for stamp in replica.facts.edits.keys() - logged
        if f".{tablet.device}-" not in stamp
    ]


def _document_faults(evening: Evening, document: str, meant: dict[str, Written]) -> Iterator[str]:
    leaf, rows = evening.leaf.room(document), _rows(evening.leaf, document)
    everything = _strangers_edits(rows, {tablet.device for tablet in evening.tablets}) | meant
    wanted, live = live_stamps(everything), _live(leaf.facts)
    if evening.leaf.burnt:  # nobody knows all that the burnt box itself wrote
        wanted, live = ({s for s in stamps if ".leaf-" not in s} for stamps in (wanted, live))
    yield from (f"back from the dead: {everything.get(stamp, stamp)}" for stamp in sorted(live - wanted))
    yield from (f"lost: {everything[stamp]}" for stamp in sorted(wanted - live))
    facts = {name: leaf.facts.get(name) for name in leaf.facts.names()}
    yield from conflict_faults(everything, _live(leaf.facts), facts)
    yield from _log_faults(rows, everything, whole=not evening.leaf.burnt)
    yield from _log_faults(_rows(evening.core, document), None, whole=False)
    yield from _replica_faults(evening, document)


def _replica_faults(evening: Evening, document: str) -> Iterator[str]:
    leaf, core = evening.leaf.room(document), evening.core.room(document)
    strange = _bound_to(evening, {intruder.device for intruder in evening.intruders})
    replicas = [("core", core.facts, core.state_vector)]
    for tablet in evening.tablets:
        replica = tablet.replica(document)
        replicas.append((replica.name, replica.facts, replica.state_vector))
        if replica.unsent:
            yield f"{replica.name}: {list(replica.own_stamps())[:3]} undecided"
    for name, facts, vector in replicas:
        if facts.edits != leaf.facts.edits:
            yield f"{name} has other edits: {sorted(facts.edits.keys() ^ leaf.facts.edits.keys())[:4]}"
        if facts.digest != leaf.facts.digest or facts.rivals() != leaf.facts.rivals():
            yield f"{name} reads other facts"
        if _clocks(vector, strange) != _clocks(leaf.state_vector, strange):
            yield f"{name} has another state vector"


def _log_faults(
    rows: Iterable[LogRow], everything: dict[str, Written] | None, *, whole: bool
) -> Iterator[str]:
    """`everything` written: None at the core, which sees only a part and judges nothing for good.

    `whole`: nothing of the log has burnt.
    """
    told, vector, refused = Counter[str](), dict[str, int](), set[str]()
    for row in rows:
        told.update(change.stamp for change in row.history)
        refused |= row.refused.keys()
        for replica, counter in row.vector.items():
            if counter < vector.get(replica, 0):
                yield f"the vector of {replica} went back from {vector[replica]} to {counter}"
            vector[replica] = counter
    if everything is None:
        return
    yield from (f"accepted {times} times: {stamp}" for stamp, times in told.items() if times > 1)
    unfit = refused_stamps(everything)
    yield from (
        f"refused, though legitimate: {everything[stamp]}" for stamp in refused & everything.keys() - unfit
    )
    accepted = {stamp for stamp, edit in everything.items() if edit.name} - unfit
    yield from (f"in history, though never meant: {stamp}" for stamp in told.keys() - accepted)
    if whole:
        yield from (f"not in history: {everything[stamp]}" for stamp in accepted - told.keys())


def _line_faults(evening: Evening) -> Iterator[str]:
    """No honest tablet is ever sent away, but by the core for edits that no server takes."""
    for tablet in evening.tablets:
        for at, document, code in tablet.codes:
            meant = evening.written[document].values()
            refusable = any(not w.fit and f".{tablet.device}-" in w.stamp for w in meant)
            if code not in (CloseCode.NOT_READY, CloseCode.OTHER_EPOCH) and not (
                at == "core" and code is CloseCode.FENCED and refusable
            ):
                yield f"{tablet.device} was sent away from {document} at the {at} with {code.name}"


def _strangers_edits(rows: Iterable[LogRow], honest: set[str]) -> dict[str, Written]:
    """What the leaf itself and intruders wrote, as the leaf took or refused it."""
    found: dict[str, Written] = {}
    for row in rows:
        for stamp, text in edits_in(row.update or b"\0\0"):
            found.setdefault(stamp, written(stamp, text))
        for stamp, named in row.refused.items():
            found.setdefault(stamp, Written(stamp, "", None, tuple(named), fit=False))
    return {stamp: edit for stamp, edit in found.items() if order(stamp).device not in honest}


def _logged(rows: Iterable[LogRow]) -> set[str]:
    return {stamp for row in rows for stamp, _ in edits_in(row.update or b"\0\0")}


def _rows(site: Site, document: str) -> list[LogRow]:
    return [row for row in site.store.rows if row.document == document]


def _live(facts: Index) -> set[str]:
    return {stamp for name in facts.names() for stamp in facts.live(name)}


def _clocks(vector: bytes, but: set[int]) -> dict[int, int]:
    clocks = read_state_vector(vector, clients_max=10**6)
    return {client: clock for client, clock in clocks.items() if client not in but}


def _bound_to(evening: Evening, devices: set[str]) -> set[int]:
    """Client ids of intruders: what is only filling there (GC) the leaf does not take from the core."""
    rows = [*evening.leaf.store.rows, *evening.core.store.rows]
    return {client for row in rows for client, device in row.bound.items() if device in devices}
