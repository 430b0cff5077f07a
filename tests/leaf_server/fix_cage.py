"""A cage with an open ledger and people who may ask it, in one task group."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio

from leaf_server.money.cage import Cage
from ledger.journal import Posted
from serving.tokens import SignIn
from tests.ledger.till import PROFILE, RULES, SIGNER, VENUE, body

PINS = {"zoe": ("73915531", "cashier"), "max": ("3333", "manager"), "flo": ("4444", "floor")}


def signed_in(role: str = "manager", *, person: str = "mia", device: str = "till1", **changes: Any) -> SignIn:
    """A sign-in of this venue that the leaf opened."""
    fields = {
        "venue": VENUE, "person": person, "role": role, "device": device, "opened_by": "leaf",
        "expires_s": 2**40, "session": "s1", **changes,
    }  # fmt: skip
    return SignIn(**fields)


async def check_second(person: str, pin: str) -> str | None:
    right, role = PINS.get(person, ("", ""))
    return role if pin == right else None


class Clock:
    """Unix milliseconds that move on by themselves."""

    def __init__(self) -> None:
        self.ms = 1_700_000_000_000

    def __call__(self) -> int:
        self.ms += 1
        return self.ms


def new_cage(folder: Path, **changes: Any) -> Cage:
    fields = {
        "path": folder / "ledger.db", "venue": VENUE, "currency": "EUR", "signer": SIGNER, "now_ms": Clock(),
        "check_second": check_second, **changes,
    }  # fmt: skip
    return Cage(**fields)


@asynccontextmanager
async def running(cage: Cage) -> AsyncIterator[Cage]:
    async with anyio.create_task_group() as tasks:
        await tasks.start(cage.run)
        yield cage
        tasks.cancel_scope.cancel()


async def post(cage: Cage, key: str, kind: str, **fields: Any) -> Posted:
    outcome = await cage.command(signed_in(), key, body(kind, **fields))
    assert isinstance(outcome, Posted), outcome
    return outcome


async def open_house(cage: Cage) -> None:
    """As `Till.open_house`."""
    await post(cage, "h1", "adopt_profile", profile=PROFILE)
    await post(cage, "h2", "adopt_tournament", tournament="t", rules=RULES)
    await post(cage, "h3", "vault_in", amount=100_000)
    await post(cage, "h4", "open_drawer", drawer="d", amount=20_000)
