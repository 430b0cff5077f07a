"""The core's PostgreSQL is put back to an older state amid an evening: the leaf tells it all again."""

import shutil
import signal
import subprocess
from pathlib import Path

import anyio
import httpx
import pytest
from anyio import to_thread

from felt.demo.plain_http import NO_TLS
from serving.settings import CoreSettings
from tests.core_server.test_ledger_line import Room, a_room
from tests.fix_nats import Hub
from tests.fix_postgres import Postgres
from tests.leaf_server.fix_tablet import tablet

pytestmark = [pytest.mark.anyio, pytest.mark.servers]


async def test_a_core_put_back_to_an_older_state_gets_it_all_again(
    core_settings: CoreSettings, hub: Hub, tmp_path: Path, postgres: Postgres
) -> None:
    """[LE41] [LE102] Money and seats, while all goes on."""
    async with a_room(core_settings, hub, tmp_path, hub.hub.leaf_url) as room:
        seats = Seats(room, core_settings, await room.leaf.token("ana", "floor"))
        await room.book(5)
        await seats.take("p1")
        await room.core_has_all()
        await seats.core_has_all()
        await stopped(postgres)
        cluster, backup = postgres.node.cluster, tmp_path / "backup"
        copied(cluster, backup)
        await postgres.start()
        await room.book(7)
        await seats.take("p2", "p3")
        await room.core_has_all()
        await seats.core_has_all()
        await stopped(postgres)
        shutil.rmtree(cluster)
        copied(backup, cluster)
        await postgres.start()
        await seats.take("p4")
        await room.book(3)
        await room.core_has_all()
        await seats.core_has_all()


class Seats:
    """Seats given at the leaf, and what the core says of them."""

    def __init__(self, room: Room, core: CoreSettings, headers: dict[str, str]) -> None:
        self._leaf, self._headers, self._core = room.leaf, headers, core
        self._taken = 0

    async def take(self, *players: str) -> None:
        token, device = self._headers["authorization"][7:], self._leaf.devices["floor"]["device"]
        async with tablet(self._leaf, "floor", token=token, device=device, person="ana") as held:
            if not self._taken:
                await held.act(("setup", {"kind": "floor"}))
            for player in players:
                self._taken += 1
                await held.act((f"seat/{player}", {"table": "t1", "seat": self._taken}))
            await held.is_accepted()

    async def core_has_all(self) -> None:
        path = "/api/v1/documents/floor/facts"
        own = (await self._leaf.http.get(path, headers=self._headers)).json()["facts"]
        assert sum(name.startswith("seat/") for name in own) == self._taken
        url = f"http://127.0.0.1:{self._core.port}{path}"
        async with httpx.AsyncClient(trust_env=False, verify=NO_TLS, timeout=60) as http:
            with anyio.fail_after(120):
                while True:
                    answer = await http.get(url, headers=self._headers)
                    if answer.is_success and answer.json()["facts"] == own:
                        return
                    await anyio.sleep(0.05)


async def stopped(postgres: Postgres) -> None:
    """In good order: what is copied then is a backup."""
    postgres.process.send_signal(signal.SIGINT)
    await to_thread.run_sync(postgres.process.wait, 60)


def copied(source: Path, to: Path) -> None:
    """With owners and rights."""
    subprocess.run(["cp", "-a", str(source), str(to)], check=True)
