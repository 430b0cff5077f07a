"""Everybody who works the demo's evening: enrolled devices, sign-ins, and the documents they keep open."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from crdt_models.edits import Json
from felt.demo.copy import Copy
from felt.demo.desk import Answered, Desk, Device, SignedIn, enrol, sign_in
from felt.demo.pace import Pace
from felt.demo.people import PINS, STAFF_BY_ROLE
from leaf_server.identity.founding import NewDevice

__all__ = ["DEVICES", "Crew", "act_size", "enrol_all", "new_id", "sign_in_staff"]

DEVICES: Final[tuple[tuple[str, NewDevice], ...]] = (
    ("manager", NewDevice("floor", "Office tablet")),
    ("floor", NewDevice("floor", "Floor tablet 1")),
    ("floor2", NewDevice("floor", "Floor tablet 2")),
    ("cashier", NewDevice("cage", "Cage 1")),
    ("display", NewDevice("display", "Wall screen")),
    ("own_manager", NewDevice("floor", "Office (script)")),
    ("own_floor", NewDevice("floor", "Floor 1 (script)")),
    ("own_floor2", NewDevice("floor", "Floor 2 (script)")),
    ("own_cashier", NewDevice("cage", "Cage (script)")),
)
"""Devices enrolled at the start: five that `demo.json` hands out, and the script's own."""

ACT_EDITS_MAX: Final = 60


@dataclass
class Crew:
    """The script's desks and what they share. `say` prints a line of the evening."""

    venue: str
    tournament: str
    manager: Desk
    floor: Desk
    floor2: Desk
    cashier: Desk
    pace: Pace
    chance: random.Random
    say: Callable[[str], None]
    guests: list[str] = field(default_factory=list)  # players in the roster already, who buy in first
    refusals: int = 0

    async def event(self, desk: Desk) -> Copy:
        """The tournament's document at a desk."""
        return await desk.open(f"tournament/{self.tournament}")

    def refused(self, what: str, answer: Answered) -> None:
        """A server said no: others may work here too, so the evening says so and goes on."""
        self.refusals += 1
        self.say(f"refused: {what}: {answer}")


def new_id(chance: random.Random) -> str:
    """A UUIDv7 as 32 hex digits: the time is now, the rest of the seeded randomness."""
    unix_ms = time.time_ns() // 1_000_000
    number = (unix_ms % 2**48) << 80 | 0x7 << 76 | chance.getrandbits(12) << 64 | 0b10 << 62
    return f"{number | chance.getrandbits(62):032x}"


def act_size(changes: Sequence[tuple[str, Json]]) -> list[Sequence[tuple[str, Json]]]:
    """Cuts many independent changes into acts that are small enough."""
    return [changes[at : at + ACT_EDITS_MAX] for at in range(0, len(changes), ACT_EDITS_MAX)]


async def enrol_all(leaf_url: str, keys: Sequence[str]) -> tuple[dict[str, Device], str]:
    """Uses the keys of a new venue, in the order of `DEVICES`; answers the display's token too."""
    devices, display_token = {}, ""
    for (role, device), key in zip(DEVICES, keys, strict=True):
        devices[role], token = await enrol(leaf_url, key, device.name)
        display_token = token or display_token
    return devices, display_token


async def sign_in_staff(leaf_url: str, devices: Mapping[str, Device]) -> dict[str, SignedIn]:
    """Signs staff in on their devices, on the script's own too."""
    signed_in = {}
    for role, device in devices.items():
        staff = role.removeprefix("own_")
        if staff in STAFF_BY_ROLE:
            signed_in[role] = await sign_in(leaf_url, device, STAFF_BY_ROLE[staff], PINS[staff])
    return signed_in
