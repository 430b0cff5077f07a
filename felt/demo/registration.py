"""The cashier's part: new players, buy-ins before the start and late, re-entries, prizes, the last count."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import anyio

from crdt_models.documents.tournament import Entry
from crdt_models.documents.typed import many
from crdt_models.edits import Json
from crdt_models.rules.elimination.standings import standings
from felt.demo import structure
from felt.demo.crew import Crew, new_id
from felt.demo.desk import Answered, Desk
from felt.demo.office import euros
from felt.demo.people import PINS, STAFF_BY_ROLE

__all__ = ["Sales", "close_drawers", "pay_prizes", "sell_entries", "write_down_player"]

ENTRIES_PER_PLAYER: Final = 3
PLAYERS: Final = 128  # the other entries are re-entries
FIRST_MINUTE: Final = 5.0
START_MINUTE: Final = 60.0
EARLY: Final = 96  # players who are there when cards are in the air
CLOSE_MINUTE: Final = START_MINUTE + structure.LATE_UNTIL_LEVEL * 20
NOTES_CENTS: Final = (20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100)


@dataclass
class Sales:
    """What was sold. `over` is set when no entry will be sold any more."""

    players: list[str] = field(default_factory=list)
    entries: Counter[str] = field(default_factory=Counter)  # by player
    over: anyio.Event = field(default_factory=anyio.Event)


async def sell_entries(crew: Crew, names: list[str], sales: Sales) -> None:
    """Sells all entries of the event at their times: first the early ones, then late ones and re-entries."""
    late = structure.ENTRIES - EARLY
    new = PLAYERS - EARLY
    re_entries = set(crew.chance.sample(range(late // 4, late), late - new))
    for number in range(EARLY):
        await crew.pace.at(FIRST_MINUTE + (START_MINUTE - FIRST_MINUTE) * number / EARLY)
        await _buy_in(crew, names[number], sales)
    for number in range(late):
        await crew.pace.at(START_MINUTE + (CLOSE_MINUTE - START_MINUTE) * (number + 1) / (late + 1))
        if number in re_entries:
            await _re_enter(crew, sales)
        else:
            await _buy_in(crew, names[len(sales.players)], sales)
    sales.over.set()


async def write_down_player(desk: Desk, crew: Crew, name: str, number: int) -> str:
    """A new player in the roster; answers the id."""
    player = new_id(crew.chance)
    roster = await desk.open("roster")
    await roster.write((f"player/{player}", {"name": name, "club_number": number}))
    return player


async def pay_prizes(crew: Crew, places: list[tuple[str, str, int]]) -> None:
    """Pays every confirmed prize, what is above the limit with the manager's approval."""
    cage = await crew.cashier.open("cage")
    due = {f"{crew.tournament}.{place}.{player}": (player, place) for player, _, place in places}
    await cage.until(lambda: due.keys() <= cage.facts.group("prize/").keys())
    for ident, (player, place) in sorted(due.items(), key=lambda item: -item[1][1]):
        cents = _cents(cage.facts.group("prize/")[ident])
        approval: dict[str, Json] = {}
        if cents > int(str(structure.PROFILE["payout_limit_cents"])):
            approval["second"] = {"person": STAFF_BY_ROLE["manager"], "pin": PINS["manager"]}
        try:
            await crew.cashier.command(
                "pay_prize",
                tournament=crew.tournament,
                player=player,
                place=place,
                drawer="d1",
                method="cash",
                amount=euros(cents),
                expects={"due_cents": cents},
                **approval,
            )
        except Answered as refusal:
            crew.refused(f"prize of place {place}", refusal)
        await crew.pace.minutes(1)
    crew.say(f"{len(due)} prizes paid.")


async def close_drawers(crew: Crew) -> None:
    """Counts and closes the drawers; one is five short, as happens."""
    answer = await crew.manager.http.get("/api/v1/ledger/balances")
    for drawer, short in (("d1", 500), ("d2", 0)):
        cents = sum(amount for account, amount in answer["balances"].items() if drawer in account.split("/"))
        try:
            await crew.cashier.command("close_drawer", drawer=drawer, counted=notes(cents - short))
        except Answered as refusal:
            crew.refused(f"closing {drawer}", refusal)
    crew.say("Drawers counted and closed.")


def notes(cents: int) -> dict[str, Json]:
    """An amount in whole euros as pieces per denomination."""
    pieces: dict[str, Json] = {}
    for note in NOTES_CENTS:
        count, cents = divmod(cents, note)
        if count:
            pieces[str(note)] = count
    return pieces


async def _buy_in(crew: Crew, name: str, sales: Sales) -> None:
    number = len(sales.players)
    if number < len(crew.guests):
        player = crew.guests[number]
    else:
        player = await write_down_player(crew.cashier, crew, name, 1_000 + number)
    sales.players.append(player)
    await _sell(crew, "buy_in", player, sales)


async def _re_enter(crew: Crew, sales: Sales) -> None:
    """Somebody who is out buys in again; waits until somebody is."""
    event = await crew.event(crew.cashier)

    def candidates() -> list[str]:
        """Out, and not about to be seated again."""
        lives = Counter(entry.player for entry in many(event.facts, "entry/", Entry).values())
        out = (finish.player for finish in standings(event.facts).out)
        return sorted(who for who in out if sales.entries[who] == lives[who] < ENTRIES_PER_PLAYER)

    await event.until(lambda: bool(candidates()))
    await _sell(crew, "re_entry", crew.chance.choice(candidates()), sales)


async def _sell(crew: Crew, kind: str, player: str, sales: Sales) -> None:
    try:
        await crew.cashier.command(
            kind,
            tournament=crew.tournament,
            player=player,
            entry=new_id(crew.chance),
            drawer="d1",
            method="cash",
            amount=euros(structure.PRICE_CENTS),
            expects={"entries": sales.entries[player]},
        )
        sales.entries[player] += 1
    except Answered as refusal:
        crew.refused(kind, refusal)


def _cents(prize: Json) -> int:
    """What is left to pay of a prize."""
    assert isinstance(prize, dict)
    return int(str(prize["amount_cents"])) - int(str(prize["paid_cents"]))
