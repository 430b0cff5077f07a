"""Rules about rules: a manager adopts a profile, or an event's prices and payouts. Nothing moves."""

from typing import Final

from ..commands import AdoptProfile, AdoptTournament, Asked
from ..errors import Refusal
from ..state import State
from .draft import Draft, Rule

__all__ = ["RULES"]


def _adopt_profile(_state: State, _asked: Asked, _command: AdoptProfile) -> Draft | Refusal:
    """Always; it holds for what is decided after it."""
    return Draft()


def _adopt_tournament(state: State, _asked: Asked, command: AdoptTournament) -> Draft | Refusal:
    """While entries are sold; after the close the pool and its table stand."""
    found = state.tournaments.get(command.tournament)
    if found is not None and found.state != "selling":
        return Refusal("registration_closed", "Registration is closed; this event's rules stand.")
    return Draft()


RULES: Final[dict[str, Rule]] = {
    "adopt_profile": _adopt_profile,
    "adopt_tournament": _adopt_tournament,
}
