"""Keeps one replica connected: to the first server of a list that answers, again and again, until cancelled.

What is written while no server can be reached waits in the replica. A server that says nothing for
`SILENCE_SECONDS` is taken for dead (it beats each second), and the next address is tried.
"""

import logging
import random
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final

import anyio
import anyio.abc
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from crdt_models.edits import Json
from crdt_models.facts import FactReader
from crdt_models.replica import Replica
from crdt_models.session import NoteKind

__all__ = ["Copy", "NotAdmitted"]

log = logging.getLogger(__name__)

SILENCE_SECONDS: Final = 2.5
PAUSE_SECONDS: Final = (0.05, 0.5)  # before the next try, jittered
FRAME_BYTES_MAX: Final = 8 * 2**20
START_OVER: Final = frozenset({4400, 4409, 4422})  # our copy is not what the server can take
NOT_ADMITTED: Final = frozenset({4401, 4403, 4404})
STEP_2: Final = bytes((0, 1))  # how a frame with the server's whole state begins


class NotAdmitted(Exception):
    """The server will not let this sign-in at this document: `code` is the close code."""

    def __init__(self, document: str, code: int) -> None:
        super().__init__(f"{document}: closed with {code}")
        self.document = document
        self.code = code


class _OtherEpoch(Exception):
    """The server is in another epoch of the document than our copy."""


class _OldBox(Exception):
    """We have seen a later term than this server's: it was replaced, and must not take our edits."""


class Copy:
    """A document on one device. Read `facts`, `await write(...)`, `await until(...)`."""

    def __init__(
        self,
        document: str,
        device: str,
        person: str,
        addresses: Sequence[str],
        token: str,
        clock: Callable[[], int],
        hear: Callable[[int], None],
    ) -> None:
        """`addresses` are `ws://host:port/sync/<venue>`; `clock` tells leaf time, `hear` is told it."""
        self.document = document
        self.addresses = list(addresses)
        self.refused: list[dict[str, Any]] = []  # notes of own edits that were not accepted
        self._replica = Replica(document, device=device, nonce=secrets.token_hex(4), client_id=client_id())
        self._person = person
        self._token = token
        self._clock = clock
        self._hear = hear
        self._synced = False  # the server's state is here: what we write names what it replaces
        self._connection: ClientConnection | None = None
        self._changed = anyio.Event()

    @property
    def facts(self) -> FactReader:
        return self._replica.facts

    @property
    def unsent(self) -> int:
        """Own edits that the leaf has not decided yet."""
        return self._replica.unsent

    async def write(self, *changes: tuple[str, Json]) -> None:
        """One act: shown here at once, sent when there is a server. Waits only while the copy starts over."""
        await self.until(lambda: self._synced)
        frame = self._replica.write(changes, person=self._person, now=self._clock())
        self._wake()
        if self._connection is not None:
            with suppress(ConnectionClosed):  # it is in the replica, and goes out with the next connection
                await self._connection.send(frame)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits until it holds; asked again after every change of this copy."""
        while not holds():
            await self._changed.wait()

    async def settled(self) -> None:
        """Waits until the leaf has decided on everything written here."""
        await self.until(lambda: self._replica.unsent == 0)

    async def run(self, *, task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Started when the first server has sent its state. Raises NotAdmitted."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._connect)
            await self.until(lambda: self._synced)
            task_status.started()

    async def _connect(self) -> None:
        attempt = 0
        while True:
            address = self.addresses[attempt % len(self.addresses)]
            attempt += 1
            try:
                await self._stay(address)
            except ConnectionClosed as closed:
                code = closed.rcvd.code if closed.rcvd else 1006
                log.info("%s: %s closed with %d", self.document, address, code)
                if code in NOT_ADMITTED:
                    raise NotAdmitted(self.document, code) from closed
                if code in START_OVER:
                    self._start_over()
            except _OtherEpoch:
                self._start_over()
            except _OldBox:
                log.warning("%s: %s is a box that was replaced", self.document, address)
            except (OSError, TimeoutError, WebSocketException) as error:
                log.info("%s: %s: %s", self.document, address, error)
            finally:
                self._connection = None
                self._wake()
            await anyio.sleep(random.uniform(*PAUSE_SECONDS))

    def _start_over(self) -> None:
        self._replica.start_over(client_id())
        self._synced = False

    async def _stay(self, address: str) -> None:
        """One connection, to its end."""
        async with connect(
            f"{address}/{self._replica.path}",
            subprotocols=[Subprotocol("felt.sync.1"), Subprotocol(f"felt.token.{self._token}")],
            max_size=FRAME_BYTES_MAX,
            open_timeout=SILENCE_SECONDS,
            close_timeout=1,
            ping_interval=None,
            compression=None,
            proxy=None,
        ) as connection:
            try:
                await self._talk(connection)
            finally:
                connection.transport.abort()  # nobody to say goodbye to: it is silent, broken or cancelled

    async def _talk(self, connection: ClientConnection) -> None:
        for frame in self._replica.connected():
            await connection.send(frame)
        self._connection = connection
        while True:
            with anyio.fail_after(SILENCE_SECONDS):
                message = await connection.recv()
            if not isinstance(message, bytes):
                raise WebSocketException("a text frame in the sync protocol")
            await self._receive(message, connection)

    async def _receive(self, message: bytes, connection: ClientConnection) -> None:
        heard = self._replica.receive(message)
        if heard.old_box:
            raise _OldBox
        if heard.other_epoch:
            raise _OtherEpoch
        for answer in heard.answers:
            await connection.send(answer)
        for note in heard.notes:
            if note.kind in (NoteKind.EPOCH, NoteKind.BEAT):
                self._hear(note.content["now"])
            elif note.kind is NoteKind.REFUSED:
                log.warning("%s: refused: %s", self.document, note.content)
                self.refused.append(note.content)
        self._synced = self._synced or message.startswith(STEP_2)
        self._wake()

    def _wake(self) -> None:
        changed, self._changed = self._changed, anyio.Event()
        changed.set()


def client_id() -> int:
    return secrets.randbelow(2**32 - 1) + 1
