"""What sync asks of the core about whoever connects."""

import anyio
from starlette.requests import HTTPConnection

from crdt_models.documents.catalogue import STAFF
from crdt_models.errors import RoomClosed
from serving.admission import Admission
from serving.rooms import Rooms
from serving.settings import CoreSettings
from serving.tokens import SignIn

from .db import DatabaseDown
from .identity.trust import Trust
from .ownership import OwnedElsewhere
from .venue_rooms import VenueRooms
from .venues import Venues

__all__ = ["CoreDoor"]


class CoreDoor:
    """`serving.entrance.Door` of all venues."""

    def __init__(
        self, settings: CoreSettings, venues: Venues, trust: Trust, admission: Admission, rooms: VenueRooms
    ) -> None:
        self._origins = settings.origins
        self._venues = venues
        self._trust = trust
        self._admission = admission
        self._rooms = rooms

    def origin_allowed(self, origin: str | None) -> bool:
        """Pages of the core, and of the leaf of an enrolled venue: a page keeps the origin of its QR."""
        return origin is None or origin in self._origins or origin in self._venues.leaf_urls

    async def rooms(self, venue: str) -> Rooms | None:
        """Raises RoomClosed while the database is away or another process has the venue: come back."""
        try:
            found = await self._rooms.get(venue)
        except (DatabaseDown, OwnedElsewhere) as error:
            raise RoomClosed(f"venue {venue}: {error}") from error
        return None if found is None else found.rooms

    def sign_in(self, connection: HTTPConnection) -> SignIn | None:
        return self._admission.look(connection)

    def still_in(self, sign_in: SignIn) -> bool:
        return self._trust.still_in(sign_in)

    async def turned(self) -> None:
        await anyio.sleep_forever()  # venues tell who was signed out when they are read again

    def speaks_for(self, sign_in: SignIn, person: str) -> bool:
        """Players and displays: oneself. Staff: anybody; the staff list and the last word are the leaf's."""
        return person == sign_in.person or sign_in.role in STAFF
