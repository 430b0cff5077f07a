"""All processes of one venue and its core on this machine: PostgreSQL, hub, core, the leaf's NATS node, leaf.

The demo and the end-to-end tests run exactly this. The leaf reaches the hub only through the `Line`.
The first start makes the venue (`Founding`) and enrols its leaf at the core; later ones find both.
"""

import os
import signal
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import anyio
import anyio.abc
import anyio.to_thread
import httpx

from core_server import nats_hub, postgres_node
from core_server.enrolment import enrol_leaf
from felt.demo.plain_http import NO_TLS
from felt.demo.ports import Ports
from felt.demo.relay import Line
from felt.leaf_folder import venue_of
from felt.process import Program
from felt.watchman import Watchman
from leaf_server.box import nats_node
from leaf_server.identity.founding import NewDevice, NewPerson, initialise
from serving.settings import CoreSettings

__all__ = ["Founding", "System"]

TOKEN_SECONDS: Final = 24 * 3600  # the demo's tokens last one day


@dataclass(frozen=True)
class Founding:
    """The venue as it begins: who works there, which devices get an enrolment key."""

    name: str
    currency: str
    time_zone: str
    people: Sequence[NewPerson]
    devices: Sequence[NewDevice]


class System:
    """One running venue with its core. `run` until cancelled; addresses are known at once."""

    def __init__(
        self,
        data: Path,
        ports: Ports,
        host: str = "127.0.0.1",
        address: str = "127.0.0.1",
        tell: Callable[[Mapping[str, int]], None] = lambda pids: None,
        cores: int = 1,
    ) -> None:
        """`host` is where leaf and core listen, `address` how other machines of the network reach us.

        `cores`: 1 or 2 core processes.
        """
        self.data = data
        self.ports = ports
        self.leaf_data = data / "leaf"
        self.core_data = data / "core"
        self.leaf_url = f"http://127.0.0.1:{ports.leaf}"
        self.core_url = f"http://127.0.0.1:{ports.core}"
        self.core2_url = f"http://127.0.0.1:{ports.core2}" if cores > 1 else None
        self.address = address
        self.line = Line(data, ports.relay, ports.hub_leaf_node)
        self.watchman = Watchman(data / "logs", tell)
        self._host = host
        self._core_ports = [(ports.core, ports.core_sync), (ports.core2, ports.core2_sync)][:cores]

    async def run(
        self, founding: Founding, *, task_status: anyio.abc.TaskStatus[list[str]] = anyio.TASK_STATUS_IGNORED
    ) -> None:
        """Says started, with the enrolment keys of a venue made just now, when everything is healthy.

        Raises NotReady, VenueExists, PostgresUnavailable, OSError (a port is taken).
        """
        async with anyio.create_task_group() as tasks:
            await tasks.start(self.watchman.run)
            await tasks.start(self.line.run)
            keys = await self._found(founding)
            await self._start_core()
            await self._start_leaf()
            task_status.started(keys)

    async def _found(self, founding: Founding) -> list[str]:
        if (self.leaf_data / "keys" / "leaf.json").exists():
            return []
        made = await initialise(
            self.leaf_data,
            name=founding.name,
            currency=founding.currency,
            time_zone=founding.time_zone,
            people=founding.people,
            devices=founding.devices,
        )
        return list(made.enrolment_keys)

    async def _start_core(self) -> None:
        postgres = await anyio.to_thread.run_sync(postgres_node.prepare, self.core_data, self.ports.postgres)
        hub = nats_hub.prepare(self.core_data, self.ports.hub, self.ports.hub_leaf_node)
        add = self.watchman.add
        await add(
            Program("postgres", postgres.command, inherited(), postgres.ready, stop_signal=signal.SIGINT)
        )
        await add(Program("nats_hub", hub.command, inherited(), hub.ready))
        settings = CoreSettings(
            data=self.core_data,
            host=self._host,
            port=self.ports.core,
            sync_port=self.ports.core_sync,
            nats_url=hub.url,
            database_url=postgres.url,
        )
        if not (self.leaf_data / "keys" / "venue.creds").exists():
            hub_urls = [f"nats-leaf://127.0.0.1:{self.ports.relay}"]
            await enrol_leaf(
                settings,
                self.leaf_data,
                hub_urls,
                self._public(self.ports.core)[0],
                [*self._public(self.ports.leaf), f"ws://{self.address}:{self.ports.sync}"],
            )
        for name, (port, sync_port) in zip(("core", "core2"), self._core_ports, strict=False):
            environment = inherited(
                FELT_DATA=self.core_data,
                FELT_HOST=self._host,
                FELT_PORT=port,
                FELT_SYNC_PORT=sync_port,
                FELT_NATS_URL=hub.url,
                DATABASE_URL=postgres.url,
                FELT_PUBLIC_URLS=",".join([*self._public(port), *self._core_pages()]),
                FELT_TOKEN_SECONDS=TOKEN_SECONDS,
            )
            await add(Program(name, felt("core"), environment, health(f"http://127.0.0.1:{port}")))

    async def _start_leaf(self) -> None:
        hub_urls = [f"nats-leaf://127.0.0.1:{self.ports.relay}"]
        node = nats_node.prepare(
            self.leaf_data,
            venue=venue_of(self.leaf_data),
            port=self.ports.leaf_nats,
            hub_urls=hub_urls,
            creds=self.leaf_data / "keys" / "venue.creds",
        )
        await self.watchman.add(Program("nats_leaf", node.command, inherited(), node.ready))
        environment = inherited(
            FELT_DATA=self.leaf_data,
            FELT_HOST=self._host,
            FELT_PORT=self.ports.leaf,
            FELT_SYNC_PORT=self.ports.sync,
            FELT_NATS_URL=node.url,
            FELT_NATS_HUB=",".join(hub_urls),
            FELT_CORE_URL=",".join(self._core_pages()),
            FELT_CORE_SYNC_URL=",".join(f"ws://{self.address}:{sync}" for _, sync in self._core_ports),
            FELT_PUBLIC_URLS=",".join(self._public(self.ports.leaf)),
            FELT_TOKEN_SECONDS=TOKEN_SECONDS,
        )
        await self.watchman.add(Program("leaf", felt("leaf"), environment, health(self.leaf_url)))

    def _core_pages(self) -> list[str]:
        return [url for port, _ in self._core_ports for url in self._public(port)]

    def _public(self, port: int) -> list[str]:
        """Addresses under which pages are opened, the one that works from other machines first."""
        return [f"http://{name}:{port}" for name in dict.fromkeys((self.address, "127.0.0.1", "localhost"))]


def felt(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "felt", *arguments]


def inherited(**more: object) -> dict[str, str]:
    """Our environment without Felt's own variables (but the web folder), and what the program is to have."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name == "FELT_WEB" or not (name.startswith("FELT_") or name == "DATABASE_URL")
    }
    return kept | {name: str(value) for name, value in more.items()}


def health(url: str) -> Callable[[], Awaitable[bool]]:
    """A check that asks `/health`: 200 is ready; no answer, or 503, is not yet."""

    async def ready() -> bool:
        async with httpx.AsyncClient(timeout=2, trust_env=False, verify=NO_TLS) as client:
            try:
                return (await client.get(f"{url}/health")).status_code == 200
            except httpx.TransportError:
                return False

    return ready
