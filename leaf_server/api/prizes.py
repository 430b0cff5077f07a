"""Prizes to look at before anything is asked for: ways to share what is left, published payout tables.

Nothing here moves money. Exact ICM of twenty players takes seconds of computing, so shares of more than a
table are reckoned in a process beside the leaf, one at a time.
"""

from typing import Annotated, Any, Final

import anyio
from anyio import CapacityLimiter, to_process
from pydantic import Field

from leaf_server.money.cage import Cage
from ledger.adopted import Id, Shape
from ledger.commands import MANAGERS, TILLS
from ledger.journal import Journal
from ledger.posting_rules import amounts_now
from ledger.prizes.deals import Proposal, proposals
from ledger.prizes.icm import SIMULATED_MAX
from ledger.prizes.published import sets
from serving.operations import Call, Operation
from serving.problems import Problem

__all__ = ["prize_operations"]

SECONDS_MAX: Final = 60.0
AT_ONCE_MAX: Final = 10  # a few milliseconds
_STAFF: Final = TILLS | {"floor"}
_Chips = Annotated[int, Field(ge=1, le=10**12)]


class AskedShares(Shape):
    """[player, chips] of everybody who is still in; `aside_cents` of first prize stay for the winner."""

    stacks: Annotated[list[tuple[Id, _Chips]], Field(min_length=2, max_length=SIMULATED_MAX)]
    aside_cents: Annotated[int, Field(ge=0, le=10**12)] = 0


def prize_operations(cage: Cage) -> list[Operation]:
    """Two looks."""
    one_at_a_time = CapacityLimiter(1)

    async def reckoned(stacks: list[int], amounts: tuple[int, ...], aside: int) -> tuple[Proposal, ...]:
        if len(stacks) <= AT_ONCE_MAX:
            return proposals(stacks, amounts, aside)
        with anyio.fail_after(SECONDS_MAX):
            return await to_process.run_sync(
                proposals, stacks, amounts, aside, cancellable=True, limiter=one_at_a_time
            )

    async def shares(call: Call) -> dict[str, Any]:
        asked = call.of(AskedShares)
        name = call.path("tournament")
        amounts = await cage.look(lambda journal: _amounts(journal, name))
        if amounts is None:
            raise Problem(404, "unknown_tournament", "The ledger knows no such event.")
        stacks = [chips for _, chips in asked.stacks]
        try:
            found = await reckoned(stacks, amounts, asked.aside_cents)
        except TimeoutError:
            raise Problem(503, "not_ready", "Other shares are being reckoned; ask again.") from None
        except ValueError as error:
            raise Problem(422, "invalid", str(error), {"fields": {"aside_cents": str(error)}}) from None
        players = [player for player, _ in asked.stacks]
        return {
            "players": players,
            "left_cents": sum(amounts[: len(players)]),
            "first_cents": amounts[0],
            "ways": [one._asdict() for one in found],
        }

    async def tables(_: Call) -> dict[str, Any]:
        return {
            "sets": [
                {
                    "name": found.name,
                    "source": found.source,
                    "tables": [
                        {
                            "entries_min": column.entries_min,
                            "entries_max": column.entries_max,
                            "basis_points": list(column.basis_points),
                        }
                        for column in found.columns
                    ],
                }
                for found in sets()
            ]
        }

    ledger = "/api/v1/ledger"
    return [
        Operation(
            "POST", ledger + "/tournaments/{tournament}/shares", "Ways to share what is left of the prizes.",
            shares, _STAFF, body=AskedShares, problems={404: "unknown_tournament", 422: "invalid"},
        ),
        Operation("GET", f"{ledger}/payout-tables", "Published payout tables.", tables, MANAGERS),
    ]  # fmt: skip


def _amounts(journal: Journal, name: str) -> tuple[int, ...] | None:
    state = journal.book.state
    found = state.tournaments.get(state.event_of(name) or name)
    return amounts_now(found) if found else None
