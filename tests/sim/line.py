"""One connection between a tablet and a room, with frames under way both ways.

Frames arrive when the evening says so. A bad line doubles them, changes their order or loses some; a cut one
loses all that is under way.
"""

import random
from collections.abc import Callable
from typing import Final

from crdt_models.errors import CloseCode, Foul, RoomClosed
from crdt_models.session import Session
from tests.sim.site import Site

__all__ = ["PEOPLE", "Line", "Weather"]

UPDATES: Final = 0  # the first byte of a message
PEOPLE: Final = frozenset({"ana", "bea"})


class Weather:
    """What happens to frames under way; `bad` is the chance of each harm to each frame.

    It is worse than any real line, which keeps their order. Only servers' notes are left in theirs: that a
    refusal comes before the acceptance of its act is what authors rely on.
    """

    def __init__(self, dice: random.Random, bad: float) -> None:
        self._dice = dice
        self.bad = bad

    def blow(self, frames: list[bytes], *, lose: bool) -> None:
        """Doubles, swaps and (`lose`) drops frames in place."""
        if not self.bad:
            return
        dice, n = self._dice, 0
        while n < len(frames):
            if dice.random() < self.bad:
                match dice.randrange(3):
                    case 0:
                        frames.insert(dice.randrange(n, len(frames)) + 1, frames[n])
                    case 1:
                        other = dice.randrange(len(frames))
                        if lose or frames[n][0] == frames[other][0] == UPDATES:
                            frames[n], frames[other] = frames[other], frames[n]
                    case _ if lose:
                        del frames[n]
                        continue
            n += 1


class Line:
    """A `Peer` of its room. `hear` is the tablet's: it takes one frame and answers frames to send."""

    def __init__(
        self,
        site: Site,
        document: str,
        device: str,
        hear: Callable[[bytes], list[bytes]],
        *,
        epoch: int = 0,
        felt: bool = True,
        may_write: bool = True,
    ) -> None:
        self.site = site
        self.document = document
        self.session = Session(device, "ana", may_write, PEOPLE.__contains__, felt)
        self.code: CloseCode | None = None  # the server's last word
        self.open = True
        self.up: list[bytes] = []
        self.down: list[bytes] = []
        self._hear = hear
        self._room = site.room(document)
        if epoch in (0, self._room.epoch):
            self._room.join(self, term=site.term, now=site.now())
        else:
            self.shut(CloseCode.OTHER_EPOCH)  # the door reads it in the path

    def push(self, frame: bytes) -> None:
        if self.open:
            self.down.append(frame)

    def shut(self, code: CloseCode) -> None:
        self.code = self.code or code
        self.open = False

    def send(self, *frames: bytes) -> None:
        if self.open:
            self.up.extend(frames)

    def arrive_up(self, most: int) -> None:
        """Frames reach the server, as many as that."""
        frames, self.up = self.up[:most], self.up[most:]
        for frame in frames:
            if not self.open:
                return
            try:
                self._room.receive(self, frame)
            except Foul as foul:
                self._room.leave(self)
                self.shut(foul.code)
            except RoomClosed:
                self.shut(CloseCode.NOT_READY)

    def arrive_down(self, most: int) -> None:
        """Frames reach the tablet; what the server said before it shut the line arrives too."""
        frames, self.down = self.down[:most], self.down[most:]
        for frame in frames:
            self.send(*self._hear(frame))

    def cut(self) -> None:
        """What is under way is lost."""
        if self.open:
            self._room.leave(self)
        self.open = False
        self.up.clear()
        self.down.clear()

    def sleep(self) -> None:
        """The reader does not keep up: the room sends nothing until `wake`."""
        self._room.pause(self)

    def wake(self) -> None:
        self._room.resume(self)
