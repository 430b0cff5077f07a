"""Jackpots and promotion funds with their adopted rules; their money is in accounts 2050 and 2051."""

from dataclasses import dataclass

from ..jackpot_rules import JackpotRules

__all__ = ["Jackpot"]


@dataclass(frozen=True, slots=True)
class Jackpot:
    """`rules_seq`: the entry that adopted the rules."""

    rules: JackpotRules
    rules_seq: int
