"""A season over several rooms: which rooms are in it, who is one person, and its table.

A room is in the season of another when both say so. People are one where the club number is the same; a
number that two players of one room have is nobody's, and who has none is a person of that room alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ...documents.leagues import Counting, Eligible, Guest, Joining, Season
from ...documents.roster import Player
from ...documents.typed import many, one
from ...facts import FactReader
from ..names import player_names
from .formula import Formula
from .points import EventResult, Ranked, event_scores, season_table

__all__ = ["GUESTS_MAX", "Part", "guests_of", "has_joined", "joined_events", "joint_table", "people"]

GUESTS_MAX: Final = 20
"""Invited rooms that are read; of more the first by id."""


@dataclass(frozen=True)
class Part:
    """One room of a season: what it says of it, who is known there, and its events that are over."""

    venue: str
    leagues: FactReader
    roster: FactReader
    results: tuple[EventResult, ...]


def guests_of(leagues: FactReader, season: str) -> list[str]:
    """The rooms that the season's room invites, sorted."""
    said = {name.partition("."): guest for name, guest in many(leagues, "guest/", Guest).items()}
    invited = (venue for (of, _, venue), guest in said.items() if of == season and guest.invited)
    return sorted(invited)[:GUESTS_MAX]


def has_joined(leagues: FactReader, season: str, home: str) -> bool:
    """Whether the room of these facts takes part in the season of `home`."""
    said = one(leagues, f"joins/{season}", Joining)
    return said is not None and said.joins and said.home == home


def joined_events(leagues: FactReader, season: str) -> list[str]:
    """The guest's events that count there, sorted."""
    said = {name.partition("."): fact for name, fact in many(leagues, "counts/", Counting).items()}
    return sorted(event for (of, _, event), fact in said.items() if of == season and fact.counts)


def people(parts: Sequence[Part]) -> tuple[Mapping[tuple[str, str], str], Mapping[str, str]]:
    """(room, player) → person, for who is in a roster or a result; and person → display name.

    The first room that knows a person says the name.
    """
    person: dict[tuple[str, str], str] = {}
    names: dict[str, str] = {}
    for part in parts:
        players, name = many(part.roster, "player/", Player), player_names(part.roster)
        often = Counter(player.club_number for player in players.values())
        placed = {row.player for result in part.results for row in result.placed}
        for ident in sorted(placed | players.keys()):
            number = players[ident].club_number if ident in players else None
            alone = number is None or often[number] > 1
            who = f"{part.venue}.{ident}" if alone else f"#{number}"
            person[part.venue, ident] = who
            names.setdefault(who, name(ident))
    return person, names


def joint_table(
    ident: str, season: Season, formula: Formula, parts: Sequence[Part]
) -> tuple[list[Ranked], list[EventResult]]:
    """The table over all parts, the season's own room first among them; events as `<room>.<event>`.

    Whom any room leaves out is not ranked; else who is let in by any, or everybody if the season says so.
    """
    person, _ = people(parts)
    results = [
        replace(
            result,
            event=f"{part.venue}.{result.event}",
            placed=tuple(replace(row, player=person[part.venue, row.player]) for row in result.placed),
        )
        for part in parts
        for result in part.results
    ]
    said = _said(ident, parts, person)

    def ranks(who: str) -> bool:
        return said.get(who, season.eligible == "everybody")

    scored = [(result, event_scores(result, season, formula)) for result in results]
    results.sort(key=lambda result: (result.starts_ms, result.event))
    return season_table(season, scored, ranks), results


def _said(season: str, parts: Iterable[Part], person: Mapping[tuple[str, str], str]) -> dict[str, bool]:
    found: dict[str, bool] = {}
    for part in parts:
        for name, fact in many(part.leagues, "eligible/", Eligible).items():
            of, _, player = name.partition(".")
            who = person.get((part.venue, player))
            if of == season and who is not None:
                found[who] = found.get(who, True) and fact.eligible
    return found
