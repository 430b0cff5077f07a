"""A venue with staff and devices, its identity API without the rest of a leaf, and a clock to turn."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from starlette.applications import Starlette

from leaf_server.api.auth import auth_operations
from leaf_server.api.people import people_operations
from leaf_server.api.players import player_operations
from leaf_server.box.database import Database
from leaf_server.identity import Identity
from leaf_server.identity.claims import Claims
from leaf_server.identity.devices import Devices, NewDevice
from leaf_server.identity.founding import NewPerson, initialise
from leaf_server.identity.keys import KeyFiles
from leaf_server.identity.office import Office
from leaf_server.identity.people import People
from leaf_server.identity.pins import Pins
from leaf_server.identity.sign_ins import Opened, SignIns
from leaf_server.identity.venue import VenueRecord, read_venue
from serving.admission import Admission
from serving.operations import routes
from serving.problems import HANDLERS
from serving.tokens import TrustedKey, Verifier

__all__ = ["PEOPLE", "Desk", "desk"]

PEOPLE = (
    NewPerson("ana", "Ana", "manager", "1111"),
    NewPerson("ben", "Ben", "floor", "2222"),
    NewPerson("cat", "Cat", "cashier", "3333"),
)


@dataclass
class Desk:
    """What a test talks to. `ms` is leaf time, set by hand."""

    data: Path
    database: Database
    venue: VenueRecord
    ms: int = 1_000_000
    identity: Identity = field(init=False)
    client: httpx.AsyncClient = field(init=False)

    def now(self) -> int:
        return self.ms

    async def open(self) -> None:
        """Reads everything anew, as a restart does."""
        issuer = KeyFiles(self.data).issuer()
        devices = Devices(self.database, self.now)
        sign_ins = SignIns(
            self.database, issuer, venue=self.venue.id, start_ms=self.venue.start_ms, token_seconds=900,
            now_ms=self.now,
        )  # fmt: skip
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        pins = Pins(cheap)
        people = People(self.database, pins, self.now)
        for part in (devices, sign_ins, people):
            await part.load()
        self.identity = Identity(
            people, devices, sign_ins, Claims(self.database, devices, sign_ins, self.now),
            Office(self.database, people, pins, devices, sign_ins, self.now),
        )  # fmt: skip
        trusted = [TrustedKey(issuer.public, "leaf", self.venue.id)]
        admission = Admission(Verifier(trusted, sign_ins.now_s, sign_ins.revoked), own="leaf")
        operations = [
            *auth_operations(self.identity),
            *people_operations(self.identity),
            *player_operations(self.identity, page_url="http://leaf/phone", start_ms=self.venue.start_ms),
        ]
        app = Starlette(routes=routes(operations, admission), exception_handlers=dict(HANDLERS))
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://leaf")

    async def device(self, kind: str = "floor") -> dict[str, str]:
        """A device that was just let in, as a login names it."""
        new = NewDevice(kind, kind)  # type: ignore[arg-type]
        key, _ = await self.identity.devices.make_key(new)
        device, secret = await self.identity.devices.enrol(key, "")
        return {"device": device.device, "device_secret": secret}

    async def login(self, device: dict[str, str], person: str, pin: str) -> httpx.Response:
        return await self.client.post(
            "/api/v1/auth/login", json={"method": "pin", "person": person, "pin": pin, **device}
        )

    async def opened(self, person: str = "ana", role: str = "manager") -> Opened:
        device = await self.device()
        return await self.identity.sign_ins.open(person, role, device["device"])


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    data = tmp_path / "leaf"
    await initialise(data, name="Test", currency="EUR", time_zone="Europe/Vienna", people=PEOPLE)
    database = Database(data / "leaf.db")
    await database.open()
    desk = Desk(data, database, await read_venue(database))
    await desk.open()
    yield desk
    await database.close()
