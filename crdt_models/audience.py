"""The sessions attached to a room: who is connected, who keeps up, who is here, and what they are told."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from .errors import CloseCode
from .presence import People
from .session import Session, accepted_note, presence_message

__all__ = ["Audience", "Peer"]


class Peer(Protocol):
    """A connection as its room sees it. Both methods return at once and never raise."""

    session: Session

    def push(self, frame: bytes) -> None:
        """Queues a frame; one that can't keep up calls `Room.pause`."""

    def shut(self, code: CloseCode) -> None:
        """Ends the connection."""


class Audience:
    """Peers in the order of their coming; a paused one is sent nothing until it took what it was sent."""

    def __init__(self) -> None:
        self._peers: dict[Peer, None] = {}
        self._paused: dict[Peer, bytes] = {}  # → the state vector to go on from
        self._active: dict[Peer, None] = {}
        self._people = People()

    def __len__(self) -> int:
        return len(self._peers)

    def __contains__(self, peer: Peer) -> bool:
        return peer in self._peers

    def join(self, peer: Peer) -> None:
        self._peers[peer] = self._active[peer] = None

    def leave(self, peer: Peer) -> None:
        """Gone, and so is who spoke through it."""
        self._peers.pop(peer, None)
        self._active.pop(peer, None)
        self._paused.pop(peer, None)
        gone = self._people.leave(peer)
        if gone is not None:
            self.send(presence_message(gone))

    def pause(self, peer: Peer, vector: bytes) -> None:
        """Sent nothing more; `vector` is what it will have once it took its queue."""
        if peer in self._active:
            del self._active[peer]
            self._paused[peer] = vector

    def resume(self, peer: Peer) -> bytes | None:
        """Answers the vector it goes on from; None: it was not paused, or has left."""
        vector = self._paused.pop(peer, None)
        if vector is not None:
            self._active[peer] = None
        return vector

    def postpone(self, peer: Peer, vector: bytes) -> bool:
        """Whether it is paused; then what it asks for by `vector` is sent when it resumes."""
        if peer in self._paused:
            self._paused[peer] = vector
            return True
        return False

    def send(self, frame: bytes, but: Peer | None = None) -> None:
        """One frame for all who keep up."""
        for peer in list(self._active):  # a push may pause its peer
            if peer is not but:
                peer.push(frame)

    def send_note(self, note: bytes) -> None:
        """One note for all who understand notes."""
        for peer in list(self._active):
            if peer.session.felt:
                peer.push(note)

    def send_accepted(self, vector: Mapping[str, int], at: str) -> None:
        """To each device what was decided of its own replicas."""
        devices: dict[str, dict[str, int]] = {}
        for replica, counter in vector.items():
            devices.setdefault(replica.partition("-")[0], {})[replica] = counter
        for peer in list(self._active) if devices else ():
            moved = devices.get(peer.session.device)
            if moved and peer.session.felt:
                peer.push(accepted_note(moved, at))

    @property
    def claimed(self) -> Mapping[int, str]:
        """Client ids by the device that spoke for them first."""
        return self._people.devices

    def unstick(self) -> list[Peer]:
        """Those who lacked what the other server may have brought by now: worth to be asked again."""
        stuck = [peer for peer in self._peers if peer.session.stuck]
        for peer in stuck:
            peer.session.holes = 0
        return stuck

    def hear(self, peer: Peer, presence: bytes, bound: Mapping[int, str]) -> None:
        """An awareness update of one of them. Raises Foul."""
        heard = self._people.hear(peer, peer.session.person, peer.session.device, presence, bound)
        if heard is not None:
            self.send(presence_message(heard), but=peer)

    def introduce(self, peer: Peer) -> None:
        """Tells a newcomer who is here."""
        everybody = self._people.everybody()
        if everybody is not None:
            peer.push(presence_message(everybody))

    def disperse(self, code: CloseCode) -> None:
        """Everybody out."""
        peers: Iterable[Peer] = list(self._peers)
        self._peers.clear()
        self._active.clear()
        self._paused.clear()
        for peer in peers:
            self._people.leave(peer)
            peer.shut(code)
