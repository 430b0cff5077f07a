"""A venue enrolled in a test's database, with the keys of its leaf."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import anyio
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core_server import venues
from core_server.db import Database
from core_server.ownership import Ownership
from core_server.venues import Venue
from ledger.heads import Signer, key_id_of

__all__ = ["EnrolledVenue", "enrol_venue", "ownership", "venue"]


@dataclass(frozen=True)
class EnrolledVenue:
    """What the core knows of a venue, and what only its leaf knows."""

    known: Venue
    signer: Signer
    token_key: Ed25519PrivateKey

    @property
    def id(self) -> str:
        return self.known.id


async def enrol_venue(database: Database, name: str, account: str = "") -> EnrolledVenue:
    """Enrols a venue of this id; `account` as of a running hub, else a made up one."""
    signer, token_key = Signer(Ed25519PrivateKey.generate()), Ed25519PrivateKey.generate()
    public = token_key.public_key().public_bytes_raw()
    letters = name.upper().translate({ord(digit): "A" for digit in "0189-_"})
    known = Venue(
        id=name,
        account=account or ("A" + letters).ljust(56, "A"),
        name=f"Venue {name}",
        currency="EUR",
        time_zone="Europe/Vienna",
        start_ms=1_700_000_000_000,
        token_keys={key_id_of(public): public},
        ledger_keys={signer.key_id: signer.public_key},
    )
    await venues.store(database, known)
    return EnrolledVenue(known, signer, token_key)


@pytest.fixture
async def venue(database: Database) -> EnrolledVenue:
    return await enrol_venue(database, "east")


@pytest.fixture
async def ownership(database: Database) -> AsyncIterator[Ownership]:
    """This process as the owner of whatever it asks for."""
    owner = Ownership(database)
    async with anyio.create_task_group() as tasks:
        await tasks.start(owner.run)
        yield owner
        tasks.cancel_scope.cancel()
