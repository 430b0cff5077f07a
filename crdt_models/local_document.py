"""A document in memory, as a client has it: the Yjs state and the index of its facts. It knows no server.

The Python twin of `web/src/lib/facts/local-document.ts`. What comes before its turn is not taken: of what
waits pycrdt makes updates that nobody can read, once a run of deleted structs overlaps with it.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from pycrdt import Doc, Map

from .edits import Edit, decode
from .facts import Index, Reading
from .stamps import order
from .wire import EDIT, EMPTY, Update, read_state_vector, read_update, write_state_vector

__all__ = ["LocalDocument"]

_CLIENTS_MAX: Final = 1_000_000
_BYTES_MAX: Final = 2**30  # our own copy is not doubted


class LocalDocument:
    """Empty at first. What is `put` lies under `client_id`."""

    def __init__(self, kind: Callable[[str], Reading | None], client_id: int) -> None:
        self.client_id = client_id
        self.facts = Index(kind)
        self.greatest_ms = 0  # of all stamps that were ever shown
        self._doc: Doc[Any] = Doc(client_id=client_id)
        self._map: Map[str] = self._doc.get("f", type=Map)

    @property
    def state(self) -> bytes:
        """All of it as an update."""
        return self._doc.get_update()

    @property
    def vector(self) -> bytes:
        return self._doc.get_state()

    @property
    def clocks(self) -> dict[int, int]:
        return read_state_vector(self.vector, clients_max=_CLIENTS_MAX)

    def beyond(self, clocks: Mapping[int, int]) -> bytes:
        """What lies at or above these clocks, as an update; of a client id that is not named, all."""
        return self._doc.get_update(write_state_vector(clocks))

    def texts(self) -> dict[str, str]:
        """Of the present edits."""
        return {stamp: self._map[stamp] for stamp in self.facts.edits}

    def held(self) -> frozenset[str]:
        """Stamps ever set here, deleted ones too: set again, Yjs would link the two."""
        sections = _read(self.state).sections
        return frozenset(s.key for section in sections for s in section.structs if s.key)

    def take(self, update: bytes) -> Update | None:
        """What somebody sent, as it was read. None: something before it is missing, nothing of it is taken.

        Raises Foul.
        """
        read, clocks = _read(update), self.clocks
        if any(section.clock > clocks.get(section.client, 0) for section in read.sections):
            return None
        if update != EMPTY:
            self._doc.apply_update(update)
            self._follow(read)
        return read

    def put(self, edits: Mapping[str, str]) -> bytes:
        """Writes edits that were never held here; answers the update."""
        before = self.vector
        with self._doc.transaction():
            for stamp, text in edits.items():
                self._map[stamp] = text
        update = self._doc.get_update(before)
        self._follow(_read(update))
        return update

    def _follow(self, read: Update) -> None:
        """Tells the index what an update did to the map.

        Not by pycrdt's events: they panic where a key has a second, deleted copy. Plain updates are read;
        else keys are compared.
        """
        structs = [struct for section in read.sections for struct in section.structs]
        plain = read.plain and all(struct.kind == EDIT for struct in structs)
        stamps = {struct.key for struct in structs} if plain else set(self._map.keys())
        if not plain:
            for gone in self.facts.edits.keys() - stamps:
                self.facts.remove(gone)
        known = self.facts.edits.keys()
        for stamp in {struct.key for struct in structs if struct.kind == EDIT} & known:
            self._show_anew(stamp)
        for stamp in stamps - known:
            self._show(stamp)

    def _show_anew(self, text: str) -> None:
        """Another copy came; it may say something else (forged while hand-ins were taken), and be on top."""
        written = self._map.get(text)
        if written is not None and decode(order(text), written) != self.facts.edits[text]:
            self.facts.remove(text)
            self._show(text)

    def _show(self, text: str) -> None:
        stamp, written = order(text), self._map.get(text)
        edit = None if written is None else decode(stamp, written)
        self.greatest_ms = max(self.greatest_ms, stamp.ms)
        if isinstance(edit, Edit):
            self.facts.add(text, edit)


def _read(update: bytes) -> Update:
    return read_update(update, bytes_max=_BYTES_MAX, structs_max=_BYTES_MAX)
