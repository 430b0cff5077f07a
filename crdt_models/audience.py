"""The sessions attached to a room: who is connected, who keeps up, who is here, and what they are told."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from .errors import CloseCode
from .presence import People
from .session import Session, accepted_note, presence_message

__all__ = ["Audience", "Peer"]


class Peer(Protocol):
    """A connection as its room sees it. Both ways to it return at once and never raise."""

    session: Session

    @property
    def push(self) -> Callable[[bytes], object]:
        """Queues a frame; one that can't keep up calls `Room.pause`. Asked for once, called often."""

    def shut(self, code: CloseCode) -> None:
        """Ends the connection."""


class Audience:
    """Peers in the order of their coming; a paused one is sent nothing until it took what it was sent."""

    def __init__(self) -> None:
        self._peers: dict[Peer, None] = {}
        self._paused: dict[Peer, bytes] = {}  # → the state vector to go on from
        self._active: dict[Peer, None] = {}
        self._devices: dict[str, list[Peer]] = {}  # those who understand notes, by device
        self._pushes: tuple[tuple[Peer, Callable[[bytes], object]], ...] | None = None  # of the active
        self._people = People()
        self.claimed = self._people.devices  # client ids by the device that spoke for them first

    def __len__(self) -> int:
        return len(self._peers)

    def __contains__(self, peer: Peer) -> bool:
        return peer in self._peers

    def join(self, peer: Peer) -> None:
        self._peers[peer] = self._active[peer] = self._pushes = None
        if peer.session.felt:
            self._devices.setdefault(peer.session.device, []).append(peer)

    def leave(self, peer: Peer) -> None:
        """Gone, and so is who spoke through it."""
        if peer in self._peers:
            del self._peers[peer]
            self._forget(peer)
        self._active.pop(peer, None)
        self._paused.pop(peer, None)
        self._pushes = None
        gone = self._people.leave(peer)
        if gone is not None:
            self.send(presence_message(gone))

    def pause(self, peer: Peer, vector: bytes) -> None:
        """Sent nothing more; `vector` is what it will have once it took its queue."""
        if peer in self._active:
            del self._active[peer]
            self._paused[peer] = vector
            self._pushes = None

    def resume(self, peer: Peer) -> bytes | None:
        """Answers the vector it goes on from; None: it was not paused, or has left."""
        vector = self._paused.pop(peer, None)
        if vector is not None:
            self._active[peer] = self._pushes = None
        return vector

    def postpone(self, peer: Peer, vector: bytes) -> bool:
        """Whether it is paused; then what it asks for by `vector` is sent when it resumes."""
        if peer in self._paused:
            self._paused[peer] = vector
            return True
        return False

    def send(self, frame: bytes, but: Peer | None = None) -> None:
        """One frame for all who keep up."""
        if self._pushes is None:
            self._pushes = tuple((peer, peer.push) for peer in self._active)
        for peer, push in self._pushes:  # a push may pause its peer: the next frame finds another tuple
            if peer is not but:
                push(frame)

    def send_note(self, note: bytes) -> None:
        """One note for all who understand notes."""
        for peer in list(self._active):
            if peer.session.felt:
                peer.push(note)

    def send_accepted(self, vector: Mapping[str, int], at: str) -> None:
        """To each device what was decided of its own replicas."""
        moved: dict[str, dict[str, int]] = {}
        for replica, counter in vector.items():
            device = replica.partition("-")[0]
            if device in self._devices:
                moved.setdefault(device, {})[replica] = counter
        for device, counters in moved.items():
            note = accepted_note(counters, at)
            for peer in list(self._devices[device]):
                if peer in self._active:
                    peer.push(note)

    def of_device(self, peer: Peer) -> list[Peer]:
        """All who are here for the device of `peer`, and understand notes."""
        return [one for one in self._devices.get(peer.session.device, ()) if one in self._active]

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
        """Tells a newcomer who is here; one that is paused, when it resumes."""
        everybody = None if peer in self._paused else self._people.everybody()
        if everybody is not None:
            peer.push(presence_message(everybody))

    def _forget(self, peer: Peer) -> None:
        device = peer.session.device
        others = [other for other in self._devices.get(device, ()) if other is not peer]
        if others:
            self._devices[device] = others
        else:
            self._devices.pop(device, None)

    def disperse(self, code: CloseCode) -> None:
        """Everybody out; what they still send is not judged."""
        peers: Iterable[Peer] = list(self._peers)
        self._peers.clear()
        self._active.clear()
        self._paused.clear()
        self._devices.clear()
        self._pushes = None
        for peer in peers:
            self._people.leave(peer)
            peer.session.fenced = True
            peer.shut(code)
