"""A player's phone: the floor makes a one-time code for a player; the phone that brings it is theirs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from leaf_server.database import Database

from .devices import Device, Devices, add_key, spend_key
from .secrets import fresh_key
from .sign_ins import Opened, SignIns

__all__ = ["CLAIM_LIFE_MS", "Claimed", "Claims"]

CLAIM_LIFE_MS: Final = 15 * 60_000


@dataclass(frozen=True, slots=True)
class Claimed:
    """A phone that was let in. `device_secret` is a secret."""

    device: Device
    device_secret: str
    opened: Opened


class Claims:
    """Codes and what they open. `now_ms` is leaf time."""

    def __init__(
        self, database: Database, devices: Devices, sign_ins: SignIns, now_ms: Callable[[], int]
    ) -> None:
        self._database = database
        self._devices = devices
        self._sign_ins = sign_ins
        self._now_ms = now_ms

    async def make(self, player: str) -> tuple[str, int]:
        """A code for this player's phone, and until when it is good. Problem 429 over too many open ones."""
        code, until_ms = fresh_key(), self._now_ms() + CLAIM_LIFE_MS
        await self._database.write(
            lambda db: add_key(db, code, "claim", "phone", player, self._now_ms(), until_ms)
        )
        return code, until_ms

    async def claim(self, code: str) -> Claimed:
        """Problems 401 unknown_key, 409 key_used, 410 key_expired, 429 too_many."""

        def work(db: Any) -> Claimed:
            kind, player = spend_key(db, code, "claim", self._now_ms())
            device, secret = self._devices.add(db, kind, "phone", player)
            return Claimed(device, secret, self._sign_ins.add(db, player, "player", device.device))

        claimed = await self._database.write(work)
        self._devices.remember(claimed.device)
        return claimed
