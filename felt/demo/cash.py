"""The cash games: two tables and their waitlists, people who come and go, requests from phones answered.

The second floor tablet runs them by the pure rules of waiting lists; the cashier sells and buys chips.
"""

from dataclasses import dataclass, field
from typing import Final

import anyio

from crdt_models.documents.floor import Seat
from crdt_models.documents.typed import many
from crdt_models.edits import Json
from crdt_models.rules.waitlist import call_next, open_cash_seats, waiting
from felt.demo import structure
from felt.demo.copy import Copy
from felt.demo.crew import Crew, new_id
from felt.demo.desk import Answered
from felt.demo.office import euros
from felt.demo.registration import write_down_player

__all__ = ["CASH_PLAYERS", "CashGames"]

CASH_PLAYERS: Final = 44
STEP_MINUTES: Final = 3.0
ANSWER_SECONDS: Final = 8.0  # real: time for a person to answer a request before the script does
CALL_MINUTES: Final = 5.0
BUY_IN_CENTS: Final = {"nlh12": 20_000, "plo25": 50_000}
FIRST_ARRIVALS: Final = 13  # at each list: a full table and four who wait
WAITING_MIN: Final = 3
LEAVE_CHANCE: Final = 0.4
SEATED_MIN: Final = 8  # nobody leaves a table that is getting short


@dataclass
class CashGames:
    """What the second floor tablet of the script does."""

    crew: Crew
    names: list[str]
    floor: Copy
    config: Copy
    lock: anyio.Lock = field(default_factory=anyio.Lock)
    bought: dict[str, int] = field(default_factory=dict)  # player → chips in euro cents
    arrived: int = 0
    gone: list[str] = field(default_factory=list)  # players who may come back

    @classmethod
    async def open(cls, crew: Crew, names: list[str]) -> "CashGames":
        return cls(crew, names, await crew.floor2.open("floor"), await crew.floor2.open("config"))

    async def play(self) -> None:
        """Somebody goes, somebody comes, the next is called, for ever."""
        while True:
            for ident in structure.CASH_LISTS:
                async with self.lock:
                    if self.crew.chance.random() < LEAVE_CHANCE:
                        await self._leave(ident)
                    if len(waiting(self.floor.facts, ident)) < WAITING_MIN:
                        await self._arrive(ident)
                    await self._fill(ident)
            await self.crew.pace.minutes(STEP_MINUTES)

    async def start(self) -> None:
        """A full table for each list, and a few who wait."""
        for ident in structure.CASH_LISTS:
            for _ in range(FIRST_ARRIVALS):
                async with self.lock:
                    await self._arrive(ident)
                    await self._fill(ident)

    async def answer_phones(self) -> None:
        """Answers open requests of phones, for ever: who wants to join a list is put on it."""
        requests = await self.crew.floor2.open("requests")
        while True:
            await requests.until(lambda: bool(self._open(requests)))
            await anyio.sleep(ANSWER_SECONDS)
            async with self.lock:
                for ident, request in self._open(requests).items():
                    await self._answer(ident, request)

    def _open(self, requests: Copy) -> dict[str, dict[str, Json]]:
        answered = self.floor.facts.group("answer/")
        return {
            ident: request
            for ident, request in requests.facts.group("request/").items()
            if ident not in answered and isinstance(request, dict)
        }

    async def _answer(self, ident: str, request: dict[str, Json]) -> None:
        changes: list[tuple[str, Json]] = [
            (f"answer/{ident}", {"answer": "accepted", "text": "You are on it"})
        ]
        if request["kind"] == "join_list" and request["list"] in structure.CASH_LISTS:
            entry: Json = {
                "list": request["list"],
                "player": request["player"],
                "source": "phone",
                "state": "waiting",
                "request": ident,
            }
            changes.append((f"waitlist/{new_id(self.crew.chance)}", entry))
        await self.floor.write(*changes)
        self.crew.say(f"Phone request {request['kind']} answered (number {request['number']}).")

    async def _arrive(self, ident: str) -> None:
        """Somebody asks for a seat at the desk: a new face, or one that comes back."""
        if self.arrived < len(self.names):
            name = self.names[self.arrived]
            self.arrived += 1
            player = await write_down_player(self.crew.floor2, self.crew, name, 2_000 + self.arrived)
        elif self.gone:
            player = self.gone.pop(0)
        else:
            return
        entry: Json = {
            "list": ident,
            "player": player,
            "source": "desk",
            "state": "waiting",
            "request": None,
        }
        key = new_id(self.crew.chance)
        await self.floor.write((f"waitlist/{key}", entry))

    async def _fill(self, ident: str) -> None:
        """Calls the next for an open seat; who was called sits down and buys chips."""
        seats = open_cash_seats(self.floor.facts, self.config.facts, ident)
        row = call_next(self.floor.facts, ident)
        if not seats or row is None:
            return
        chair = seats[0]
        until = self.crew.floor2.clock.now() + self.crew.pace.real_ms(CALL_MINUTES)
        await self.floor.write(
            (f"call/{row.entry}", {"table": chair.table, "seat": chair.seat, "until_ms": until})
        )
        await self.crew.pace.minutes(0.5)
        entry = self.floor.facts.get(f"waitlist/{row.entry}")
        if not isinstance(entry, dict):
            return
        await self.floor.write(
            (f"seat/{row.player}", {"table": chair.table, "seat": chair.seat}),
            (f"waitlist/{row.entry}", {**entry, "state": "seated"}),
        )
        cents = BUY_IN_CENTS[ident]
        if await self._money("cash_buy_in", player=row.player, table=chair.table, amount=euros(cents)):
            self.bought[row.player] = cents

    async def _leave(self, ident: str) -> None:
        """Somebody who bought chips here racks up and cashes out."""
        tables = {table for table, of in structure.CASH_TABLES.items() if of == ident}
        seats = many(self.floor.facts, "seat/", Seat)
        here = [player for player, seat in seats.items() if seat.table in tables and player in self.bought]
        if len(here) < SEATED_MIN:
            return
        player = self.crew.chance.choice(sorted(here))
        cents = round(self.bought.pop(player) * self.crew.chance.uniform(0.3, 1.3)) // 500 * 500
        self.gone.append(player)
        await self.floor.write((f"seat/{player}", None))
        if cents:
            await self._money("cash_out", player=player, table=seats[player].table, amount=euros(cents))

    async def _money(self, kind: str, **content: Json) -> bool:
        try:
            await self.crew.cashier.command(kind, drawer="d2", **content)
        except Answered as refusal:
            self.crew.refused(kind, refusal)
            return False
        return True
