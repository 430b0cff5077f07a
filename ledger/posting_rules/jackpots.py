"""Jackpots and promotion funds: players' money, paid out as the adopted rules share it, to the cent."""

from collections import Counter
from typing import Final

from ..commands import AdoptJackpot, Asked, PayJackpot, SeedJackpot
from ..errors import Refusal
from ..prizes.jackpots import award
from ..state import Jackpot, State
from .draft import Draft, Rule, StandsOnIt, cash_games_allowed, legs, nothing_stands, rules_named
from .means import account_of_means

__all__ = ["REVERSIBLE", "RULES", "known_jackpot"]

JACKPOTS_MAX: Final = 100
_SOURCES: Final = {"reserve": "2051/{}", "house": "5010"}


def known_jackpot(state: State, jackpot: str) -> Jackpot | Refusal:
    """The fund, once its rules are adopted."""
    found = state.jackpots.get(jackpot)
    if found is None:
        return Refusal("unknown_jackpot", "No rules were adopted for this jackpot.", {"jackpot": jackpot})
    return found


def _adopt_jackpot(state: State, _asked: Asked, command: AdoptJackpot) -> Draft | Refusal:
    """Holds for the drops counted and the awards made after it."""
    if command.jackpot not in state.jackpots and len(state.jackpots) >= JACKPOTS_MAX:
        details = {"limit": "jackpots", "jackpots_max": JACKPOTS_MAX}
        return Refusal("limit", "There are too many jackpots.", details)
    return cash_games_allowed(state) or Draft()


def _seed_jackpot(state: State, _asked: Asked, command: SeedJackpot) -> Draft | Refusal:
    """Into the fund from its reserve, or as the house's promotion."""
    jackpot = _open_fund(state, command.jackpot)
    if isinstance(jackpot, Refusal):
        return jackpot
    cents = command.amount.amount
    source = _SOURCES[command.source].format(command.jackpot)
    postings = legs((source, cents), (f"2050/{command.jackpot}", -cents))
    return Draft(postings, {}, _rules(state, jackpot))


def _pay_jackpot(state: State, _asked: Asked, command: PayJackpot) -> Draft | Refusal:
    """One award, shared among all who hold a share of it."""
    jackpot = _open_fund(state, command.jackpot)
    if isinstance(jackpot, Refusal):
        return jackpot
    refused = _beyond_fund(state, jackpot, command) or _winners_wrong(jackpot, command)
    if refused:
        return refused
    shares = {share.name: share.basis_points for share in jackpot.rules.shares}
    holders = {name: [player for share, player in command.winners if share == name] for name in shares}
    awards = award(command.amount.amount, shares, holders)
    paid = _paid(state, command, awards)
    if isinstance(paid, Refusal):
        return paid
    postings = legs((f"2050/{command.jackpot}", command.amount.amount), *paid.items())
    return Draft(postings, {"awards": [list(one) for one in awards]}, _rules(state, jackpot))


def _open_fund(state: State, jackpot: str) -> Jackpot | Refusal:
    return cash_games_allowed(state) or known_jackpot(state, jackpot)


def _beyond_fund(state: State, jackpot: Jackpot, command: PayJackpot) -> Refusal | None:
    most = jackpot.rules.award_max_cents(-state.balance(f"2050/{command.jackpot}"))
    if command.amount.amount <= most:
        return None
    details = {"due_cents": most, "amount_cents": command.amount.amount}
    return Refusal("over_due", "That is more than this jackpot may pay now.", details)


def _winners_wrong(jackpot: Jackpot, command: PayJackpot) -> Refusal | None:
    named = {share.name for share in jackpot.rules.shares}
    held = {share for share, _ in command.winners}
    if held == named and max(Counter(command.winners).values()) == 1:
        return None
    details = {"shares": sorted(named), "named": sorted(held)[:50]}
    return Refusal("shares_wrong", "Every share needs its winners, each of them once.", details)


def _paid(state: State, command: PayJackpot, awards: list[tuple[str, str, int]]) -> dict[str, int] | Refusal:
    """Account → credit. Who owes a marker gets it on their balance, where it can be set off."""
    paid: dict[str, int] = {}
    for _, player, cents in awards:
        account = account_of_means(state, command, player)
        if isinstance(account, Refusal):
            return account
        if command.method in ("cash", "bank") and state.credit(player).due_cents:
            why = "A winner owes a marker: pay the award to balances, and set off there."
            return Refusal("marker_due", why, {"player": player})
        paid[account] = paid.get(account, 0) - cents
    return paid


def _rules(state: State, jackpot: Jackpot) -> dict[str, int]:
    return {**rules_named(state), "jackpot": jackpot.rules_seq}


RULES: Final[dict[str, Rule]] = {
    "adopt_jackpot": _adopt_jackpot,
    "seed_jackpot": _seed_jackpot,
    "pay_jackpot": _pay_jackpot,
}
REVERSIBLE: Final[dict[str, StandsOnIt]] = dict.fromkeys(("seed_jackpot", "pay_jackpot"), nothing_stands)
