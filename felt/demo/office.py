"""The manager's part: sets the room up, adopts what money obeys, opens and closes the event."""

from collections.abc import Mapping, Sequence
from typing import Any

from crdt_models.documents.tournament import Level, TournamentSetup
from crdt_models.edits import Json
from crdt_models.rules.elimination.standings import results, standings
from crdt_models.rules.structure.clock import plan_of, start_clock
from felt.demo import structure
from felt.demo.crew import Crew, act_size
from felt.demo.desk import Desk

__all__ = ["announce", "close_registration", "confirm_result", "prepare_room", "start_tournament"]

Changes = Sequence[tuple[str, Json]]
FLOAT_CENTS = {"d1": 500_000, "d2": 300_000}
VAULT_CENTS = 2_000_000


async def prepare_room(crew: Crew, drawers: Desk) -> None:
    """Furniture, structures, lists, the event; and in the ledger: rules, vault, open drawers."""
    await write(crew.manager, "config", _config())
    await write(crew.manager, "floor", _floor())
    await write(crew.manager, "displays", [setup("displays")])
    await write(crew.manager, "roster", [setup("roster")])
    await write(crew.manager, f"tournament/{crew.tournament}", _event(crew))
    calendar = (await crew.manager.http.get("/api/v1/ledger/profiles"))["calendar"]
    await crew.manager.command("adopt_profile", profile={**structure.PROFILE, **calendar})
    await crew.manager.command("adopt_tournament", tournament=crew.tournament, rules=structure.RULES)
    await crew.manager.command("vault_in", amount=euros(VAULT_CENTS))
    for drawer, cents in FLOAT_CENTS.items():
        await drawers.command("open_drawer", drawer=drawer, amount=euros(cents))
    crew.say("The room is set up: rules adopted, drawers open, registration open.")


async def write(desk: Desk, document: str, changes: Changes) -> None:
    """Writes in acts, the setup first, and waits until the leaf has them. What is there already is kept."""
    copy = await desk.open(document)
    missing = [(name, value) for name, value in changes if copy.facts.get(name) is None]
    for act in act_size(missing):
        await copy.write(*act)
    await copy.settled()


async def start_tournament(crew: Crew) -> None:
    """Starts the clock of level 1."""
    event = await crew.event(crew.floor)
    clock = start_clock(None, plan_of(event.facts), crew.floor.clock.now())
    if clock is not None:
        await event.write(("clock", clock.model_dump()))
    crew.say("Shuffle up and deal: the clock runs.")


async def close_registration(crew: Crew) -> None:
    """Closes registration in the document, and in the ledger, where it settles the pool."""
    event = await crew.event(crew.manager)
    now = crew.manager.clock.now()
    await event.write(("registration", {"state": "closed", "at_ms": now}))
    await crew.manager.command("close_registration", tournament=crew.tournament)
    money = await crew.manager.http.get(f"/api/v1/ledger/tournaments/{crew.tournament}")
    crew.say(f"Registration is closed: {describe(money)}.")


async def confirm_result(crew: Crew) -> list[tuple[str, str, int]]:
    """Confirms the paid places of the finished event: [(player, entry, place)]."""
    event = await crew.event(crew.manager)
    await event.until(lambda: len(standings(event.facts).left) == 1)
    paid = [row for row in results(event.facts) if row[2] <= len(structure.PAYOUTS[-1].basis_points)]
    rows: Json = [list(place) for place in paid]
    await crew.manager.command("confirm_result", tournament=crew.tournament, places=rows)
    return paid


async def announce(crew: Crew, ident: str, text: str, minutes: float) -> None:
    """Plain words on all screens for so long."""
    displays = await crew.floor2.open("displays")
    until = crew.floor2.clock.now() + crew.pace.real_ms(minutes)
    await displays.write((f"announce/{ident}", {"text": text, "until_ms": until}))
    crew.say(f"Announced: {text}")


def describe(money: Mapping[str, Any]) -> str:
    """The event's money in words, from the answer of `/ledger/tournaments/{id}`."""
    return f"{money['entries']} entries, pool {money['pool_cents'] // 100} {structure.CURRENCY}"


def setup(kind: str) -> tuple[str, Json]:
    return ("setup", {"kind": kind, "version": 1})


def euros(cents: int) -> Json:
    return {"amount": cents, "currency": structure.CURRENCY}


def _config() -> Changes:
    venue: Json = {
        "name": "The Felt Room",
        "currency": structure.CURRENCY,
        "time_zone": "Europe/Vienna",
        "locale": "en",
    }
    furniture = [(f"table/{ident}", table.model_dump()) for ident, table in structure.FURNITURE.items()]
    payouts = [(f"payouts/p{at}", table.model_dump()) for at, table in enumerate(structure.PAYOUTS)]
    return [
        setup("config"),
        ("venue", venue),
        ("receipt", {"header": "The Felt Room", "footer": "Good luck"}),
        ("chips/c25", {"name": "25 and up", "values": [25, 100, 500, 1_000, 5_000, 25_000]}),
        ("blinds/standard", structure.BLINDS.model_dump()),
        *payouts,
        *furniture,
    ]


def _floor() -> Changes:
    lists: list[tuple[str, Json]] = [
        (f"list/{ident}", {"name": name, "start_number": 5}) for ident, name in structure.CASH_LISTS.items()
    ]
    tables: list[tuple[str, Json]] = [
        (f"cash/{table}", {"list": ident, "state": "open"}) for table, ident in structure.CASH_TABLES.items()
    ]
    return [setup("floor"), *lists, *tables]


def _event(crew: Crew) -> Changes:
    now = crew.manager.clock.now()
    event = TournamentSetup(
        name="Friday 60",
        starts_ms=now + crew.pace.real_ms(60),
        seats_per_table=9,
        starting_stack=structure.STARTING_STACK,
        late_until_level=structure.LATE_UNTIL_LEVEL,
        entries_per_player=3,
    )
    levels = [
        Level(
            kind=row.kind,
            duration_ms=crew.pace.real_ms(row.minutes),
            small=row.small,
            big=row.big,
            ante=row.ante,
            ante_by=row.ante_by,
            minutes=row.minutes,
        )
        for row in structure.BLINDS.levels
    ]
    return [
        ("setup", event.model_dump()),
        ("registration", {"state": "open", "at_ms": now}),
        *[(f"level/{number}", level.model_dump()) for number, level in enumerate(levels, start=1)],
    ]
