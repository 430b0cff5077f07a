"""Purses of the house notebook as the chart would name them: account, and its sign as people speak."""

from typing import Final

ACCOUNTS: Final = {
    "vault": ("1000", 1), "clearing": ("1015", 1), "courier": ("1020", 1), "chips": ("2000", -1),
    "fund": ("2050/j", -1), "reserve": ("2051/j", -1), "staff": ("2040", -1), "owner": ("3000", -1),
    "rake": ("4010", -1), "time": ("4020", -1), "income": ("4030", -1), "comps": ("5010", 1),
    "short": ("5020", 1), "bad": ("5030", 1), "spent": ("5050", 1), "fees": ("5060", 1), "bank": ("1030", 1),
}  # fmt: skip
PER: Final = {"drawer": ("1010", 1), "balance": ("2030", -1), "marker": ("1100", 1)}


def account_of(purse: str) -> str:
    kind, _, whose = purse.partition(" ")
    return f"{PER[kind][0]}/{whose}" if whose else ACCOUNTS[purse][0]


def sign_of(purse: str) -> int:
    kind, _, whose = purse.partition(" ")
    return PER[kind][1] if whose else ACCOUNTS[purse][1]


def is_cash(purse: str) -> bool:
    return purse in ("vault", "courier") or purse.startswith("drawer ")
