"""Adopted rules hold from their entry on."""

from typing import Final

from ..adopted import Profile, TournamentRules
from ..entry import Entry
from ..state import State, Tournament
from .effect import Effect

__all__ = ["EFFECTS"]


def _adopt_profile(state: State, entry: Entry) -> None:
    state.profile = Profile.model_validate_json(entry.data["profile"])
    state.profile_seq = entry.seq


def _adopt_tournament(state: State, entry: Entry) -> None:
    rules = TournamentRules.model_validate_json(entry.data["rules"])
    for flight in rules.flights.ids if rules.flights else ():
        state.tournaments.pop(flight, None)  # it had rules of its own, and nothing else
    found = state.tournaments.get(entry.data["tournament"])
    if found is None:
        state.tournaments[entry.data["tournament"]] = Tournament(rules, entry.seq)
    else:
        found.rules, found.rules_seq = rules, entry.seq


EFFECTS: Final[dict[str, Effect]] = {
    "adopt_profile": _adopt_profile,
    "adopt_tournament": _adopt_tournament,
}
