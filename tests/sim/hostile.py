"""A device that is signed in and means harm: it forges, replays and splits frames, and writes good edits too.

It never writes under a client id of an honest tablet where this server does not know it yet, nor the same id
at both servers: what comes of that is a test of its own (two structs under one id can't be told apart).
"""

import random
from collections.abc import Iterator

from crdt_models.session import SyncStep, sync_message
from crdt_models.wire import read_state_vector
from tests.fuzz.forge import Hints, damaged, update
from tests.fuzz.script import Script
from tests.sim.line import Line
from tests.sim.site import Site

__all__ = ["Intruder"]

SCRIPT_BYTES: tuple[int, ...] = (40, 120, 300)
KEPT_MAX = 200


class Intruder:
    """Has a line to each server and document, and a new one whenever it is thrown out."""

    def __init__(self, device: str, dice: random.Random, ids: Iterator[int]) -> None:
        self.device = device
        self._dice = dice
        self._own: dict[str, int] = {"leaf": next(ids), "core": next(ids)}
        self._overheard: list[bytes] = []
        self._lines: dict[tuple[str, str], Line] = {}

    def overhear(self, frames: list[bytes]) -> None:
        """Frames of honest tablets, to be sent again as its own."""
        self._overheard = [*self._overheard, *frames][-KEPT_MAX:]

    def strike(self, site: Site, document: str) -> None:
        """One frame, arriving at once."""
        line = self._line(site, document)
        match self._dice.randrange(5):
            case 0 if self._overheard:
                frame = self._dice.choice(self._overheard)
            case 1 if self._overheard:
                frame = damaged(self._dice.choice(self._overheard), self._script())
            case 2:
                frame = sync_message(SyncStep.STEP_2, self._forged(site, document))
            case _:
                frame = sync_message(SyncStep.UPDATE, self._forged(site, document))
        line.send(frame)
        line.arrive_up(1)
        line.down.clear()

    def _line(self, site: Site, document: str) -> Line:
        line = self._lines.get((site.at, document))
        if line is None or not line.open or line.session.fenced:
            line = self._lines[site.at, document] = Line(site, document, self.device, lambda frame: [])
        return line

    def _forged(self, site: Site, document: str) -> bytes:
        whole = site.room(document).whole()
        clocks = read_state_vector(site.room(document).state_vector, clients_max=10**6)
        own = self._own[site.at]
        hints = Hints(
            clocks=clocks,
            vector={} if whole is None else whole.vector,
            devices=(self.device, "d0", "leaf"),
            clients=(own, own, own, *sorted(clocks)[:20]),
        )
        return update(self._script(), hints)

    def _script(self) -> Script:
        return Script(self._dice.randbytes(self._dice.choice(SCRIPT_BYTES)))
