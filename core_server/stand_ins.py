"""Peers of this process's rooms whose connections are at other processes: one stand-in for each of them.

A stand-in is to its room what a socket is: it is paused above a window of frames that the other process has
not taken, and resumed with one diff. What it brings is taken one frame after the other, as fast as the room
has place for it.
"""

import json
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import anyio
from anyio.abc import TaskGroup, TaskStatus

from crdt_models.documents.catalogue import kind_of
from crdt_models.errors import CloseCode, DocumentError, Foul
from crdt_models.room import Room
from crdt_models.session import Session
from serving.nats_link import Incoming, NatsLink
from serving.rooms import Rooms

from .db import DatabaseDown
from .ownership import OwnedElsewhere
from .streams import WINDOW, Stream

__all__ = ["StandIns", "SpeaksFor"]

log = logging.getLogger(__name__)

GO_ON_BYTES: Final = 64 * 1024  # a paused stand-in goes on when no more than that is on its way
CUT_BYTES: Final = 16 * 1024 * 1024  # answers it asked for and does not take
AT_ONCE: Final = 32  # rooms that are opened for others

SpeaksFor = Callable[[str, str, str], bool]
"""Whether somebody of this role, who is this person, may write in the name of that one."""


class StandIns:
    """`rooms_of`: the rooms of a venue that is owned here; None: no such venue. Raises as VenueRooms.get."""

    def __init__(
        self, process: str, rooms_of: Callable[[str], Awaitable[Rooms | None]], speaks_for: SpeaksFor
    ) -> None:
        self._process = process
        self._rooms_of = rooms_of
        self._speaks_for = speaks_for
        self._tasks: TaskGroup | None = None
        self.taken = 0  # stand-ins there are now

    async def run(self, link: NatsLink, *, task_status: TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Until cancelled; before it nobody is let in."""
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks
            await link.subscribe(f"core.{self._process}.enter", self._enter, at_once=AT_ONCE)
            task_status.started()
            await anyio.sleep_forever()

    def accept(self, head: Mapping[str, Any], stream: Stream) -> "_StandIn":
        """A connection of another process. Raises KeyError where the head is not one of ours."""
        assert self._tasks is not None, "before `run`"
        role, own = str(head["role"]), str(head["person"])
        session = Session(
            device=str(head["device"]),
            person=own,
            role=role,
            may_write=bool(head["may_write"]),
            speaks_for=lambda person: self._speaks_for(role, own, person),
            felt=bool(head["felt"]),
        )
        stand_in = _StandIn(stream, session)
        self._tasks.start_soon(
            self._serve, stand_in, str(head["venue"]), str(head["document"]), int(head["epoch"])
        )
        return stand_in

    async def _enter(self, incoming: Incoming) -> bytes:
        """The epoch of a document, whose room is open from now on."""
        asked = json.loads(incoming.payload)
        try:
            _, room = await self._open(str(asked["venue"]), str(asked["document"]))
        except (DocumentError, DatabaseDown, OwnedElsewhere, OSError) as error:
            return json.dumps({"why": str(error)}).encode()
        return json.dumps({"epoch": room.epoch}).encode()

    async def _open(self, venue: str, document: str) -> tuple[Rooms, Room]:
        rooms = await self._rooms_of(venue)
        if rooms is None or kind_of(document) is None:
            raise Foul("no such document", CloseCode.NO_DOCUMENT)
        return rooms, await rooms.enter(document)

    async def _serve(self, stand_in: "_StandIn", venue: str, document: str, epoch: int) -> None:
        self.taken += 1
        try:
            rooms, room = await self._open(venue, document)
            if room.epoch != epoch:
                stand_in.shut(CloseCode.OTHER_EPOCH)
                return
            await stand_in.serve(rooms, room)
        except Foul as foul:
            stand_in.shut(foul.code)
        except (DocumentError, DatabaseDown, OwnedElsewhere, OSError) as error:
            log.info("a stand-in of venue %s is closed: %r", venue, error)
            stand_in.shut(CloseCode.NOT_READY)
        except Exception:  # one connection must not take the process along
            log.exception("a stand-in of venue %s broke", venue)
            stand_in.shut(CloseCode.NOT_READY)
        finally:
            self.taken -= 1


class _StandIn:
    """A peer, and the end of its stream."""

    def __init__(self, stream: Stream, session: Session) -> None:
        self.session = session
        self._stream = stream
        self._room: Room | None = None
        self._inbox: deque[bytes] = deque()  # at most a window and a frame
        self._filled = anyio.Event()
        self._paused = False

    async def serve(self, rooms: Rooms, room: Room) -> None:
        """Until either side ends it. Raises Foul, RoomClosed."""
        sessions, device = rooms.sessions, self.session.device
        sessions[device] = sessions.get(device, 0) + 1
        self._room = room
        try:
            room.join(self, term=rooms.term(), now=rooms.now())
            while not self._stream.over and not room.closed:
                while self._inbox and not self._stream.over:
                    frame = self._inbox.popleft()
                    room.receive(self, frame)
                    await room.writable()
                    self._stream.took(len(frame))
                await self._filled.wait()
                self._filled = anyio.Event()
            self.shut(CloseCode.NOT_READY)
        finally:
            room.leave(self)
            sessions[device] -= 1
            if not sessions[device]:
                del sessions[device]

    def push(self, frame: bytes) -> None:
        if self._stream.over or self._room is None:
            return
        self._stream.send(frame)
        if self._stream.flying > CUT_BYTES:
            self.shut(CloseCode.TOO_SLOW)
        elif self._stream.flying > WINDOW and not self._paused:
            self._paused = True
            self._room.pause(self)

    def shut(self, code: CloseCode) -> None:
        self._stream.close(code)
        self._filled.set()

    def arrived(self, frame: bytes) -> None:
        self._inbox.append(frame)
        self._filled.set()

    def taken(self) -> None:
        if self._paused and self._stream.flying <= GO_ON_BYTES and self._room is not None:
            self._paused = False
            self._room.resume(self)

    def ended(self, code: int) -> None:
        self._filled.set()
