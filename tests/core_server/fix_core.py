"""A whole core in the test's own process, on a real database and a real hub, with two enrolled venues."""

import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import anyio
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from core_server import app
from core_server.enrolment import enrol_leaf
from crdt_models.errors import CloseCode
from crdt_models.replica import Replica
from crdt_models.session import Note, NoteKind
from felt.demo.plain_http import NO_TLS
from ledger.heads import Signer
from serving.settings import CoreSettings
from serving.tokens import Issuer, SignIn, public_text
from tests.fix_nats import Hub
from tests.ports import free_port

START_MS = 1_700_000_000_000


@dataclass
class Leaf:
    """What a leaf of a venue knows: its keys."""

    venue: str
    data: Path
    token_key: Ed25519PrivateKey
    signer: Signer

    def token(self, role: str = "floor", person: str = "ana", device: str = "tab1", venue: str = "") -> str:
        """A sign-in this leaf opened, good for an hour."""
        expires_s = int(time.time()) + 3600
        sign_in = SignIn(venue or self.venue, person, role, device, "leaf", expires_s, secrets.token_hex(8))
        return Issuer(self.token_key).issue(sign_in)


@dataclass
class RunningCore:
    """A core that runs, and the leaves it knows."""

    settings: CoreSettings
    url: str
    east: Leaf
    west: Leaf

    def client(self, token: str | None = None) -> httpx.AsyncClient:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(
            base_url=self.url, headers=headers, trust_env=False, verify=NO_TLS, timeout=30
        )

    def sync(self, path: str, token: str | None, origin: str | None = None) -> connect:
        offered = ["felt.sync.1", *([f"felt.token.{token}"] if token else [])]
        return connect(
            f"ws://127.0.0.1:{self.settings.sync_port}/sync/{path}",
            subprotocols=[Subprotocol(each) for each in offered],
            additional_headers={"origin": origin} if origin else None,
            proxy=None,
        )


class Tablet:
    """A replica on a socket of the core; enter it again after the socket is gone."""

    def __init__(
        self,
        core: RunningCore,
        leaf: Leaf,
        document: str,
        device: str,
        role: str = "floor",
        person: str = "ana",
    ) -> None:
        self.replica = Replica(
            document, device=device, nonce=secrets.token_hex(4), client_id=secrets.randbits(31) + 1
        )
        self.person = person
        self._path, self._token, self._core = (
            f"{leaf.venue}/{document}",
            leaf.token(role, person, device),
            core,
        )
        self.notes: list[Note] = []
        self.socket: ClientConnection

    async def __aenter__(self) -> Self:
        self._connection = self._core.sync(self._path, self._token)
        self.socket = await self._connection.__aenter__()
        for frame in self.replica.connected():
            await self.socket.send(frame)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._connection.__aexit__(kind, error, trace)

    async def write(self, name: str, value: object) -> None:
        """One edit, sent."""
        now = time.time_ns() // 1_000_000 - START_MS
        await self.socket.send(self.replica.write([(name, value)], person=self.person, now=now))  # type: ignore[list-item]

    async def turn(self) -> None:
        """Takes one frame."""
        frame = await self.socket.recv()
        assert isinstance(frame, bytes)
        heard = self.replica.receive(frame)
        self.notes.extend(heard.notes)
        for answer in heard.answers:
            await self.socket.send(answer)

    async def until_accepted(self, by: str = "core") -> None:
        """Until all own edits are decided there."""
        wanted = self.replica._counter
        with anyio.fail_after(60):
            while not any(
                note.kind is NoteKind.ACCEPTED and note.content["at"] == by
                and note.content["vector"].get(self.replica.name, 0) >= wanted
                for note in self.notes
            ):  # fmt: skip
                await self.turn()

    async def until_shows(self, name: str, value: object) -> None:
        """Until this replica shows the fact. Told to come back (4503), it does, as every tablet."""
        with anyio.fail_after(60):
            while self.replica.facts.get(name) != value:
                try:
                    await self.turn()
                except ConnectionClosed:
                    if self.socket.close_code != CloseCode.NOT_READY:
                        raise
                    await self._connection.__aexit__(None, None, None)
                    await self.__aenter__()


@asynccontextmanager
async def running(settings: CoreSettings) -> AsyncIterator[None]:
    """The core, from started to stopped."""
    async with anyio.create_task_group() as tasks:
        await tasks.start(app.serve, settings)
        yield
        tasks.cancel_scope.cancel()


async def enrolled(settings: CoreSettings, hub: Hub, folder: Path, venue: str) -> Leaf:
    """A leaf whose introduction is written and which the core knows."""
    token_key, ledger_key = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    (folder / "keys").mkdir(parents=True)
    introduction = {
        "v": 1,
        "venue": venue,
        "name": f"Card Room {venue}",
        "currency": "EUR",
        "time_zone": "Europe/Vienna",
        "start_ms": START_MS,
        "token_key": public_text(token_key.public_key()),
        "ledger_key": public_text(ledger_key.public_key()),
    }
    (folder / "keys" / "leaf.json").write_text(json.dumps(introduction))
    await enrol_leaf(settings, folder, [hub.hub.leaf_url], "http://core.example", [f"http://{venue}.example"])
    return Leaf(venue, folder, token_key, Signer(ledger_key))


@pytest.fixture
async def core_settings(database_url: str, hub: Hub, tmp_path: Path) -> CoreSettings:
    return CoreSettings(
        data=tmp_path / "core",
        port=free_port(),
        sync_port=free_port(),
        nats_url=hub.hub.url,
        database_url=database_url,
        web=tmp_path / "no-web",
    )


@pytest.fixture
async def core(core_settings: CoreSettings, hub: Hub, tmp_path: Path) -> AsyncIterator[RunningCore]:
    east, west = [await enrolled(core_settings, hub, tmp_path / venue, venue) for venue in ("east", "west")]
    async with running(core_settings):
        yield RunningCore(core_settings, f"http://127.0.0.1:{core_settings.port}", east, west)
