"""`/api/v1/ledger/…`: what the counter looks at before it asks: drawers, a player's money, what waits."""

import re
from typing import Any, Final

from leaf_server.api.answers import ID
from leaf_server.money.cage import Cage
from ledger.chain import Link
from ledger.commands import MANAGERS, TILLS
from ledger.journal import Journal
from ledger.state import State, Tournament
from serving.operations import Call, Operation
from serving.problems import Problem

__all__ = ["RECEIVED_SHOWN", "standing_operations"]

RECEIVED_SHOWN: Final = 200
"""Sums that wait to be settled, told at once; oldest first."""

_LEDGER: Final = "/api/v1/ledger"


def standing_operations(cage: Cage) -> list[Operation]:
    """Answers of one moment; `seq` says as of which entry."""

    async def drawers(call: Call) -> dict[str, Any]:
        manager = call.sign_in.role in MANAGERS
        return await cage.look(lambda journal: _drawers(journal.book.state, manager))

    async def received(_: Call) -> dict[str, Any]:
        return await cage.look(_received)

    async def player(call: Call) -> dict[str, Any]:
        name = call.path("player")
        if not re.fullmatch(ID, name):
            raise Problem(422, "invalid", "This is no player's id.", {"fields": {"player": "not an id"}})
        now_ms = cage.now_ms()
        return await cage.look(lambda journal: _player(journal.book.state, name, now_ms))

    return [
        Operation(
            "GET", f"{_LEDGER}/drawers", "Drawers and their shifts; what should be in them for managers.",
            drawers, TILLS,
        ),
        Operation("GET", f"{_LEDGER}/received", "Money received that waits to be settled.", received, TILLS),
        Operation(
            "GET", _LEDGER + "/players/{player}", "A player's money here: balance, stakes, limits, dues.",
            player, TILLS,
        ),
    ]  # fmt: skip


def _drawers(state: State, manager: bool) -> dict[str, Any]:
    """Without what should be in them for who may have to count them."""
    found = [
        {
            "drawer": name,
            "state": "open" if drawer.is_open else "closed",
            "shift": drawer.shift,
            "person": drawer.person,
            "opened_seq": drawer.opened_seq,
            "counts": drawer.counts,
            **({"expected_cents": state.balance(f"1010/{name}")} if manager else {}),
        }
        for name, drawer in sorted(state.drawers.items())
    ]
    return {"drawers": found, "seq": state.tip.seq}


def _received(journal: Journal) -> dict[str, Any]:
    state = journal.book.state
    waiting = [
        one for seq, one in sorted(state.received.items()) if one.left_cents and seq not in state.reversed
    ]
    return {
        "received": [
            {
                "seq": one.seq,
                "player": one.player,
                "cents": one.cents,
                "left_cents": one.left_cents,
                "source": one.source,
                **_asked(journal.link(one.seq)),
            }
            for one in waiting[:RECEIVED_SHOWN]
        ],
        "count": len(waiting),
        "seq": state.tip.seq,
    }


def _asked(link: Link | None) -> dict[str, Any]:
    """What the device wanted when it took the money, and why that could not be."""
    assert link is not None  # the state knows it from there
    entry = link.entry
    said = {name: entry.data.get(name, "") for name in ("asked", "refusal", "tournament", "entry")}
    return {"at_ms": entry.at_ms, "person": entry.person, "device": entry.device, **said}


def _player(state: State, player: str, now_ms: int) -> dict[str, Any]:
    day = state.gaming_day(max(now_ms, state.tip.at_ms))
    profile = state.profile
    return {
        "player": player,
        "balance_cents": -state.balance(f"2030/{player}"),
        "markers_cents": state.balance(f"1100/{player}"),
        "stake_day_cents": state.stakes.get(day, {}).get(player, 0),
        "stake_per_day_cents": profile.stake_per_day_cents if profile else None,
        "stake_per_tournament_cents": profile.stake_per_tournament_cents if profile else None,
        "paid_day_cents": state.payouts.get(day, {}).get(player, 0),
        "payout_day_limit_cents": profile.payout_day_limit_cents if profile else None,
        "age_seen": state.age_seen(player),
        "events": [
            _event(name, one, player) for name, one in state.tournaments.items() if one.entries_of(player)
        ],
        "tickets": [
            {"ticket": one.ticket, "target": one.target, "value_cents": one.value_cents}
            for one in state.tickets.values()
            if one.owner == player and one.state == "open"
        ],
        "seq": state.tip.seq,
    }


def _event(name: str, event: Tournament, player: str) -> dict[str, Any]:
    entries = event.entries_of(player)
    return {
        "tournament": name,
        "entries": len(entries),
        "entries_per_player": event.rules.entries_per_player,
        "stake_cents": sum(entry.total_cents for entry in entries),
        "due_cents": sum(prize.due_cents for prize in event.prizes_of(player)),
    }
