"""Founding a venue: once, on the box, before the leaf first starts; everything after goes through the API."""

import re
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leaf_server.box.database import Database
from leaf_server.identity.devices import KEY_LIFE_MS, NewDevice, add_key
from leaf_server.identity.keys import KeyFiles
from leaf_server.identity.people import PIN
from leaf_server.identity.pins import Pins
from leaf_server.identity.secrets import fresh_key
from leaf_server.identity.venue import VenueMissing, VenueRecord, read_venue

__all__ = [
    "FoundingInvalid",
    "Initialised",
    "NewDevice",
    "NewPerson",
    "VenueExists",
    "VenueMissing",
    "initialise",
    "make_key",
]

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,36}")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_ROLES: Final = frozenset({"admin", "manager", "floor", "cashier", "dealer"})


class VenueExists(Exception):
    """This data folder holds a venue already."""


class FoundingInvalid(ValueError):
    """What was asked for cannot be a venue."""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """One of the staff. `pin`: 4 to 12 digits, never kept in clear."""

    person: str
    name: str
    role: str
    pin: str


@dataclass(frozen=True, slots=True)
class Initialised:
    """A venue that can start. `enrolment_keys` are in the order of the devices; each is a secret."""

    venue: str
    start_ms: int
    enrolment_keys: list[str]


async def initialise(
    data: Path, *, name: str, currency: str, time_zone: str, people: Sequence[NewPerson],
    devices: Sequence[NewDevice] = (), start_ms: int | None = None, venue: str | None = None,
) -> Initialised:  # fmt: skip
    """Makes folder, keys, database and staff. Raises VenueExists, FoundingInvalid.

    Leaf time 0 is `start_ms` (Unix milliseconds; now, if not given). Keys for `devices` work for 15 minutes.
    """
    now_ms = time.time_ns() // 1_000_000
    record = VenueRecord(venue or _fresh_id(now_ms), name, currency, time_zone, start_ms or now_ms)
    _check(record, people, now_ms)
    keys = KeyFiles(data)
    keys.make_folder()
    pins = Pins()
    hashes = [await pins.hash(person.pin) for person in people]
    database = Database(data / "leaf.db")
    await database.open()
    try:
        await _refuse_second(database)
        keys.tell(record)
        leaf_ms = now_ms - record.start_ms
        one_time_keys = [fresh_key() for _ in devices]

        def work(db: Any) -> None:
            db.execute(
                "INSERT INTO venue VALUES (1, ?, ?, ?, ?, ?)",
                (record.id, record.name, record.currency, record.time_zone, record.start_ms),
            )
            db.executemany(
                "INSERT INTO person (person, name, role, pin_hash) VALUES (?, ?, ?, ?)",
                [(one.person, one.name, one.role, pin) for one, pin in zip(people, hashes, strict=True)],
            )
            for key, new in zip(one_time_keys, devices, strict=True):
                add_key(db, key, "enrol", new.kind, new.name, leaf_ms, leaf_ms + KEY_LIFE_MS)

        await database.write(work)
    finally:
        await database.close()
    return Initialised(record.id, record.start_ms, one_time_keys)


async def make_key(data: Path, new: NewDevice) -> str:
    """A key for one more device, made at the box, whether the leaf runs or not. Raises VenueMissing.

    The way in when no enrolled device is left, or the first key was not used in time.
    """
    if not (data / "leaf.db").exists():
        raise VenueMissing("there is no venue in this data folder")
    database = Database(data / "leaf.db")
    await database.open()
    try:
        leaf_ms = time.time_ns() // 1_000_000 - (await read_venue(database)).start_ms
        key = fresh_key()
        await database.write(
            lambda db: add_key(db, key, "enrol", new.kind, new.name, leaf_ms, leaf_ms + KEY_LIFE_MS)
        )
    finally:
        await database.close()
    return key


async def _refuse_second(database: Database) -> None:
    try:
        venue = await read_venue(database)
    except VenueMissing:
        return
    raise VenueExists(f"this data folder holds the venue {venue.id} already")


def _check(venue: VenueRecord, people: Sequence[NewPerson], now_ms: int) -> None:
    if not _ID.fullmatch(venue.id):
        raise FoundingInvalid("the venue's id is 1 to 36 of A-Z a-z 0-9 _ -")
    if not 1 <= len(venue.name) <= 120:
        raise FoundingInvalid("the venue's name is 1 to 120 characters")
    if not _CURRENCY.fullmatch(venue.currency):
        raise FoundingInvalid("the currency is three capital letters")
    try:
        ZoneInfo(venue.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise FoundingInvalid(f"no such time zone: {venue.time_zone[:60]!r}") from error
    if not 0 < venue.start_ms <= now_ms:
        raise FoundingInvalid("the start lies in the past, in Unix milliseconds")
    if len({one.person for one in people}) != len(people):
        raise FoundingInvalid("two people have the same id")
    for one in people:
        if not _ID.fullmatch(one.person) or not 1 <= len(one.name) <= 60 or one.role not in _ROLES:
            raise FoundingInvalid(f"{one.person[:36]!r}: id, name or role is not as it must be")
        if not re.fullmatch(PIN, one.pin):
            raise FoundingInvalid(f"{one.person[:36]!r}: a PIN is 4 to 12 digits")
    if not any(one.role in {"admin", "manager"} for one in people):
        raise FoundingInvalid("a venue needs a manager")


def _fresh_id(now_ms: int) -> str:
    """A UUIDv7, 32 hex digits."""
    number = now_ms << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return f"{number:032x}"
