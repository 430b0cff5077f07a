"""Enrolling a leaf: the venue and its keys become known here, and the leaf gets what it needs to reach us.

The leaf has written `<leaf data>/keys/leaf.json`: `{v: 1, venue, name, currency, time_zone, start_ms,
token_key, ledger_key}`, keys as base64url of the raw Ed25519 public key. Written back beside it:
`venue.creds` (0600), the NATS user of the leaf's node, and `core.json`: `{v: 1, token_key, core_url,
nats_hub: [url, ..]}`. Enrolling again keeps the account, makes new credentials and ends the old ones.
"""

import json
import os
import time
from base64 import urlsafe_b64decode
from collections.abc import Sequence
from pathlib import Path

import anyio
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ledger.heads import key_id_of
from serving.nats_link import NatsLink
from serving.settings import CoreSettings
from serving.tokens import own_key, public_text

from . import db, venues
from .nats_keys import NatsKeys

__all__ = ["EnrolmentRefused", "Introduction", "enrol_leaf", "read_introduction"]

INTRODUCTION_BYTES_MAX = 16_384


class EnrolmentRefused(Exception):
    """This leaf can't be enrolled; the message says why."""


class Introduction(BaseModel):
    """`leaf.json`: who the leaf says it is."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    v: int = Field(ge=1, le=1)
    venue: str = Field(pattern=r"^[A-Za-z0-9_-]{1,36}$")
    name: str = Field(min_length=1, max_length=120)
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    time_zone: str = Field(min_length=1, max_length=64)
    start_ms: int = Field(ge=0, le=2**53 - 1)
    token_key: str = Field(pattern=r"^[A-Za-z0-9_-]{43}$")
    ledger_key: str = Field(pattern=r"^[A-Za-z0-9_-]{43}$")


def read_introduction(leaf_data: Path) -> Introduction:
    """Raises EnrolmentRefused."""
    path = leaf_data / "keys" / "leaf.json"
    try:
        with path.open("rb") as file:
            return Introduction.model_validate_json(file.read(INTRODUCTION_BYTES_MAX))
    except OSError as error:
        raise EnrolmentRefused(f"can't read {path}: {error.strerror}; was this leaf ever started?") from error
    except ValidationError as error:
        wrong = ", ".join(str(each["loc"][0]) for each in error.errors() if each["loc"]) or "not JSON"
        raise EnrolmentRefused(f"{path} is no leaf's introduction ({wrong})") from error


async def enrol_leaf(
    settings: CoreSettings,
    leaf_data: Path,
    hub_leaf_urls: Sequence[str],
    core_url: str | None,
    leaf_urls: Sequence[str] = (),
) -> str:
    """Enrols the leaf with this data folder; answers its venue. PostgreSQL and the hub must be running.

    `hub_leaf_urls` and `core_url` are what the leaf is told, `leaf_urls` its own addresses as its pages know
    them (allowed as origins here), and its sync port's (`ws://…`). Raises EnrolmentRefused, DatabaseDown,
    LinkError, AccountRefused.
    """
    if settings.database_url is None or settings.nats_url is None:
        raise EnrolmentRefused("enrolling needs DATABASE_URL and FELT_NATS_URL of the core")
    said = await anyio.to_thread.run_sync(read_introduction, leaf_data)
    keys = NatsKeys(settings.data)
    venue = _venue(said, keys.venue_account(said.venue), leaf_urls)
    await db.migrate(settings.database_url)
    async with db.opened(settings.database_url) as database:
        try:
            await venues.store(database, venue)
        except venues.OtherVenue as error:
            raise EnrolmentRefused(str(error)) from error
    core = {
        "v": 1,
        "token_key": public_text(own_key(token_key_path(settings.data)).public_key()),
        "core_url": core_url,
        "core_sync_url": settings.sync_address(core_url) if core_url is not None else None,
        "nats_hub": list(hub_leaf_urls),
    }
    credentials = keys.venue_credentials(venue.id)
    await anyio.to_thread.run_sync(_write_back, leaf_data / "keys", credentials, json.dumps(core))
    # Last: the leaf's node is cut off with its old credentials, and finds the new ones when it comes back.
    async with anyio.create_task_group() as tasks:
        system = NatsLink(settings.nats_url, name="enrol", credentials=keys.system_credentials)
        await tasks.start(system.run)
        await keys.push(system, venue.account, venue.id, venue.users_since)
        tasks.cancel_scope.cancel()
    return venue.id


def token_key_path(data: Path) -> Path:
    """Where the core's own token key is."""
    folder = data / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / "token.pem"


def _venue(said: Introduction, account: str, leaf_urls: Sequence[str]) -> venues.Venue:
    token_key, ledger_key = (urlsafe_b64decode(text + "=") for text in (said.token_key, said.ledger_key))
    return venues.Venue(
        id=said.venue,
        account=account,
        name=said.name,
        currency=said.currency,
        time_zone=said.time_zone,
        start_ms=said.start_ms,
        leaf_urls=tuple(url.rstrip("/") for url in leaf_urls),
        users_since=int(time.time()) - 1,  # the new credentials are issued now
        token_keys={key_id_of(token_key): token_key},
        ledger_keys={key_id_of(ledger_key): ledger_key},
    )


def _write_back(folder: Path, credentials: str, core: str) -> None:
    for name, text in (("venue.creds", credentials), ("core.json", core)):
        half_written = folder / f"{name}.half"
        with os.fdopen(os.open(half_written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        half_written.rename(folder / name)
