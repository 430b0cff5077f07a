"""What a connection joins: a document's room, here or at another process that holds it.

`Rooms` and `Room` are the places of this process. A process that does not own a venue has places that hand
each frame on; who connects need not know which of the two it has.
"""

from typing import Protocol

from crdt_models.audience import Peer

__all__ = ["Place", "Places"]


class Place(Protocol):
    """A document as one connection joins it. A handed-on place is made for one peer by each `enter`."""

    @property
    def epoch(self) -> int: ...

    @property
    def closed(self) -> bool:
        """Whether it ended; who comes next enters anew."""

    def join(self, peer: Peer, *, term: int, now: int) -> None:
        """Says hello, asks what the peer has, tells who is here."""

    def leave(self, peer: Peer) -> None:
        """At any time, also again."""

    def pause(self, peer: Peer) -> None:
        """It can't keep up: sent nothing more until `resume`."""

    def resume(self, peer: Peer) -> None:
        """It took all it was sent: one diff for all it missed."""

    def receive(self, peer: Peer, frame: bytes) -> None:
        """One frame of a connection. Raises Foul, RoomClosed."""

    @property
    def crowded(self) -> bool:
        """Whether who writes should wait for `writable`."""

    async def writable(self) -> None:
        """Returns when more may be received."""


class Places(Protocol):
    """The documents of one venue as connections enter them."""

    @property
    def sessions(self) -> dict[str, int]:
        """Device → its open connections; kept by the sockets."""

    def term(self) -> int: ...

    def now(self) -> int:
        """Leaf time."""

    async def enter(self, document: str) -> Place:
        """Raises StoreUnreadable, RoomClosed, OSError: not now."""
