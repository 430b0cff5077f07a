"""A player's phone: the desk makes a one-time code for a player; the phone that brings it is theirs, alone.

The code of the QR can't be guessed. Beside it stand six digits to type, which can: so few wrong ones are
taken in a while, from all phones together, that they find nobody's.
"""

import secrets
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from leaf_server.box.database import Database
from leaf_server.identity.devices import Device, Devices, add_key, spend_key
from leaf_server.identity.secrets import fresh_key
from leaf_server.identity.sign_ins import Opened, SignIns
from serving.problems import Problem

__all__ = ["CLAIM_LIFE_MS", "WRONG_MAX", "ClaimCode", "Claimed", "Claims"]

CLAIM_LIFE_MS: Final = 15 * 60_000
DIGITS: Final = 6
WRONG_MAX: Final = 20
"""Wrong digits in the life of a code; with 250 codes open, the most, one of 200 such attempts finds one."""


@dataclass(frozen=True, slots=True)
class ClaimCode:
    """Good once, until `until_ms` (leaf time). `phones`: how many the player has, whose place it takes."""

    code: str
    digits: str
    until_ms: int
    phones: int


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
        self._wrong: deque[int] = deque(maxlen=WRONG_MAX)  # when

    async def make(self, player: str) -> ClaimCode:
        """For this player's phone; earlier ones are worth nothing then. Problem 429 over too many open."""
        now, code = self._now_ms(), fresh_key()

        def work(db: Any) -> str:
            _spend_all(db, player, now)
            while True:
                digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
                if add_key(db, digits, "claim", "phone", player, now, now + CLAIM_LIFE_MS):
                    break
            add_key(db, code, "claim", "phone", player, now, now + CLAIM_LIFE_MS)
            return digits

        digits = await self._database.write(work)
        return ClaimCode(code, digits, now + CLAIM_LIFE_MS, len(self._devices.phones(player)))

    async def claim(self, code: str) -> Claimed:
        """The phone is the player's now, and no other one is.

        Problems 401 unknown_code, 409 code_used, 410 code_expired; 429 too_many, wrong_codes (of digits).
        """
        now, guessed = self._now_ms(), len(code.replace(" ", "")) <= DIGITS
        if guessed and len(self._wrong) == WRONG_MAX and self._wrong[0] > now - CLAIM_LIFE_MS:
            raise Problem(429, "wrong_codes", "Too many wrong codes were typed here. Scan the QR code.")

        def work(db: Any) -> tuple[Claimed, list[str], list[str]]:
            kind, player = spend_key(db, code, "claim", now)
            _spend_all(db, player, now)
            old = self._devices.drop_phones(db, player)
            ended = [session for phone in old for session in self._sign_ins.end_in(db, "device", phone)]
            device, secret = self._devices.add(db, kind, "phone", player)
            opened = self._sign_ins.add(db, player, "player", device.device)
            return Claimed(device, secret, opened), old, ended

        try:
            claimed, old, ended = await self._database.write(work)
        except Problem as problem:
            if guessed and problem.code == "unknown_key":
                self._wrong.append(now)
            raise Problem(problem.status, *_SAID.get(problem.code, (problem.code, problem.message))) from None
        for phone in old:
            self._devices.forget(phone)
        self._sign_ins.ended(ended)
        self._devices.remember(claimed.device)
        return claimed


_SAID: Final = {
    "unknown_key": ("unknown_code", "There is no such code."),
    "key_used": ("code_used", "This code was used already."),
    "key_expired": ("code_expired", "This code is too old; ask for a new one."),
}


def _spend_all(db: Any, player: str, now: int) -> None:
    sql = "UPDATE one_time_key SET used_ms = ? WHERE purpose = 'claim' AND name = ? AND used_ms IS NULL"
    db.execute(sql, (now, player))
