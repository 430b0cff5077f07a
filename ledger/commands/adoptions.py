"""Rules that money obeys, taken over by a manager."""

from typing import ClassVar, Literal, TypeAlias

from ..adopted import Id, Profile, TournamentRules, adopted_text
from .every_command import MANAGERS, Common

__all__ = ["AdoptProfile", "AdoptTournament", "Shapes"]


class AdoptProfile(Common):
    """What the house and its jurisdiction allow from now on."""

    roles: ClassVar = MANAGERS
    kind: Literal["adopt_profile"]
    profile: Profile

    def canonical(self) -> dict[str, str]:
        return {"profile": adopted_text(self.profile)}


class AdoptTournament(Common):
    """Prices and payouts of one event."""

    roles: ClassVar = MANAGERS
    kind: Literal["adopt_tournament"]
    tournament: Id
    rules: TournamentRules

    def canonical(self) -> dict[str, str]:
        return {"rules": adopted_text(self.rules)}


Shapes: TypeAlias = AdoptProfile | AdoptTournament
