"""What people do in the flows beside the browser: sell entries, seat players, read what a server holds."""

from typing import Any

from crdt_models.edits import Json
from felt.demo import structure
from felt.demo.crew import Crew, new_id
from felt.demo.office import euros
from felt.demo.registration import write_down_player
from tests.fix_room import Room

__all__ = ["entries", "seat_players", "sell"]


def sell(room: Room, names: list[str]) -> list[dict[str, Any]]:
    """Buys players in, at the cage; answers what each receipt showed."""

    async def job(crew: Crew) -> list[dict[str, Any]]:
        return [await buy_in(crew, name, number) for number, name in enumerate(names)]

    receipts: list[dict[str, Any]] = room.work(job)
    return receipts


async def buy_in(crew: Crew, name: str, number: int) -> dict[str, Any]:
    player = await write_down_player(crew.cashier, crew, name, 100 + number)
    return await crew.cashier.command(
        "buy_in",
        tournament=crew.tournament,
        player=player,
        entry=new_id(crew.chance),
        drawer="d1",
        method="cash",
        amount=euros(structure.PRICE_CENTS),
    )


def seat_players(room: Room, names: list[str], table: str = "t1") -> dict[str, str]:
    """Paid players in seats 1, 2, 3 … of a table of the event; answers name → player."""
    receipts = sell(room, names)
    players = {name: str(receipt["entry"]["player"]) for name, receipt in zip(names, receipts, strict=True)}

    async def job(crew: Crew) -> None:
        event = await crew.event(crew.floor)
        changes: list[tuple[str, Json]] = []
        if event.facts.get(f"table/{table}") is None:
            changes.append((f"table/{table}", {"open": True, "order": 1, "locked": False}))
        for seat, receipt in enumerate(receipts, start=1):
            player = str(receipt["entry"]["player"])
            life: Json = {"player": player, "number": 1, "kind": "initial"}
            changes.append((f"entry/{receipt['entry']['entry']}", life))
            changes.append((f"seat/{player}", {"table": table, "seat": seat}))
        await event.write(*changes)
        await event.settled()

    room.work(job)
    return players


def entries(room: Room, at: str = "") -> list[dict[str, Any]]:
    """The ledger, as the leaf (or the server at `at`) tells it."""
    found: list[dict[str, Any]] = room.get("/api/v1/ledger/entries?after=0&limit=500", at=at)["entries"]
    return found
