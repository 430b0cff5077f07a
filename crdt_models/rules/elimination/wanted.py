"""What the floor asked the cage to sell and is not paid yet.

Twin: `web/src/lib/twins/elimination/wanted.ts`.
"""

from ...documents.cage import PaidEntry
from ...documents.chips import Wanted
from ...documents.typed import many
from ...facts import FactReader

__all__ = ["sold_so_far", "still_wanted"]


def still_wanted(tournament: FactReader, ident: str, cage: FactReader) -> dict[str, Wanted]:
    """Id → what waits at the cage, oldest first; what was sold since it was asked for is gone."""
    asked = many(tournament, "wanted/", Wanted)
    waits = {
        name: want
        for name, want in asked.items()
        if sold_so_far(cage, ident, want.kind, want.player, want.entry) <= want.had
    }
    return dict(sorted(waits.items(), key=lambda item: (item[1].at_ms, item[0])))


def sold_so_far(cage: FactReader, ident: str, kind: str, player: str, entry: str | None) -> int:
    """How often that was sold: entries of a player into event `ident`, rebuys and add-ons of one life."""
    paid = many(cage, "entry/", PaidEntry)
    if kind in ("buy_in", "re_entry"):
        return sum(one.tournament == ident and one.player == player for one in paid.values())
    life = paid.get(entry or "")
    if life is None:
        return 0
    bought = {"rebuy": life.rebuys, "add_on": life.add_ons, "dealer_add_on": life.dealer_add_ons}
    return bought[kind]
