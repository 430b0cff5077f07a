"""What an event says to a league, read from its document and from `cage`; never kept.

An event counts once its result is confirmed at the cage, and as it stands there now: a correction changes
every table it is part of. One that sold nothing (a free league night) counts once a single player is left.
Paid places are the money's word, all others the floor's, over all flights that are booked to the event.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from ...documents.cage import Deal, Prize, TournamentMoney
from ...documents.leagues import Counting, Eligible, FormulaText, Season
from ...documents.tournament import Bust, TournamentSetup
from ...documents.typed import many, one
from ...errors import FormulaInvalid
from ...facts import FactReader
from ..elimination.standings import Finish, Standings, finishes, standings
from ..structure.places import all_places
from .formula import Formula, read_formula
from .points import EventResult, Placed
from .published_formulas import PUBLISHED

__all__ = [
    "Calendar",
    "Spans",
    "event_result",
    "events_of",
    "flights_of",
    "formula_of",
    "ranks_in",
    "seasons",
]

F = TypeVar("F")


class Spans(NamedTuple):
    """The calendar's words for a moment: each the same for what belongs to the same week, month, year."""

    week: str
    month: str
    year: str


Calendar = Callable[[int], Spans]
"""Of leaf time, in the venue's time zone."""


def seasons(leagues: FactReader) -> Mapping[str, Season]:
    """By id."""
    return many(leagues, "season/", Season)


def events_of(leagues: FactReader, ident: str, season: Season) -> list[str]:
    """Ids of the tournaments that count in it, sorted; some may not be over, or not exist."""
    said = _of_season(many(leagues, "counts/", Counting), ident)
    listed = {event for event in season.tournaments if event not in said}
    return sorted(listed | {event for event, fact in said.items() if fact.counts})


def ranks_in(leagues: FactReader, ident: str, season: Season) -> Callable[[str], bool]:
    """Whether a player is ranked in it."""
    said = _of_season(many(leagues, "eligible/", Eligible), ident)
    everybody = season.eligible == "everybody"
    return lambda player: said[player].eligible if player in said else everybody


def formula_of(leagues: FactReader, season: Season) -> Formula:
    """The house's own before a published one of that id.

    Raises FormulaInvalid; `unknown_name` in column 1 where there is none of that id.
    """
    own = one(leagues, f"formula/{season.formula}", FormulaText)
    if own is not None:
        return read_formula(own.text)
    published = PUBLISHED.get(season.formula)
    if published is None:
        raise FormulaInvalid("unknown_name", 1, "The formula of this season is not there any more.")
    return read_formula(published.text)


def flights_of(ident: str, cage: FactReader) -> list[str]:
    """Those booked to the event; theirs are the results that it has besides its own."""
    money = one(cage, f"tournament/{ident}", TournamentMoney)
    return money.flights if money else []


def event_result(
    ident: str,
    tournament: FactReader,
    cage: FactReader,
    calendar: Calendar,
    flights: Sequence[tuple[str, FactReader]] = (),
) -> EventResult | None:
    """The event's result over its `flights` (`flights_of`); None while it has none for good."""
    setup, money = (
        one(tournament, "setup", TournamentSetup),
        one(cage, f"tournament/{ident}", TournamentMoney),
    )
    standing = standings(tournament)
    if setup is None or not _over(standing, money):
        return None
    booked = many(cage, "prize/", Prize).values()
    prizes = {prize.player: prize for prize in booked if prize.tournament == ident}
    played = {flight for flight, _ in flights}
    before = Counter[str]()
    for prize in booked:
        if prize.tournament in played:
            before[prize.player] += prize.amount_cents
    finished = all_places(tournament, flights) if flights else finishes(standing)
    deal = one(cage, f"deal/{ident}", Deal)
    hits = _hits(tournament, *(facts for _, facts in flights))
    placed = tuple(_placed(finished, prizes, before, money, deal, hits))
    return EventResult(
        ident, setup.name, setup.starts_ms, *calendar(setup.starts_ms),
        entries=money.entries if money else standing.lives,
        players=money.players if money else len(standing.players),
        paid=sum(1 for amount in money.amounts if amount) if money else 0,
        rebuys=money.rebuys if money else 0,
        buy_in_cents=money.buy_in_cents if money else 0,
        pool_cents=money.pool_cents if money else 0,
        placed=placed,
    )  # fmt: skip


def _over(standing: Standings, money: TournamentMoney | None) -> bool:
    if money is None:
        return bool(standing.out) and len(standing.left) == 1
    return money.of is None and money.state in ("confirmed", "settled")


def _placed(
    finished: Iterable[Finish],
    prizes: Mapping[str, Prize],
    before: Mapping[str, int],
    money: TournamentMoney | None,
    deal: Deal | None,
    hits: Mapping[str, int],
) -> Iterable[Placed]:
    """Best place first. Who is still in when the money was shared out is placed by it.

    What was won in a flight (`before`, cents) counts to the prize, and to no place or deal.
    The deal that was agreed says who dealt; one told with the result alone shows by what it gave.
    """
    sharing = Counter(prize.place for prize in prizes.values())
    amounts = money.amounts if money else []
    for player, prize in prizes.items():
        last = prize.place + sharing[prize.place] - 1
        told = not _is_share(prize.amount_cents, amounts[prize.place - 1 : last], sharing[prize.place])
        dealt = told if deal is None else player in deal.players
        cents = prize.amount_cents + before.get(player, 0)
        yield Placed(player, prize.place, last, hits.get(player, 0), cents, dealt)
    for finish in _unpaid(finished, prizes):
        player = finish.player
        yield Placed(player, finish.place, finish.place_to, hits.get(player, 0), before.get(player, 0))


def _unpaid(finished: Iterable[Finish], prizes: Mapping[str, Prize]) -> Iterable[Finish]:
    return (finish for finish in finished if finish.player not in prizes)


def _is_share(cents: int, amounts: list[int], sharing: int) -> bool:
    """Whether this is what the places pay by themselves; odd cents go one each."""
    return sum(amounts) // sharing <= cents <= -(-sum(amounts) // sharing)


def _hits(*played: FactReader) -> Counter[str]:
    """Whoever knocked a life out, alone or with others."""
    busts = (bust for facts in played for bust in many(facts, "bust/", Bust).values())
    return Counter(player for bust in busts for player in set(bust.by))


def _of_season(facts: Mapping[str, F], season: str) -> dict[str, F]:
    return {name.partition(".")[2]: fact for name, fact in facts.items() if name.partition(".")[0] == season}
