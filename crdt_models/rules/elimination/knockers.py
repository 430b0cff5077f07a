"""Who took whose head: answered by a person, never guessed; what nobody answered is a row of To settle.

Twin: `web/src/lib/twins/elimination/knockers.ts`; both read `tests/vectors/knockers.json`.
"""

from collections.abc import Mapping

from ...documents.cage import TournamentMoney
from ...documents.elimination import Bust, Knocker
from ...documents.structure import Bounty
from ...documents.tournament import Button, Entry, Registration
from ...documents.typed import many, one
from ...facts import FactReader
from .standings import standings

__all__ = ["by_position", "knockers", "unclaimed"]


def knockers(tournament: FactReader) -> dict[str, tuple[str, ...]]:
    """Life that is over → the lives that share its head, as answered; () where nobody took it."""
    busts, said = many(tournament, "bust/", Bust), many(tournament, "knocker/", Knocker)
    entries = many(tournament, "entry/", Entry)
    found: dict[str, tuple[str, ...]] = {}
    for life, bust in busts.items():
        if life in said:
            found[life] = tuple(said[life].by)
        elif bust.by:
            found[life] = tuple(filter(None, (_life_at(player, bust, entries, busts) for player in bust.by)))
        elif bust.how != "bust":
            found[life] = ()
    return found


def unclaimed(tournament: FactReader, ident: str, cage: FactReader) -> list[str]:
    """Lives that went out with a head and without an answer, by id; none where no heads are played for."""
    bounty = one(tournament, "bounty", Bounty)
    money = one(cage, f"tournament/{ident}", TournamentMoney)
    if (bounty.mode == "none") if bounty else not (money and money.bounties_cents):
        return []
    answered, busts = knockers(tournament), many(tournament, "bust/", Bust)
    open_ = [life for life in busts if life not in answered]
    begins = bounty.begins if bounty else "start"
    if begins == "start":
        return open_
    if begins == "registration_closed":
        said = one(tournament, "registration", Registration)
        since = said.at_ms if said and said.state == "closed" else None
        return [life for life in open_ if since is not None and busts[life].at_ms >= since]
    paid = len(money.amounts) if money else 0
    in_money = {finish.entry for finish in standings(tournament).out if finish.place <= paid}
    return [life for life in open_ if life in in_money]


def by_position(button: Button | None, seats: Mapping[str, int]) -> list[str]:
    """Players by position, the earliest first: from the seat after the button; not known: from seat 1."""
    after = button.button if button else 0
    return sorted(seats, key=lambda player: (seats[player] <= after, seats[player], player))


def _life_at(player: str, bust: Bust, entries: Mapping[str, Entry], busts: Mapping[str, Bust]) -> str | None:
    """The first life of a player that was not over when somebody else's ended."""
    own = [life for life, entry in entries.items() if entry.player == player]
    alive = [life for life in own if life not in busts or busts[life].at_ms >= bust.at_ms]
    return min(alive or own, key=lambda life: (entries[life].number, life), default=None)
