"""Where floor and money disagree about an event: shown to a person, never settled by itself.

Compared are the tournament's document and `cage`, the ledger's projection. What either side said in the last
ten seconds is no disagreement yet: the other half may be on its way. A row goes when both sides agree; one
that a person explained keeps the reason until either side changes. Twin: `web/src/lib/twins/reconcile.ts`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from ..documents.cage import PaidEntry, Prize, TournamentMoney
from ..documents.floor import Seat
from ..documents.seating import Alternate
from ..documents.structure import Carried
from ..documents.tournament import Bust, Clock, Entry, Explained, Stack
from ..documents.typed import many, one
from ..facts import FactReader
from ..stamps import parse
from .elimination.knockers import unclaimed
from .elimination.standings import finishes, standings

__all__ = ["GRACE_MS", "ROWS_MAX", "Disagreement", "disagreements"]

GRACE_MS: Final = 10_000
ROWS_MAX: Final = 500
"""Rows told of one event, oldest first."""

Kind = Literal[
    "seated_unpaid", "paid_unseated", "busted_seated", "busted_unpaid", "busted_unplaced", "paid_out_in_play",
    "place_differs", "stack_unpaid", "bust_unclaimed",
]  # fmt: skip


@dataclass(frozen=True)
class Disagreement:
    """One row of the tray; `since_ms` is the younger of the two sides, `explained` a person's reason.

    `seated_unpaid`: has a seat, but no life that is paid and not over. `paid_unseated`: a paid life,
    neither seated nor over, in an event that was drawn or has begun. `busted_seated`: out, and still in a
    seat. `busted_unpaid`: a life was played to its end and never paid (or paid back). `busted_unplaced`: a
    life is over that was never entered. `stack_unpaid`: a life is in play, or a stack was counted, that was
    never paid, though no seat says so. `paid_out_in_play`: got a prize without being out. `place_differs`:
    the money has another place than the floor. `bust_unclaimed`: a life with a head is over, and nobody has
    said who took it.
    """

    kind: Kind
    player: str
    entry: str | None
    since_ms: int
    explained: str | None = None

    @property
    def ident(self) -> str:
        """The same for one difference for ever: under it a person explains."""
        return f"{self.kind}.{self.player}.{self.entry or '-'}"


def disagreements(tournament: FactReader, ident: str, cage: FactReader, now: int) -> list[Disagreement]:
    """All disagreements about the event `ident` older than ten seconds, oldest first, at most ROWS_MAX."""
    known = many(tournament, "explained/", Explained)
    rows = [row for row in _all(tournament, ident, cage) if now - row.since_ms >= GRACE_MS]
    rows.sort(key=lambda row: (row.since_ms, row.kind, row.player, row.entry or ""))
    return [_explained(row, known.get(row.ident)) for row in rows[:ROWS_MAX]]


def _explained(row: Disagreement, known: Explained | None) -> Disagreement:
    """What was explained before either side changed is not explained any more."""
    return row if known is None or known.since_ms < row.since_ms else replace(row, explained=known.reason)


def _all(tournament: FactReader, ident: str, cage: FactReader) -> Iterable[Disagreement]:
    sold = {life: row for life, row in many(cage, "entry/", PaidEntry).items() if row.tournament == ident}
    sold |= _carried(tournament, ident, cage)
    busts = many(tournament, "bust/", Bust)
    payers = {row.player for life, row in sold.items() if life not in busts}
    unpaid = list(_unpaid_seats(tournament, cage, payers))
    yield from unpaid
    yield from _paid_unseated(tournament, cage, sold, busts)
    yield from _over(tournament, cage, sold, busts)
    yield from _stacks(tournament, cage, sold, busts, {row.player for row in unpaid})
    yield from _prizes(tournament, ident, cage)
    yield from _heads(tournament, ident, cage, busts)


def _carried(tournament: FactReader, ident: str, cage: FactReader) -> dict[str, PaidEntry]:
    """Who came through a flight has paid there; as the ledger has it, where it is booked to this event."""
    money = one(cage, f"tournament/{ident}", TournamentMoney)
    paid = many(cage, "entry/", PaidEntry) if money and money.flights else None
    found = {}
    for player, row in many(tournament, "carried/", Carried).items():
        known = paid.get(row.entry) if paid is not None else None
        if paid is None or (known and known.of == ident and known.player == player):
            found[row.entry] = PaidEntry(tournament=ident, player=player, kind="buy_in", seq=1)
    return found


def _unpaid_seats(tournament: FactReader, cage: FactReader, payers: set[str]) -> Iterable[Disagreement]:
    standing = standings(tournament)
    out = standing.players - standing.left
    for player in many(tournament, "seat/", Seat):
        life, seat = standing.life_of.get(player), f"seat/{player}"
        if player in out:
            since_ms = max(_since(tournament, seat), _since(tournament, f"bust/{life}"))
            yield Disagreement("busted_seated", player, life, since_ms)
        elif player not in payers:
            since_ms = max(_since(tournament, seat), _since(cage, f"entry/{life}"))  # of a reversal, too
            yield Disagreement("seated_unpaid", player, life, since_ms)


def _paid_unseated(
    tournament: FactReader, cage: FactReader, sold: dict[str, PaidEntry], busts: Mapping[str, Bust]
) -> Iterable[Disagreement]:
    """None before an event was drawn: while its clock has not started and nobody sat, all wait for it."""
    seats, waiting = many(tournament, "seat/", Seat), many(tournament, "alternate/", Alternate)
    clock = one(tournament, "clock", Clock)
    if not seats and not busts and (clock is None or clock.state == "pending"):
        return
    for life, row in sold.items():
        if life not in busts and row.player not in seats.keys() | waiting.keys():
            since_ms = max(_since(cage, f"entry/{life}"), _since(tournament, f"seat/{row.player}"))
            yield Disagreement("paid_unseated", row.player, life, since_ms)


def _over(
    tournament: FactReader, cage: FactReader, sold: dict[str, PaidEntry], busts: Mapping[str, Bust]
) -> Iterable[Disagreement]:
    entries = many(tournament, "entry/", Entry)
    for life, bust in busts.items():
        since_ms = _since(tournament, f"bust/{life}")
        if life not in entries:
            yield Disagreement("busted_unplaced", bust.player, life, since_ms)
        elif life not in sold:
            since_ms = max(since_ms, _since(cage, f"entry/{life}"))
            yield Disagreement("busted_unpaid", bust.player, life, since_ms)


def _stacks(
    tournament: FactReader,
    cage: FactReader,
    sold: dict[str, PaidEntry],
    busts: Mapping[str, Bust],
    told: set[str],
) -> Iterable[Disagreement]:
    """Chips in play that nobody paid for; whose unpaid seat says so already is told once."""
    entries = many(tournament, "entry/", Entry)
    players = {entry.player for entry in entries.values()} | {row.player for row in sold.values()}
    for life, entry in entries.items():
        if life not in sold and life not in busts and entry.player not in told:
            since_ms = max(_since(tournament, f"entry/{life}"), _since(cage, f"entry/{life}"))
            yield Disagreement("stack_unpaid", entry.player, life, since_ms)
    for player in many(tournament, "stack/", Stack):
        if player not in players and player not in told:
            yield Disagreement("stack_unpaid", player, None, _since(tournament, f"stack/{player}"))


def _prizes(tournament: FactReader, ident: str, cage: FactReader) -> Iterable[Disagreement]:
    """An event that lists no amounts by place pays seats: they are won in play, and all who win one tie."""
    money = one(cage, f"tournament/{ident}", TournamentMoney)
    if money is not None and not money.amounts:
        return
    standing = standings(tournament)
    places = {finish.player: finish for finish in finishes(standing)}
    for name, prize in many(cage, "prize/", Prize).items():
        if prize.tournament != ident:
            continue
        finish, since_ms = places.get(prize.player), _since(cage, f"prize/{name}")
        if prize.player in standing.left and not (finish and prize.place == 1):
            if prize.paid_cents:
                life = standing.life_of[prize.player]
                yield Disagreement("paid_out_in_play", prize.player, life, since_ms)
        elif finish is not None and finish.place != prize.place:
            since_ms = max(since_ms, _since(tournament, f"bust/{finish.entry}"))
            yield Disagreement("place_differs", prize.player, finish.entry, since_ms)


def _heads(
    tournament: FactReader, ident: str, cage: FactReader, busts: Mapping[str, Bust]
) -> Iterable[Disagreement]:
    for life in unclaimed(tournament, ident, cage):
        yield Disagreement("bust_unclaimed", busts[life].player, life, _since(tournament, f"bust/{life}"))


def _since(facts: FactReader, name: str) -> int:
    stamp = parse(facts.stamp(name))
    return stamp.ms if stamp else 0
