"""The floor's part of the tournament: seats who paid, moves players by the proposals, notes who is out.

One hand at one tablet: everything here runs under one lock, so that each step sees the one before.
"""

from dataclasses import dataclass, field
from typing import Final

import anyio

from crdt_models.documents.cage import PaidEntry
from crdt_models.documents.tournament import Button, Entry, Table
from crdt_models.documents.typed import many
from crdt_models.edits import Json
from crdt_models.rules.elimination.standings import standings
from crdt_models.rules.seating.balancing import propose
from crdt_models.rules.seating.button import next_hand
from crdt_models.rules.seating.chart import Chair, Chart, TableSeats, open_seats, seat_chart
from crdt_models.rules.seating.draw_pool import SeatPlan, break_plan, draw_seat, redraw_plan
from crdt_models.rules.seating.proposal import Proposal
from felt.demo import structure
from felt.demo.copy import Copy
from felt.demo.crew import Crew, act_size, new_id
from felt.demo.field import Field

__all__ = ["TournamentFloor"]

TABLES_MAX: Final = 16  # the furniture after these is for cash games
SPARE_SEATS: Final = 2  # with fewer free seats another table is opened
STEPS_MAX: Final = 20  # moves in a row; more means that somebody else works against us


@dataclass
class TournamentFloor:
    """What the floor tablet of the script does. `open` reads the documents it needs, once."""

    crew: Crew
    imagined: Field
    event: Copy
    config: Copy
    cage: Copy
    lock: anyio.Lock = field(default_factory=anyio.Lock)
    consolidate: bool = False  # break tables only when no more entries are sold
    moves: int = 0

    @classmethod
    async def open(cls, crew: Crew, imagined: Field) -> "TournamentFloor":
        desk = crew.floor
        return cls(crew, imagined, await crew.event(desk), await desk.open("config"), await desk.open("cage"))

    @property
    def chart(self) -> Chart:
        return seat_chart(self.event.facts, self.config.facts)

    @property
    def now(self) -> int:
        return self.crew.floor.clock.now()

    async def seat_all_who_pay(self) -> None:
        """Draws a seat for every paid entry that has none yet, for ever."""
        while True:
            await self.cage.until(lambda: bool(self._unseated()))
            async with self.lock:
                for entry, paid in self._unseated().items():
                    await self._seat(entry, paid)

    async def bust(self, hand: str = "", tied: bool = False) -> str | None:
        """Somebody goes out; answers the hand, so that another can go out in the same one."""
        async with self.lock:
            standing, chart = standings(self.event.facts), self.chart
            tables = [table for table in chart.open_tables if len(table.players) > 1]
            seated = {player: table for table in tables for player in table.players.values()}
            losers = [
                player for player in seated if player in standing.left and player in self.imagined.chips
            ]
            if not losers or len(standing.left) < 2:
                return None
            player = self.imagined.choose_loser(losers)
            hand = hand or new_id(self.crew.chance)
            others = [other for other in seated[player].players.values() if other != player]
            winner = self.imagined.bust(player, [other for other in others if other in standing.left])
            bust: dict[str, Json] = {"player": player, "at_ms": self.now, "hand": hand}
            bust["stack_before"] = structure.STARTING_STACK if tied else None
            bust["by"] = [winner] if winner else []
            await self.event.write((f"bust/{standing.life_of[player]}", bust), (f"seat/{player}", None))
            return hand

    async def count_stacks(self, smallest_chip: int) -> None:
        """Chips are counted at every table, and where the button is."""
        async with self.lock:
            for table in self.chart.open_tables:
                players = [player for player in table.players.values() if player in self.imagined.chips]
                if not players:
                    continue
                self.imagined.play(players, smallest_chip)
                counts: list[tuple[str, Json]] = [
                    (f"stack/{player}", {"chips": self.imagined.chips[player], "at_ms": self.now})
                    for player in players
                ]
                await self.event.write(*counts)
                await self._move_button(table)

    async def even_out(self) -> None:
        """Follows the rules' proposals until there is none: buttons, moves, breaks."""
        async with self.lock:
            for _ in range(STEPS_MAX):
                if not await self._step(propose(self.event.facts, self.config.facts)):
                    return

    async def confirm_arrivals(self) -> None:
        """Players who were moved sit down: their call-outs end."""
        async with self.lock:
            changes: list[tuple[str, Json]] = [
                (f"move/{player}", {**move, "arrived": True})
                for player, move in self.event.facts.group("move/").items()
                if isinstance(move, dict) and not move["arrived"]
            ]
            for act in act_size(changes):
                await self.event.write(*act)

    def _unseated(self) -> dict[str, PaidEntry]:
        known = self.event.facts.group("entry/")
        return {
            entry: paid
            for entry, paid in many(self.cage.facts, "entry/", PaidEntry).items()
            if paid.tournament == self.crew.tournament and entry not in known
        }

    async def _seat(self, entry: str, paid: PaidEntry) -> None:
        lives = sum(other.player == paid.player for other in many(self.event.facts, "entry/", Entry).values())
        if len(open_seats(self.chart)) <= SPARE_SEATS:
            await self._open_table()
        chair = draw_seat(self.chart, self.crew.chance.randrange)
        life: Json = {
            "player": paid.player,
            "number": lives + 1,
            "kind": "re-entry" if paid.kind == "re_entry" else "initial",
        }
        changes: list[tuple[str, Json]] = [(f"entry/{entry}", life)]
        if chair is not None:
            changes.append((f"seat/{paid.player}", {"table": chair.table, "seat": chair.seat}))
        self.imagined.enter(paid.player)
        await self.event.write(*changes)

    async def _open_table(self) -> None:
        tables = many(self.event.facts, "table/", Table)
        number = next((n for n in range(1, TABLES_MAX + 1) if f"t{n}" not in tables), None)
        if number is not None:  # the last tables break first
            order = TABLES_MAX + 1 - number
            await self.event.write((f"table/t{number}", {"open": True, "order": order, "locked": False}))

    async def _step(self, proposal: Proposal) -> bool:
        """One step of evening out; False where there is nothing (more) to do."""
        match proposal.kind:
            case "move" if proposal.to_seat is not None:
                await self._move(proposal, Chair(str(proposal.to_table), proposal.to_seat))
            case "break" | "redraw" if self.consolidate:
                await self._seat_anew(proposal)
            case "break" | "redraw":
                return False
            case "blocked" | "defer" if proposal.reason != "final_chairs":
                table = proposal.table if proposal.kind == "blocked" else proposal.to_table
                return await self._move_button(self.chart.tables[str(table)])
            case _:
                return False
        return True

    async def _move(self, proposal: Proposal, to: Chair) -> None:
        player = str(proposal.player)
        move: Json = {
            "from_table": proposal.table,
            "from_seat": proposal.from_seat,
            "to_table": to.table,
            "to_seat": to.seat,
            "rule": proposal.rule,
            "basis": proposal.basis,
            "at_ms": self.now,
            "arrived": False,
        }
        await self.event.write(
            (f"seat/{player}", {"table": to.table, "seat": to.seat}), (f"move/{player}", move)
        )
        self.moves += 1

    async def _seat_anew(self, proposal: Proposal) -> None:
        """A table breaks, or all seats are drawn anew."""
        chart, buttons = self.chart, many(self.event.facts, "button/", Button)
        random = self.crew.chance.randrange
        if proposal.kind == "break":
            table, keeps, seats = str(proposal.table), proposal.keeps, proposal.seats
            plan = break_plan(chart, buttons, table, random, keeps, seats)
        else:
            plan = redraw_plan(chart, buttons, proposal.keeps, random, proposal.seats)
        if plan.fault is not None:
            return
        for act in act_size(self._changes(plan, proposal)):
            await self.event.write(*act)
        for table in plan.closes:
            left = len(self.chart.open_tables)
            self.crew.say(f"Table {chart.tables[table].number} breaks; {left} left.")

    def _changes(self, plan: SeatPlan, proposal: Proposal) -> list[tuple[str, Json]]:
        changes: list[tuple[str, Json]] = []
        for move in plan.moves:
            place: Json = {"table": move.to.table, "seat": move.to.seat}
            told: Json = {
                "from_table": move.from_table,
                "from_seat": move.from_seat,
                "to_table": move.to.table,
                "to_seat": move.to.seat,
                "rule": proposal.rule,
                "basis": plan.basis,
                "at_ms": self.now,
                "arrived": False,
            }
            changes += [(f"seat/{move.player}", place), (f"move/{move.player}", told)]
        tables = many(self.event.facts, "table/", Table)
        for table in plan.closes:
            changes.append((f"table/{table}", {"open": False, "order": tables[table].order}))
        if plan.seats is not None:
            changes += [
                (f"table/{table}", {"open": True, "order": tables[table].order, "seats": plan.seats})
                for table in proposal.keeps
            ]
        return changes

    async def _move_button(self, table: TableSeats) -> bool:
        """A hand is over (or the button was not known): writes where button and blinds are now."""
        last = many(self.event.facts, "button/", Button).get(table.table)
        hand = next_hand(last, table) if last else None
        seats = sorted(table.players)
        if hand is not None:
            button = Button(button=hand.button, small_blind=hand.small_blind, big_blind=hand.big_blind)
        elif len(seats) >= 2:
            at = self.crew.chance.randrange(len(seats))
            around = (seats[at:] + seats[:at]) * 2
            button = Button(button=around[0], small_blind=around[1], big_blind=around[2])
        else:
            return False
        await self.event.write((f"button/{table.table}", button.model_dump()))
        return True
