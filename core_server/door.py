"""What sync asks of the core about whoever connects."""

from starlette.requests import HTTPConnection

from crdt_models.documents.catalogue import STAFF
from crdt_models.errors import RoomClosed
from serving.admission import Admission
from serving.places import Places
from serving.settings import CoreSettings
from serving.tokens import SignIn

from .db import DatabaseDown
from .identity.trust import Trust
from .ownership import OwnedElsewhere
from .remote_rooms import Remotes
from .venue_rooms import VenueRooms
from .venues import Venues

__all__ = ["CoreDoor", "speaks_for"]


class CoreDoor:
    """`serving.entrance.Door` of all venues."""

    def __init__(
        self,
        settings: CoreSettings,
        venues: Venues,
        trust: Trust,
        admission: Admission,
        rooms: VenueRooms,
        remotes: Remotes,
    ) -> None:
        self._origins = settings.origins
        self._venues = venues
        self._trust = trust
        self._admission = admission
        self._rooms = rooms
        self._remotes = remotes

    def origin_allowed(self, origin: str | None) -> bool:
        """Pages of the core, and of the leaf of an enrolled venue: a page keeps the origin of its QR."""
        return origin is None or origin in self._origins or origin in self._venues.leaf_urls

    async def rooms(self, venue: str) -> Places | None:
        """Here, or at the process that owns the venue. Raises RoomClosed while neither can be known."""
        if self._venues.get(venue) is not None and (used := self._remotes.in_use(venue)) is not None:
            return used
        try:
            found = await self._rooms.get(venue)
        except OwnedElsewhere as error:
            return self._remotes.at(venue, error.owner)
        except DatabaseDown as error:
            raise RoomClosed(f"venue {venue}: {error}") from error
        return None if found is None else found.rooms

    def sign_in(self, connection: HTTPConnection) -> SignIn | None:
        return self._admission.look(connection)

    def still_in(self, sign_in: SignIn) -> bool:
        return self._trust.still_in(sign_in)

    async def turned(self) -> None:
        await self._trust.turned()

    def speaks_for(self, sign_in: SignIn, person: str) -> bool:
        return speaks_for(sign_in.role, sign_in.person, person)


def speaks_for(role: str, own: str, person: str) -> bool:
    """Players and displays: oneself. Staff: anybody; the staff list and the last word are the leaf's."""
    return person == own or role in STAFF
