"""What the gate must know of one document, and what it answers of one frame.

`Known` runs ahead of the update log by one batch: a batch that fails must throw its `Known` away.
"""

from dataclasses import dataclass, field

from .edits import Edit
from .stamps import Stamp

__all__ = ["Id", "Known", "Refused", "Verdict"]

Id = tuple[int, int]
"""Client id and clock."""


@dataclass(frozen=True, slots=True)
class Refused:
    """One edit that was not taken, as its author is told. Blanks are refused too, but not told."""

    name: str
    code: str
    replaces: tuple[str, ...] = ()


@dataclass(slots=True)
class Known:
    """What the gate must know of one document. `bound`, `vector` and `refused` live across epochs."""

    clocks: dict[int, int] = field(default_factory=dict)  # client id → next clock
    bound: dict[int, str] = field(default_factory=dict)  # client id → device; "" a server's
    vector: dict[str, int] = field(default_factory=dict)  # replica → last decided counter
    refused: dict[str, tuple[str, ...]] = field(default_factory=dict)  # refused stamp → what it named
    edits: dict[str, Edit] = field(default_factory=dict)  # present ones, by stamp
    places: dict[str, list[Id]] = field(default_factory=dict)  # stamp → where its copies lie
    stamps: dict[Id, str] = field(default_factory=dict)  # the same the other way round
    founded: bool = False  # a setup was accepted: the document exists
    former: frozenset[int] = frozenset()  # client ids of earlier epochs
    handed: set[str] = field(default_factory=set)  # stamps above the vector that came by hand-in
    laid: set[str] = field(
        default_factory=set
    )  # of these, what lies deleted in this epoch: not to be set again
    by_leaf: dict[str, int] | None = None  # at the core: what the leaf decided of the vector

    def past(self, stamp: Stamp, last: int) -> bool:
        """Whether an edit that is not present is gone for good, `last` of its replica being decided."""
        if self.by_leaf is not None:  # only the leaf decides that
            last = min(last, self.by_leaf.get(stamp.replica, 0))
        return stamp.counter <= last or str(stamp) in self.handed

    def admit(self, verdict: "Verdict") -> None:
        """From now on what the verdict lets in is known."""
        self.clocks.update(verdict.clocks)
        self.bound.update(verdict.bound)
        self.vector.update(verdict.vector)
        if verdict.refused:
            self.refused.update({stamp: refused.replaces for stamp, refused in verdict.refused.items()})
        for stamp, edit in verdict.accepted.items():
            self.add(stamp, edit)
        for place, stamp in verdict.places.items():
            if stamp in self.edits:
                self.places.setdefault(stamp, []).append(place)
                self.stamps[place] = stamp

    def add(self, stamp: str, edit: Edit) -> None:
        self.edits[stamp] = edit
        self.founded = self.founded or edit.name == "setup"

    def remove(self, stamp: str) -> list[Id]:
        """The edit is gone for good; answers where its copies lie, for the delete set."""
        del self.edits[stamp]
        if stamp in self.handed:
            self.laid.add(stamp)
        places = self.places.pop(stamp, [])
        for place in places:
            del self.stamps[place]
        return places


@dataclass(slots=True)
class Verdict:
    """What to log, apply and send on of one frame, and what `Known` then becomes."""

    update: bytes = b""  # empty: nothing new
    accepted: dict[str, Edit] = field(default_factory=dict)
    refused: dict[str, Refused] = field(default_factory=dict)
    vector: dict[str, int] = field(default_factory=dict)
    clocks: dict[int, int] = field(default_factory=dict)
    bound: dict[int, str] = field(default_factory=dict)
    places: dict[Id, str] = field(default_factory=dict)
    dead: set[Id] = field(default_factory=set)  # to be deleted besides the tombstones
    resync: bool = False  # something is missing: answer with our state vector
    changed: bool = False  # holds structs that the sender does not have so: it must get the frame too
