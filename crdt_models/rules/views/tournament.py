"""The views of one event: clock, seating, payouts, rankings. Their JSON is described in `views.py`."""

from collections.abc import Callable
from dataclasses import dataclass

from ...documents.cage import Deal, Prize, TournamentMoney
from ...documents.config import Venue
from ...documents.elimination import HandForHand
from ...documents.floor import Seat
from ...documents.structure import Cues
from ...documents.tournament import Clock, Entry, Level, Move, Stack, TournamentSetup
from ...documents.typed import many, one
from ...facts import FactReader, Json
from ..elimination.chips import chips_in_play
from ..elimination.standings import Finish, finishes, standings
from ..names import player_names, table_numbers
from ..structure.clock import Plan, level_number, next_break_ms, plan_of, read_clock
from ..structure.places import all_places
from ..structure.registration import late_registration

__all__ = [
    "Event", "View", "call_out", "clock_view", "current_moves", "payouts_view", "prize_cents",
    "rankings_view", "seating_view",
]  # fmt: skip

View = dict[str, Json]


@dataclass(frozen=True)
class Event:
    """One event and what its views read beside its own document."""

    ident: str
    tournament: FactReader
    config: FactReader
    roster: FactReader
    cage: FactReader
    flights: tuple[tuple[str, FactReader], ...] = ()  # that are booked to it

    def finishes(self) -> list[Finish]:
        """Everybody who has a place, over all its flights."""
        if self.flights:
            return all_places(self.tournament, self.flights)
        return finishes(standings(self.tournament))

    def head(self, view: str, setup: TournamentSetup) -> View:
        return {"view": view, "tournament": self.ident, "name": setup.name, "letter": setup.letter}

    def money(self) -> TournamentMoney | None:
        return one(self.cage, f"tournament/{self.ident}", TournamentMoney)

    def currency(self) -> str:
        venue = one(self.config, "venue", Venue)
        return venue.currency if venue else ""


def clock_view(event: Event, now: int) -> View | None:
    setup = one(event.tournament, "setup", TournamentSetup)
    if setup is None:
        return None
    clock, plan, money = one(event.tournament, "clock", Clock), plan_of(event.tournament), event.money()
    reading, standing = read_clock(clock, plan, now), standings(event.tournament)
    late = late_registration(event.tournament, money, now)
    hands = one(event.tournament, "handforhand", HandForHand)
    entries = money.entries if money else standing.lives
    chips, left = chips_in_play(event.tournament, event.ident, event.cage).total, len(standing.left)
    return event.head("clock", setup) | {
        "currency": event.currency(),
        "clock": clock.model_dump() if clock else None,
        "plan": [_row(plan, level) for level in range(1, len(plan) + 1)],
        "level": reading.level,
        "number": level_number(plan, reading.level),
        "state": reading.state,
        "blinds": _blinds(plan, reading.level),
        "next": _next(plan, reading.level),
        "break_ms": next_break_ms(clock, plan, now),
        "starts_ms": setup.starts_ms,
        "left": left,
        "entries": entries,
        "entries_all": money.entries_all if money and money.of else None,
        "players": len(standing.players),
        "average": chips // left if left else 0,
        "chips": chips,
        "pool_cents": money.pool_cents if money else 0,
        "guarantee_cents": money.guarantee_cents if money else 0,
        "provisional": money.provisional if money else True,
        **_amounts(event, money),
        "late_until_level": late.until_level,
        "late_until_minutes": late.until_minutes,
        "registration": late.state,
        "starting_stack": setup.starting_stack,
        "hands": hands.state if hands else "off",
        "cues": list[Json]((one(event.tournament, "cues", Cues) or Cues()).on),
    }


def _amounts(event: Event, money: TournamentMoney | None) -> View:
    """What each place brings, as far as no deal says otherwise; `dealt`: so many sums are of no place yet.

    `aside_cents`: what a deal leaves to who wins, beside their sum.
    """
    amounts, deal = list(money.amounts) if money else [], one(event.cage, f"deal/{event.ident}", Deal)
    if deal is None:
        return {"amounts": list[Json](amounts), "dealt": 0, "aside_cents": 0}
    shared = sorted(deal.amounts, reverse=True)
    return {
        "amounts": list[Json]([*shared, *amounts[deal.place :]]),
        "dealt": len(shared),
        "aside_cents": deal.aside_cents,
    }


def seating_view(event: Event) -> View | None:
    setup = one(event.tournament, "setup", TournamentSetup)
    if setup is None:
        return None
    name, number = player_names(event.roster), table_numbers(event.config)
    seats = many(event.tournament, "seat/", Seat)
    moves = current_moves(event.tournament)
    return event.head("seating", setup) | {
        "seats": [
            {"name": name(player), "table": number(seat.table), "seat": seat.seat, "player": player}
            for player, seat in sorted(seats.items(), key=lambda row: (name(row[0]).casefold(), row[0]))
        ],
        "moves": [
            {"name": name(player), **call_out(moves[player], number)}
            for player in sorted(moves, key=lambda player: (-moves[player].at_ms, player))
        ],
    }


def payouts_view(event: Event) -> View | None:
    setup = one(event.tournament, "setup", TournamentSetup)
    if setup is None:
        return None
    money, name = event.money(), player_names(event.roster)
    amounts = money.amounts if money else []
    deal = one(event.cage, f"deal/{event.ident}", Deal)
    held: dict[int, list[Finish]] = {}
    for finish in [] if money and money.of else event.finishes():  # places of a flight are not the event's
        held.setdefault(finish.place, []).append(finish)
    places = _dealt_rows(deal, name) if deal else []
    place = deal.place + 1 if deal else 1
    while place <= len(amounts):
        tied = held.get(place, [])
        place_to = tied[0].place_to if tied else place
        who = ", ".join(sorted(name(finish.player) for finish in tied)) or None
        amount = _share(amounts, place, place_to)
        places.append({"place": place, "place_to": place_to, "amount_cents": amount, "name": who})
        place = place_to + 1
    return event.head("payouts", setup) | {
        "currency": event.currency(),
        "pool_cents": money.pool_cents if money else 0,
        "provisional": money.provisional if money else True,
        "places": places,
    }


def _dealt_rows(deal: Deal, name: Callable[[str], str]) -> list[Json]:
    """What stays for the winner, then who agreed, the largest sum first: their places are still open."""
    shared = sorted(zip(deal.amounts, deal.players, strict=False), key=lambda row: (-row[0], name(row[1])))
    aside: list[Json] = [{"place": 1, "place_to": 1, "amount_cents": deal.aside_cents, "name": None}]
    return (aside if deal.aside_cents else []) + [
        {"place": 1, "place_to": deal.place, "amount_cents": cents, "name": name(player)}
        for cents, player in shared
    ]


def rankings_view(event: Event) -> View | None:
    setup = one(event.tournament, "setup", TournamentSetup)
    if setup is None:
        return None
    name, number, standing = (
        player_names(event.roster),
        table_numbers(event.config),
        standings(event.tournament),
    )
    stacks, seats = many(event.tournament, "stack/", Stack), many(event.tournament, "seat/", Seat)
    counted = {player: stack for player, stack in stacks.items() if player in standing.left}
    places = event.finishes()
    placed = {finish.player: finish for finish in places}

    def row(player: str) -> Json:
        finish, stack, seat = placed.get(player), counted.get(player), seats.get(player)
        return {
            "place": finish.place if finish else None,
            "place_to": finish.place_to if finish else None,
            "name": name(player),
            "chips": stack.chips if stack else None,
            "table": number(seat.table) if seat else None,
            "seat": seat.seat if seat else None,
            "busted": player not in standing.left,
            "amount_cents": prize_cents(event, finish) if finish else None,
        }

    def order(player: str) -> tuple[bool, int, str, str]:
        return (
            player not in counted,
            -counted[player].chips if player in counted else 0,
            name(player),
            player,
        )

    return event.head("rankings", setup) | {
        "currency": event.currency(),
        "left": len(standing.left),
        "as_of_ms": max((stack.at_ms for stack in counted.values()), default=None),
        "rows": [
            *(row(player) for player in sorted(standing.left, key=order)),
            *(row(finish.player) for finish in places if finish.player not in standing.left),
        ],
    }


def current_moves(tournament: FactReader) -> dict[str, Move]:
    """Call-outs that still hold: not arrived yet, and the player was not moved again since."""
    seats = many(tournament, "seat/", Seat)
    return {
        player: move
        for player, move in many(tournament, "move/", Move).items()
        if not move.arrived and seats.get(player) == Seat(table=move.to_table, seat=move.to_seat)
    }


def call_out(move: Move, number: Callable[[str], int]) -> View:
    """From where to where, as tables are numbered."""
    return {
        "from_table": number(move.from_table) if move.from_table else None,
        "from_seat": move.from_seat,
        "to_table": number(move.to_table),
        "to_seat": move.to_seat,
        "at_ms": move.at_ms,
    }


def prize_cents(event: Event, finish: Finish) -> int | None:
    """As booked, else as agreed, else what the place brings for now, ties sharing; None: it is not paid."""
    booked = one(event.cage, f"prize/{event.ident}.{finish.place}.{finish.player}", Prize)
    if booked:
        return booked.amount_cents
    money = event.money()
    if money is not None and (money.of or money.flights):
        return _flight_prize_cents(event, money, finish)
    deal = one(event.cage, f"deal/{event.ident}", Deal)
    if deal is not None and finish.player in deal.players:
        agreed = dict(zip(deal.players, deal.amounts, strict=False)).get(finish.player, 0)
        return agreed + (_share([deal.aside_cents], 1, finish.place_to) if finish.place == 1 else 0)
    return (_share(money.amounts, finish.place, finish.place_to) or None) if money else None


def _flight_prize_cents(event: Event, money: TournamentMoney, finish: Finish) -> int | None:
    """Who is out in a flight gets the min-cash there, or what was booked; on the day, for the place."""
    for name, facts in event.flights:
        entry = one(facts, f"entry/{finish.entry}", Entry)
        if entry is not None and not one(event.tournament, f"entry/{finish.entry}", Entry):
            own = next((row for row in standings(facts).out if row.entry == finish.entry), None)
            booked = one(event.cage, f"prize/{name}.{own.place}.{own.player}", Prize) if own else None
            return booked.amount_cents if booked else None
    amounts = [money.cash_cents] * money.in_money if money.of else money.amounts
    return _share(amounts, finish.place, finish.place_to) or None


def _share(amounts: list[int], place: int, place_to: int) -> int:
    return sum(amounts[place - 1 : place_to]) // (place_to - place + 1)


def _row(plan: Plan, level: int) -> Json:
    row = plan[level - 1]
    return {
        "kind": row.kind,
        "number": level_number(plan, level),
        "duration_ms": row.duration_ms,
        "colour_up": list[Json](row.colour_up),
        **_chips(row),
    }


def _blinds(plan: Plan, level: int) -> Json:
    return (
        dict(_chips(plan[level - 1])) if 1 <= level <= len(plan) and plan[level - 1].kind == "play" else None
    )


def _next(plan: Plan, level: int) -> Json:
    return _row(plan, level + 1) if 0 <= level < len(plan) else None


def _chips(row: Level) -> dict[str, Json]:
    return {"small": row.small, "big": row.big, "ante": row.ante, "ante_by": row.ante_by}
