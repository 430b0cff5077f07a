"""Who may come in to the sync protocol, asked the same on both ports.

A refusal accepts, then closes with its code, because a browser sees no other; only a wrong `Origin` (403) and
more sockets than anybody needs (429) are turned away by HTTP. Once a second the entrance looks at all
connections: who is signed out leaves (4401), who was given a time to finish is cut off when it is over.
"""

import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, NamedTuple, Protocol

import anyio
from anyio import TASK_STATUS_IGNORED, Event
from anyio.abc import TaskGroup, TaskStatus
from starlette.requests import HTTPConnection

from crdt_models import epochs
from crdt_models.documents.catalogue import kind_of, may_read, may_write
from crdt_models.errors import CloseCode, RoomClosed, StoreNotReady, StoreUnreadable
from crdt_models.session import Session

from .places import Place, Places
from .tokens import SignIn

__all__ = ["MUX", "SYNC", "Attendant", "Caller", "Door", "Entered", "Entrance", "offers"]

SYNC: Final = "felt.sync.1"
MUX: Final = "felt.mux.1"
SESSIONS_PER_DEVICE: Final = 1_024  # tabs × documents, and whoever measures from one device
SESSIONS_MAX: Final = 5_000  # of one venue: 50 tablets, 2,000 phones
SOCKETS_MAX: Final = 10_000  # of all venues, those who are being refused among them
LOOK_S: Final = 1.0
_PATH: Final = "/sync/"
_log = logging.getLogger(__name__)


class Door(Protocol):
    """What sync asks the server it is part of."""

    def origin_allowed(self, origin: str | None) -> bool:
        """Whether a page of this origin may connect; None: no browser."""

    async def rooms(self, venue: str) -> Places | None:
        """The venue's rooms, or None: no such venue here. Raises RoomClosed, OSError: not now."""

    def sign_in(self, request: HTTPConnection) -> SignIn | None:
        """Who connects, by Authorization, else the subprotocol's token, else cookie. None: not signed in."""

    def still_in(self, sign_in: SignIn) -> bool:
        """Whether a connection that was opened by this sign-in may go on."""

    async def turned(self) -> None:
        """Returns when sign-ins were ended before their time; `still_in` is asked then, and each second."""

    def speaks_for(self, sign_in: SignIn, person: str) -> bool:
        """Whether edits of this connection may name `person` (a player: only himself; staff: the staff)."""


class Attendant(Protocol):
    """A connection as the entrance sees it."""

    sign_in: SignIn | None  # None: refused, and about to be closed

    def shut(self, code: CloseCode) -> None:
        """Ends it."""

    def attend(self, now_s: float) -> None:
        """Once a second, monotonic: deadlines, and what it may say in the second to come."""


class Caller(NamedTuple):
    """Somebody signed in at a path that exists."""

    sign_in: SignIn
    venue: str
    place: str | None  # `document[@epoch]`; None: documents are opened as channels
    felt: bool  # understands our notes


class Entered(NamedTuple):
    """A seat in a room, taken: `Entrance.leave` gives it back."""

    rooms: Places
    room: Place
    session: Session


class Entrance:
    """One for each server; `connections` are all that are open, on both ports."""

    def __init__(self, door: Door) -> None:
        self.connections: set[Attendant] = set()
        self._tasks: TaskGroup  # while it runs
        self._door = door
        self._speaks_for = door.speaks_for  # bound once, not for each session
        self._over = False

    def turned_away(self, request: HTTPConnection) -> int | None:
        """The HTTP status that ends it before it is accepted; None: it is accepted, whatever follows."""
        if not self._door.origin_allowed(request.headers.get("origin")):
            return 403
        if self._over:
            return 503
        return 429 if len(self.connections) >= SOCKETS_MAX else None

    def admit(self, request: HTTPConnection, path: bytes) -> tuple[str | None, Caller | CloseCode]:
        """The subprotocol to choose, and who calls for what, or why not. `path` is as it was sent."""
        offered = offers(request)
        sign_in = self._door.sign_in(request)
        named = _split(path)
        shared = named is not None and named[1] is None
        wanted = MUX if shared else SYNC
        kind = wanted if wanted in offered else None
        if sign_in is None or not self._door.still_in(sign_in):
            return kind, CloseCode.SIGNED_OUT
        if named is None or named[0] != sign_in.venue or (shared and kind is None):
            return kind, CloseCode.NO_DOCUMENT
        return kind, Caller(sign_in, *named, felt=kind is not None)

    async def enter(self, caller: Caller, place: str) -> Entered | CloseCode:
        """The room of `document[@epoch]` and a session in it, or why not; never raises."""
        sign_in, named = caller.sign_in, epochs.split(place)
        if named is None or kind_of(named[0]) is None:
            return CloseCode.NO_DOCUMENT
        document, epoch = named
        if not may_read(document, sign_in.role, sign_in.subject):
            return CloseCode.FORBIDDEN
        try:
            rooms = await self._door.rooms(caller.venue)
            if rooms is None:
                return CloseCode.NO_DOCUMENT
            return await self._seat(caller, rooms, document, epoch)
        except (StoreUnreadable, StoreNotReady, RoomClosed, OSError) as error:
            _log.warning("%s of venue %s can't be opened: %r", document, caller.venue, error)
        except Exception:  # a bug ends this connection, not the server
            _log.exception("%s of venue %s can't be opened", document, caller.venue)
        return CloseCode.NOT_READY

    async def _seat(
        self, caller: Caller, rooms: Places, document: str, epoch: int | None
    ) -> Entered | CloseCode:
        device, seated = caller.sign_in.device, False
        if not _take_seat(rooms, device):
            return CloseCode.TOO_MANY
        try:
            room = await rooms.enter(document)
            seated = epoch in (None, room.epoch)
        finally:
            if not seated:
                _leave_seat(rooms, device)
        return Entered(rooms, room, self._session(caller, document)) if seated else CloseCode.OTHER_EPOCH

    def leave(self, entered: Entered) -> None:
        """Gives back the seat; the room is left by who sat in it."""
        _leave_seat(entered.rooms, entered.session.device)

    def start_soon(self, connection: Attendant, work: Callable[[], Awaitable[None]]) -> None:
        """Lets a connection go on beside whoever asks; what breaks there ends it, and nothing else."""
        self._tasks.start_soon(self._guard, connection, work)

    async def _guard(self, connection: Attendant, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception:
            _log.exception("a connection of sync broke")
            connection.shut(CloseCode.NOT_READY)

    def _session(self, caller: Caller, document: str) -> Session:
        sign_in = caller.sign_in
        return Session(
            device=sign_in.device,
            person=sign_in.person,
            role=sign_in.role,
            may_write=may_write(document, sign_in.role, sign_in.subject),
            speaks_for=partial(self._speaks_for, sign_in),
            felt=caller.felt,
        )

    async def run(self, *, task_status: TaskStatus[None] = TASK_STATUS_IGNORED) -> None:
        """Looks at all connections once a second, and at who is still in when told; until cancelled."""
        async with anyio.create_task_group() as tasks:
            self._tasks = tasks
            tasks.start_soon(self._listen)
            task_status.started()
            while True:
                await anyio.sleep(LOOK_S)
                now_s = time.monotonic()
                for connection in list(self.connections):
                    connection.attend(now_s)
                self._look()

    async def empty(self, stop: Event) -> None:
        """Waits for `stop`, then tells all to come back (4503), and whoever comes (503)."""
        await stop.wait()
        self._over = True
        for connection in list(self.connections):
            connection.shut(CloseCode.NOT_READY)

    async def _listen(self) -> None:
        while True:
            await self._door.turned()
            self._look()

    def _look(self) -> None:
        for connection in list(self.connections):
            if connection.sign_in is not None and not self._door.still_in(connection.sign_in):
                connection.shut(CloseCode.SIGNED_OUT)


def offers(request: HTTPConnection) -> list[str]:
    """The subprotocols a client offers, in its order."""
    lines = request.headers.getlist("sec-websocket-protocol")
    return [offer.strip() for line in lines for offer in line.split(",")]


def _split(path: bytes) -> tuple[str, str | None] | None:
    """Venue and place of `/sync/<venue>[/<place>]`. Encoded characters are never needed, so never decoded."""
    text = path.partition(b"?")[0].decode("latin-1")
    if "%" in text or not text.startswith(_PATH):
        return None
    venue, slash, place = text.removeprefix(_PATH).partition("/")
    return venue, place if slash else None


def _take_seat(rooms: Places, device: str) -> bool:
    sessions = rooms.sessions
    taken = sessions.get(device, 0)
    if taken >= SESSIONS_PER_DEVICE or sum(sessions.values()) >= SESSIONS_MAX:
        return False
    sessions[device] = taken + 1
    return True


def _leave_seat(rooms: Places, device: str) -> None:
    rooms.sessions[device] -= 1
    if not rooms.sessions[device]:
        del rooms.sessions[device]
