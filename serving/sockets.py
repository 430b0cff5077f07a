"""The sync protocol's door for Starlette: one WebSocket, one document (`docs/reference/interfaces.md`, Sync)."""

from typing import Protocol

from starlette.requests import HTTPConnection
from starlette.routing import WebSocketRoute

from .rooms import Rooms
from .tokens import SignIn

__all__ = ["Door", "sync_route"]


class Door(Protocol):
    """What the sockets ask the server they are part of."""

    def origin_allowed(self, origin: str | None) -> bool:
        """Whether a page of this origin may connect; None: no browser."""

    async def rooms(self, venue: str) -> Rooms | None:
        """The venue's rooms, or None: no such venue here."""

    async def sign_in(self, connection: HTTPConnection, token: str | None) -> SignIn | None:
        """Who connects, by the subprotocol's token, else cookie or Authorization. None: not signed in."""

    def speaks_for(self, sign_in: SignIn, person: str) -> bool:
        """Whether edits of this connection may name `person` (a player: only himself; staff: the staff list)."""


def sync_route(door: Door) -> WebSocketRoute:
    """`/sync/{venue}/{document:path}`."""
    raise NotImplementedError
