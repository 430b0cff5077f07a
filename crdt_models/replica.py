"""A client's replica of one document: writes edits, hears frames, says what to send. No socket, no clock.

The Python twin of `web/src/lib/replica`; the demo's hands and our tests write through it. It keeps to what
DESIGN 3.1 asks of clients: never deletes, sends only what its own device wrote, forgets an own edit only when
the leaf has decided it, and after a fence or in a new epoch starts over with its unsent edits under their
stamps. What it remembers of former epochs and terms is `past`.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .documents.catalogue import check, kind_of
from .documents.schema import SCHEMA
from .edits import BLANK, REPLACES_MAX, Edit, Json, decode, encode
from .errors import EditInvalid
from .facts import Index
from .hand_in import GONE
from .local_document import LocalDocument
from .past import Kept, Past
from .session import Note, NoteKind, Sync, SyncStep, read_message, sync_message
from .stamps import Stamp, order, parse
from .wire import (
    EDIT,
    Update,
    assemble,
    edit_struct,
    read_state_vector,
)

__all__ = ["Heard", "Replica", "Saved"]

_CLIENTS_MAX = 1_000_000


@dataclass(slots=True)
class Heard:
    """What a frame brought: frames to send back, and notes of the server for whoever shows them."""

    answers: list[bytes] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    other_epoch: bool = False  # hang up, `start_over`, connect again
    old_box: bool = False  # hang up: a later term than this server's was seen; not to be synced with


@dataclass(frozen=True, slots=True)
class Saved:
    """What a writer keeps over a restart: its replica, the client ids it wrote under, what is not decided."""

    state: bytes
    ids: frozenset[int]
    own: Mapping[str, str]
    blank: frozenset[str]
    past: Kept = Kept()


class Replica:
    """`nonce` must be new for every start of the writer, `client_id` (32 bits) for every replica."""

    def __init__(
        self, document: str, *, device: str, nonce: str, client_id: int, saved: Saved | None = None
    ) -> None:
        kind = kind_of(document)
        if kind is None:
            raise EditInvalid("unknown_name", f"there can be no document {document!r}")
        self.document = document
        self.name = f"{device}-{nonce}"
        self.reads_only = False  # this build's shapes are too old for the server, or too new
        self._kind = kind
        self._counter = 0
        self._own: dict[str, str] = {}  # stamp → text of own edits that the leaf has not decided yet
        self._blank: set[str] = set()  # own stamps the core refused: handed in as blanks
        self._ids: set[int] = set()  # all ever used: of a dropped replica each server may have another part
        self._servers: frozenset[int] = frozenset()  # ids that are no device's, as the last hello said
        self.past = Past(replicas={self.name})
        self._dropped = False  # the replica that held our unsent edits; they are not in this one yet
        self._begin(client_id)
        if saved is not None:
            self.past = Past.of(saved.past)
            self.past.replicas.add(self.name)
            self._ids |= saved.ids
            self._own.update(saved.own)
            self._blank |= saved.blank
            self.apply(saved.state)

    def _begin(self, client_id: int) -> None:
        self._client_id = client_id  # the last one that was taken into use
        self._ids.add(client_id)
        self._synced = self._handed_in = self._greeted = False  # since the last `connected`
        self._asked = self._missed = False  # a step 1 is under way; something came before its turn
        self._local = LocalDocument(self._kind.fact, client_id)

    @property
    def facts(self) -> Index:
        """Another object after starting over."""
        return self._local.facts

    @property
    def epoch(self) -> int:
        """As the server said; 0: not known yet."""
        return self.past.epoch

    @property
    def path(self) -> str:
        """The document as it is asked for: of the epoch that is here."""
        return f"{self.document}@{self.epoch}" if self.epoch else self.document

    @property
    def unsent(self) -> int:
        """Own edits that the leaf has not decided yet."""
        return len(self._own)

    def own_stamps(self) -> Iterable[str]:
        """Stamps of own edits that the leaf has not decided yet, oldest first."""
        return sorted(self._own, key=order)

    @property
    def saved(self) -> Saved:
        """To be stored, and handed to the next start of this writer."""
        return Saved(
            self._local.state, frozenset(self._ids), dict(self._own), frozenset(self._blank), self.past.kept
        )

    @property
    def state_vector(self) -> bytes:
        return self._local.vector

    def write(
        self, changes: Sequence[tuple[str, Json]], *, person: str, now: int, act: str | None = None
    ) -> bytes:
        """Writes edits that stand or fall together; answers the frame to send. Raises EditInvalid.

        (`schema`: while `reads_only`; what was written before goes out all the same.)
        `now` is leaf time; each edit takes the place of what this replica shows under its name.
        """
        if self.reads_only:
            raise EditInvalid("schema", f"{self.document}: this build may only read here")
        ms = max(now, self._local.greatest_ms + 1)
        first = str(Stamp(ms, self._counter + 1, self.name))
        edits: dict[str, str] = {}
        latest: dict[str, str] = {}  # of this act
        for counter, (name, value) in enumerate(changes, self._counter + 1):
            replaces = [latest[name]] if name in latest else self.facts.live(name)[-REPLACES_MAX:]
            by = (first if len(changes) > 1 else "") if act is None else act
            stamp = Stamp(ms, counter, self.name)
            edits[str(stamp)] = self._text(stamp, Edit(name, value, tuple(replaces), person, by))
            latest[name] = str(stamp)
        older = self._missing({}, {}) if self._dropped else {}  # their counters come first
        self._counter += len(edits)
        self._own.update(edits)
        return sync_message(SyncStep.UPDATE, self._local.put({**older, **edits}))

    def connected(self) -> list[bytes]:
        """What to say first on a new connection."""
        self._synced = self._handed_in = self._greeted = self._missed = False
        self.past.connect()
        return [self._ask()]

    def _ask(self) -> bytes:
        self._asked = True
        return sync_message(SyncStep.STEP_1, self._local.vector)

    def receive(self, frame: bytes) -> Heard:
        """One frame of the server. Raises Foul if it is none."""
        heard, message = Heard(), read_message(frame)
        if self.past.over:
            return heard
        if isinstance(message, Sync) and message.step is SyncStep.STEP_1:
            heard.answers.append(sync_message(SyncStep.STEP_2, self.own_update(message.body)))
        elif isinstance(message, Sync):
            self._missed |= not self.apply(message.body)
            if message.step is SyncStep.STEP_2:
                self._asked = False
                self._synced |= not self._missed
            if self._missed and not self._asked:
                self._missed = False
                heard.answers.append(self._ask())
        elif isinstance(message, Note):
            heard.notes.append(message)
            self._heed(message, heard)
        return heard

    def apply(self, update: bytes) -> bool:
        """What a server (or another tab) sent. False: something before it is missing, nothing is taken."""
        read = self._local.take(update)
        if read is not None and self._greeted:
            self._ids |= self._other_tabs(read)
        return read is not None

    def _other_tabs(self, read: Update) -> set[int]:
        """Under which ids another tab of this device wrote what is unsent here too: of two copies Yjs deletes
        one, and a server that got only that from us would take it for gone.
        """
        return {
            section.client
            for section in read.sections
            if section.client not in self._servers
            and any(struct.kind == EDIT and struct.key in self._own for struct in section.structs)
        }

    def own_update(self, server_vector: bytes) -> bytes:
        """What this device wrote and that server lacks, as an update; nothing of other writers."""
        server = read_state_vector(server_vector, clients_max=_CLIENTS_MAX)
        asked = {
            client: min(server.get(client, 0), clock) if client in self._ids else clock
            for client, clock in self._local.clocks.items()
        }
        return self._local.beyond(asked)

    def start_over(self, client_id: int) -> None:
        """After a fence or for a new epoch: an empty replica; unsent edits are written again once in sync."""
        self.past.drop(self._had())
        self._begin(client_id)
        self._dropped = True

    def _had(self) -> dict[str, str]:
        """Present edits of all writers, but our own unsent ones, and what is gone."""
        had = dict.fromkeys(self._local.held(), GONE) | self._local.texts()
        return {stamp: text for stamp, text in had.items() if stamp not in self._own}

    def _heed(self, note: Note, heard: Heard) -> None:
        content = note.content
        if not self._greeted and note.kind is not NoteKind.EPOCH:
            return  # whose word it is only the hello says
        match note.kind:
            case NoteKind.EPOCH:
                self._greeted = True
                self._servers = frozenset(content["servers"])
                self.reads_only = not content["schema_min"] <= SCHEMA <= content["schema"]
                greeting = self.past.hello(content, self._had)
                heard.other_epoch, heard.old_box = greeting == "other_epoch", greeting == "old_box"
            case NoteKind.REFUSED:
                self._refused(content["stamp"])
            case NoteKind.ACCEPTED:
                heard.answers.extend(self._accepted(content))
            case _:
                pass

    def _accepted(self, content: Mapping[str, Any]) -> list[bytes]:
        vector = content["vector"]
        if "taken" in content:
            self.past.taken()
        for stamp in content.get("refused", ()):
            self._refused(stamp)
        if content["at"] == "leaf":
            self._forget(vector)
        behind = self.past.accepted(content, whole=self._synced)
        if not self._synced or self._handed_in:
            return []
        self._handed_in = True
        pages = self.past.hand_in(behind)
        blanks = {} if pages else self._blanks(vector, behind)
        return [*pages, *self._hand_in({**vector, **behind}, blanks)]

    def _blanks(self, vector: Mapping[str, int], behind: Mapping[str, int]) -> dict[str, str]:
        """For counters that a restored leaf does not know, so that there is no hole before what is unsent."""
        if not behind:
            return {}
        here = {
            (stamp.replica, stamp.counter) for stamp in map(parse, {*self._own, *self._local.held()}) if stamp
        }
        missing = [
            Stamp(0, counter, replica)
            for replica, last in behind.items()
            for counter in range(vector.get(replica, 0) + 1, last + 1)
            if (replica, counter) not in here
        ]
        named = {(order(text).replica, order(text).counter): text for text in self.past.named}
        blanks: dict[str, str] = {}
        for stamp in missing:
            refused = named.get((stamp.replica, stamp.counter))
            blanks[refused or str(stamp)] = self.past.named[refused] if refused else encode(Edit(BLANK, None))
        return blanks

    def _refused(self, stamp: str) -> None:
        """The leaf makes a tombstone of it; the core ends the connection and wants a blank in its place."""
        if stamp in self._own:
            self._blank.add(stamp)

    def _forget(self, vector: Mapping[str, int]) -> None:
        for text in list(self._own):
            stamp = order(text)
            if stamp.counter <= vector.get(stamp.replica, 0):
                _, _, replaces, _ = json.loads(self._own.pop(text))
                if text in self._blank:
                    self._blank.discard(text)
                    self.past.refused(text, replaces)

    def _hand_in(self, vector: Mapping[str, int], blanks: Mapping[str, str]) -> list[bytes]:
        """Own edits that neither the server nor this replica has: those of a replica that was dropped."""
        missing = self._missing(vector, blanks)
        if not missing:
            return []
        if self._local.client_id not in self._local.clocks:
            return [sync_message(SyncStep.UPDATE, self._local.put(missing))]
        # In one section a counter may not come before a smaller one: these get a client id of their own.
        self._client_id += 1
        self._ids.add(self._client_id)
        structs = [edit_struct(stamp, text) for stamp, text in missing.items()]
        update = assemble([(self._client_id, 0, structs)], {})
        self.apply(update)
        return [sync_message(SyncStep.UPDATE, update)]

    def _missing(self, vector: Mapping[str, int], blanks: Mapping[str, str]) -> dict[str, str]:
        self._dropped = False
        missing = dict(blanks)
        for text, edit in self._own.items():
            stamp = order(text)
            if stamp.counter > vector.get(stamp.replica, 0) and text not in self.facts.edits:
                missing[text] = self._as_blank(stamp, edit) if text in self._blank else edit
        held = self._local.held() if missing else frozenset[str]()
        return {text: edit for text, edit in missing.items() if text not in held}

    def _as_blank(self, stamp: Stamp, text: str) -> str:
        _, _, replaces, by = json.loads(text)
        return self._text(stamp, Edit(BLANK, None, tuple(replaces), *by))

    def _text(self, stamp: Stamp, edit: Edit) -> str:
        text = encode(edit)
        read = decode(stamp, text)
        code = None if isinstance(read, Edit) else read.code
        if code is None and edit.name != BLANK:
            code = check(self.document, edit.name, edit.value)
        if code is not None:
            raise EditInvalid(code, f"{self.document}: {edit.name}: {code}")
        return text
