"""A tablet of the simulated venue on `crdt_models.replica`: a page with replicas of documents.

Two tablets of one device name are two tabs of one device. What it wrote is kept over a reload.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from crdt_models import wire
from crdt_models.edits import Edit, Json, encode
from crdt_models.errors import CloseCode
from crdt_models.replica import Replica
from crdt_models.session import Note, Sync, read_message
from crdt_models.stamps import Stamp
from tests.sim.line import Line
from tests.sim.site import Site

__all__ = ["LooseReplica", "Tablet", "edits_in"]

START_OVER: Final = frozenset({CloseCode.FENCED, CloseCode.MALFORMED, CloseCode.OTHER_EPOCH})


class LooseReplica(Replica):
    """Writes without looking: what the server must refuse."""

    def _text(self, stamp: Stamp, edit: Edit) -> str:
        return encode(edit)


class Tablet:
    """`nonces` and `ids` are never given twice. `skew_ms`: how wrong its clock is."""

    def __init__(self, device: str, nonces: Iterator[str], ids: Iterator[int]) -> None:
        self.device = device
        self.skew_ms = 0
        self.replicas: dict[str, Replica] = {}
        self.lines: dict[str, Line] = {}
        self.codes: list[tuple[str, str, CloseCode]] = []  # at, document, code: how lines were shut
        self._nonces, self._ids = nonces, ids

    def replica(self, document: str) -> Replica:
        if document not in self.replicas:
            self.replicas[document] = self._load(document, None)
        return self.replicas[document]

    def _load(self, document: str, before: Replica | None) -> Replica:
        return LooseReplica(
            document,
            device=self.device,
            nonce=next(self._nonces),
            client_id=next(self._ids),
            saved=None if before is None else before.saved,
        )

    def write(
        self, document: str, changes: Sequence[tuple[str, Json]], person: str, now: int
    ) -> list[tuple[str, str]]:
        """One act; answers stamp and text of its edits, last, and sends it where there is a line."""
        frame = self.replica(document).write(changes, person=person, now=max(0, now + self.skew_ms))
        if document in self.lines and self.replica(document).epoch:  # nothing goes out before the hello
            self.lines[document].send(frame)
        message = read_message(frame)
        assert isinstance(message, Sync)
        return edits_in(message.body)[-len(changes) :]

    def dial(self, document: str, site: Site) -> Line:
        self.hang_up(document)
        replica = self.replica(document)

        def hear(frame: bytes) -> list[bytes]:
            heard = replica.receive(frame)
            for note in heard.notes:
                self.heed(document, note)
            if heard.old_box:
                line.cut()
            if heard.other_epoch:
                line.cut()
                line.shut(CloseCode.OTHER_EPOCH)
            return heard.answers

        line = self.lines[document] = Line(site, document, self.device, hear, epoch=replica.epoch)
        line.send(*replica.connected())
        return line

    def heed(self, document: str, note: Note) -> None:
        """What servers say besides updates."""

    def hang_up(self, document: str) -> None:
        line = self.lines.pop(document, None)
        if line is not None:
            line.cut()

    def look(self) -> None:
        """Sees which lines were shut, and starts over where that is asked for."""
        for document, line in list(self.lines.items()):
            if not line.open and not line.down:
                del self.lines[document]
                if line.code is not None:
                    self.codes.append((line.site.at, document, line.code))
                if line.code in START_OVER:
                    self.replica(document).start_over(next(self._ids))

    def double(self) -> "Tablet":
        """Another tab of the same device, which begins with all that this one has and keeps."""
        tab = Tablet(self.device, self._nonces, self._ids)
        tab.skew_ms = self.skew_ms
        tab.replicas = {name: tab._load(name, replica) for name, replica in self.replicas.items()}
        return tab

    def reload(self) -> None:
        """A new page: all that was kept comes back, under a new nonce and new client ids."""
        for document in list(self.lines):
            self.hang_up(document)
        self.replicas = {name: self._load(name, replica) for name, replica in self.replicas.items()}


def edits_in(update: bytes) -> list[tuple[str, str]]:
    """Stamp and text of the edits of an update, in their order."""
    read = wire.read_update(update, bytes_max=2**30, structs_max=2**20)
    structs = [struct for section in read.sections for struct in section.structs]
    return [(struct.key, struct.text) for struct in structs if struct.kind == wire.EDIT]
