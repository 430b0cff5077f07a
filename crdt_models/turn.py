"""What one turn brings to one document: verdicts, the server's own edits, rows of the other server, pruning;
collected into one row of the update log. Pure; `known` moves at once and runs ahead of the log by this turn.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pycrdt import merge_updates

from . import hand_in, wire
from .acts import taking_back
from .edits import REPLACES_MAX, Edit, Json, decode, encode
from .errors import CloseCode, EditInvalid, Foul
from .facts import Index
from .gate import RELAY, Check
from .history import Telling
from .known import Id, Known, Verdict
from .pruning import Pruner
from .stamps import Stamp, base36, order, parse
from .take_back import Taking
from .update_log import Change, LogRow

__all__ = ["Turn", "Writer"]


@dataclass(frozen=True, slots=True)
class Writer:
    """Under which names a server writes its own edits; new at every start."""

    client_id: int  # 32 bits
    replica: str


@dataclass(slots=True)
class Turn:
    """Collects; `row` is None where nothing came of it. `pruner` is the leaf's, None at the core."""

    document: str
    epoch: int
    now: int
    known: Known
    facts: Index  # as they were before this turn
    pruner: Pruner | None
    origin: Literal["device", "core", "leaf"] = "device"
    added: dict[str, Edit] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    vector: dict[str, int] = field(default_factory=dict)
    leaf_vector: dict[str, int] = field(default_factory=dict)
    _parts: list[bytes] = field(default_factory=list)
    _bound: dict[int, str] = field(default_factory=dict)
    _refused: dict[str, Sequence[str]] = field(default_factory=dict)
    _handed: list[str] = field(default_factory=list)
    _history: list[Change] = field(default_factory=list)
    _telling: Telling = field(init=False)

    def __post_init__(self) -> None:
        self._telling = Telling(self.facts, self.now)

    def admit(self, verdict: Verdict, *, via: str, claimed: Callable[[str, Edit], bool]) -> None:
        """What the gate lets in of one frame."""
        known = self.known  # a server's own id is bound before it has written
        for client, device in verdict.bound.items():
            if known.bound.get(client) != device or client not in known.clocks:
                self._bound[client] = device
        self.known.admit(verdict)
        self.vector.update(verdict.vector)
        if verdict.vector and self.known.handed:  # the next ones may be here already, by hand
            self.vector.update(hand_in.raise_vector(self.known, {}, ()))
        self.added.update(verdict.accepted)
        self._history += self._telling.changes(verdict.accepted, via=via, claimed=claimed)
        if verdict.update:
            self._parts.append(verdict.update)
        if self.pruner is not None:
            self.pruner.arrived({stamp: edit.replaces for stamp, edit in verdict.accepted.items()})
        if verdict.refused:
            self._refuse({stamp: refused.replaces for stamp, refused in verdict.refused.items()})

    def _refuse(self, refused: Mapping[str, tuple[str, ...]]) -> None:
        self._refused.update(refused)
        if self.pruner is not None:
            self.pruner.arrived(refused)

    def write(
        self,
        changes: Sequence[tuple[str, Json]],
        writer: Writer,
        *,
        person: str,
        ms: int,
        via: str,
        undoing: Taking | None = None,
    ) -> None:
        """The server's own edits, as one act, past the gate. Raises EditInvalid; then nothing is changed.

        They name what is live; those of `undoing` name what that says.
        """
        counter, clock = self.known.vector.get(writer.replica, 0), self.known.clocks.get(writer.client_id, 0)
        act = str(Stamp(ms, counter + 1, writer.replica)) if len(changes) > 1 else ""
        undone: Mapping[str, Sequence[str]] = {}
        if undoing is not None:
            act = taking_back(base36(counter + 1), undoing.stamp)
            undone = {writing.name: writing.replaces for writing in undoing.edits}
        verdict, parts = Verdict(), list[bytes]()
        for n, (name, value) in enumerate(changes):
            stamp = Stamp(ms, counter + 1 + n, writer.replica)
            replaces = undone[name] if name in undone else self._live(name, verdict.accepted)[-REPLACES_MAX:]
            text = encode(Edit(name, value, tuple(replaces), person, act))
            edit = decode(stamp, text)
            if not isinstance(edit, Edit):
                raise EditInvalid(edit.code, f"{self.document}: {name}: {edit.code}")
            verdict.accepted[str(stamp)] = edit
            verdict.places[writer.client_id, clock + n] = str(stamp)
            parts.append(wire.edit_struct(str(stamp), text))
        verdict.vector[writer.replica] = counter + len(changes)
        verdict.clocks[writer.client_id] = clock + len(changes)
        verdict.bound[writer.client_id] = ""
        verdict.update = wire.assemble([(writer.client_id, clock, parts)], {})
        self.admit(verdict, via=via, claimed=lambda _stamp, _edit: False)

    def _live(self, name: str, writing: Mapping[str, Edit]) -> list[str]:
        """What a new edit of `name` takes the place of: live before this turn, or written in it."""
        newer = [
            stamp for edits in (self.added, writing) for stamp, edit in edits.items() if edit.name == name
        ]
        gone = {older for stamp in newer for older in ({**self.added, **writing})[stamp].replaces}
        return sorted({*self.facts.live(name), *newer} - gone - self.removed, key=order)

    def hand_in(
        self,
        edits: Iterable[tuple[Stamp, str]],
        decided: Mapping[str, int],
        writer: Writer,
        *,
        check: Check,
        check_leaf: Check,
        via: str,
        claimed: Callable[[str, Edit], bool],
        gone: Iterable[str] = (),
    ) -> bool:
        """Edits that come by their stamps, how far their replicas are decided, and what is gone for good.

        What the other server took and this one refuses is decided by that. Of what a device handed in, its
        author's own copy is still to be judged; but a blank says: this was refused, and named these. False:
        the document's setup must come first; nothing taken.
        """
        verdict = hand_in.judge(
            edits, self.known, client_id=writer.client_id, now=self.now, check=check, check_leaf=check_leaf
        )
        if verdict.resync:
            return False
        if via == "handed_in":
            verdict.refused = {stamp: r for stamp, r in verdict.refused.items() if r.code == "blank"}
        self.admit(verdict, via=via, claimed=claimed)
        if self.pruner is not None:
            self._delete_all(self.pruner.bury(self._but_the_last_setup(gone)))
        came = [*verdict.accepted, *verdict.refused, *gone]
        self.vector.update(hand_in.raise_vector(self.known, decided, came))
        self._handed += [stamp for stamp in came if stamp in self.known.handed]
        if self.pruner is not None and (decided or gone):
            self.pruner.reconsider()
        return True

    def _but_the_last_setup(self, gone: Iterable[str]) -> list[str]:
        """Nobody's word makes a document that is founded wait for its setup again."""
        buried = [stamp for stamp in gone if stamp in self.known.edits]
        setups = {stamp for stamp, edit in self.known.edits.items() if edit.name == "setup"}
        kept = max(setups, key=order, default="") if setups <= set(buried) else ""
        return [stamp for stamp in buried if stamp != kept]

    def _delete_all(self, buried: Mapping[str, Sequence[Id]]) -> None:
        dead: dict[int, list[int]] = {}
        for stamp, places in buried.items():
            self._gone(stamp)
            for client, clock in places:
                dead.setdefault(client, []).append(clock)
        if dead:
            self._parts.append(wire.assemble([], dead))

    def remember_refused(self, refused: Mapping[str, Sequence[str]]) -> None:
        """What the other server knows to be refused, and what that named."""
        new = {stamp: tuple(named) for stamp, named in refused.items() if stamp not in self.known.refused}
        self.known.refused.update(new)
        self._refused.update(new)
        if self.pruner is not None:
            self.pruner.arrived(new)

    def take(self, row: LogRow) -> bool:
        """A row of the leaf, at the core: as it is. False: what comes before it is missing; nothing taken.

        Raises Foul for bytes that are no update of ours.
        """
        update = wire.read_update(
            row.update or wire.EMPTY, bytes_max=RELAY.bytes, structs_max=RELAY.structs, deletes=True
        )
        verdict = Verdict(bound=dict(row.bound), update=row.update)
        if any(section.clock > self.known.clocks.get(section.client, 0) for section in update.sections):
            return False
        for section in update.sections:
            self._read_section(section, verdict)
        self._bound.update({c: d for c, d in row.bound.items() if self.known.bound.get(c) != d})
        self.known.admit(verdict)
        for replica, counter in row.vector.items():
            if counter > self.known.vector.get(replica, 0):  # else we have more of it than the leaf had
                self.known.vector[replica] = self.vector[replica] = counter
        self.known.refused.update({stamp: tuple(named) for stamp, named in row.refused.items()})
        self._decided_by_leaf(row.vector)
        self._refused.update(row.refused)
        self._history += row.history
        self.added.update(verdict.accepted)
        for delete in update.deletes:
            self._delete(delete)
        if row.update:
            self._parts.append(row.update)
        return True

    def _decided_by_leaf(self, vector: Mapping[str, int]) -> None:
        assert self.known.by_leaf is not None  # the core's
        for replica, counter in vector.items():
            if counter > self.known.by_leaf.get(replica, 0):  # a row may come twice
                self.known.by_leaf[replica] = self.leaf_vector[replica] = counter

    def _read_section(self, section: wire.Section, verdict: Verdict) -> None:
        clock, known = section.clock, self.known.clocks.get(section.client, 0)
        for struct in section.structs:
            if struct.kind == wire.SKIP:
                raise Foul("a row with a hole")
            stamp = parse(struct.key) if struct.kind == wire.EDIT else None
            if struct.kind == wire.EDIT and clock >= known:
                edit = None if stamp is None else decode(stamp, struct.text)
                if not isinstance(edit, Edit):
                    raise Foul("an edit that no leaf accepts", CloseCode.FENCED)
                self._read_edit(struct.key, edit, (section.client, clock), verdict)
            clock += struct.length
        if clock > known:
            verdict.clocks[section.client] = clock

    def _read_edit(self, stamp: str, edit: Edit, place: Id, verdict: Verdict) -> None:
        """Of two contents of one stamp (a device forked itself) the one at the greater place shows."""
        present = self.known.edits.get(stamp)
        if present is None:
            verdict.accepted[stamp] = edit
        elif present != edit and place > max(self.known.places[stamp]):
            verdict.accepted[stamp] = edit
            self.removed.add(stamp)
        verdict.places[place] = stamp

    def _delete(self, delete: wire.Delete) -> None:
        """Of several copies of an edit the one with the greatest client id is the one that shows."""
        for place in _within(delete, self.known.stamps):
            stamp = self.known.stamps[place]
            places = self.known.places[stamp]
            if place == max(places):
                self.known.remove(stamp)
                self._gone(stamp)
            else:
                places.remove(place)
                del self.known.stamps[place]

    def prune(self) -> bool:
        """Deletes what nobody can bring back to life any more. Whether there was any."""
        if self.pruner is None:
            return False
        pruned = self.pruner.prune()
        self._delete_all(pruned)
        return bool(pruned)

    def _gone(self, stamp: str) -> None:
        self.removed.add(stamp)
        self.added.pop(stamp, None)

    @property
    def update(self) -> bytes:
        """All parts in one; empty where there is none."""
        if len(self._parts) < 2:
            return self._parts[0] if self._parts else b""
        return merge_updates(*self._parts)

    def row(self, update: bytes) -> LogRow | None:
        """The row to log; `update` is what `self.update` answered."""
        if not (update or self.vector or self.leaf_vector or self._refused or self._bound or self._handed):
            return None
        return LogRow(
            document=self.document,
            epoch=self.epoch,
            update=update,
            vector=self.vector,
            bound=self._bound,
            refused=self._refused,
            history=self._history,
            leaf_vector=self.leaf_vector,
            origin=self.origin,
            handed=self._handed,
        )


def _within(delete: wire.Delete, places: Mapping[tuple[int, int], str]) -> list[tuple[int, int]]:
    """The places in a range of clocks, whichever of the two is the shorter way to find them."""
    end = delete.clock + delete.length
    if delete.length > len(places):
        found: Iterable[tuple[int, int]] = (
            place for place in places if place[0] == delete.client and delete.clock <= place[1] < end
        )
    else:
        found = ((delete.client, clock) for clock in range(delete.clock, end))
    return [place for place in found if place in places]
