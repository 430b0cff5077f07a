"""One person at one enrolled device, as a program: HTTP with retries, and documents kept connected.

Everything goes through the public interfaces. A server that is down or restarting is waited for
(`PATIENCE_SECONDS`); a money command is sent again under its own key, so it is booked once whatever happens.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import anyio
import anyio.abc
import httpx

from crdt_models.edits import Json
from felt.demo.copy import Copy
from felt.demo.plain_http import NO_TLS

__all__ = ["Answered", "Desk", "Device", "Http", "LeafClock", "SignedIn", "enrol", "sign_in"]

PATIENCE_SECONDS: Final = 60.0
PAUSE_SECONDS: Final = 0.25
REQUEST_SECONDS: Final = 10.0
NOT_AN_OUTCOME: Final = frozenset({429, 500, 502, 503, 504})  # try again, with the same key


class Answered(Exception):
    """The server said no: `status`, the stable `code`, and `details`."""

    def __init__(self, status: int, code: str, message: str, details: Mapping[str, Any]) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.details = details


class LeafClock:
    """Leaf time, counted by the monotonic clock from the last word of a server."""

    def __init__(self) -> None:
        self._ahead_ms = 0

    def hear(self, now_ms: int) -> None:
        self._ahead_ms = now_ms - _monotonic_ms()

    def now(self) -> int:
        return max(0, _monotonic_ms() + self._ahead_ms)


@dataclass(frozen=True)
class Device:
    """An enrolled device and its secret."""

    device: str
    secret: str


@dataclass(frozen=True)
class SignedIn:
    """A person (or screen) signed in on a device, and the token that says so."""

    person: str
    role: str
    token: str
    device: Device


class Http:
    """Requests to one server that may be away for a while."""

    def __init__(self, url: str, token: str | None = None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.AsyncClient(
            base_url=url, headers=headers, timeout=REQUEST_SECONDS, trust_env=False, verify=NO_TLS
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def get(self, path: str) -> Any:
        return await self._ask("GET", path, None, {})

    async def post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Any:
        return await self._ask("POST", path, body, headers or {})

    async def _ask(
        self, method: str, path: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> Any:
        """The JSON of the answer. Raises Answered, or TimeoutError when nobody answers for too long."""
        with anyio.fail_after(PATIENCE_SECONDS):
            while True:
                try:
                    answer = await self._client.request(method, path, json=body, headers=dict(headers))
                except httpx.TransportError:
                    await anyio.sleep(PAUSE_SECONDS)
                    continue
                if answer.status_code not in NOT_AN_OUTCOME:
                    return read(answer)
                await anyio.sleep(PAUSE_SECONDS)


def read(answer: httpx.Response) -> Any:
    """Its JSON; raises Answered for a problem."""
    if answer.is_success:
        return answer.json() if answer.content else None
    error = answer.json()["error"]
    raise Answered(answer.status_code, error["code"], error["message"], error["details"])


async def enrol(url: str, key: str, name: str) -> tuple[Device, str | None]:
    """Makes this program the device that `key` was given for; a display gets its token at once."""
    http = Http(url)
    try:
        made = await http.post("/api/v1/devices/enrol", {"key": key, "name": name})
    finally:
        await http.close()
    return Device(made["device"], made["device_secret"]), made.get("token")


async def sign_in(url: str, device: Device, person: str, pin: str) -> SignedIn:
    """Signs a person in on a device by PIN."""
    http = Http(url)
    known = {"device": device.device, "device_secret": device.secret}
    try:
        made = await http.post("/api/v1/auth/login", {"method": "pin", "person": person, "pin": pin, **known})
    finally:
        await http.close()
    return SignedIn(made["person"], made["role"], made["token"], device)


class Desk:
    """A signed-in person's documents and requests. `async with`; leaving closes all."""

    def __init__(self, url: str, venue: str, who: SignedIn, other_urls: tuple[str, ...] = ()) -> None:
        self.url = url
        self.who = who
        self.http = Http(url, who.token)
        self.clock = LeafClock()
        self._sync = [f"{address.replace('http', 'ws', 1)}/sync/{venue}" for address in (url, *other_urls)]
        self._copies: dict[str, Copy] = {}
        self._tasks: anyio.abc.TaskGroup

    async def __aenter__(self) -> "Desk":
        self._tasks = await anyio.create_task_group().__aenter__()
        return self

    async def __aexit__(self, *exc: Any) -> bool | None:
        self._tasks.cancel_scope.cancel()
        try:
            return await self._tasks.__aexit__(*exc)
        finally:
            await self.http.close()

    async def open(self, document: str) -> Copy:
        """This document, live; the same copy each time."""
        copy = self._copies.get(document)
        if copy is None:
            copy = self._copies[document] = Copy(
                document,
                self.who.device.device,
                self.who.person,
                self._sync,
                self.who.token,
                self.clock.now,
                self.clock.hear,
            )
            await self._tasks.start(copy.run)
        return copy

    async def command(self, kind: str, **content: Json) -> dict[str, Any]:
        """Books money under a new key, sent again until there is an outcome. Raises Answered when refused."""
        key = secrets.token_hex(16)
        booked: dict[str, Any] = await self.http.post(
            "/api/v1/ledger/commands", {"kind": kind, **content}, {"Idempotency-Key": key}
        )
        return booked


def _monotonic_ms() -> int:
    return time.monotonic_ns() // 1_000_000
