"""The chart of accounts, as data: where money can be.

An account is a text: a number of the chart, and after a slash whose it is where the chart says so
(`1010/d1`: cash of drawer d1). Debit is positive, credit negative, so a liability's balance is below zero.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from .errors import EntryInvalid

__all__ = ["BANKED", "CASH", "CHART", "LIABILITIES", "OWED", "Account", "account", "account_of", "number_of"]

Nature = Literal["asset", "liability", "equity", "income", "expense"]


@dataclass(frozen=True, slots=True)
class Account:
    """One line of the chart. `per` says what stands after the slash; empty: nothing does."""

    number: str
    name: str
    nature: Nature
    per: str = ""


CHART: Final = {
    line.number: line
    for line in (
        Account("1000", "vault cash", "asset"),
        Account("1010", "drawer cash", "asset", per="drawer"),
        Account("1015", "bank and card clearing", "asset"),
        Account("1020", "float in transit", "asset"),
        Account("1030", "bank account", "asset"),
        Account("1100", "markers receivable", "asset", per="player"),
        Account("2000", "cash chips outstanding", "liability"),
        Account("2010", "prize pool", "liability", per="tournament"),
        Account("2020", "bounty pool", "liability", per="tournament"),
        Account("2030", "player balance", "liability", per="player"),
        Account("2040", "staff pool", "liability"),
        Account("2050", "jackpot fund", "liability", per="jackpot"),
        Account("2051", "jackpot reserve", "liability", per="jackpot"),
        Account("2060", "tickets and satellite seats", "liability"),
        Account("2070", "prizes due", "liability", per="tournament"),
        Account("2080", "tax withheld", "liability"),
        Account("2090", "received, not settled", "liability", per="device and intent"),
        Account("3000", "owner's equity", "equity"),
        Account("4000", "tournament fees", "income"),
        Account("4010", "rake", "income"),
        Account("4020", "time", "income"),
        Account("4030", "other income", "income"),
        Account("5000", "overlay", "expense"),
        Account("5010", "comps and promotions", "expense"),
        Account("5020", "cash over and short", "expense"),
        Account("5030", "bad markers", "expense"),
        Account("5040", "added money", "expense"),
        Account("5050", "other expenses", "expense"),
        Account("5060", "bank and card fees", "expense"),
    )
}

CASH: Final = ("1000", "1010", "1020")
"""Cash in the house; none of these may go below zero by a command."""

BANKED: Final = ("1015", "1030")
"""What bank and cards hold for the house, settled or not."""

LIABILITIES: Final = ("2000", "2010", "2020", "2030", "2040", "2050", "2060", "2070")
"""What the house owes now; cash, and what the bank holds, must cover it."""

OWED: Final = frozenset(("2000", "2010", "2020", "2030", "2040", "2050", "2051", "2060", "2080", "2090"))
"""What no command may draw beyond. 2070 is judged per person: who was paid too much owes it back there."""

_WHOSE: Final = re.compile(r"[A-Za-z0-9_.:-]{1,64}(/[A-Za-z0-9_.:-]{1,64})?")


def account(number: str, whose: str = "") -> str:
    """The account's text. Raises EntryInvalid where the chart has no such account."""
    return account_of(f"{number}/{whose}" if whose else number)


@lru_cache(maxsize=4096)
def account_of(text: str) -> str:
    """`text`, if it names an account. Raises EntryInvalid."""
    number, slash, whose = text.partition("/")
    line = CHART.get(number)
    if line is None:
        raise EntryInvalid(f"no account {text[:80]!r} in the chart")
    if bool(line.per) != bool(slash) or (slash and not _WHOSE.fullmatch(whose)):
        raise EntryInvalid(f"account {number} is kept per {line.per or 'venue'}, not {text[:80]!r}")
    return text


def number_of(text: str) -> str:
    """`1010/d1` → `1010`; every number of the chart has four digits."""
    return text[:4]
