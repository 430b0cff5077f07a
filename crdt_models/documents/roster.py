"""`roster`: player id → display name, the only document with names; and whose prizes are held."""

from collections.abc import Container
from typing import Annotated, Final, Literal

from pydantic import Field

from . import settling
from .fact import Fact, FactKind, Line, Setup

__all__ = ["FACTS", "ROSTER", "Held", "Player", "facts_about", "is_about"]

ROSTER: Final = "roster"
_ABOUT: Final = ("", "conflict/", "settled/")


class Player(Fact):
    """`player/<player>`: the name as the player chose it, and the club number."""

    name: Annotated[Line, Field(max_length=60)]
    club_number: Annotated[int, Field(ge=1, le=999_999)] | None = None


class Held(Fact):
    """`held/<player>`: prizes of this player wait at the cage until it is sure who they are."""

    why: Literal["no_id", "other_name"]


FACTS = {
    "setup": FactKind(Setup, conflict=False),
    "player/": FactKind(Player),
    "held/": FactKind(Held, conflict=False),
    **settling.FACTS,
}


def facts_about(player: str) -> list[str]:
    """Names of the roster's facts that may hold a player's name."""
    return [f"{what}player/{player}" for what in _ABOUT]


def is_about(name: str, players: Container[str]) -> bool:
    """Whether a fact of the roster is about one of these players."""
    what, _, player = name.rpartition("player/")
    return what in _ABOUT and player in players
