"""What sync and views ask of the leaf about whoever connects."""

from starlette.requests import HTTPConnection

from leaf_server.identity import Identity
from serving.admission import Admission
from serving.rooms import Rooms
from serving.settings import LeafSettings
from serving.tokens import SignIn

__all__ = ["LeafDoor"]


class LeafDoor:
    """`serving.entrance.Door` of the one venue a leaf has."""

    def __init__(
        self, venue: str, settings: LeafSettings, identity: Identity, admission: Admission, rooms: Rooms
    ) -> None:
        self._venue = venue
        self._origins = settings.origins
        self._identity = identity
        self._admission = admission
        self._rooms = rooms

    def origin_allowed(self, origin: str | None) -> bool:
        return origin is None or origin in self._origins

    async def rooms(self, venue: str) -> Rooms | None:
        return self._rooms if venue == self._venue else None

    def sign_in(self, connection: HTTPConnection) -> SignIn | None:
        return self._admission.look(connection)

    async def turned(self) -> None:
        await self._identity.sign_ins.turned()

    def speaks_for(self, sign_in: SignIn, person: str) -> bool:
        """Oneself; on a staff device anybody of the staff (off line a tablet changes person by name)."""
        if person == sign_in.person:
            return True
        return sign_in.role not in {"player", "display"} and self._identity.people.get(person) is not None

    def still_in(self, sign_in: SignIn) -> bool:
        """Whether a stream that was opened by this sign-in may go on."""
        sign_ins = self._identity.sign_ins
        return sign_in.expires_s > sign_ins.now_s() and not sign_ins.revoked(sign_in.session)
