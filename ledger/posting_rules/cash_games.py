"""Cash games: chips against money, the house's time, drop boxes. A profile may switch it all off."""

from typing import Final

from ..commands import Asked, CashBuyIn, CashOut, CollectTime, CountDrop
from ..errors import Refusal
from ..state import State
from .draft import (
    Draft,
    Rule,
    StandsOnIt,
    cash_games_allowed,
    legs,
    may_take_cash,
    nothing_stands,
    rules_named,
)
from .hard_limits import old_enough
from .jackpots import known_jackpot
from .means import account_of_means

__all__ = ["REVERSIBLE", "RULES"]


def _cash_buy_in(state: State, _asked: Asked, command: CashBuyIn) -> Draft | Refusal:
    """Money for chips."""
    paid = cash_games_allowed(state) or _paid(state, command, "2000")
    return paid if isinstance(paid, Refusal) else old_enough(state, command) or paid


def _cash_out(state: State, _asked: Asked, command: CashOut) -> Draft | Refusal:
    """Chips for money, never more than are out."""
    refused = cash_games_allowed(state)
    if refused:
        return refused
    target = account_of_means(state, command)
    if isinstance(target, Refusal):
        return target
    cents, out = command.amount.amount, state.chips_out_cents
    if cents > out:
        details = {"due_cents": out, "amount_cents": cents}
        return Refusal("over_due", "More chips than the house has given out.", details)
    return Draft(legs(("2000", cents), (target, -cents)), {}, rules_named(state))


def _collect_time(state: State, _asked: Asked, command: CollectTime) -> Draft | Refusal:
    """What the house takes for its time at a table."""
    return cash_games_allowed(state) or _paid(state, command, "4020")


def _count_drop(state: State, asked: Asked, command: CountDrop) -> Draft | Refusal:
    """Chips in a box are rake, or the players' own in a jackpot's box; cash bought chips of the tray."""
    refused = cash_games_allowed(state) or _counted_already(state, asked, command)
    cents, cash = command.counted_cents, command.cash_cents
    if cash:
        refused = refused or may_take_cash(state)
    if refused:
        return refused
    data = {"counted_cents": cents, **({"cash_cents": cash} if cash else {})}
    chips = (("1000", cash), ("2000", cents - cash))
    if command.jackpot is None:
        return Draft(legs(*chips, ("4010", -cents)), data, rules_named(state))
    jackpot = known_jackpot(state, command.jackpot)
    if isinstance(jackpot, Refusal):
        return jackpot
    reserve = jackpot.rules.reserve_cents(cents)
    fund = f"2050/{command.jackpot}"
    postings = legs(*chips, (fund, reserve - cents), (f"2051/{command.jackpot}", -reserve))
    rules = {**rules_named(state), "jackpot": jackpot.rules_seq}
    return Draft(postings, {**data, "reserve_cents": reserve}, rules)


def _counted_already(state: State, asked: Asked, command: CountDrop) -> Refusal | None:
    day = state.gaming_day(max(asked.at_ms, state.tip.at_ms))
    seq = state.drops.get(day, {}).get((command.table, command.box))
    if seq is None:
        return None
    return Refusal("already_counted", "This box of this table is counted already today.", {"seq": seq})


def _paid(state: State, command: CashBuyIn | CollectTime, to: str) -> Draft | Refusal:
    source = account_of_means(state, command)
    if isinstance(source, Refusal):
        return source
    cents = command.amount.amount
    return Draft(legs((source, cents), (to, -cents)), {}, rules_named(state))


RULES: Final[dict[str, Rule]] = {
    "cash_buy_in": _cash_buy_in,
    "cash_out": _cash_out,
    "collect_time": _collect_time,
    "count_drop": _count_drop,
}
REVERSIBLE: Final[dict[str, StandsOnIt]] = dict.fromkeys(RULES, nothing_stands)
