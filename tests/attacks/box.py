"""A venue's box as it stands in a room: `felt leaf` as a process of its own, to be killed, and its tills.

    box = await Box.found(folder)
    await box.start()          # answers when it takes money
    box.kill()                 # kill -9

Its process is forked from one that has imported Felt already: a start costs what Felt does, not what Python
does, so a test can afford many.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any, Final

import anyio
import httpx
from anyio import to_thread

from felt.cli import run
from felt.demo.plain_http import NO_TLS
from leaf_server.identity.founding import Initialised
from tests.leaf_server.fix_leaf import DEVICES, PINS, found
from tests.ledger.till import PROFILE, RULES, body
from tests.ports import free_ports

__all__ = ["COMMANDS", "SCRIPT", "Box", "Till"]

COMMANDS: Final = "/api/v1/ledger/commands"
ROOT: Final = Path(__file__).resolve().parents[2]
SCRIPT: Final = ROOT / "scripts" / "verify_export.py"
PORTS: Final = 8  # the leaf's, its sync's, its node's
_FORKED: Final = get_context("forkserver")
_FORKED.set_forkserver_preload(["leaf_server.app", "felt.cli", "felt.servers", __name__])


@dataclass
class Box:
    """`environment`: what the process is told besides its folder and ports."""

    data: Path
    founded: Initialised
    port: int
    environment: Mapping[str, str] = field(default_factory=dict)
    devices: dict[str, dict[str, str]] = field(default_factory=dict)
    process: ForkServerProcess | None = None

    @classmethod
    async def found(cls, data: Path, **environment: str) -> "Box":
        return cls(data, await found(data), free_ports(PORTS), environment)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        return self.data.parent / f"{self.data.name}.log"

    def spawn(self) -> ForkServerProcess:
        """The process, whether it gets anywhere or not."""
        told = {"FELT_DATA": str(self.data), "FELT_PORT": str(self.port), "FELT_TOKEN_SECONDS": "86400"}
        process = _FORKED.Process(target=_leaf, args=({**told, **self.environment}, self.log), daemon=True)
        process.start()
        return process

    async def start(self) -> None:
        self.process = self.spawn()
        await self.ready()

    async def ready(self) -> None:
        async with self.client() as http:
            with anyio.fail_after(300):
                while True:
                    try:
                        if (await http.get("/health")).status_code == 200:
                            break
                    except httpx.TransportError:
                        assert self.process is not None
                        assert self.process.is_alive(), self.log.read_text()[-3_000:]
                    await anyio.sleep(0.02)  # a foreign program has no other way to tell us
            if not self.devices:
                await self._enrol(http)

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.join()

    def stop(self) -> None:
        """As a person stops it."""
        assert self.process is not None
        self.process.terminate()
        self.process.join(30)
        assert self.process.exitcode == 0

    def client(self) -> httpx.AsyncClient:
        limits = httpx.Limits(max_connections=100)
        return httpx.AsyncClient(base_url=self.url, limits=limits, timeout=30, trust_env=False, verify=NO_TLS)

    async def _enrol(self, http: httpx.AsyncClient) -> None:
        for new, key in zip(DEVICES, self.founded.enrolment_keys, strict=True):
            answer = await http.post("/api/v1/devices/enrol", json={"key": key, "name": new.name})
            assert answer.status_code == 201, answer.text
            self.devices[new.kind] = answer.json()
        http.cookies.clear()

    async def till(self, http: httpx.AsyncClient, person: str = "ana", kind: str = "cage") -> "Till":
        device = {name: self.devices[kind][name] for name in ("device", "device_secret")}
        said = {"method": "pin", "person": person, "pin": PINS[person], **device}
        answer = await http.post("/api/v1/auth/login", json=said)
        assert answer.status_code == 200, answer.text
        http.cookies.clear()
        return Till(http, {"authorization": f"Bearer {answer.json()['token']}"})

    async def verifies(self) -> None:
        """Felt's command and the auditor's script both prove it."""
        await to_thread.run_sync(self._verifies)

    def _verifies(self) -> None:
        ledger, export = str(self.data / "ledger.db"), self.data.parent / "proof.jsonl"
        export.unlink(missing_ok=True)
        assert run(["ledger", "verify", ledger]) == 0
        assert run(["ledger", "export", ledger, "--to", str(export)]) == 0
        told = subprocess.run([sys.executable, str(SCRIPT), str(export)], capture_output=True, text=True)
        assert told.returncode == 0, told.stderr


@dataclass
class Till:
    """One signed-in device."""

    http: httpx.AsyncClient
    headers: Mapping[str, str]

    async def send(self, key: str, said: bytes, **more: str) -> httpx.Response:
        headers = {**self.headers, "idempotency-key": key, "content-type": "application/json", **more}
        return await self.http.post(COMMANDS, content=said, headers=headers)

    async def ask(self, key: str, kind: str, **fields: Any) -> httpx.Response:
        return await self.send(key, body(kind, **fields))

    async def post(self, key: str, kind: str, **fields: Any) -> dict[str, Any]:
        answer = await self.ask(key, kind, **fields)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def open_house(self, **profile: Any) -> None:
        await self.post("h1", "adopt_profile", profile={**PROFILE, **profile})
        await self.post("h2", "adopt_tournament", tournament="t", rules=RULES)
        await self.post("h3", "vault_in", amount=10_000_000)
        await self.post("h4", "open_drawer", drawer="d", amount=200_000)

    async def entries(self) -> list[dict[str, Any]]:
        """All of them."""
        found: list[dict[str, Any]] = []
        while True:
            path = f"/api/v1/ledger/entries?after={found[-1]['entry']['seq'] if found else 0}&limit=500"
            answer = await self.http.get(path, headers=self.headers)
            assert answer.status_code == 200, answer.text
            page = json.loads(answer.content)["entries"]
            if not page:
                return found
            found += page


def _leaf(told: Mapping[str, str], log: Path) -> None:
    """In the process of the leaf: what `felt leaf` does."""
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.update(told)
    sys.exit(run(["leaf"]))
