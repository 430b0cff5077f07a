"""What an effect is."""

from collections.abc import Callable, Mapping
from typing import Any

from ..accounts import number_of
from ..entry import Entry
from ..state import State

__all__ = ["Effect", "Undo", "moved_cents", "received_cents"]

Effect = Callable[[State, Entry], None]
"""Changes the state by an entry of its kind; balances are done already."""

Undo = Callable[[State, Entry, Mapping[str, Any]], None]
"""Changes the state by the reversal of an entry of its kind: the reversal, and its `undoes`."""


def received_cents(entry: Entry) -> int:
    """What an entry moved: the sum of its debits."""
    return sum(posting.amount for posting in entry.postings if posting.amount > 0)


def moved_cents(entry: Entry, *numbers: str) -> int:
    """What an entry did to these accounts of the chart together: debit positive."""
    return sum(posting.amount for posting in entry.postings if number_of(posting.account) in numbers)
