"""A whole leaf on a real socket, without NATS: what a venue without a line has."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from anyio import Event

from felt.demo.plain_http import NO_TLS
from leaf_server.app import run
from leaf_server.identity.devices import NewDevice
from leaf_server.identity.founding import Initialised, initialise
from serving.settings import LeafSettings
from tests.leaf_server.fix_identity import PEOPLE

__all__ = ["PINS", "Leaf", "found", "leaf", "running"]

PINS = {person.person: person.pin for person in PEOPLE}
DEVICES = (NewDevice("floor", "Floor 1"), NewDevice("cage", "Cage"), NewDevice("display", "Wall"))


@dataclass
class Leaf:
    """A running leaf and what a client of it knows."""

    settings: LeafSettings
    founded: Initialised
    http: httpx.AsyncClient
    devices: dict[str, dict[str, str]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.settings.port}"

    async def enrol(self) -> None:
        """Lets the three devices in; their keys work once."""
        for new, key in zip(DEVICES, self.founded.enrolment_keys, strict=True):
            answer = await self.http.post("/api/v1/devices/enrol", json={"key": key, "name": new.name})
            assert answer.status_code == 201, answer.text
            self.devices[new.kind] = answer.json()
        self.http.cookies.clear()

    async def token(self, person: str, kind: str = "floor") -> dict[str, str]:
        """`Authorization` of that person, signed in on that kind of device."""
        device = {name: self.devices[kind][name] for name in ("device", "device_secret")}
        body = {"method": "pin", "person": person, "pin": PINS[person], **device}
        answer = await self.http.post("/api/v1/auth/login", json=body)
        assert answer.status_code == 200, answer.text
        self.http.cookies.clear()
        return {"authorization": f"Bearer {answer.json()['token']}"}


async def found(data: Path) -> Initialised:
    return await initialise(
        data, name="Test", currency="EUR", time_zone="Europe/Vienna", people=PEOPLE, devices=DEVICES
    )


@asynccontextmanager
async def running(data: Path, founded: Initialised, **settings: Any) -> AsyncIterator[Leaf]:
    """The leaf of `data`, until the block ends; it has to stop within five seconds."""
    stop = Event()
    async with anyio.create_task_group() as tasks:
        with anyio.fail_after(60):
            asked = LeafSettings(data=data, **{"port": 0, **settings})
            started = await tasks.start(run, asked, stop)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{started.port}", verify=NO_TLS) as client:
            yield Leaf(started, founded, client, {})
        stop.set()
        tasks.cancel_scope.deadline = anyio.current_time() + 5


@pytest.fixture
async def leaf(tmp_path: Path) -> AsyncIterator[Leaf]:
    """A new venue with its devices let in, on both ports."""
    data = tmp_path / "leaf"
    async with running(data, await found(data), sync_port=0) as leaf:
        await leaf.enrol()
        yield leaf
