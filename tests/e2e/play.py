"""What people do in the flows beside the browser: sell entries, seat players, read what a server holds."""

from dataclasses import dataclass
from typing import Any

from crdt_models.edits import Json
from felt.demo import structure
from felt.demo.crew import Crew, new_id
from felt.demo.office import euros
from felt.demo.registration import write_down_player
from tests.fix_room import Room

__all__ = ["Sold", "buy_in", "entries", "seat_players", "sell"]


@dataclass(frozen=True)
class Sold:
    """One entry sold, and what its receipt showed."""

    player: str
    entry: str
    seq: int
    hash: str


def sell(room: Room, names: list[str]) -> list[Sold]:
    """Buys players in, at the cage."""

    async def job(crew: Crew) -> list[Sold]:
        return [await buy_in(crew, name, number) for number, name in enumerate(names)]

    sold: list[Sold] = room.work(job)
    return sold


async def buy_in(crew: Crew, name: str, number: int) -> Sold:
    """A new player, in the roster and paid."""
    player, entry = await write_down_player(crew.cashier, crew, name, 100 + number), new_id(crew.chance)
    booked = await crew.cashier.command(
        "buy_in",
        tournament=crew.tournament,
        player=player,
        entry=entry,
        drawer="d1",
        method="cash",
        amount=euros(structure.PRICE_CENTS),
    )
    return Sold(player, entry, booked["entry"]["seq"], booked["hash"])


def seat_players(room: Room, names: list[str], table: str = "t1") -> dict[str, str]:
    """Paid players in seats 1, 2, 3 … of a table of the event; answers name → player."""
    sold = sell(room, names)

    async def job(crew: Crew) -> None:
        event = await crew.event(crew.floor)
        changes: list[tuple[str, Json]] = []
        if event.facts.get(f"table/{table}") is None:
            changes.append((f"table/{table}", {"open": True, "order": 1, "locked": False}))
        for seat, one in enumerate(sold, start=1):
            life: Json = {"player": one.player, "number": 1, "kind": "initial"}
            changes.append((f"entry/{one.entry}", life))
            changes.append((f"seat/{one.player}", {"table": table, "seat": seat}))
        await event.write(*changes)
        await event.settled()

    room.work(job)
    return {name: one.player for name, one in zip(names, sold, strict=True)}


def entries(room: Room, at: str = "") -> list[dict[str, Any]]:
    """The ledger, as the leaf (or the server at `at`) tells it, page by page."""
    found: list[dict[str, Any]] = []
    while page := room.get(f"/api/v1/ledger/entries?after={len(found)}&limit=500", at=at)["entries"]:
        found += page
    return found
