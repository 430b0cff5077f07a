"""`GET /api/v1/ledger/house`: what the house owes and what covers it, drawers, couriers, chips, credit.

What a drawer or a courier should bring is counted blind, so amounts of cash are for managers alone.
"""

from collections import defaultdict
from typing import Any

from leaf_server.money.cage import Cage
from ledger.accounts import CHART, LIABILITIES, number_of
from ledger.commands import MANAGERS, TILLS
from ledger.journal import Journal
from ledger.state import State
from serving.operations import Call, Operation

__all__ = ["house_operations"]


def house_operations(cage: Cage) -> list[Operation]:
    """One look."""

    async def house(call: Call) -> dict[str, Any]:
        of_cash = call.sign_in.role in MANAGERS
        return await cage.look(lambda journal: _house(journal, of_cash=of_cash))

    what = "What the house owes and what covers it, drawers, couriers, chips, jackpots, credit."
    return [Operation("GET", "/api/v1/ledger/house", what, house, TILLS)]


def _house(journal: Journal, *, of_cash: bool) -> dict[str, Any]:
    state = journal.book.state
    return {
        "seq": journal.tip.seq,
        "liabilities": _liabilities(state),
        "liability_cents": state.liability_cents,
        "cash_cents": state.cash_cents if of_cash else None,
        "clearing_cents": state.balance("1015"),
        "bank_cents": state.balance("1030"),
        "covering_cents": state.covering_cents if of_cash else None,
        "uncovered_cents": max(0, state.liability_cents - state.covering_cents),
        "drawers": [
            {"drawer": name, "open": one.is_open, "shift": one.shift, "person": one.person,
             "opened_seq": one.opened_seq, "cents": state.balance(f"1010/{name}") if of_cash else None}
            for name, one in sorted(state.drawers.items())
        ],
        "transits": [
            {"of": seq, "to": one.to, "courier": one.courier, "cents": one.cents if of_cash else None}
            for seq, one in sorted(state.transits.items())
        ],
        "chips": _chips(state),
        "jackpots": [
            {"jackpot": name, "fund_cents": -state.balance(f"2050/{name}"),
             "reserve_cents": -state.balance(f"2051/{name}"), "rules": one.rules.model_dump(mode="json")}
            for name, one in sorted(state.jackpots.items())
        ],
        "credits": [
            {"player": name, "line_cents": one.line_cents, "due_cents": one.due_cents,
             "markers": [{"seq": seq, "due_cents": due} for seq, due in sorted(one.markers.items())]}
            for name, one in sorted(state.credits.items())
            if one.line_cents or one.markers
        ],
        "staff_cents": -state.balance("2040"),
    }  # fmt: skip


def _liabilities(state: State) -> list[dict[str, Any]]:
    """By number of the chart; none left out, so that a page's rows stand still."""
    owed: dict[str, int] = defaultdict(int)
    for account, cents in state.balances.items():
        owed[number_of(account)] -= cents
    return [{"account": number, "name": CHART[number].name, "cents": owed[number]} for number in LIABILITIES]


def _chips(state: State) -> dict[str, Any]:
    chips = state.chips
    return {
        "made": chips.made,
        "made_cents": chips.made_cents,
        "trays": chips.trays,
        "out_cents": state.chips_out_cents,
        "cage_cents": chips.cage_cents(state.chips_out_cents),
        "missing_cents": chips.missing_cents,
    }
