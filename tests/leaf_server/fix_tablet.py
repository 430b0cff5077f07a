"""A tablet or phone: a replica of one document on a real WebSocket to a running leaf."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count

import anyio
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from crdt_models.facts import Json
from crdt_models.replica import Replica
from tests.leaf_server.fix_leaf import Leaf

__all__ = ["Tablet", "line_to", "tablet"]
_NONCES = count(1)


class Tablet:
    """What a person holds. `turned` is set and replaced with each frame."""

    def __init__(self, replica: Replica, person: str) -> None:
        self.replica = replica
        self.person = person
        self.now = 0
        self.close_code: int | None = None
        self._line: ClientConnection | None = None
        self._turned = anyio.Event()

    async def write(self, name: str, value: Json) -> None:
        await self.act((name, value))

    async def act(self, *changes: tuple[str, Json]) -> None:
        frame = self.replica.write(changes, person=self.person, now=self.now)
        if self._line is not None:
            await self._line.send(frame)

    async def until(self, seen: Callable[[Replica], bool]) -> None:
        with anyio.fail_after(20):
            while not seen(self.replica):
                await self._turned.wait()

    async def sees(self, name: str, value: Json) -> None:
        await self.until(lambda replica: replica.facts.get(name) == value)

    async def is_accepted(self) -> None:
        await self.until(lambda replica: replica.unsent == 0)

    async def listen(self, line: ClientConnection) -> None:
        self._line = line
        try:
            for frame in self.replica.connected():
                await line.send(frame)
            async for message in line:
                assert isinstance(message, bytes)
                heard = self.replica.receive(message)
                self.now = max([self.now, *(note.content.get("now", 0) for note in heard.notes)])
                for answer in heard.answers:
                    await line.send(answer)
                self._turned.set()
                self._turned = anyio.Event()
        except ConnectionClosed as closed:
            self.close_code = closed.rcvd.code if closed.rcvd is not None else None
        finally:
            self._line = None


def line_to(leaf: Leaf, document: str, token: str, *, by_http: bool = False) -> connect:
    """A WebSocket as our own clients open it: on the sync port, where there is one and it is not shut."""
    port = leaf.settings.port if by_http else leaf.settings.sync_port or leaf.settings.port
    url = f"ws://127.0.0.1:{port}/sync/{leaf.founded.venue}/{document}"
    offered = [Subprotocol("felt.sync.1"), Subprotocol(f"felt.token.{token}")]
    return connect(url, subprotocols=offered)


@asynccontextmanager
async def tablet(
    leaf: Leaf, document: str, *, token: str, device: str, person: str, replica: Replica | None = None
) -> AsyncIterator[Tablet]:
    """On line until the block ends; with the `replica` of an earlier one it goes on where that was."""
    nonce = f"n{next(_NONCES)}"
    held = Tablet(
        replica or Replica(document, device=device, nonce=nonce, client_id=next(_NONCES) + 70_000), person
    )
    async with line_to(leaf, document, token) as line:
        assert line.subprotocol == "felt.sync.1"
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(held.listen, line)
            await held.until(lambda replica: bool(replica.epoch))
            yield held
            tasks.cancel_scope.cancel()
