"""A server's replica of one document: Yjs state, facts, what the gate must know, and how much there is of it.

What is judged moves `known` at once; `apply` follows when it is in the log. A succession makes a new epoch of
it in place. No sessions, no tasks.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal

from pycrdt import Doc

from . import epochs
from .arrivals import arrivals
from .conflicts import conflicts
from .documents.catalogue import DocumentKind
from .edits import BLANK, Json
from .gate import Check
from .pruning import Pruner
from .replay import Replayed, replay
from .stamps import order
from .succession import Succession, begin
from .turn import Turn, Writer
from .update_log import LogRow, StoredDocument

__all__ = ["ServerReplica", "of_device"]

SNAPSHOT_ROWS: Final = 1_000
SNAPSHOT_BYTES: Final = 1024 * 1024
DOCUMENT_BYTES_MAX: Final = 8 * 1024 * 1024  # beyond it edits are refused
UNAPPLIED_MAX: Final = 64
UNAPPLIED_BYTES_MAX: Final = 256 * 1024
REFUSED_TOLD: Final = 100  # to a device that comes back
GONE_MANY: Final = 512  # edits; fewer may lie in Yjs' memory
WORTH_A_LOOK: Final = 32 * 1024  # smaller documents are not weighed without need


class ServerReplica:
    """`forget` names facts that are not taken, nor into a new epoch. Raises StoreUnreadable."""

    def __init__(
        self,
        document: str,
        kind: DocumentKind,
        stored: StoredDocument | None,
        *,
        at: Literal["leaf", "core"],
        writer: Writer,
        first_epoch: int,
        forget: Callable[[str], bool],
    ) -> None:
        self.document = document
        self.kind = kind
        self.at: Literal["leaf", "core"] = at
        self._forget = forget
        self.epoch = first_epoch if stored is None else stored.epoch
        self.greatest_ms = 0  # of all stamps that were ever present
        self.decided = {} if stored is None else dict(stored.vector)  # what is durable of the vector
        self.decided_by_leaf = {} if stored is None else dict(stored.leaf_vector)  # at the core
        self.bytes = self._logged_rows = self._logged_bytes = 0
        self._scales = epochs.Scales()
        replayed = replay(kind, stored, writer.client_id)
        self._become(replayed, writer)
        if stored is not None:
            self._logged_rows, self._logged_bytes = len(stored.updates), sum(map(len, stored.updates))
            self.bytes = replayed.weight + self._logged_bytes

    def _become(self, replayed: Replayed, writer: Writer) -> None:
        self._doc, self.known, self.facts = replayed.doc, replayed.known, replayed.facts
        self._unapplied: list[bytes] = []  # updates that nobody has asked for yet
        self._unapplied_bytes = 0
        self._graves, self._gone = replayed.graves, replayed.gone
        self.writer = writer
        self.known.bound.setdefault(writer.client_id, "")  # nobody else can take it
        self.known.by_leaf = dict(self.decided_by_leaf) if self.at == "core" else None
        self.greatest_ms = max(self.greatest_ms, replayed.greatest_ms)
        self.pruner = Pruner(self.known) if self.at == "leaf" else None

    @property
    def _caught_up(self) -> Doc[Any]:
        """With all that is durable. Most updates are only logged and sent on: they wait here, bounded, until
        somebody asks for a diff, and are then applied in one transaction.
        """
        if self._unapplied:
            self._apply_all()
        return self._doc

    @property
    def state_vector(self) -> bytes:
        """Of what is durable."""
        return self._caught_up.get_state()

    def update(self, beyond: bytes | None = None) -> bytes:
        """All that is durable; what lies beyond a state vector."""
        return self._graves.put_back(self._caught_up.get_update(beyond))

    def _apply_all(self) -> None:
        updates, self._unapplied, self._unapplied_bytes = self._unapplied, [], 0
        with self._doc.transaction():
            for update in updates:
                self._doc.apply_update(update)

    def refused_of(self, device: str) -> list[str]:
        """Stamps of a device's refused edits, the latest; at the core none, as it leaves no tombstones."""
        if self.at == "core":
            return []
        of_device = [stamp for stamp in self.known.refused if order(stamp).replica.startswith(f"{device}-")]
        return sorted(of_device, key=order)[-REFUSED_TOLD:]

    def check(
        self, speaks_for: Callable[[str], bool] | None, *, full: Callable[[], bool], by_leaf: bool = False
    ) -> Check:
        """The model, and the rights of one sender; None: the other server has looked at them.

        `full`: whether a document that does not exist yet may not come into being.
        """
        no_room = self.bytes > DOCUMENT_BYTES_MAX or (not self.known.founded and full())
        blank = "blank" if self.at == "leaf" else None

        def judge(name: str, value: object, person: str) -> str | None:
            if name == BLANK:
                return blank if value is None else "model"
            if self._forget(name):
                return "erased"
            code = self.kind.check(name, value, by_leaf=by_leaf)
            if code is not None:
                return code
            if speaks_for is not None and not speaks_for(person):
                return "person"
            return "full" if no_room else None

        return judge

    def own_facts(self, names: Iterable[str], now: int) -> list[tuple[str, Json]]:
        """What the leaf has to write after facts of these names changed."""
        if self.at != "leaf" or not self.known.founded:
            return []
        concerned, own = list(names), list[tuple[str, Json]]()
        if self.kind.fact("conflict/x") is not None:
            own += conflicts(self.facts, concerned, now)
        if self.document == "floor":
            own += arrivals(self.facts, concerned, now)
        return own

    def apply(self, turn: Turn, row: LogRow) -> set[str]:
        """The row is in the log. Answers the names of facts that changed."""
        changed: set[str] = set()
        if row.update:
            self._unapplied.append(row.update)
            self._unapplied_bytes += len(row.update)
            if len(self._unapplied) >= UNAPPLIED_MAX or self._unapplied_bytes >= UNAPPLIED_BYTES_MAX:
                self._apply_all()
            changed = self._show(turn)
            self._gone += len(turn.removed) + len(row.refused)
        self.bytes += len(row.update)
        self._logged_rows += 1
        self._logged_bytes += len(row.update)
        self.decided.update(turn.vector)
        self.decided_by_leaf.update(turn.leaf_vector)
        return changed

    def _show(self, turn: Turn) -> set[str]:
        changed: set[str] = set()
        for stamp in turn.removed:
            edit = self.facts.edits.get(stamp)
            if edit is not None:
                changed.add(edit.name)
                self.facts.remove(stamp)
        for stamp, edit in turn.added.items():
            changed.add(edit.name)
            self.facts.add(stamp, edit)
            self.greatest_ms = max(self.greatest_ms, int(stamp.partition(".")[0], 36))
        return changed

    def begin_epoch(self, epoch: int, client_id: int, now: int) -> Succession:
        """At the leaf: what the next epoch begins with; `client_id` was never used."""
        assert self.pruner is not None
        return begin(
            LogRow(self.document, epoch, b""), self.kind, self._caught_up, self.known, self.pruner,
            writer=Writer(client_id, self.writer.replica), now=now, forget=self._forget,
        )  # fmt: skip

    def succeed(self, succession: Succession, now: int) -> None:
        """Its row is in the log: this replica is the new epoch's."""
        row = succession.row
        self.epoch = row.epoch
        self.decided.update(row.vector)
        for replica, counter in row.leaf_vector.items():
            self.decided_by_leaf[replica] = max(counter, self.decided_by_leaf.get(replica, 0))
        self._become(succession.replayed, succession.writer)
        self.bytes = self._logged_bytes = len(row.update)
        self._logged_rows = 1
        self._scales.switched(len(row.update), now)

    def servers(self) -> list[int]:
        """The client ids that are no device's."""
        return sorted(client for client, device in self.known.bound.items() if device == "")

    @property
    def snapshot_due(self) -> bool:
        return (
            self._logged_rows >= SNAPSHOT_ROWS
            or self._logged_bytes >= SNAPSHOT_BYTES
            or (self.bytes >= self._scales.again_at and self.at == "leaf")
        )

    def snapshot(self, now: int) -> bytes:
        """The state for the store; everything appended is in it. To be taken between two batches."""
        heavier = self.at == "leaf" and self.bytes >= self._scales.again_at  # by what was logged
        self._logged_rows = self._logged_bytes = 0
        state = self._thinned()
        self.bytes = len(state) + self._graves.weight
        if heavier:  # also where it is not: else it would be looked at again at every turn
            self._scales.weigh(self.bytes, self.facts, now)
        return self._graves.pack(state)

    def _thinned(self) -> bytes:
        """The replica's own state. Where much is gone, against what is there, Yjs is rid of it first.

        Not at the core: what it buried alone its leaf has still to decide, and it may come to life again.
        """
        state, known = self._caught_up.get_update(), self.known
        if self.at == "leaf" and self._gone >= max(GONE_MANY, len(known.edits) // 4):
            state = self._graves.take_out(state, kept=known.edits.keys() | known.handed)
            self._gone = 0
            self._doc = Doc(client_id=self.writer.client_id)
            self._doc.apply_update(state)
        return state

    def epoch_due(self, now: int, *, quiet: bool, first: bool) -> bool:
        """Whether too much of it is past. `quiet`: nobody has written for half a minute, `first` asked so.

        An event that is over need only be left alone.
        """
        if first and self.bytes > WORTH_A_LOOK:
            size = len(self._caught_up.get_update()) + self._graves.weight
            self._scales.weigh(size, self.facts, now)
            clock: Any = self.facts.get("clock") if self.kind.name == "tournament" else None
            if clock is not None and clock["state"] == "ended" and self._scales.wasteful:
                return True
        return self._scales.due(now, quiet=quiet)

    def whole(self) -> LogRow | None:
        """The document as one row and all the leaf decided, for the other server; None: it does not exist."""
        known = self.known
        if not known.clocks:
            return None
        return LogRow(
            document=self.document,
            epoch=self.epoch,
            update=self.update(),
            vector=dict(self.decided if self.at == "leaf" else self.decided_by_leaf),
            bound=dict(known.bound),
            refused={stamp: list(named) for stamp, named in known.refused.items()},
            origin="leaf" if self.at == "leaf" else "device",
        )


def of_device(vector: Mapping[str, int], device: str) -> dict[str, int]:
    prefix = device + "-"
    return {replica: counter for replica, counter in vector.items() if replica.startswith(prefix)}
