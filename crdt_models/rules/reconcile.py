"""Where floor and money disagree about an event: shown to a person, never settled by itself.

Compared are the tournament's document and `cage`, the ledger's projection. What either side said in the last
ten seconds is no disagreement yet: the other half may be on its way. Twin: `web/src/lib/twins/reconcile.ts`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ..documents.cage import PaidEntry, Prize
from ..documents.floor import Seat
from ..documents.tournament import Bust, Entry
from ..documents.typed import many
from ..facts import FactReader
from ..stamps import parse
from .elimination import standings

__all__ = ["GRACE_MS", "Disagreement", "disagreements"]

GRACE_MS = 10_000

Kind = Literal["seated_unpaid", "paid_unseated", "busted_seated", "busted_unplaced", "paid_out_in_play"]


@dataclass(frozen=True)
class Disagreement:
    """One row of the tray; `since_ms` is the younger of the two sides.

    `seated_unpaid`: has a seat, but no life that is paid and not over. `paid_unseated`: a paid life, neither
    seated nor over. `busted_seated`: out, and still in a seat. `busted_unplaced`: a life is over that was
    never entered. `paid_out_in_play`: got a prize without being out.
    """

    kind: Kind
    player: str
    entry: str | None
    since_ms: int


def disagreements(tournament: FactReader, ident: str, cage: FactReader, now: int) -> list[Disagreement]:
    """All disagreements about the event `ident` older than ten seconds, oldest first."""
    rows = [row for row in _all(tournament, ident, cage) if now - row.since_ms >= GRACE_MS]
    return sorted(rows, key=lambda row: (row.since_ms, row.kind, row.player, row.entry or ""))


def _all(tournament: FactReader, ident: str, cage: FactReader) -> Iterable[Disagreement]:
    seats, busts = many(tournament, "seat/", Seat), many(tournament, "bust/", Bust)
    entries, standing = many(tournament, "entry/", Entry), standings(tournament)
    sold = {life: row for life, row in many(cage, "entry/", PaidEntry).items() if row.tournament == ident}
    payers = {row.player for life, row in sold.items() if life not in busts}
    for player in seats:
        life, since_ms = standing.life_of.get(player), _since(tournament, f"seat/{player}")
        if player in standing.players - standing.left:
            since_ms = max(since_ms, _since(tournament, f"bust/{life}"))
            yield Disagreement("busted_seated", player, life, since_ms)
        elif player not in payers:
            since_ms = max(since_ms, _since(cage, f"entry/{life}"))  # of a reversal, too
            yield Disagreement("seated_unpaid", player, life, since_ms)
    for life, row in sold.items():
        if life not in busts and row.player not in seats:
            since_ms = max(_since(cage, f"entry/{life}"), _since(tournament, f"seat/{row.player}"))
            yield Disagreement("paid_unseated", row.player, life, since_ms)
    for life, bust in busts.items():
        if life not in entries:
            yield Disagreement("busted_unplaced", bust.player, life, _since(tournament, f"bust/{life}"))
    for name, prize in many(cage, "prize/", Prize).items():
        won = prize.place == 1 and len(standing.left) == 1
        if prize.tournament == ident and prize.paid_cents and prize.player in standing.left and not won:
            life = standing.life_of[prize.player]
            yield Disagreement("paid_out_in_play", prize.player, life, _since(cage, f"prize/{name}"))


def _since(facts: FactReader, name: str) -> int:
    stamp = parse(facts.stamp(name))
    return stamp.ms if stamp else 0
