"""`GET /api/v1/ledger/tournaments/{tournament}/heads`: bounties and seats of one event as they are now.

What a cage has to see before it seals envelopes, opens one, pays a bounty or awards a seat. Nothing moves.
"""

from typing import Any

from ledger.commands import TILLS
from ledger.journal import Journal
from ledger.prizes.satellites import seats_of
from ledger.state import Tournament
from serving.operations import Call, Operation
from serving.problems import Problem

from ..cage import Cage

__all__ = ["bounty_operations"]


def bounty_operations(cage: Cage) -> list[Operation]:
    """One look."""

    async def heads(call: Call) -> dict[str, Any]:
        name = call.path("tournament")
        found = await cage.look(lambda journal: _heads(journal, name))
        if found is None:
            raise Problem(404, "unknown_tournament", "The ledger knows no such event.")
        return found

    path = "/api/v1/ledger/tournaments/{tournament}/heads"
    return [
        Operation(
            "GET", path, "Bounties and seats of one event: heads, envelopes left, what is due.", heads, TILLS,
            problems={404: "unknown_tournament"},
        ),
    ]  # fmt: skip


def _heads(journal: Journal, name: str) -> dict[str, Any] | None:
    found = journal.book.state.tournaments.get(name)
    if found is None:
        return None
    return {
        "bounty": found.rules.bounty,
        "state": found.state,
        "heads": [
            [entry.entry, entry.player, entry.head_cents, bool(entry.out_seq)]
            for entry in found.entries.values()
        ],
        "sealed": bool(found.sealed_seq),
        "envelopes": sorted(([cents, count] for cents, count in found.envelopes.items()), reverse=True),
        "due": [[player, cents] for player, cents in found.bounties_due.items() if cents],
        "first": found.first_entries(),
        "seats": _seats(found),
        "seq": journal.tip.seq,
    }


def _seats(found: Tournament) -> dict[str, Any] | None:
    """Of a satellite: what its pool still pays; null: it is none."""
    satellite = found.rules.satellite
    if satellite is None:
        return None
    left, unseated = found.pool_cents - found.awarded_cents(), found.players() - len(found.awarded)
    pays = seats_of(left, satellite.seat_cents, unseated)
    return {
        "target": satellite.target,
        "seat_cents": satellite.seat_cents,
        "step_cents": satellite.step_cents,
        "awarded": list(found.awarded),
        "left": pays.seats,
        "rest_cents": pays.rest_cents,
    }
