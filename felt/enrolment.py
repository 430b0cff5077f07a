"""`felt enrol`: founds a venue in a leaf's data folder, lets a tablet in, makes the leaf known to a core.

Founding is done once, at the box. Enrolling needs the core's data folder (its keys) with PostgreSQL and the
hub running, so it is done where the core is; the leaf's folder comes there for it, or the other way round.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Final

import anyio
import typer

from core_server import nats_hub, postgres_node
from core_server.enrolment import EnrolmentRefused, enrol_leaf
from crdt_models.errors import StoreNotReady, StoreUnreadable
from felt.failure import CommandFailed
from felt.servers import HUB_OFFSETS, POSTGRES_OFFSET
from felt.venue_key import new_venue_key
from leaf_server.identity.founding import (
    FoundingInvalid,
    NewDevice,
    NewPerson,
    VenueExists,
    VenueMissing,
    initialise,
    make_key,
)
from leaf_server.identity.keys import KeyFiles
from ledger.heads import Signer, to_base64url
from serving.settings import CoreSettings, core_settings

__all__ = ["enrol"]

MANAGER: Final = "manager"
NAME_MAX: Final = 120


def enrol(
    data: Annotated[Path, typer.Option("--data", envvar="FELT_DATA", help="Data folder of the leaf.")],
    name: Annotated[str | None, typer.Option(help="Found a venue with this name.")] = None,
    currency: Annotated[str, typer.Option(help="ISO 4217, for all its money.")] = "EUR",
    time_zone: Annotated[str, typer.Option(help="IANA name, such as Europe/Vienna.")] = "UTC",
    manager: Annotated[str, typer.Option(help="Name of the first manager (person id: manager).")] = "Manager",
    device: Annotated[
        str | None, typer.Option(help="Print a key for a floor tablet of this name; at the box, any time.")
    ] = None,
    core_data: Annotated[
        Path | None, typer.Option(help="Data folder of the core to enrol at; its servers must run.")
    ] = None,
    core_port: Annotated[int, typer.Option(min=1, max=65_000, help="Port of that core.")] = 8701,
    core_url: Annotated[str | None, typer.Option(help="The core's address, told to clients.")] = None,
    hub_url: Annotated[str | None, typer.Option(help="Leaf-node address of its hub.")] = None,
    venue_key: Annotated[
        Path | None, typer.Option("--venue-key", help="New file for the venue key; told here if not given.")
    ] = None,
) -> None:
    """Found a venue (--name; PIN asked for, or FELT_PIN), let a tablet in, enrol at a core (--core-data)."""
    if name is None and core_data is None and device is None:
        why = "say what to do: --name founds a venue, --device lets a tablet in, --core-data enrols it"
        raise CommandFailed(why, exit_code=2)
    if name is not None:
        pin = os.environ.get("FELT_PIN") or typer.prompt("PIN of the manager", hide_input=True)
        people = [NewPerson(MANAGER, manager, "manager", pin)]
        owner, text = new_venue_key(venue_key)
        key = _found(data, name, currency, time_zone, people, owner)
        print(f"Founded. Open /auth#key={key} on the first tablet")
        print("within 15 minutes; the key works once. Then set the room up: /admin.")
        kept = f"in {venue_key}" if venue_key else f"this: {text}"
        print(f"The venue key is {kept}. Keep it away from the box: it vouches for the next one.")
    if device is not None:
        print(f"Open /auth#key={_key(data, device)} on it within 15 minutes; the key works once.")
    if core_data is not None:
        core = core_settings(os.environ, data=core_data, port=core_port)
        venue = _enrol(_Core(core, core_url, hub_url), data)
        print(f"Enrolled venue {venue} at the core in {core_data}.")


@dataclass(frozen=True)
class _Core:
    settings: CoreSettings
    url: str | None
    hub_url: str | None


def _found(
    data: Path, name: str, currency: str, time_zone: str, people: list[NewPerson], owner: Signer
) -> str:
    async def found() -> str:
        made = await initialise(
            data,
            name=name,
            currency=currency,
            time_zone=time_zone,
            people=people,
            devices=[NewDevice("floor", "First tablet")],
        )
        KeyFiles(data).name_venue_key(to_base64url(owner.public_key))
        return made.enrolment_keys[0]

    try:
        return anyio.run(found)
    except VenueExists as error:
        raise CommandFailed(f"{data} holds a venue already") from error
    except FoundingInvalid as error:
        raise CommandFailed(str(error), exit_code=2) from error
    except OSError as error:
        raise CommandFailed(f"{data}: {error.strerror}") from error


def _key(data: Path, name: str) -> str:
    if not 1 <= len(name) <= NAME_MAX:
        raise CommandFailed(f"a device's name has 1 to {NAME_MAX} characters", exit_code=2)
    try:
        return anyio.run(make_key, data, NewDevice("floor", name))
    except VenueMissing as error:
        raise CommandFailed(f"{data} holds no venue: found one with --name") from error
    except (OSError, StoreNotReady, StoreUnreadable) as error:
        raise CommandFailed(f"{data}: {error}") from error


def _enrol(core: _Core, data: Path) -> str:
    """Answers the venue. Raises CommandFailed."""
    port, settings = core.settings.port, core.settings
    try:
        if settings.database_url is None:
            postgres = postgres_node.prepare(settings.data, port + POSTGRES_OFFSET)
            settings = replace(settings, database_url=postgres.url)
        hub = nats_hub.prepare(settings.data, *(port + offset for offset in HUB_OFFSETS))
        settings = replace(settings, nats_url=settings.nats_url or hub.url)
        return anyio.run(enrol_leaf, settings, data, [core.hub_url or hub.leaf_url], core.url)
    except (EnrolmentRefused, postgres_node.PostgresUnavailable, OSError, TimeoutError) as error:
        raise CommandFailed(f"the leaf in {data} was not enrolled: {error}") from error
