"""Who is out and in which place: places are given backwards, from the busts alone; undoing one restores all.

An entry of the tournament is one life; a player is out when every life is over, and is placed by the last.
Busts of one hand at different tables tie. At one table whoever began the hand with more chips is placed
better, if all who went out there say so; equal stacks tie. So the places of a hand follow from how many at
the own table had more: those with none above them come first, and share.
Twin: `web/src/lib/twins/elimination/standings.ts`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from ...documents.tournament import Bust, Entry
from ...documents.typed import many
from ...facts import FactReader

__all__ = ["Finish", "Standings", "finishes", "next_place", "results", "standings"]


@dataclass(frozen=True)
class Finish:
    """One player who is out, by the last life `entry`; holds places `place` to `place_to` with those tied."""

    player: str
    entry: str
    place: int
    place_to: int
    at_ms: int


@dataclass(frozen=True)
class Standings:
    """`lives`: tournament entries, re-entries too; `left`: players with a life, `out` best place first."""

    lives: int
    players: frozenset[str]
    left: frozenset[str]
    out: tuple[Finish, ...]
    life_of: Mapping[str, str]
    """Player → the life they play or played last."""


def standings(tournament: FactReader) -> Standings:
    """Everybody's standing. A bust whose entry is unknown (has not arrived) counts for its player."""
    entries = many(tournament, "entry/", Entry)
    busts = many(tournament, "bust/", Bust)
    lives: dict[str, list[str]] = {}
    for ident in sorted(entries, key=lambda ident: (entries[ident].number, ident)):
        lives.setdefault(entries[ident].player, []).append(ident)
    for ident in sorted(busts.keys() - entries.keys()):
        lives.setdefault(busts[ident].player, []).append(ident)
    alive = {player: [life for life in own if life not in busts] for player, own in lives.items()}
    out = {own[-1]: busts[own[-1]] for player, own in lives.items() if not alive[player]}
    return Standings(
        lives=sum(len(own) for own in lives.values()),
        players=frozenset(lives),
        left=frozenset(player for player, own in alive.items() if own),
        out=tuple(_finishes(out, {own[-1]: player for player, own in lives.items()}, len(lives) - len(out))),
        life_of={player: (alive[player] or own)[-1] for player, own in lives.items()},
    )


def next_place(tournament: FactReader) -> int:
    """The place of whoever goes out next, alone in the hand and without re-entering."""
    return len(standings(tournament).left)


def finishes(standing: Standings) -> list[Finish]:
    """Everybody who has a place, best first: who is out, and the winner once only one is left."""
    won = (
        [Finish(player, standing.life_of[player], 1, 1, 0) for player in standing.left]
        if standing.out
        else []
    )
    return [*(won if len(won) == 1 else []), *standing.out]


def results(tournament: FactReader) -> list[tuple[str, str, int]]:
    """(player, entry, place) of all `finishes`, as a result is handed to the cage."""
    return [(finish.player, finish.entry, finish.place) for finish in finishes(standings(tournament))]


def _finishes(out: Mapping[str, Bust], whose: Mapping[str, str], left: int) -> Iterable[Finish]:
    hands: dict[str, list[str]] = {}
    for life, bust in out.items():
        hands.setdefault(bust.hand, []).append(life)
    ended = {hand: max(out[life].at_ms for life in lives) for hand, lives in hands.items()}
    place = left + 1
    for hand in sorted(hands, key=lambda hand: (-ended[hand], hand)):
        above = _above({life: out[life] for life in hands[hand]})
        for _, group in groupby(sorted(above, key=lambda life: (above[life], life)), key=above.__getitem__):
            tied = list(group)
            for life in tied:
                yield Finish(whose[life], life, place, place + len(tied) - 1, out[life].at_ms)
            place += len(tied)


def _above(hand: Mapping[str, Bust]) -> dict[str, int]:
    """Life → how many of its own table went out in this hand with more chips."""
    tables: dict[str, list[str]] = {}
    for life, bust in hand.items():
        tables.setdefault(bust.table or "", []).append(life)
    above: dict[str, int] = {}
    for lives in tables.values():
        known = [stack for life in lives if (stack := hand[life].stack_before) is not None]
        ranked = len(known) == len(lives)
        for life in lives:
            own = hand[life].stack_before or 0
            above[life] = sum(stack > own for stack in known) if ranked else 0
    return above
