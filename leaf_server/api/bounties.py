"""`GET /api/v1/ledger/tournaments/{tournament}/heads`: bounties and seats of one event as they are now.

What a cage has to see before it seals envelopes, opens one, pays a bounty or awards a seat. Nothing moves.
"""

from typing import Any

from leaf_server.money.cage import Cage
from ledger.commands import TILLS
from ledger.journal import Journal
from ledger.posting_rules import holders, still_pays
from ledger.state import State, Tournament
from serving.operations import Call, Operation
from serving.problems import Problem

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
    """Of a flight: its own heads; all else is the event's."""
    of = journal.book.state.event_of(name)
    found = journal.book.state.tournaments.get(of or name)
    if found is None:
        return None
    return {
        "bounty": found.rules.bounty,
        "cash_bp": found.rules.bounty_cash_bp if found.rules.bounty == "progressive" else 10_000,
        "state": found.state,
        "heads": [
            [entry.entry, entry.player, entry.head_cents, bool(entry.out_seq)]
            for entry in (found.entries_in(name) if of else found.entries.values())
        ],
        "sealed": bool(found.sealed_seq),
        "envelopes": sorted(([cents, count] for cents, count in found.envelopes.items()), reverse=True),
        "due": [[player, cents] for player, cents in found.bounties_due.items() if cents],
        "first": found.first_entries(),
        "seats": _seats(journal.book.state, found),
        "seq": journal.tip.seq,
    }


def _seats(state: State, found: Tournament) -> dict[str, Any] | None:
    """Of a satellite: what its pool still pays; null: it is none."""
    satellite = found.rules.satellite
    if satellite is None:
        return None
    pays = still_pays(found, satellite)
    theirs = holders(state, satellite) if satellite.again else set()
    return {
        "target": satellite.target,
        "seat_cents": satellite.seat_cents,
        "step_cents": satellite.step_cents,
        "again": satellite.again,
        "holders": [
            player for player in {entry.player: 0 for entry in found.entries.values()} if player in theirs
        ],
        "awarded": list(found.awarded),
        "left": pays.seats,
        "rest_cents": pays.rest_cents,
    }
