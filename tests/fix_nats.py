"""Real NATS servers: a hub with its accounts, and nodes of venues that hang on it."""

import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import pytest

from core_server import nats_hub
from core_server.nats_hub import NatsHub
from core_server.nats_keys import NatsKeys
from serving.nats_link import NatsLink
from serving.nats_server import nats_server_binary
from tests.ports import free_port

__all__ = ["Hub", "NatsProcess", "VenueNode", "hub", "plain_nats"]


class NatsProcess:
    """A nats-server with its configuration file, that a test may kill and start again."""

    def __init__(self, config: Path, port: int) -> None:
        self.config, self.port = config, port
        self.url = f"nats://127.0.0.1:{port}"
        self.process = self._run()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.wait()

    def start(self) -> None:
        self.process = self._run()

    def _run(self) -> subprocess.Popen[bytes]:
        with self.config.with_suffix(".log").open("ab") as log:
            return subprocess.Popen(
                [str(nats_server_binary()), "-c", str(self.config)], stdout=log, stderr=log
            )


@dataclass
class VenueNode:
    """The NATS node of a venue's leaf."""

    venue: str
    account: str
    server: NatsProcess


@dataclass
class Hub:
    """A running hub, its keys, and nodes of venues on it."""

    hub: NatsHub
    keys: NatsKeys
    server: NatsProcess
    folder: Path
    nodes: list[VenueNode] = field(default_factory=list)

    def kill_nodes(self) -> None:
        for node in self.nodes:
            node.server.kill()

    async def add_venue(self, venue: str, *, credentials: str | None = None) -> VenueNode:
        """A venue with its account pushed and its node running; `credentials`: other than its own."""
        account = self.keys.venue_account(venue)
        async with anyio.create_task_group() as tasks:
            system = NatsLink(self.hub.url, name="test", credentials=self.keys.system_credentials)
            await tasks.start(system.run)
            await self.keys.push(system, account, venue)
            tasks.cancel_scope.cancel()
        return await self.start_node(venue, credentials or self.keys.venue_credentials(venue))

    async def start_node(self, venue: str, credentials: str, leaf_url: str = "") -> VenueNode:
        """A node of the venue's leaf; the hub knows the account. `leaf_url`: another way to the hub."""
        port = free_port()
        creds = self.folder / f"{venue}-{port}.creds"
        creds.write_text(credentials)
        config = self.folder / f"{venue}-{port}.conf"
        config.write_text(
            f'server_name: leaf-{venue}\nlisten: "127.0.0.1:{port}"\nmax_payload: 8000000\n'
            f'leafnodes: {{ reconnect: "250ms", remotes: [ {{ urls: ["{leaf_url or self.hub.leaf_url}"], '
            f'credentials: "{creds}" }} ] }}\nping_interval: "1s"\nping_max: 2\n'
        )
        node = VenueNode(venue, self.keys.venue_account(venue), NatsProcess(config, port))
        self.nodes.append(node)
        return node


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    prepared = nats_hub.prepare(tmp_path / "core", free_port(), free_port())
    server = NatsProcess(prepared.folder / "hub.conf", prepared.port)
    running = Hub(prepared, NatsKeys(tmp_path / "core"), server, tmp_path)
    with ExitStack() as stack:
        stack.callback(server.kill)
        stack.callback(running.kill_nodes)
        with anyio.fail_after(60):
            while True:
                if await prepared.ready():
                    break
                await anyio.sleep(0.02)
        yield running


@pytest.fixture
def plain_nats(tmp_path: Path) -> Iterator[NatsProcess]:
    """A server without accounts."""
    port, config = free_port(), tmp_path / "plain.conf"
    config.write_text(f'listen: "127.0.0.1:{port}"\n')
    server = NatsProcess(config, port)
    yield server
    server.kill()
