"""What people and tables are called on screens: never an id, never more than the player chose to show."""

from collections import Counter
from collections.abc import Callable

from ..documents.config import Furniture
from ..documents.roster import Player
from ..documents.typed import many
from ..facts import FactReader

__all__ = ["player_names", "table_numbers"]


def player_names(roster: FactReader) -> Callable[[str], str]:
    """Player id → display name; of equal names each carries its club number. Unknown people stay nameless."""
    players = many(roster, "player/", Player)
    often = Counter(player.name for player in players.values())

    def name(ident: str) -> str:
        player = players.get(ident)
        if player is None:
            return f"Player {ident[-4:].upper()}"
        shared = often[player.name] > 1 and player.club_number is not None
        return f"{player.name} #{player.club_number}" if shared else player.name

    return name


def table_numbers(config: FactReader) -> Callable[[str], int]:
    """Table id → the number on the furniture, 0 where it is not in the venue's list."""
    furniture = many(config, "table/", Furniture)
    return lambda ident: furniture[ident].number if ident in furniture else 0
