"""A published event played again: its entries sold, its players out in the published order, its prizes paid.

Everything is asked for over the public interfaces, as a floor and a cage would: facts of the event's document
by sync, money by commands. What came of it is read back from the leaf.
"""

from dataclasses import dataclass, field
from typing import Any

from crdt_models.edits import Json
from crdt_models.rules.elimination.standings import results
from felt.demo.crew import act_size
from felt.demo.desk import Desk

__all__ = ["CURRENCY", "Played", "open_house", "play"]

CURRENCY = "USD"
PROFILE: Json = {
    "name": "House", "cash": True, "cash_games": False,
    "reverse_limit_cents": 10**9, "payout_limit_cents": 10**10,
}  # fmt: skip
Places = list[tuple[str, str, int]]
"""Player, entry, place."""
CASH: dict[str, Json] = {"drawer": "d", "method": "cash"}


@dataclass
class Played:
    """`prizes` by place as booked, `money` the event as the leaf tells it when all is paid."""

    pool_cents: int
    prizes: list[int] = field(default_factory=list)
    seats: int = 0
    bounties_cents: int = 0
    money: dict[str, Any] = field(default_factory=dict)
    balances: dict[str, int] = field(default_factory=dict)


async def open_house(desk: Desk) -> None:
    """Rules of the house, and one empty drawer."""
    await desk.command("adopt_profile", profile=PROFILE)
    await desk.command("open_drawer", drawer="d", amount=_dollars(0))


async def play(desk: Desk, event: dict[str, Any]) -> Played:
    """Answers when everything is paid."""
    await _adopt(desk, event)
    entries = await _sell(desk, event)
    if event.get("added_cents"):
        amount = _dollars(event["added_cents"])
        await desk.command("add_money", tournament=event["id"], amount=amount, reason="as published")
    closed = await desk.command("close_registration", tournament=event["id"])
    played = Played(closed["entry"]["data"]["pool_cents"])
    places = await _play_out(desk, event, entries)
    if event.get("bounties_cents"):
        await _take_heads(desk, event, places)
    await _confirm(desk, event, places, played)
    await _pay(desk, event, played)
    return played


async def _adopt(desk: Desk, event: dict[str, Any]) -> None:
    price = event["price"]
    kind, places = places_of(event)
    rules: dict[str, Json] = {
        "name": event["id"],
        "prices": {"buy_in": price, "re_entry": price, "rebuy": price},
        "entries_per_player": 2,
        "payout": {
            "unit_cents": 1,
            "tables": [{"entries_min": 1, "entries_max": 100_000, kind: [*places]}],
        },
    }
    if "seat_cents" in event:
        rules["satellite"] = {"target": "main", "seat_cents": event["seat_cents"]}
    if "bounty" in event:
        rules["bounty"] = event["bounty"]
    await desk.command("adopt_tournament", tournament=event["id"], rules=rules)
    document = await desk.open(f"tournament/{event['id']}")
    setup: Json = {
        "kind": "tournament", "version": 1, "name": event["id"][:40], "starts_ms": 0, "seats_per_table": 9,
        "starting_stack": 1_500, "late_until_level": 4, "entries_per_player": 2,
    }  # fmt: skip
    level: Json = {"kind": "play", "duration_ms": 600_000, "small": 10, "big": 20}
    await document.write(("setup", setup), ("level/1", level))
    await document.settled()


async def _sell(desk: Desk, event: dict[str, Any]) -> list[tuple[str, str]]:
    """(player, entry) in the order sold; each is paid at the cage and stands on the floor."""
    total = _dollars(sum(event["price"].values()))
    sold = [(f"p{n}", f"e{n}") for n in range(event["players"])]
    again = [(f"p{n}", f"r{n}") for n in range(event.get("re_entries", 0))]
    for kind, entries in (("buy_in", sold), ("re_entry", again)):
        for player, entry in entries:
            names: dict[str, Json] = {
                "tournament": event["id"],
                "player": player,
                "entry": entry,
                "amount": total,
            }
            await desk.command(kind, **names, **CASH)
    for n in range(event.get("rebuys", 0)):
        player, entry = sold[n % len(sold)]
        who = {"tournament": event["id"], "player": player, "entry": entry}
        await desk.command("rebuy", **who, amount=total, **CASH)
    lives: list[tuple[str, Json]] = [
        (f"entry/{entry}", {"player": player, "number": 1, "kind": "initial"}) for player, entry in sold
    ]
    lives += [
        (f"entry/{entry}", {"player": player, "number": 2, "kind": "re-entry"}) for player, entry in again
    ]
    await _write(desk, event, lives)
    return [*sold, *again]


async def _play_out(
    desk: Desk, event: dict[str, Any], entries: list[tuple[str, str]]
) -> list[tuple[str, str, int]]:
    """First lives of those who re-entered are over first, then all but one go out, the last sold first."""
    players = {player for player, _ in entries}
    again = dict(entries[len(players) :])
    first = [(player, entry) for player, entry in entries[: len(players)] if player in again]
    last = [(player, again.get(player, entry)) for player, entry in entries[: len(players)]]
    busts: list[tuple[str, Json]] = [
        (f"bust/{entry}", {"player": player, "at_ms": n + 1, "hand": f"h{n}"})
        for n, (player, entry) in enumerate([*first, *reversed(last[1:])])
    ]
    await _write(desk, event, busts)
    document = await desk.open(f"tournament/{event['id']}")
    return results(document.facts)


async def _take_heads(desk: Desk, event: dict[str, Any], places: Places) -> None:
    """Who was out took the head of who went out before; the winner's own waits for the result."""
    order = sorted(places, key=lambda row: -row[2])
    for (_, out, _), (_, by, _) in zip(order, order[1:], strict=False):
        await desk.command("knock_out", tournament=event["id"], entry=out, by=[by])


async def _confirm(desk: Desk, event: dict[str, Any], places: Places, played: Played) -> None:
    if "seat_cents" in event:
        rest = len(_repeated(event["rest_cents"]))
        named = [[player, entry] for player, entry, _ in places]
        seats = event["seats"]
        booked = await desk.command(
            "confirm_seats", tournament=event["id"], seats=named[:seats], rest=named[seats : seats + rest]
        )
        played.seats = len(booked["entry"]["data"]["tickets"])
    else:
        paid = len(places_of(event)[1])
        rows: Json = [list(row) for row in places if row[2] <= paid]
        booked = await desk.command("confirm_result", tournament=event["id"], places=rows)
    due = booked["entry"]["data"]["due"]
    played.prizes = [cents for _, _, _, cents in sorted(due, key=lambda row: row[2])]
    if event.get("bounties_cents"):
        winner = places[0][1]
        await desk.command("knock_out", tournament=event["id"], entry=winner, by=[winner])


async def _pay(desk: Desk, event: dict[str, Any], played: Played) -> None:
    """Every prize and bounty in cash, until nothing is left open."""
    money = await desk.http.get(f"/api/v1/ledger/tournaments/{event['id']}")
    for prize in money["prizes"]:
        names: dict[str, Json] = {
            "tournament": event["id"],
            "player": prize["player"],
            "place": prize["place"],
        }
        await desk.command("pay_prize", **names, amount=_dollars(prize["due_cents"]), **CASH)
    for item in money["open"]:
        if item["what"] == "bounty":
            played.bounties_cents += item["cents"]
            who = {"tournament": event["id"], "player": item["player"]}
            await desk.command("pay_bounty", **who, amount=_dollars(item["cents"]), **CASH)
    played.money = await desk.http.get(f"/api/v1/ledger/tournaments/{event['id']}")
    played.balances = (await desk.http.get("/api/v1/ledger/balances"))["balances"]


async def _write(desk: Desk, event: dict[str, Any], changes: list[tuple[str, Json]]) -> None:
    document = await desk.open(f"tournament/{event['id']}")
    for act in act_size(changes):
        await document.write(*act)
    await document.settled()


def places_of(event: dict[str, Any]) -> tuple[str, list[int]]:
    """How its payout table is written, and the table; a satellite has any."""
    for kind in ("millionths", "fixed_cents"):
        if kind in event:
            return kind, _repeated(event[kind])
    return "basis_points", _repeated(event.get("table", "10000"))


def _repeated(text: str) -> list[int]:
    """`"50 20*2"` → 50, 20, 20."""
    found: list[int] = []
    for share in text.split():
        value, _, times = share.partition("*")
        found += [int(value)] * int(times or 1)
    return found


def _dollars(cents: int) -> Json:
    return {"amount": cents, "currency": CURRENCY}
