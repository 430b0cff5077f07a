"""The evening: who does what when. Everything below goes through the public interfaces, as tablets do.

Minutes are as published; `Pace` shortens them. Servers may die and lines may be cut meanwhile: desks wait and
go on. A refusal is told and passed over, for people may play in the same room.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import anyio
import anyio.abc

from crdt_models.documents.tournament import Clock
from crdt_models.documents.typed import one
from crdt_models.edits import Json
from crdt_models.rules.elimination.standings import standings
from crdt_models.rules.structure.clock import level_number, plan_of, read_clock
from felt.demo import office, registration, structure
from felt.demo.cash import CASH_PLAYERS, CashGames
from felt.demo.crew import Crew
from felt.demo.desk import Answered, Desk
from felt.demo.field import Field, bust_minutes
from felt.demo.links import claim_code
from felt.demo.people import player_names
from felt.demo.phones import claim_phone, join_list, wait_for_answer
from felt.demo.registration import CLOSE_MINUTE, START_MINUTE, Sales
from felt.demo.tables import TournamentFloor

__all__ = ["EVENING_MINUTES", "play_evening"]

EVENING_MINUTES: Final = START_MINUTE + sum(row.minutes for row in structure.BLINDS.levels)
FIRST_BUST_MINUTE: Final = START_MINUTE + 15
TIED_AT_LEFT: Final = len(structure.PAYOUTS[-1].basis_points)  # two go out in one hand there, and share
PROGRESS_MINUTES: Final = 10
STACKS_MINUTES: Final = 20
ANSWER_SECONDS_MAX: Final = 120


async def play_evening(crew: Crew, core_url: str, over: Callable[[], None]) -> None:
    """Plays from an empty room to the last prize paid, tells that it is `over`, then only looks after guests.

    Runs until cancelled.
    """
    names = player_names(registration.PLAYERS + CASH_PLAYERS, crew.chance)
    await office.prepare_room(crew, crew.cashier)
    crew.pace.start()
    floor = await TournamentFloor.open(crew, Field(crew.chance, structure.STARTING_STACK))
    cash = await CashGames.open(crew, names[registration.PLAYERS :])
    sales = Sales()
    async with anyio.create_task_group() as guests:
        guests.start_soon(_show_on_new_screens, crew)
        guests.start_soon(cash.answer_phones)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(floor.seat_all_who_pay)
            tasks.start_soon(_run_cash, cash)
            tasks.start_soon(_even_out, crew, floor)
            tasks.start_soon(_count, crew, floor)
            tasks.start_soon(_progress, crew, floor)
            tasks.start_soon(_phones, crew, core_url, sales)
            tasks.start_soon(registration.sell_entries, crew, names, sales)
            tasks.start_soon(_open_and_close, crew, floor, sales)
            await _play_down(crew, floor, sales)
            await attempt(crew, "the result", lambda: _finish(crew))
            tasks.cancel_scope.cancel()
        await attempt(crew, "closing the drawers", lambda: registration.close_drawers(crew))
        over()


async def attempt(crew: Crew, what: str, step: Callable[[], Awaitable[object]]) -> None:
    """Does a step that others in the room may have done, or made impossible."""
    try:
        await step()
    except Answered as refusal:
        crew.refused(what, refusal)


async def _show_on_new_screens(crew: Crew) -> None:
    """Every screen that is enrolled gets something to show, for ever; the floor may choose something else."""
    displays = await crew.floor2.open("displays")

    def new() -> list[str]:
        facts = displays.facts
        return [device for device in facts.group("device/") if facts.get(f"show/{device}") is None]

    views: list[Json] = ["clock", "seating", "payouts", "waitlist"]
    while True:
        await displays.until(lambda: bool(new()))
        for device in new():
            show: Json = {"views": views, "tournament": crew.tournament, "seconds": 10}
            await displays.write((f"show/{device}", show))


async def _open_and_close(crew: Crew, floor: TournamentFloor, sales: Sales) -> None:
    await crew.pace.at(START_MINUTE - 10)
    await office.announce(crew, "start", "Cards in the air in ten minutes", 10)
    await crew.pace.at(START_MINUTE)
    await office.start_tournament(crew)
    await crew.pace.at(CLOSE_MINUTE)
    await sales.over.wait()
    await floor.event.until(lambda: standings(floor.event.facts).lives >= sales.entries.total())
    await attempt(crew, "closing registration", lambda: office.close_registration(crew))
    floor.consolidate = True
    await office.announce(crew, "closed", "Registration is closed, prizes are final", 15)


async def _play_down(crew: Crew, floor: TournamentFloor, sales: Sales) -> None:
    """Players go out at their times, until one is left."""
    hand: str | None = None
    for minute in bust_minutes(structure.ENTRIES - 1, FIRST_BUST_MINUTE, EVENING_MINUTES):
        await crew.pace.at(minute)
        left = len(standings(floor.event.facts).left)
        tied = sales.over.is_set() and left in (TIED_AT_LEFT, TIED_AT_LEFT - 1)
        hand = await floor.bust(hand if tied and left == TIED_AT_LEFT - 1 and hand else "", tied)
    while len(standings(floor.event.facts).left) > 1:  # somebody could not go out when the script said so
        await crew.pace.minutes(1)
        await floor.bust()


async def _finish(crew: Crew) -> None:
    event = await crew.event(crew.floor)
    plan, now = plan_of(event.facts), crew.floor.clock.now()
    clock = one(event.facts, "clock", Clock)
    level = read_clock(clock, plan, now).level
    await event.write(("clock", {"level": level, "state": "ended", "anchor_ms": now, "remaining_ms": 0}))
    places = await office.confirm_result(crew)
    crew.say("The result is confirmed.")
    await registration.pay_prizes(crew, places)


async def _run_cash(cash: CashGames) -> None:
    await cash.start()
    await cash.play()


async def _even_out(crew: Crew, floor: TournamentFloor) -> None:
    while True:
        await floor.even_out()
        await crew.pace.minutes(1.5)
        await floor.confirm_arrivals()


async def _count(crew: Crew, floor: TournamentFloor) -> None:
    minute = START_MINUTE
    while True:
        minute += STACKS_MINUTES
        await crew.pace.at(minute)
        clock = one(floor.event.facts, "clock", Clock)
        plan = plan_of(floor.event.facts)
        level = plan[read_clock(clock, plan, floor.now).level - 1]
        await floor.count_stacks(max(25, level.small // 4 // 25 * 25))


async def _phones(crew: Crew, core_url: str, sales: Sales) -> None:
    """Two players join a list from their phones: one here, one from outside, through the core."""
    for at, (ident, url) in enumerate((("nlh12", ""), ("plo25", core_url))):
        await crew.pace.at(START_MINUTE + 30 + 40 * at)
        player = sales.players[len(crew.guests) + at]
        claim = await claim_code(crew.floor2.http, player)
        who = await claim_phone(crew.floor2.url, claim)
        async with Desk(url or crew.floor2.url, crew.venue, who) as phone:
            request = await join_list(crew, phone, ident)
            with anyio.move_on_after(ANSWER_SECONDS_MAX):
                await wait_for_answer(crew, phone, request)


async def _progress(crew: Crew, floor: TournamentFloor) -> None:
    while True:
        await crew.pace.minutes(PROGRESS_MINUTES)
        plan = plan_of(floor.event.facts)
        reading = read_clock(one(floor.event.facts, "clock", Clock), plan, floor.now)
        standing = standings(floor.event.facts)
        number = level_number(plan, reading.level)
        where = f"level {number}" if number else "break"
        tables = len(floor.chart.open_tables)
        crew.say(
            f"{where if reading.state != 'pending' else 'registration'}: {standing.lives} entries, "
            f"{len(standing.left)} left at {tables} tables, {floor.moves} moves"
        )
