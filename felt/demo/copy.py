"""Keeps one replica connected: to the first server of a list that answers, again and again, until cancelled.

What is written while no server can be reached waits in the replica. A server that says nothing for
`SILENCE_SECONDS` is taken for dead (it beats each second), and the next address is tried.
"""

import logging
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import anyio
import anyio.abc
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from crdt_models.edits import Json
from crdt_models.facts import FactReader
from felt.demo.replica import Beat, Event, Hello, Replica

__all__ = ["Copy", "NotAdmitted"]

log = logging.getLogger(__name__)

SILENCE_SECONDS: Final = 2.5
PAUSE_SECONDS: Final = (0.05, 0.5)  # before the next try, jittered
FRAME_BYTES_MAX: Final = 8 * 2**20
START_OVER: Final = frozenset({4400, 4409, 4422})  # our copy is not what the server can take
NOT_ADMITTED: Final = frozenset({4401, 4403, 4404})


class NotAdmitted(Exception):
    """The server will not let this sign-in at this document: `code` is the close code."""

    def __init__(self, document: str, code: int) -> None:
        super().__init__(f"{document}: closed with {code}")
        self.document = document
        self.code = code


class Copy:
    """A document on one device. Read `facts`, `await write(...)`, `await until(...)`."""

    def __init__(
        self, replica: Replica, addresses: Sequence[str], token: str, hear: Callable[[int], None]
    ) -> None:
        """`addresses` are `ws://host:port/sync/<venue>`; `hear` gets leaf time whenever a server tells it."""
        self.replica = replica
        self.addresses = list(addresses)
        self.epoch = 0
        self._token = token
        self._hear = hear
        self._connection: ClientConnection | None = None
        self._changed = anyio.Event()

    @property
    def facts(self) -> FactReader:
        return self.replica.facts

    async def write(self, *changes: tuple[str, Json]) -> None:
        """One act: shown here at once, sent when there is a server. Waits only while the copy starts over."""
        await self.until(lambda: not self.replica.fresh)
        update = self.replica.write(changes)
        self._wake()
        if self._connection is not None:
            with suppress(ConnectionClosed):  # it is in the replica, and goes out with the next connection
                await self._connection.send(update)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits until it holds; asked again after every change of this copy."""
        while not holds():
            await self._changed.wait()

    async def settled(self) -> None:
        """Waits until the leaf has decided on everything written here."""
        await self.until(lambda: self.replica.unsent == 0)

    async def run(self, *, task_status: anyio.abc.TaskStatus[None] = anyio.TASK_STATUS_IGNORED) -> None:
        """Started when the first server has sent its state. Raises NotAdmitted."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._connect)
            await self.until(lambda: self.replica.synced)
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
                log.info("%s: %s closed with %d", self.replica.document, address, code)
                if code in NOT_ADMITTED:
                    raise NotAdmitted(self.replica.document, code) from closed
                if code in START_OVER:
                    self.replica.again()
            except (OSError, TimeoutError, WebSocketException) as error:
                log.info("%s: %s: %s", self.replica.document, address, error)
            finally:
                self._connection = None
                self._wake()
            await anyio.sleep(random.uniform(*PAUSE_SECONDS))

    async def _stay(self, address: str) -> None:
        """One connection, to its end."""
        async with connect(
            f"{address}/{self.replica.document}",
            subprotocols=[Subprotocol("felt.sync.1"), Subprotocol(f"felt.token.{self._token}")],
            max_size=FRAME_BYTES_MAX,
            open_timeout=SILENCE_SECONDS,
            close_timeout=1,
            ping_interval=None,
            compression=None,
            proxy=None,
        ) as connection:
            await connection.send(self.replica.hello())
            self._connection = connection
            while True:
                with anyio.fail_after(SILENCE_SECONDS):
                    message = await connection.recv()
                if not isinstance(message, bytes):
                    raise WebSocketException("a text frame in the sync protocol")
                answers, events = self.replica.receive(message)
                for answer in answers:
                    await connection.send(answer)
                for event in events:
                    self._heard(event)
                self._wake()

    def _heard(self, event: Event) -> None:
        match event:
            case Hello(epoch, _, now_ms):
                self.epoch = epoch
                self._hear(now_ms)
            case Beat(now_ms):
                self._hear(now_ms)

    def _wake(self) -> None:
        changed, self._changed = self._changed, anyio.Event()
        changed.set()
