"""What a player may buy into an event now, and if not, which term says so: asked by floor and cage alike.

Money decides nothing here, and this decides nothing about money: the ledger has its own rules. What was
written all the same is never refused for it. Twin: `web/src/lib/twins/structure/terms.ts`; both read
`tests/vectors/terms.json`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ...documents.cage import PaidEntry, TournamentMoney
from ...documents.structure import Terms
from ...documents.tournament import Clock, Entry, Stack, TournamentSetup
from ...documents.typed import many, one
from ...facts import FactReader
from ..elimination.standings import finishes, standings
from .clock import ClockReading, Plan, levels_begun, plan_of, read_clock
from .days import Elsewhere, flight_ended
from .registration import late_registration

__all__ = ["SOLD_AS", "Asked", "Not", "Person", "may_buy", "not_now", "person_of"]

Asked = Literal["entry", "re_entry", "rebuy", "add_on", "dealer_add_on", "early_bird"]
Code = Literal[
    "no_event", "event_over", "registration_closed", "in_play", "not_entered", "entries_used", "out",
    "term_over", "term_not_yet", "stack_over", "term_used", "flight_over", "through",
]  # fmt: skip
SOLD_AS: Final[Mapping[str, Asked]] = {
    "buy_in": "entry", "re_entry": "re_entry", "rebuy": "rebuy", "add_on": "add_on",
    "dealer_add_on": "dealer_add_on",
}  # fmt: skip
"""What the floor's requests to the cage (`wanted/`) ask for."""
_COUNTED: Final = {"rebuy": "rebuys", "add_on": "add_ons", "dealer_add_on": "dealer_add_ons"}
_NOWHERE: Final = Elsewhere()


@dataclass(frozen=True)
class Not:
    """Why not. `limit` is the number of the term: a level, chips or how often; `used` what there is now."""

    code: Code
    limit: int = 0
    used: int = 0


@dataclass(frozen=True)
class Person:
    """What the terms ask of a player: lives so far, whether one is in play, its stack where it was counted.

    `bought`: how often this life bought what is counted (`rebuys`, `add_ons`, `dealer_add_ons`), as paid.
    `elsewhere`: lives in other flights of the same event.
    """

    lives: int
    alive: bool
    stack: int | None
    bought: Mapping[str, int]
    elsewhere: int = 0


def person_of(tournament: FactReader, cage: FactReader, player: str, elsewhere: int = 0) -> Person:
    """How a player stands by floor and cage. A paid life that has not been written down yet counts."""
    standing = standings(tournament)
    known = {life for life, entry in many(tournament, "entry/", Entry).items() if entry.player == player}
    life = standing.life_of.get(player)
    stack, paid = one(tournament, f"stack/{player}", Stack), one(cage, f"entry/{life}", PaidEntry)
    bought = {name: getattr(paid, name) if paid else 0 for name in _COUNTED.values()}
    return Person(len(known), player in standing.left, stack.chips if stack else None, bought, elsewhere)


def may_buy(
    tournament: FactReader, cage: FactReader, ident: str, player: str, asked: Asked, now: int,
    elsewhere: Elsewhere = _NOWHERE,
) -> Not | None:  # fmt: skip
    """Why this player can't buy that into the event `ident` at leaf time `now`; None: they may.

    `elsewhere`: how they stand in the other flights, where this is one.
    """
    setup = one(tournament, "setup", TournamentSetup)
    if setup is None:
        return Not("no_event")
    plan = plan_of(tournament)
    reading = read_clock(one(tournament, "clock", Clock), plan, now)
    money = one(cage, f"tournament/{ident}", TournamentMoney)
    selling = late_registration(tournament, money, now).state == "open"
    if reading.state == "ended" or (not selling and _won(tournament)):
        return Not("event_over")
    if asked not in ("add_on", "dealer_add_on") and flight_ended(tournament, money, now):
        return Not("flight_over")
    barred = _barred(asked, elsewhere, one(tournament, "terms/re_entry", Terms))
    return barred or not_now(
        asked, person_of(tournament, cage, player, elsewhere.lives), setup.entries_per_player,
        one(tournament, f"terms/{asked}", Terms), selling, reading, plan,
    )  # fmt: skip


def _barred(asked: Asked, elsewhere: Elsewhere, again: Terms | None) -> Not | None:
    """What another flight says against entering this one. A first entry here is one more of the event."""
    if asked not in ("entry", "re_entry"):
        return None
    if elsewhere.playing:
        return Not("in_play")
    if elsewhere.through:
        return Not("through")
    used, often = elsewhere.lives - 1, again.per_player if again else None
    full = asked == "entry" and often is not None and used >= often
    return Not("term_used", often or 0, used) if full else None


def not_now(
    asked: Asked, person: Person, entries_max: int, terms: Terms | None, selling: bool,
    reading: ClockReading, plan: Plan,
) -> Not | None:  # fmt: skip
    """The first term in the way, in this order: the player, registration, the term's time, its limits."""
    of_player = _player(asked, person, entries_max)
    if of_player:
        return of_player
    if asked in ("entry", "re_entry") and not selling:
        return Not("registration_closed")
    if terms is None:
        return None if selling or asked in ("add_on", "dealer_add_on") else Not("registration_closed")
    return _time(terms, selling, reading, plan) or _limits(asked, person, terms)


def _player(asked: Asked, person: Person, entries_max: int) -> Not | None:
    if asked in ("entry", "re_entry"):
        if person.alive:
            return Not("in_play")  # a re-entry waits until the bust was written
        if asked == "re_entry" and person.lives == 0:
            return Not("not_entered")
        return Not("entries_used", entries_max, person.lives) if person.lives >= entries_max else None
    if person.lives == 0:
        return Not("not_entered")
    return None if person.alive else Not("out")


def _time(terms: Terms, selling: bool, reading: ClockReading, plan: Plan) -> Not | None:
    started = not (reading.state == "pending" and reading.level == 1)
    begun = levels_begun(plan, reading.level) if started else 0
    if terms.until_level is not None and begun > terms.until_level:
        return Not("term_over", terms.until_level, begun)
    if terms.after_level is not None:
        if begun < terms.after_level:
            return Not("term_not_yet", terms.after_level, begun)
        on_break = 1 <= reading.level <= len(plan) and plan[reading.level - 1].kind == "break"
        if begun > terms.after_level:
            return Not("term_over", terms.after_level, begun)
        return None if on_break else Not("term_not_yet", terms.after_level, begun)
    return None if selling or terms.until_level is not None else Not("registration_closed")


def _limits(asked: Asked, person: Person, terms: Terms) -> Not | None:
    if terms.stack_max is not None and person.stack is not None and person.stack > terms.stack_max:
        return Not("stack_over", terms.stack_max, person.stack)
    if asked == "re_entry" and terms.per_flight is not None and person.lives > terms.per_flight:
        return Not("term_used", terms.per_flight, person.lives - 1)
    again = max(0, person.lives + person.elsewhere - 1)
    used = again if asked == "re_entry" else person.bought.get(_COUNTED.get(asked, ""), 0)
    if terms.per_player is not None and used >= terms.per_player:
        return Not("term_used", terms.per_player, used)
    return None


def _won(tournament: FactReader) -> bool:
    return any(finish.place == 1 for finish in finishes(standings(tournament)))
