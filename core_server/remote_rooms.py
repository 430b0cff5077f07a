"""A venue that another process owns, as our connections enter it: every frame goes to the owner and back.

The owner's room sees a peer for each of them (`stand_ins`). This side judges nothing and keeps nothing; a
connection that sleeps is not read for, so that the owner pauses it like any slow peer.
"""

import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Final

import anyio

from crdt_models.audience import Peer
from crdt_models.errors import CloseCode, RoomClosed
from serving.nats_link import LinkError, NatsLink, RequestTimedOut

from .streams import WINDOW, Stream, Streams

__all__ = ["RemoteRooms", "Remotes"]

log = logging.getLogger(__name__)

TRIES: Final = 3  # the owner may have to load the room
TRY_S: Final = 1.0  # and may die while we wait: the next try shows it


class Remotes:
    """The venues of other processes that connections of this one are in."""

    def __init__(self, link: NatsLink, streams: Streams) -> None:
        self._link = link
        self._streams = streams
        self._of: dict[str, RemoteRooms] = {}  # venue → its places

    def at(self, venue: str, owner: str) -> "RemoteRooms":
        """The venue's places at this owner; who was at another before is shut out."""
        found = self._of.get(venue)
        if found is None or found.owner != owner:
            self.moved(venue, owner)
            found = self._of[venue] = RemoteRooms(self._link, self._streams, venue, owner)
        return found

    def in_use(self, venue: str) -> "RemoteRooms | None":
        """The places whose owner is known to be there, because connections are in them now."""
        found = self._of.get(venue)
        return found if found is not None and found.places else None

    def moved(self, venue: str, owner: str) -> None:
        """The venue has this owner now: who is at another is ended with 4503, and comes back."""
        found = self._of.get(venue)
        if found is not None and found.owner != owner:
            del self._of[venue]
            found.end()

    def count(self) -> int:
        """Sessions that are handed on."""
        return sum(len(each.places) for each in self._of.values())


class RemoteRooms:
    """`serving.places.Places` of one venue at its owner."""

    def __init__(self, link: NatsLink, streams: Streams, venue: str, owner: str) -> None:
        self._link = link
        self._streams = streams
        self.venue = venue
        self.owner = owner
        self.sessions: dict[str, int] = {}
        self.places: set[RemotePlace] = set()  # joined

    def term(self) -> int:
        """The owner says it."""
        return 0

    def now(self) -> int:
        """The owner says it."""
        return 0

    async def enter(self, document: str) -> "RemotePlace":
        """A place for one peer. Raises RoomClosed: the owner is not there, or can't open it now."""
        asked = json.dumps({"venue": self.venue, "document": document}).encode()
        try:
            epoch = int(json.loads(await self._ask(asked))["epoch"])
        except (LinkError, ValueError, KeyError, TypeError) as error:
            raise RoomClosed(f"{document} at process {self.owner}: {error!r}") from error
        head = {"to": "stand_in", "venue": self.venue, "document": document, "epoch": epoch}

        def open_stream(place: RemotePlace, more: Mapping[str, object]) -> Stream:
            return self._streams.open(self.owner, {**head, **more}, place)

        return RemotePlace(open_stream, self, epoch)

    async def _ask(self, asked: bytes) -> bytes:
        for _ in range(TRIES - 1):
            with suppress(RequestTimedOut):
                return await self._link.ask(f"core.{self.owner}.enter", asked, TRY_S)
        return await self._link.ask(f"core.{self.owner}.enter", asked, TRY_S)

    def end(self) -> None:
        for place in list(self.places):
            place.ended(CloseCode.NOT_READY)


Open = Callable[["RemotePlace", Mapping[str, object]], Stream]


class RemotePlace:
    """`serving.places.Place` of one peer, and the end of its stream."""

    def __init__(self, open_stream: Open, rooms: RemoteRooms, epoch: int) -> None:
        self._open = open_stream
        self._rooms = rooms
        self._peer: Peer | None = None
        self._stream: Stream | None = None
        self._paused = False
        self._untold = 0  # bytes that came while the peer slept
        self._moved = anyio.Event()  # set and replaced when the stream took something
        self.epoch = epoch
        self.closed = False

    def join(self, peer: Peer, *, term: int, now: int) -> None:
        session = peer.session
        self._peer = peer
        self._rooms.places.add(self)
        who = ("device", "person", "role", "may_write", "felt")
        self._stream = self._open(self, {name: getattr(session, name) for name in who})

    def leave(self, peer: Peer) -> None:
        if self._stream is not None:
            self._stream.close()
        self._over()

    def pause(self, peer: Peer) -> None:
        self._paused = True

    def resume(self, peer: Peer) -> None:
        self._paused = False
        untold, self._untold = self._untold, 0
        if self._stream is not None:
            self._stream.took(untold)

    def receive(self, peer: Peer, frame: bytes) -> None:
        if self.closed or self._stream is None:
            raise RoomClosed(self._rooms.venue)
        self._stream.send(frame)

    @property
    def crowded(self) -> bool:
        return self._stream is not None and not self.closed and self._stream.flying > WINDOW

    async def writable(self) -> None:
        while self.crowded:
            await self._moved.wait()

    def arrived(self, frame: bytes) -> None:
        if self._peer is None or self._stream is None:
            return
        self._peer.push(frame)
        if self._paused:
            self._untold += len(frame)
        else:
            self._stream.took(len(frame))

    def taken(self) -> None:
        self._moved.set()
        self._moved = anyio.Event()

    def ended(self, code: int) -> None:
        peer = self._peer
        if self._stream is not None:
            self._stream.close()
        self._over()
        if peer is not None:
            peer.shut(CloseCode(code) if code in _CODES else CloseCode.NOT_READY)

    def _over(self) -> None:
        self.closed = True
        self._rooms.places.discard(self)
        self.taken()


_CODES: Final = frozenset(CloseCode)
