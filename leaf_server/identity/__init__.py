"""Who may sign in at this leaf, on what: people with PINs, devices with secrets, sign-ins, claims of phones.

`Identity` is all of it, over one database. Names of people stay in here and in the document `roster`;
nothing of it is ever logged.
"""

from collections.abc import Callable
from dataclasses import dataclass

from leaf_server.box.database import Database
from leaf_server.identity.claims import Claims
from leaf_server.identity.devices import Devices
from leaf_server.identity.office import Office
from leaf_server.identity.people import People
from leaf_server.identity.pins import Pins, refused
from leaf_server.identity.sign_ins import SignIns
from leaf_server.identity.venue import VenueRecord
from serving.tokens import Issuer

__all__ = ["Identity", "open_identity"]


@dataclass(frozen=True)
class Identity:
    """The parts of identity; each says its own."""

    people: People
    devices: Devices
    sign_ins: SignIns
    claims: Claims
    office: Office

    async def second_person(self, person: str, pin: str) -> str | None:
        """The role of a second person who approves by PIN, None if wrong. Problems wait, locked, too_many."""
        check = await self.people.check(person, pin)
        if check.answer in {"wait", "locked", "busy"}:
            raise refused(check)
        return check.role if check.answer == "right" else None


async def open_identity(
    database: Database, venue: VenueRecord, issuer: Issuer, *, token_seconds: int, now_ms: Callable[[], int]
) -> Identity:
    """Reads what there is. `now_ms` is leaf time."""
    devices = Devices(database, now_ms)
    sign_ins = SignIns(
        database,
        issuer,
        venue=venue.id,
        start_ms=venue.start_ms,
        token_seconds=token_seconds,
        now_ms=now_ms,
    )
    pins = Pins()
    people = People(database, pins, now_ms)
    for part in (people, devices, sign_ins):
        await part.load()
    claims = Claims(database, devices, sign_ins, now_ms)
    office = Office(database, people, pins, devices, sign_ins, now_ms)
    return Identity(people, devices, sign_ins, claims, office)
