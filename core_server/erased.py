"""Players of a venue whose names are erased at the core: nothing kept has them, nothing takes them."""

from collections.abc import Iterable
from typing import Final

from crdt_models.documents.roster import ROSTER, facts_about, is_about

from .db import Database

__all__ = ["Erased"]

_FORGET: Final = (
    "UPDATE document_history SET before = NULL, after = NULL "
    "WHERE venue_id = this_venue() AND document = %(roster)s AND name = ANY(%(names)s)",
    "UPDATE update_log SET update = '' WHERE venue_id = this_venue() AND document = %(roster)s AND epoch < "
    "(SELECT epoch FROM documents WHERE venue_id = this_venue() AND document = %(roster)s)",
    "DELETE FROM snapshots WHERE venue_id = this_venue() AND document = %(roster)s AND epoch < "
    "(SELECT epoch FROM documents WHERE venue_id = this_venue() AND document = %(roster)s)",
)


class Erased:
    """`load` before rooms are opened. Raises DatabaseDown."""

    def __init__(self, database: Database, venue: str) -> None:
        self._database = database
        self._venue = venue
        self.players: frozenset[str] = frozenset()

    def forgets(self, document: str, name: str) -> bool:
        """Whether a fact of this name is about somebody who was erased."""
        return document == ROSTER and is_about(name, self.players)

    async def load(self) -> None:
        async with self._database.venue(self._venue) as transaction:
            rows = await transaction.execute(
                "SELECT player FROM erased_players WHERE venue_id = this_venue()"
            )
            self.players = frozenset(player for (player,) in await rows.fetchall())

    async def add(self, players: Iterable[str]) -> frozenset[str]:
        """Erases these too, in all that is kept but the current epoch; answers all that were ever erased.

        To be asked again when the leaf's new epoch of the roster is here.
        """
        everybody = self.players | frozenset(players)
        names = [name for player in sorted(everybody) for name in facts_about(player)]
        async with self._database.venue(self._venue) as transaction:
            await transaction.execute(
                "INSERT INTO erased_players (venue_id, player) SELECT this_venue(), unnest(%s::text[]) "
                "ON CONFLICT DO NOTHING",
                (sorted(everybody),),
            )
            for statement in _FORGET if everybody else ():
                await transaction.execute(statement, {"roster": ROSTER, "names": names})
        self.players = everybody
        return everybody
